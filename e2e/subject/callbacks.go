package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// callbackOptions are the callbacks of a scenario.
type callbackOptions struct {
	SignIn   []signInRule     `json:"signIn"`
	Redirect *redirectOptions `json:"redirect"`
	JWT      *jwtCallback     `json:"jwt"`
	Session  *sessionCallback `json:"session"`
}

type signInRule struct {
	When struct {
		Provider            string `json:"provider"`
		Email               string `json:"email"`
		VerificationRequest *bool  `json:"verificationRequest"`
	} `json:"when"`
	Do      string `json:"do"`
	URL     string `json:"url"`
	Message string `json:"message"`
}

type redirectOptions struct {
	Mode    string   `json:"mode"`
	URL     string   `json:"url"`
	Origins []string `json:"origins"`
	Message string   `json:"message"`
}

type jwtCallback struct {
	Claims       map[string]any    `json:"claims"`
	FromUser     map[string]string `json:"fromUser"`
	FromAccount  map[string]string `json:"fromAccount"`
	FromProfile  map[string]string `json:"fromProfile"`
	Pad          int               `json:"pad"`
	TrackTrigger bool              `json:"trackTrigger"`
	MergeUpdate  bool              `json:"mergeUpdate"`
	PadOnUpdate  *int              `json:"padOnUpdate"`
	Drop         []string          `json:"drop"`
	DropOnRead   []string          `json:"dropOnRead"`
	Throw        string            `json:"throw"`
	ThrowOn      string            `json:"throwOn"`
}

type sessionCallback struct {
	Fields       map[string]any    `json:"fields"`
	FromToken    map[string]string `json:"fromToken"`
	FromUser     map[string]string `json:"fromUser"`
	TrackTrigger bool              `json:"trackTrigger"`
	MergeUpdate  bool              `json:"mergeUpdate"`
	Drop         []string          `json:"drop"`
	Throw        string            `json:"throw"`
}

func (o callbackOptions) build(withAdapter bool) auth.Callbacks {
	var c auth.Callbacks
	if len(o.SignIn) > 0 {
		c.SignIn = o.signIn
	}
	if o.Redirect != nil && o.Redirect.Mode != "default" {
		c.Redirect = o.Redirect.redirect
	}
	if o.JWT != nil {
		c.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) { return o.JWT.run(p, withAdapter) }
	}
	if o.Session != nil {
		c.Session = func(_ context.Context, p auth.SessionParams) error { return o.Session.run(p) }
	}
	return c
}

func (o callbackOptions) signIn(_ context.Context, p auth.SignInParams) (auth.Decision, error) {
	for _, rule := range o.SignIn {
		w := rule.When
		if w.Provider != "" && w.Provider != p.Account.Provider || w.Email != "" && w.Email != p.User.Email ||
			w.VerificationRequest != nil && *w.VerificationRequest != p.VerificationRequest {
			continue
		}
		switch rule.Do {
		case "deny":
			return auth.Deny(), nil
		case "redirect":
			return auth.RedirectTo(rule.URL), nil
		case "throw":
			return auth.Deny(), errors.New(rule.Message)
		}
		return auth.Allow(), nil
	}
	return auth.Allow(), nil
}

func (o redirectOptions) redirect(_ context.Context, target, baseURL string) (string, error) {
	switch o.Mode {
	case "any":
		return target, nil
	case "fixed":
		return o.URL, nil
	case "throw":
		return "", errors.New(o.Message)
	case "origins":
		if strings.HasPrefix(target, "/") {
			return baseURL + target, nil
		}
		u, err := url.Parse(target)
		if err != nil {
			return "", err
		}
		origin := u.Scheme + "://" + u.Host
		if origin == baseURL || slices.Contains(o.Origins, origin) {
			return target, nil
		}
	}
	return baseURL, nil
}

func (o jwtCallback) run(p auth.JWTParams, withAdapter bool) (token.Claims, error) {
	trigger := string(p.Trigger)
	when := trigger
	if when == "" {
		when, trigger = "read", "none"
	}
	if o.Throw != "" && (o.ThrowOn == "" || o.ThrowOn == when) {
		return nil, errors.New(o.Throw)
	}
	t := p.Token.Clone() // the rig's callback makes a new object
	if p.User != nil {
		maps.Copy(t, o.Claims)
		copyMembers(t, o.FromUser, members(p.User))
		copyMembers(t, o.FromAccount, members(p.Account))
		copyMembers(t, o.FromProfile, p.Profile)
		if o.Pad > 0 {
			t["pad"] = strings.Repeat("x", o.Pad)
		}
		if o.TrackTrigger {
			t["signInTrigger"] = trigger
			t["newUser"] = "none"
			if withAdapter || p.Account.Type == auth.AccountCredentials {
				t["newUser"] = p.IsNewUser
			}
		}
	}
	if o.TrackTrigger {
		t["lastTrigger"] = trigger
	}
	if p.Trigger == auth.TriggerUpdate {
		o.update(t, p.Update)
	}
	for _, name := range o.Drop {
		delete(t, name)
	}
	if p.User == nil {
		for _, name := range o.DropOnRead {
			delete(t, name)
		}
	}
	return t, nil
}

func (o jwtCallback) update(t token.Claims, data any) {
	if o.MergeUpdate {
		switch data := data.(type) {
		case map[string]any:
			maps.Copy(t, data)
		case []any: // Object.assign copies a list by its indices
			for i, value := range data {
				t[strconv.Itoa(i)] = value
			}
		}
	}
	if o.PadOnUpdate == nil {
		return
	}
	delete(t, "pad")
	if *o.PadOnUpdate > 0 {
		t["pad"] = strings.Repeat("x", *o.PadOnUpdate)
	}
}

// run rebuilds the session as the JavaScript callback would return it.
func (o sessionCallback) run(p auth.SessionParams) error {
	if o.Throw != "" {
		return errors.New(o.Throw)
	}
	s := members(p.Session)
	maps.Copy(s, o.Fields)
	if p.Token != nil {
		copyPaths(s, o.FromToken, p.Token)
	}
	if p.User != nil {
		copyPaths(s, o.FromUser, members(p.User))
	}
	if p.Token != nil {
		// NextAuth.js v4 passes neither to the callback of a JWT session.
		p.Trigger, p.Update = auth.TriggerNone, nil
	}
	if o.TrackTrigger {
		s["trigger"] = "none"
		if p.Trigger != "" {
			s["trigger"] = string(p.Trigger)
		}
	}
	if object, ok := p.Update.(map[string]any); ok && o.MergeUpdate && p.Trigger == auth.TriggerUpdate {
		maps.Copy(s, object)
	}
	for _, name := range o.Drop {
		delete(s, name)
	}
	*p.Session = auth.Session{Extra: s}
	return nil
}

// members is the JSON form of a value as an object.
func members(value any) map[string]any {
	object := map[string]any{}
	content, err := json.Marshal(value)
	if err != nil {
		return object
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	if err := d.Decode(&object); err != nil || object == nil {
		return map[string]any{}
	}
	return object
}

// copyMembers sets members from those of another object; absent ones are
// removed, as an undefined value is in JSON.
func copyMembers(to map[string]any, names map[string]string, from map[string]any) {
	for name, source := range names {
		if value, ok := from[source]; ok {
			to[name] = value
		} else {
			delete(to, name)
		}
	}
}

// copyPaths sets dotted paths from dotted paths of another object.
func copyPaths(to map[string]any, paths map[string]string, from map[string]any) {
	for path, source := range paths {
		value, ok := lookUp(from, source)
		target := to
		keys := strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			inner, isObject := target[key].(map[string]any)
			if !isObject {
				inner = map[string]any{}
				target[key] = inner
			}
			target = inner
		}
		if ok {
			target[keys[len(keys)-1]] = value
		}
	}
}
