// Package jsonvalue reads JSON of unknown shape.
package jsonvalue

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// Decode decodes one JSON value and nothing else, with numbers as json.Number.
// Its errors never quote the text.
func Decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return nil, errors.New("malformed JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the JSON value")
	}
	return value, nil
}

// At walks down a decoded value along member names and, in lists, positions ("0"
// is the first). It reports false if a step is missing. Without steps it is the
// value itself.
func At(value any, path []string) (any, bool) {
	for _, step := range path {
		ok := false
		switch outer := value.(type) {
		case map[string]any:
			value, ok = outer[step]
		case []any:
			if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(outer) {
				value, ok = outer[i], true
			}
		}
		if !ok {
			return nil, false
		}
	}
	return value, true
}
