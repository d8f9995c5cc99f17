package auth

import (
	"encoding/json"
	"maps"
	"slices"
)

// appendJSON writes a session whose Extra is empty, which is the answer of
// nearly every GET /session, without reflection.
func (s Session) appendJSON(b []byte) ([]byte, error) {
	b = append(b, `{"user":`...)
	b, err := s.User.appendJSON(b)
	if err != nil {
		return nil, err
	}
	b = append(b, `,"expires":"`...)
	b = s.Expires.UTC().AppendFormat(b, isoLayout)
	return append(b, `"}`...), nil
}

func (u SessionUser) appendJSON(b []byte) ([]byte, error) {
	b = append(b, '{')
	empty := len(b)
	for _, f := range [...]struct{ key, value string }{
		{"name", u.Name}, {"email", u.Email}, {"image", u.Image},
	} {
		if f.value != "" {
			b = appendJSONText(appendJSONKey(b, f.key, empty), f.value)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(u.Extra)) {
		if u.text(key) != "" {
			continue
		}
		value, err := json.Marshal(u.Extra[key])
		if err != nil {
			return nil, err
		}
		b = append(appendJSONKey(b, key, empty), value...)
	}
	return append(b, '}'), nil
}

// text returns the field that is written under a JSON name.
func (u SessionUser) text(key string) string {
	switch key {
	case "name":
		return u.Name
	case "email":
		return u.Email
	case "image":
		return u.Image
	}
	return ""
}

// appendJSONKey writes a comma unless the object is still empty, and the key.
func appendJSONKey(b []byte, key string, empty int) []byte {
	if len(b) > empty {
		b = append(b, ',')
	}
	return append(appendJSONText(b, key), ':')
}

// appendJSONText writes a JSON string. Characters that need an escape are left
// to encoding/json.
func appendJSONText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(s)
			if err != nil { // json.Marshal replaces invalid UTF-8; text cannot fail
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
