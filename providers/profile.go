package providers

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// field is what a profile says about one thing: a text, null, or nothing. The
// zero value is nothing.
type field struct {
	text  string
	state fieldState
}

type fieldState int

const (
	absent fieldState = iota
	isNull
	isText
)

// null is the field that a provider never fills and NextAuth.js stores as null.
func null() field { return field{state: isNull} }

// textAt reads the text at a path of member names. A value of another type than
// text counts as absent.
func textAt(p auth.Profile, path ...string) field {
	value, ok := valueAt(p, path)
	if !ok {
		return field{}
	}
	if value == nil {
		return null()
	}
	text, ok := value.(string)
	if !ok {
		return field{}
	}
	return field{text, isText}
}

// or returns f if it is a text, even an empty one, and other if it is not.
func (f field) or(other field) field {
	if f.state == isText {
		return f
	}
	return other
}

// idAt reads the id at a path of member names: a text as it is, a whole number
// in decimal digits. Anything else, and the number zero, gives "".
func idAt(p auth.Profile, path ...string) string {
	value, _ := valueAt(p, path)
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return decimal(v)
	case float64:
		return wholeFloat(v)
	}
	return ""
}

// decimal writes a number the way JavaScript does. Digits are kept exactly, so
// that two large ids never become one.
func decimal(n json.Number) string {
	s := n.String()
	if s != "" && strings.Trim(s, "0123456789") == "" {
		return strings.TrimLeft(s, "0")
	}
	f, err := n.Float64()
	if err != nil {
		return ""
	}
	return wholeFloat(f)
}

// maxExact is the first float64 that also stands for its neighbour.
const maxExact = 1 << 53

func wholeFloat(f float64) string {
	if f == 0 || math.Abs(f) >= maxExact || f != math.Trunc(f) {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// valueAt walks down a path of member names. It reports false if a step is
// missing or is not an object.
func valueAt(p auth.Profile, path []string) (any, bool) {
	var value any = map[string]any(p)
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// newUser makes a user. Null and empty texts go to Extra, where [auth.User]
// keeps what its own fields cannot say.
func newUser(id string, name, email, image field) auth.User {
	u := auth.User{ID: id, Name: name.text, Email: email.text, Image: image.text}
	for _, m := range [...]struct {
		name string
		field
	}{{"name", name}, {"email", email}, {"image", image}} {
		if m.state == absent || m.text != "" {
			continue
		}
		if u.Extra == nil {
			u.Extra = make(map[string]any, 1)
		}
		u.Extra[m.name] = nil
		if m.state == isText {
			u.Extra[m.name] = ""
		}
	}
	return u
}

// openIDProfile maps the claims of OpenID Connect Core 1.0, section 5.1.
func openIDProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "name"), textAt(p, "email"), textAt(p, "picture")), nil
}
