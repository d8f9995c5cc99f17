package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/cli"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// The command gives everybody of the recorded profiles the id that NextAuth.js v4
// and Auth.js v5 give them, and prints the user of a sign-in, whose other members
// are compared with theirs beside the providers.
func TestMapVectors(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "providers", "testdata", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Provider string
		Profile  json.RawMessage
		User     struct{ ID any }
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&vectors); err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		_, id, _ := strings.Cut(v.Provider, ":")
		switch id {
		case "default", "":
			id = "oidc"
		case "twitter2":
			id = "twitter"
		}
		var stdout, stderr bytes.Buffer
		args := []string{"providers", "map", id, "--set", "issuer=https://iss.example"}
		exit := cli.Run(t.Context(), args, bytes.NewReader(v.Profile), &stdout, &stderr)
		var user struct{ ID string }
		if err := json.Unmarshal(stdout.Bytes(), &user); err != nil || exit != 0 {
			t.Errorf("vector %d, %s: exit %d, output %q, %s", i, v.Provider, exit, &stdout, &stderr)
			continue
		}
		if want := idText(v.User.ID); user.ID != want {
			t.Errorf("vector %d, %s: the id is %q, want %q", i, v.Provider, user.ID, want)
		}
		if want := mapped(t, id, v.Profile); stdout.String() != want {
			t.Errorf("vector %d, %s: the output is %s, want %s", i, v.Provider, &stdout, want)
		}
	}
}

// mapped is the line for the user that a sign-in makes of a profile.
func mapped(t *testing.T, id string, document json.RawMessage) string {
	t.Helper()
	p, err := providers.Sample(id, providers.Options{Issuer: "https://iss.example"})
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var profile auth.Profile
	if err := d.Decode(&profile); err != nil {
		t.Fatal(err)
	}
	user, err := providers.MapProfile(p, profile, nil)
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(user)
	if err != nil {
		t.Fatal(err)
	}
	return string(line) + "\n"
}

// idText is an id of a vector as text.
func idText(id any) string {
	if number, ok := id.(json.Number); ok {
		return number.String()
	}
	text, _ := id.(string)
	return text
}
