package providers_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// vector is a profile and the user that NextAuth.js v4 or Auth.js v5 makes of it.
// The provider is "v4:" or "v5:" and its id, or "default" for what Auth.js does
// for providers without a mapping of their own.
type vector struct {
	Provider string         `json:"provider"`
	Profile  auth.Profile   `json:"profile"`
	User     map[string]any `json:"user"`
}

// otherNames are the providers of vectors that are not called after an id.
var otherNames = map[string]string{
	"default":  "oidc",
	"twitter2": "twitter",
}

// difference is a vector whose user differs on purpose.
type difference struct {
	provider string // as in the vector
	member   string // of the user
	reason   string
}

// differences are all deliberate ones. An id never differs.
var differences = []difference{
	{"v4:eveonline", "image", "image.eveonline.com is gone; pictures are at images.evetech.net"},
	{"v4:linkedin", "email", "a second request, to an interface that LinkedIn has closed, had it; it comes with the profile now"},
}

// vectorOptions are what the providers of the vectors were built from.
var vectorOptions = map[string]string{"issuer": "https://iss.example"}

func TestProfileVectors(t *testing.T) {
	own := readVectors(t, filepath.Join("testdata", "vectors.json"))
	checkVectors(t, own)
	shared := os.Getenv("GATEHOUSE_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "shared")
	}
	name := filepath.Join(shared, "providers", "profiles.json")
	if _, err := os.Stat(name); err != nil {
		return // a clone has its own copy
	}
	if diff := cmp.Diff(readVectors(t, name), own); diff != "" {
		t.Errorf("testdata/vectors.json is not %s (-shared +own):\n%s", name, diff)
	}
}

func readVectors(t *testing.T, name string) []vector {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

func checkVectors(t *testing.T, vectors []vector) {
	t.Helper()
	missing, skipped := map[string]bool{}, 0
	used := make([]bool, len(differences))
	for _, v := range vectors {
		_, id, versioned := strings.Cut(v.Provider, ":")
		if !versioned {
			id = v.Provider
		}
		if other, ok := otherNames[id]; ok {
			id = other
		}
		d, ok := providers.Find(id)
		if !ok {
			missing[id] = true
			skipped++
			continue
		}
		u, err := providers.MapProfile(build(t, d, optionsOf(d)), v.Profile, nil)
		if err != nil {
			t.Errorf("%s: %v", v.Provider, err)
			continue
		}
		compareVector(t, v, alternatives(vectors, v), userJSON(t, u), used)
	}
	for i, d := range differences {
		if !used[i] {
			t.Errorf("%s: %s does not differ any more (%s)", d.provider, d.member, d.reason)
		}
	}
	if skipped > 0 {
		t.Errorf("%d vectors are of providers that do not exist: %v", skipped, keys(missing))
	}
}

// optionsOf are the vectorOptions that a provider has.
func optionsOf(d providers.Definition) map[string]string {
	options := map[string]string{}
	for _, option := range d.Options {
		if value, ok := vectorOptions[option.Name]; ok && option.Required && len(option.Unless) == 0 {
			options[option.Name] = value
		}
		if len(option.Unless) > 0 {
			options[option.Name] = samples[option.Name]
		}
	}
	return options
}

// alternatives are the users that either version makes of the profile of v.
func alternatives(vectors []vector, v vector) []map[string]any {
	users := []map[string]any{v.User}
	_, id, _ := strings.Cut(v.Provider, ":")
	for _, other := range vectors {
		if _, otherID, _ := strings.Cut(other.Provider, ":"); otherID == id && cmp.Equal(other.Profile, v.Profile) {
			users = append(users, other.User)
		}
	}
	return users
}

// compareVector wants the id of v, and the other members of one of the users.
func compareVector(t *testing.T, v vector, users []map[string]any, got map[string]any, used []bool) {
	t.Helper()
	if got["id"] != v.User["id"] {
		t.Errorf("%s: the id of %v is %v, want %v", v.Provider, v.Profile, got["id"], v.User["id"])
	}
	for _, member := range []string{"name", "email", "image"} {
		value, present := got[member]
		if slices.ContainsFunc(users, func(u map[string]any) bool {
			want, wanted := u[member]
			return wanted == present && cmp.Equal(want, value)
		}) {
			continue
		}
		if i := slices.IndexFunc(differences, func(d difference) bool { return d.provider == v.Provider && d.member == member }); i >= 0 {
			used[i] = true
			continue
		}
		t.Errorf("%s: %s of %v is %#v, want %#v", v.Provider, member, v.Profile, value, v.User[member])
	}
}

func keys(set map[string]bool) []string {
	var all []string
	for key := range set {
		all = append(all, key)
	}
	slices.Sort(all)
	return all
}
