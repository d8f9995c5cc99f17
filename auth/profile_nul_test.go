package auth_test

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// JSON can hold a NUL and PostgreSQL cannot: somebody with a strange name signs in,
// and nobody gets an id or an address that is cut at one somewhere.
func TestProfileWithNUL(t *testing.T) {
	for _, test := range []struct {
		name    string
		profile auth.User
		want    string // the name, empty when the sign-in is refused
	}{
		{"in the name", auth.User{ID: "1", Name: "A\x00da", Email: "ada@example.com", Image: "https://example.com/\x00a.png"}, "Ada"},
		{"in the id", auth.User{ID: "1\x002", Name: "Ada", Email: "ada@example.com"}, ""},
		{"in the address", auth.User{ID: "1", Name: "Ada", Email: "ada@example.com\x00.example.org"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) {
				op := c.Providers[0].(auth.OAuthProvider)
				op.Profile = func(auth.Profile, auth.Tokens) (auth.User, error) { return test.profile, nil }
				c.Providers[0] = op
			})
			s.op.Script(func(b *fakeop.Behavior) { b.Token.Extra = map[string]any{"scope": "open\x00id"} })
			s.browser().signInWithOAuth("op")
			user, err := s.store.UserByAccount(t.Context(), "op", test.profile.ID)
			switch {
			case test.want == "" && err == nil:
				t.Errorf("%+v is signed in", user)
			case test.want != "" && err != nil:
				t.Error(err)
			case test.want != "" && (user.Name != test.want || user.Image != "https://example.com/a.png"):
				t.Errorf("the user is stored as %+v", user)
			}
			if accounts, err := s.store.AccountsAfter(t.Context(), "", "", 9); err == nil && len(accounts) == 1 && accounts[0].Scope != "openid" {
				t.Errorf("the scope is stored as %q", accounts[0].Scope)
			}
		})
	}
}
