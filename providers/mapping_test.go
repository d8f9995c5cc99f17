package providers_test

import (
	"encoding/json"
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func ExampleMapping() {
	acme := providers.OAuth2("acme", providers.OAuth2Endpoints{
		Authorization: "https://acme.example/authorize",
		Token:         "https://acme.example/token",
		Userinfo:      "https://acme.example/me",
	}, "client-id", "client-secret")
	var err error
	acme.Profile, err = providers.Mapping{ID: "user.id", Name: "user.name ?? user.login", Email: "user.emails[0].value"}.Profile()
	if err != nil {
		log.Fatal(err)
	}
	user, err := acme.Profile(auth.Profile{"user": map[string]any{"id": json.Number("7"), "login": "ada"}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.ID, user.Name)
	// Output: 7 ada
}

func TestMapping(t *testing.T) {
	const document = `{"id": 91000000000000001, "uuid": "u-1", "zero": 0, "empty": "", "null": null, "name": "Ada",
		"deep": {"list": [{"value": "first"}, {"value": "second", "more": [["x"]]}]}}`
	tests := []struct {
		name    string
		mapping providers.Mapping
		want    map[string]any
	}{
		{"number", providers.Mapping{ID: "id"}, map[string]any{"id": "91000000000000001"}},
		{"text", providers.Mapping{ID: "uuid", Name: "name"}, map[string]any{"id": "u-1", "name": "Ada"}},
		{"position", providers.Mapping{ID: "id", Email: "deep.list[1].value"}, map[string]any{"id": "91000000000000001", "email": "second"}},
		{"positions", providers.Mapping{ID: "id", Image: "deep.list[1].more[0][0]"}, map[string]any{"id": "91000000000000001", "image": "x"}},
		{"no such position", providers.Mapping{ID: "id", Email: "deep.list[9].value"}, map[string]any{"id": "91000000000000001"}},
		{"second path", providers.Mapping{ID: "nothing ?? zero ?? uuid", Name: "empty??name"}, map[string]any{"id": "u-1", "name": "Ada"}},
		{"last path is null", providers.Mapping{ID: "uuid", Name: "empty ?? null"}, map[string]any{"id": "u-1", "name": nil}},
		{"through a text", providers.Mapping{ID: "uuid.x ?? name"}, map[string]any{"id": "Ada"}},
		{"no id", providers.Mapping{ID: "zero ?? null ?? empty"}, map[string]any{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			profile, err := test.mapping.Profile()
			if err != nil {
				t.Fatal(err)
			}
			var p auth.Profile
			d := json.NewDecoder(strings.NewReader(document))
			d.UseNumber()
			if err := d.Decode(&p); err != nil {
				t.Fatal(err)
			}
			u, err := profile(p, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, userJSON(t, u)); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMappingErrors(t *testing.T) {
	for _, mapping := range []providers.Mapping{
		{}, {Name: "name"}, {ID: "a."}, {ID: ".a"}, {ID: "a..b"}, {ID: "a b"}, {ID: "a ??"}, {ID: "?? a"}, {ID: "a["}, {ID: "a[]"}, {ID: "a[x]"},
		{ID: "a[0"}, {ID: "a]"}, {ID: "[0]"}, {ID: "a[-1]"}, {ID: "a[0]b"}, {ID: "id", Email: "a["},
	} {
		if _, err := mapping.Profile(); err == nil || !strings.HasPrefix(err.Error(), "providers: Mapping.") {
			t.Errorf("%+v: error %v, want one that names the field", mapping, err)
		}
	}
	_, err := providers.Mapping{ID: "a[", Name: "b["}.Profile()
	if err == nil || !strings.Contains(err.Error(), "Mapping.ID") || !strings.Contains(err.Error(), "Mapping.Name") {
		t.Errorf("error %v, want both problems", err)
	}
}

func FuzzMapping(f *testing.F) {
	for _, s := range []string{"id", "a.b[0].c", "a ?? b", "a[", "??", "a[0][1]"} {
		f.Add(s)
	}
	document := auth.Profile{"id": json.Number("1"), "a": map[string]any{"b": []any{map[string]any{"c": "x"}}}}
	f.Fuzz(func(t *testing.T, path string) {
		profile, err := providers.Mapping{ID: path, Name: path}.Profile()
		if err != nil {
			return
		}
		if _, err := profile(document, nil); err != nil {
			t.Errorf("an accepted mapping fails: %v", err)
		}
	})
}
