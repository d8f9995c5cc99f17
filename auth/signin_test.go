package auth_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Every kind of provider signs in and out, with both kinds of session.
func TestSignInAndOut(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		for _, strict := range []bool{false, true} {
			name := string(strategy)
			if strict {
				name += " StrictV4"
			}
			t.Run(name, func(t *testing.T) {
				s := newTestSite(t, func(c *auth.Config) {
					c.Session.Strategy = strategy
					c.StrictV4 = strict
				})
				for _, kind := range []struct {
					name   string
					signIn func(*browser) *answer
					want   string
				}{
					{"oauth", func(b *browser) *answer { return b.signInWithOAuth("op") }, "Ida Provider"},
					{"email", func(b *browser) *answer { return b.get(b.requestLink("grace@example.com")) }, "grace@example.com"},
				} {
					t.Run(kind.name, func(t *testing.T) {
						b := s.browser()
						done := kind.signIn(b)
						if done.status != http.StatusFound || done.location != s.url {
							t.Fatalf("sign-in answered %d %s, want 302 %s\n%s", done.status, done.location, s.url, s.log)
						}
						if got := b.signedInAs(); got != kind.want {
							t.Fatalf("signed in as %q, want %q", got, kind.want)
						}
						if got := b.get("/private"); got.status != http.StatusOK {
							t.Errorf("the guarded page answered %d %s", got.status, got.body)
						}
						b.post("/api/auth/signout", nil)
						if got := b.signedInAs(); got != "" {
							t.Errorf("still signed in as %q", got)
						}
					})
				}
			})
		}
	}
}
