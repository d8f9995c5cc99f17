package providers_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestIDs(t *testing.T) {
	profile := providers.OIDC("acme", "https://acme.example", "id", "secret").Profile
	tests := []struct {
		name string
		sub  any
		want string
	}{
		{"text", "007", "007"},
		{"number", json.Number("42"), "42"},
		{"beyond float64", json.Number("9007199254740993"), "9007199254740993"},
		{"neighbour beyond float64", json.Number("9007199254740992"), "9007199254740992"},
		{"exponent", json.Number("1e3"), "1000"},
		{"zero after the point", json.Number("5.0"), "5"},
		{"negative", json.Number("-5"), "-5"},
		{"float64", float64(583231), "583231"},
		{"zero", json.Number("0"), ""},
		{"zero with an exponent", json.Number("0e9"), ""},
		{"fraction", json.Number("1.5"), ""},
		{"inexact exponent", json.Number("1e16"), ""},
		{"too large", json.Number("1e999"), ""},
		{"inexact float64", float64(1 << 53), ""},
		{"no number", json.Number(""), ""},
		{"boolean", true, ""},
		{"null", nil, ""},
		{"list", []any{"1"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := profile(auth.Profile{"sub": tt.sub}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if u.ID != tt.want {
				t.Errorf("ID = %q, want %q", u.ID, tt.want)
			}
		})
	}
	t.Run("no profile", func(t *testing.T) {
		if u, err := profile(nil, nil); err != nil || u.ID != "" {
			t.Errorf("ID = %q, err = %v, want none", u.ID, err)
		}
	})
}

func TestFields(t *testing.T) {
	const document = `{
		"first": "Ada", "last": "Lovelace", "empty": "", "null": null, "number": 42, "zero": 0, "yes": true, "text": "true",
		"list": ["a", {"b": "c"}], "path": "/a.png",
		"emails": [{"email": "x@example.com", "primary": false}, 7, {"email": "y@example.com", "primary": true}]
	}`
	var p auth.Profile
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	if err := decoder.Decode(&p); err != nil {
		t.Fatal(err)
	}
	first, last := providers.TextAt(p, "first"), providers.TextAt(p, "last")
	empty, null, missing := providers.TextAt(p, "empty"), providers.TextAt(p, "null"), providers.TextAt(p, "missing")
	type m = map[string]any
	tests := []struct {
		name  string
		field providers.Field
		want  m
	}{
		{"position", providers.TextAt(p, "list", "0"), m{"name": "a"}},
		{"member at a position", providers.TextAt(p, "list", "1", "b"), m{"name": "c"}},
		{"position beyond the end", providers.TextAt(p, "list", "2"), m{}},
		{"no position", providers.TextAt(p, "list", "x"), m{}},
		{"below zero", providers.TextAt(p, "list", "-1"), m{}},
		{"number as text", providers.TextAt(p, "number"), m{}},
		{"number", providers.NumberAt(p, "number"), m{"name": "42"}},
		{"zero", providers.NumberAt(p, "zero"), m{}},
		{"text instead of a number", providers.NumberAt(p, "first"), m{"name": "Ada"}},
		{"null instead of a number", providers.NumberAt(p, "null"), m{"name": nil}},
		{"filled", providers.OrFilled(first, last), m{"name": "Ada"}},
		{"not filled", providers.OrFilled(empty, last), m{"name": "Lovelace"}},
		{"none filled", providers.OrFilled(missing, null), m{"name": nil}},
		{"join", providers.Join(" ", first, empty, null, missing, last), m{"name": "Ada Lovelace"}},
		{"join nothing", providers.Join(" ", empty, missing), m{"name": ""}},
		{"fill", providers.Fill("https://x/{}/{}.png", first, providers.Text("1")), m{"name": "https://x/Ada/1.png"}},
		{"fill with braces", providers.Fill("{}-{}", providers.Text("{}"), last), m{"name": "{}-Lovelace"}},
		{"fill with nothing", providers.Fill("https://x/{}/{}.png", first, missing), m{"name": nil}},
		{"address", providers.URLJoin("https://x/", providers.TextAt(p, "path")), m{"name": "https://x/a.png"}},
		{"address without a slash", providers.URLJoin("https://x", first), m{"name": "https://x/Ada"}},
		{"address of nothing", providers.URLJoin("https://x", null), m{"name": nil}},
		{"first with a flag", providers.TextAt(providers.FirstWith(p, "primary", "emails"), "email"), m{"name": "y@example.com"}},
		{"first with a missing flag", providers.TextAt(providers.FirstWith(p, "verified", "emails"), "email"), m{}},
		{"first of no list", providers.TextAt(providers.FirstWith(p, "primary", "first"), "email"), m{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, userJSON(t, providers.UserWithName(tt.field))); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
	}
	for name, want := range map[string]bool{"yes": true, "text": false, "number": false, "missing": false} {
		if got := providers.TrueAt(p, name); got != want {
			t.Errorf("TrueAt(%s) = %v", name, got)
		}
	}
}
