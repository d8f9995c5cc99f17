package jsonvalue_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
)

func TestDecode(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       any
		err        string
	}{
		{"object", ` {"a":[1.50,null]} `, map[string]any{"a": []any{json.Number("1.50"), nil}}, ""},
		{"empty", "", nil, "malformed JSON"},
		{"broken", `{"secret"`, nil, "malformed JSON"},
		{"two values", `{} {}`, nil, "text after the JSON value"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := jsonvalue.Decode([]byte(row.text))
			if message := errorText(err); message != row.err {
				t.Errorf("error = %q, want %q", message, row.err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAt(t *testing.T) {
	document := map[string]any{"a": map[string]any{"b": []any{"x", map[string]any{"c": true}}, "none": nil}, "0": "zero"}
	for _, row := range []struct {
		name string
		path []string
		want any
		ok   bool
	}{
		{"no path", nil, document, true},
		{"member", []string{"0"}, "zero", true},
		{"deep", []string{"a", "b", "1", "c"}, true, true},
		{"null", []string{"a", "none"}, nil, true},
		{"missing member", []string{"a", "x"}, nil, false},
		{"position behind the end", []string{"a", "b", "2"}, nil, false},
		{"negative position", []string{"a", "b", "-1"}, nil, false},
		{"name in a list", []string{"a", "b", "c"}, nil, false},
		{"into a text", []string{"0", "0"}, nil, false},
		{"into null", []string{"a", "none", "x"}, nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, ok := jsonvalue.At(document, row.path)
			if diff := cmp.Diff(row.want, got); diff != "" || ok != row.ok {
				t.Errorf("found %t, want %t (-want +got):\n%s", ok, row.ok, diff)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
