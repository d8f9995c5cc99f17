package token

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// errNotObject reports JSON that is not valid or not an object.
var errNotObject = errors.New("token: not a JSON object")

// decodeObject decodes a JSON object to what encoding/json with UseNumber makes
// of it, several times as fast for an object of plain texts and numbers. It
// also returns how many members were written: more than the result has when a
// name occurs twice, of which the last counts.
//
// All texts without escapes share the memory of one string.
func decodeObject(data []byte) (object Claims, members int, err error) {
	if !json.Valid(data) {
		return nil, 0, errNotObject
	}
	s := scanner{text: string(data)}
	if s.skipSpace(); s.text[s.pos] != '{' {
		return nil, 0, errNotObject
	}
	s.pos++
	object = make(Claims, 8)
	for s.skipSpace(); s.text[s.pos] != '}'; s.skipSpace() {
		if s.text[s.pos] == ',' {
			s.pos++
			s.skipSpace()
		}
		name, err := s.string()
		if err != nil {
			return nil, 0, err
		}
		s.skipSpace()
		s.pos++ // the colon
		s.skipSpace()
		if object[name], err = s.value(); err != nil {
			return nil, 0, err
		}
		members++
	}
	return object, members, nil
}

// scanner reads the members of an object in text that is known to be valid
// JSON, so that nothing has to be checked twice. It stays within the text
// because it stops at the object's closing brace.
type scanner struct {
	text string
	pos  int
}

func (s *scanner) skipSpace() {
	for isSpace(s.text[s.pos]) {
		s.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// value reads the value at the position. Arrays and objects are left to
// encoding/json.
func (s *scanner) value() (any, error) {
	switch start := s.pos; s.text[start] {
	case '"':
		return s.string()
	case '{', '[':
		s.skipNested()
		return decodeValue(s.text[start:s.pos])
	case 't':
		s.pos += len("true")
		return true, nil
	case 'f':
		s.pos += len("false")
		return false, nil
	case 'n':
		s.pos += len("null")
		return nil, nil
	default:
		for c := s.text[s.pos]; c != ',' && c != '}' && !isSpace(c); c = s.text[s.pos] {
			s.pos++
		}
		return json.Number(s.text[start:s.pos]), nil
	}
}

// string reads the string at the position. One with escapes or invalid UTF-8 is
// left to encoding/json.
func (s *scanner) string() (string, error) {
	start := s.pos
	escaped, ascii := s.skipString()
	quoted := s.text[start:s.pos]
	text := quoted[1 : len(quoted)-1]
	if !escaped && (ascii || utf8.ValidString(text)) {
		return text, nil
	}
	return unquote(quoted)
}

// unquote decodes a JSON string by encoding/json.
func unquote(quoted string) (text string, err error) {
	err = json.Unmarshal([]byte(quoted), &text)
	return text, err
}

// skipString moves behind the string at the position.
func (s *scanner) skipString() (escaped, ascii bool) {
	ascii = true
	for s.pos++; ; s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return escaped, ascii
		case c == '\\':
			escaped = true
			s.pos++
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
}

// skipNested moves behind the array or object at the position.
func (s *scanner) skipNested() {
	for depth := 0; ; {
		switch s.text[s.pos] {
		case '"':
			s.skipString()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.pos++
		if depth == 0 {
			return
		}
	}
}

// decodeValue decodes any JSON value by encoding/json.
func decodeValue(text string) (value any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}
