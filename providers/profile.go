package providers

import (
	"cmp"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
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

// textAt reads the text at a path of member names and of positions in lists. A value of another type than
// text counts as absent.
func textAt(p auth.Profile, path ...string) field {
	value, ok := valueAt(p, path)
	if !ok {
		return field{}
	}
	if value == nil {
		return null()
	}
	s, ok := value.(string)
	if !ok {
		return field{}
	}
	return text(s)
}

// or returns f if it is a text, even an empty one, and other if it is not.
func (f field) or(other field) field {
	if f.state == isText {
		return f
	}
	return other
}

// numberAt is textAt that also reads a whole number, as its decimal digits.
func numberAt(p auth.Profile, path ...string) field {
	value, _ := valueAt(p, path)
	switch value.(type) {
	case json.Number, float64:
		if digits := idAt(p, path...); digits != "" {
			return text(digits)
		}
		return field{}
	}
	return textAt(p, path...)
}

// text is the field of a text that is known.
func text(s string) field { return field{s, isText} }

// orFilled returns f if it is a text that is not empty, and other if it is not.
func (f field) orFilled(other field) field {
	if f.text != "" {
		return f
	}
	return other
}

// join joins the fields that are texts and not empty. Without any it is an empty
// text.
func join(separator string, fields ...field) field {
	var texts []string
	for _, f := range fields {
		if f.text != "" {
			texts = append(texts, f.text)
		}
	}
	return text(strings.Join(texts, separator))
}

// fill puts the fields in order into a pattern, in place of each "{}". It is null
// when one of them is no text or empty.
func fill(pattern string, fields ...field) field {
	var b strings.Builder
	for _, f := range fields {
		before, after, _ := strings.Cut(pattern, "{}")
		if f.text == "" {
			return null()
		}
		b.WriteString(before)
		b.WriteString(f.text)
		pattern = after
	}
	return text(b.String() + pattern)
}

// urlJoin puts exactly one slash between an address and the path that f is.
// Without a path f stays what it is.
func urlJoin(base string, f field) field {
	if f.text == "" {
		return f
	}
	return text(strings.TrimRight(base, "/") + "/" + strings.TrimLeft(f.text, "/"))
}

// firstWith returns the first object of the list at a path whose member flag is
// true, or nil.
func firstWith(p auth.Profile, flag string, path ...string) auth.Profile {
	value, _ := valueAt(p, path)
	list, _ := value.([]any)
	for _, element := range list {
		if object, ok := element.(map[string]any); ok && trueAt(object, flag) {
			return object
		}
	}
	return nil
}

// trueAt reports whether the value at a path is the JSON value true.
func trueAt(p auth.Profile, path ...string) bool {
	value, _ := valueAt(p, path)
	return value == true
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

// valueAt is the value at a path of [jsonvalue.At].
func valueAt(p auth.Profile, path []string) (any, bool) {
	return jsonvalue.At(map[string]any(p), path)
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

// defaultProfile is what Auth.js does for providers without a mapping of their
// own.
func defaultProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "nickname")).or(textAt(p, "preferred_username"))
	return newUser(cmp.Or(idAt(p, "sub"), idAt(p, "id")), name, textAt(p, "email"), textAt(p, "picture")), nil
}

// openIDProfile maps the claims of OpenID Connect Core 1.0, section 5.1.
func openIDProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "name"), textAt(p, "email"), textAt(p, "picture")), nil
}
