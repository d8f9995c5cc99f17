package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// profile is the profile function of a scenario: a mapping, or one that fails.
func (o providerOptions) profile() (func(auth.Profile, auth.Tokens) (auth.User, error), error) {
	mapping := map[string]any{"id": "id", "name": "name", "email": "email", "image": "image"}
	if len(o.ProfileMap) > 0 {
		mapping = nil
		if err := json.Unmarshal(o.ProfileMap, &mapping); err != nil {
			return nil, err
		}
	}
	return func(document auth.Profile, _ auth.Tokens) (auth.User, error) {
		if o.ProfileThrows != "" {
			return auth.User{}, errors.New(o.ProfileThrows)
		}
		members := map[string]any{}
		for key, source := range mapping {
			if constant, ok := source.(map[string]any); ok {
				members[key] = constant["const"]
			} else if value, ok := lookUp(map[string]any(document), fmt.Sprint(source)); ok {
				members[key] = value
			}
		}
		return userFromMembers(members), nil
	}, nil
}

// userFromJSON makes a user of a scenario's user object.
func userFromJSON(raw json.RawMessage) (*auth.User, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		return nil, err
	}
	user := userFromMembers(members)
	return &user, nil
}

// userFromMembers makes a user of an object as a JavaScript program would return
// it: absent, null and other values stay what they are.
func userFromMembers(members map[string]any) auth.User {
	var user auth.User
	user.Extra = map[string]any{}
	for key, value := range members {
		text, isText := value.(string)
		switch {
		case key == "id":
			user.ID = subjectText(value)
			if !isText && value != nil {
				user.Extra[key] = value
			}
		case key == "name" && isText && text != "":
			user.Name = text
		case key == "email" && isText && text != "":
			user.Email = text
		case key == "image" && isText && text != "":
			user.Image = text
		default:
			user.Extra[key] = value
		}
	}
	return user
}

// subjectText is an id as text. As in JavaScript null, false and the number 0 are
// none.
func subjectText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		if v != "0" {
			return v.String()
		}
	}
	return ""
}

// lookUp follows a dotted path.
func lookUp(object map[string]any, path string) (any, bool) {
	key, rest, more := strings.Cut(path, ".")
	value, ok := object[key]
	if !ok || !more {
		return value, ok
	}
	inner, ok := value.(map[string]any)
	if !ok {
		return nil, false
	}
	return lookUp(inner, rest)
}
