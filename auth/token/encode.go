package token

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// appendClaims writes claims as a JSON object, in the order of their names,
// followed by iat, exp and a new jti.
func appendClaims(b []byte, claims Claims, iat, exp int64) ([]byte, error) {
	var space [16]string
	names := space[:0]
	for name := range claims {
		if name != "iat" && name != "exp" && name != "jti" {
			names = append(names, name)
		}
	}
	slices.Sort(names)

	b = append(b, '{')
	for _, name := range names {
		var err error
		if b, err = appendText(b, name); err != nil {
			return nil, fmt.Errorf("token: claim %q: %w", name, err)
		}
		b = append(b, ':')
		if b, err = appendValue(b, claims[name]); err != nil {
			return nil, fmt.Errorf("token: claim %q: %w", name, err)
		}
		b = append(b, ',')
	}
	b = append(b, `"iat":`...)
	b = strconv.AppendInt(b, iat, 10)
	b = append(b, `,"exp":`...)
	b = strconv.AppendInt(b, exp, 10)
	b = append(b, `,"jti":"`...)
	b = appendUUID(b)
	return append(b, `"}`...), nil
}

// appendValue writes a JSON value. Whatever is not plain is left to
// encoding/json.
func appendValue(b []byte, value any) ([]byte, error) {
	switch value := value.(type) {
	case string:
		return appendText(b, value)
	case json.Number:
		if isInteger(string(value)) {
			return append(b, value...), nil
		}
	case int64:
		return strconv.AppendInt(b, value, 10), nil
	case int:
		return strconv.AppendInt(b, int64(value), 10), nil
	case bool:
		return strconv.AppendBool(b, value), nil
	case nil:
		return append(b, "null"...), nil
	}
	return appendJSON(b, value)
}

// isInteger reports whether text is one or more digits of which the first is not
// zero.
func isInteger(text string) bool {
	if text == "" || text[0] == '0' {
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// appendText writes a JSON string. What needs escapes is left to encoding/json.
func appendText(b []byte, text string) ([]byte, error) {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			return appendJSON(b, text)
		}
	}
	if !utf8.ValidString(text) {
		return appendJSON(b, text)
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"'), nil
}

// appendJSON writes any value by encoding/json, without the escapes that HTML
// would need: they make a cookie longer and nothing safer.
func appendJSON(b []byte, value any) ([]byte, error) {
	w := bytes.NewBuffer(b)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(w.Bytes(), []byte("\n")), nil
}

// appendUUID writes a random UUID (version 4, RFC 9562 section 5.4).
func appendUUID(b []byte) []byte {
	var id [16]byte
	rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	b = hex.AppendEncode(b, id[:4])
	for _, part := range [...][]byte{id[4:6], id[6:8], id[8:10], id[10:]} {
		b = append(b, '-')
		b = hex.AppendEncode(b, part)
	}
	return b
}
