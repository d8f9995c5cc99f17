package nextauth_test

import (
	"encoding/json"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// A fleet in which some servers run NextAuth.js and some the library: what one
// began another finishes, with the same browser.
func TestMixedFleet(t *testing.T) {
	p := newPair(t, settings{URL: site1})
	for _, tt := range []struct {
		name     string
		fromNode bool
		strict   bool
		provider string
	}{
		{"plain: begun by Node.js", true, true, "plain"},
		{"plain: begun by Go", false, true, "plain"},
		{"pkce: begun by Node.js", true, true, "pkce"},
		{"pkce: begun by Go", false, true, "pkce"},
		{"openid: begun by Node.js", true, true, "openid"},
		{"openid: begun by Go", false, true, "openid"},
		{"plain: begun by Node.js, default mode", true, false, "plain"},
		{"pkce: begun by Node.js, default mode", true, false, "pkce"},
		{"openid: begun by Node.js, default mode", true, false, "openid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p.change = func(c *auth.Config) { c.StrictV4 = tt.strict }
			p.subject.reset(t)
			first, second := p.sides(tt.fromNode)
			b := newBrowser(t, first)
			callback := b.startOAuth(tt.provider, "callbackUrl", "/inside")
			b.site = second
			if done := b.get(callback); done.location != site1+"/inside" {
				t.Fatalf("the callback answered %d %s", done.status, done.location)
			}
			for _, s := range []*site{first, second} {
				b.site = s
				if got := b.userName(); got != "Ida Provider" {
					t.Errorf("%s says that %q is signed in", s.name, got)
				}
			}
		})
	}
}

// The CSRF cookie and the session of one are good for the other.
func TestMixedFleetForms(t *testing.T) {
	p := newPair(t, settings{URL: site1})
	for _, fromNode := range []bool{true, false} {
		first, second := p.sides(fromNode)
		t.Run("form of "+first.name, func(t *testing.T) {
			p.subject.reset(t)
			b := newBrowser(t, first)
			b.csrfToken()
			b.site = second
			b.signIn("alice")
			b.site = first
			if got := b.userName(); got != "Alice Liddell" {
				t.Errorf("%s says that %q is signed in", first.name, got)
			}
			b.post("/signout")
			b.site = second
			if got := b.userName(); got != "" {
				t.Errorf("%s says that %q is still signed in", second.name, got)
			}
		})
	}
}

// sides are the server that begins and the one that goes on.
func (p *pair) sides(fromNode bool) (first, second *site) {
	if fromNode {
		return p.reference, p.subject
	}
	return p.subject, p.reference
}

// userName is the name in the session, or "".
func (b *browser) userName() string {
	b.t.Helper()
	var body struct{ User struct{ Name string } }
	if err := json.Unmarshal([]byte(b.get("/session").body), &body); err != nil {
		b.t.Fatal(err)
	}
	return body.User.Name
}
