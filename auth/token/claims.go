package token

import (
	"encoding/json"
	"math"
	"time"
)

// Claims is the content of a token by claim name. In claims that
// [Codec.Open] returned, values are string, json.Number, bool, nil, []any and
// map[string]any. Claims to be sealed may hold whatever encoding/json writes.
type Claims map[string]any

// Name returns the person's name to show: the text claim "name", or "".
func (c Claims) Name() string { return c.Text("name") }

// Email returns the mail address: the text claim "email", or "".
func (c Claims) Email() string { return c.Text("email") }

// Picture returns the URL of a picture: the text claim "picture", or "".
func (c Claims) Picture() string { return c.Text("picture") }

// Subject returns the user's id: the text claim "sub", or "" when the user has
// none.
func (c Claims) Subject() string { return c.Text("sub") }

// ID returns the token's own id: the text claim "jti", or "". Every token that
// is sealed gets a new one, so that it does not identify a session.
func (c Claims) ID() string { return c.Text("jti") }

// IssuedAt returns when the token was sealed: the claim "iat", as [Claims.Time]
// reads it.
func (c Claims) IssuedAt() time.Time { return c.Time("iat") }

// Expires returns when the token's life ends: the claim "exp", as [Claims.Time]
// reads it. Open accepts the token for 15 seconds more.
func (c Claims) Expires() time.Time { return c.Time("exp") }

// Text returns a claim that is a string. It returns "" for one that is absent
// or of another type.
func (c Claims) Text(name string) string {
	text, _ := c[name].(string)
	return text
}

// Time returns a claim that is a number of seconds since 1970 (a NumericDate,
// RFC 7519 section 2) as a time in UTC. The number is a json.Number, float64, int
// or int64. Time returns the zero time for a claim that is absent, none of
// these, or outside the range of a JavaScript date, which ends in the year
// 275760.
func (c Claims) Time(name string) time.Time {
	seconds, ok := number(c[name])
	if !ok || math.Abs(seconds) > maxDate {
		return time.Time{}
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*float64(time.Second))).UTC()
}

// maxDate is the last moment of a JavaScript date, in seconds since 1970.
const maxDate = 8.64e12

// Clone returns a copy that shares no map and no slice with c, as far as they
// are map[string]any and []any. The clone of nil is nil.
func (c Claims) Clone() Claims {
	return cloneMap(c)
}

func cloneMap[M ~map[string]any](m M) M {
	if m == nil {
		return nil
	}
	clone := make(M, len(m))
	for name, value := range m {
		clone[name] = cloneValue(value)
	}
	return clone
}

func cloneValue(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return cloneMap(value)
	case []any:
		if value == nil {
			return value
		}
		clone := make([]any, len(value))
		for i := range value {
			clone[i] = cloneValue(value[i])
		}
		return clone
	}
	return value
}

// number returns a claim as JavaScript reads it. It reports false for what is
// no number, or too large for one.
func number(value any) (float64, bool) {
	switch value := value.(type) {
	case json.Number:
		f, err := value.Float64()
		return f, err == nil
	case float64:
		return value, !math.IsNaN(value) && !math.IsInf(value, 0)
	case int64:
		return float64(value), true
	case int:
		return float64(value), true
	}
	return 0, false
}

// tolerance is by how many seconds clocks may differ, as in NextAuth.js.
const tolerance = 15

// checkTimes decides whether claims are valid at a time (RFC 7519 sections
// 4.1.4 to 4.1.6).
func (c *Codec) checkTimes(claims Claims, now time.Time) error {
	if _, _, err := numericDate(claims, "iat"); err != nil {
		return err
	}
	nbf, limited, err := numericDate(claims, "nbf")
	if err != nil {
		return err
	}
	exp, ends, err := numericDate(claims, "exp")
	if err != nil {
		return err
	}
	seconds := float64(now.Unix())
	switch {
	case limited && nbf > seconds+tolerance:
		return invalid("not valid yet")
	case ends && exp <= seconds-tolerance:
		return ErrExpired
	case !ends && !c.allowMissingExpiry:
		return invalid("exp is missing")
	}
	return nil
}

// numericDate returns a time claim in seconds, and whether it is there. One that
// is there and no number is an error.
func numericDate(claims Claims, name string) (seconds float64, present bool, err error) {
	value, present := claims[name]
	if !present {
		return 0, false, nil
	}
	seconds, ok := number(value)
	if !ok {
		return 0, true, invalid(name + " is not a number")
	}
	return seconds, true, nil
}
