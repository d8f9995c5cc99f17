package nextauth_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// comparison is something that both servers are asked to do.
type comparison struct {
	name string
	run  func(b *browser)
}

// compare runs comparisons on both halves of a site. Each begins with an empty
// store and outbox and a new browser.
func compare(t *testing.T, s settings, comparisons []comparison) {
	t.Helper()
	p := newPair(t, s)
	for _, c := range comparisons {
		t.Run(c.name, func(t *testing.T) {
			if diff := p.diff(t, c, differences()); diff != "" {
				t.Errorf("NextAuth.js (-) and Gatehouse (+) differ:\n%s", diff)
			}
		})
	}
}

// diff runs a comparison on both halves and says what differs, beyond what is
// known to.
func (p *pair) diff(t *testing.T, c comparison, known []difference) string {
	t.Helper()
	reference, subject := play(t, p.reference, c), play(t, p.subject, c)
	if len(reference) == 0 {
		t.Fatal("nothing was compared")
	}
	for i := range min(len(reference), len(subject)) {
		for _, d := range known {
			d.settle(&reference[i], &subject[i])
		}
	}
	return cmp.Diff(reference, subject, equalRecords)
}

// play runs a comparison on one half and returns what it answered.
func play(t *testing.T, s *site, c comparison) []record {
	t.Helper()
	s.reset(t)
	s.op.ClearRequests()
	s.op.ResetScript()
	b := newBrowser(t, s)
	c.run(b)
	return *b.log
}

// Each known difference is still there, and nothing else settles it.
func TestDifferences(t *testing.T) {
	known := differences()
	pairs := map[customPages]*pair{}
	for i, d := range known {
		p := pairs[d.pages]
		if p == nil {
			p = newPair(t, settings{URL: site1, Adapter: true, Pages: d.pages})
			pairs[d.pages] = p
		}
		t.Run(d.name, func(t *testing.T) {
			c := comparison{d.name, d.example}
			others := append(append([]difference(nil), known[:i]...), known[i+1:]...)
			if p.diff(t, c, others) == "" {
				t.Error("there is no such difference")
			}
			if diff := p.diff(t, c, known); diff != "" {
				t.Errorf("it is not the only one:\n%s", diff)
			}
		})
	}
}

// The comparison notices a library that is configured otherwise.
func TestCompareNotices(t *testing.T) {
	p := newPair(t, settings{URL: site1, Adapter: true})
	const callback = "/callback/credentials"
	everything := comparison{"everything", func(b *browser) {
		b.get("/providers")
		b.get("/signin")
		b.post(callback, "username", "locked", "callbackUrl", "/inside")
		b.signIn("alice")
		b.get("/session")
		b.get(b.startOAuth("openid"))
		b.providerSaw()
		b.post("/signin/email", "email", "ada@example.com")
		b.mailed()
		b.get(b.link())
		b.get("/session")
		b.post("/signout", "callbackUrl", "https://elsewhere.test/")
	}}
	if diff := p.diff(t, everything, differences()); diff != "" {
		t.Fatalf("they differ already:\n%s", diff)
	}
	for _, tt := range otherwise() {
		t.Run(tt.name, func(t *testing.T) {
			p.change = tt.change
			if diff := p.diff(t, everything, differences()); diff == "" {
				t.Error("nobody noticed")
			}
		})
	}
}

// change is a change of the library's configuration.
type change struct {
	name   string
	change func(c *auth.Config)
}

// otherwise are changes of which each makes the library answer otherwise.
func otherwise() []change {
	secure := true
	openID := func(c *auth.Config, change func(p *auth.OAuthProvider)) {
		provider := c.Providers[2].(auth.OAuthProvider)
		change(&provider)
		c.Providers[2] = provider
	}
	return []change{
		{"default mode", func(c *auth.Config) { c.StrictV4 = false }},
		{"a shorter session", func(c *auth.Config) { c.Session.MaxAge = 29 * 24 * time.Hour }},
		{"a shorter token", func(c *auth.Config) { c.JWT.MaxAge = time.Hour }},
		{"a secure cookie", func(c *auth.Config) { c.Cookies.CallbackURL.Secure = &secure }},
		{"SameSite of the session cookie", func(c *auth.Config) { c.Cookies.SessionToken.SameSite = http.SameSiteStrictMode }},
		{"no HttpOnly", func(c *auth.Config) { c.Cookies.CSRFToken.InsecureScriptAccess = true }},
		{"a cookie's path", func(c *auth.Config) { c.Cookies.State.Path = "/api/auth" }},
		{"one provider less", func(c *auth.Config) { c.Providers = c.Providers[1:] }},
		{"a custom page", func(c *auth.Config) { c.Pages.SignIn = "/login" }},
		{"an open redirect", func(c *auth.Config) {
			c.Callbacks.Redirect = func(_ context.Context, target, _ string) (string, error) { return target, nil }
		}},
		{"another scope", func(c *auth.Config) {
			openID(c, func(p *auth.OAuthProvider) { p.Scopes = []string{"openid"} })
		}},
		{"fewer checks", func(c *auth.Config) {
			openID(c, func(p *auth.OAuthProvider) { p.Checks = []auth.Check{auth.CheckState} })
		}},
		{"another client authentication", func(c *auth.Config) {
			openID(c, func(p *auth.OAuthProvider) { p.ClientAuthentication = auth.ClientSecretPost })
		}},
		{"a claim more", func(c *auth.Config) {
			c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
				p.Token["more"] = true
				return p.Token, nil
			}
		}},
		{"a member more in the session", func(c *auth.Config) {
			c.Callbacks.Session = func(_ context.Context, p auth.SessionParams) error {
				p.Session.Extra = map[string]any{"more": true}
				return nil
			}
		}},
	}
}
