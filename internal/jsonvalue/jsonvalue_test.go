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

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
