package auth_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// A JWT callback that makes its own claims, or copies what the client sent into
// them, does not make a session that nobody can end.
func TestSecurityCallbackKeepsSessionRevocable(t *testing.T) {
	for name, callback := range map[string]func(context.Context, auth.JWTParams) (token.Claims, error){
		"own claims": func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
			return token.Claims{"sub": p.Token.Subject(), "name": p.Token.Name()}, nil
		},
		"copies the update": func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
			if data, ok := p.Update.(map[string]any); ok {
				maps.Copy(p.Token, data)
			}
			return p.Token, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) { c.Callbacks.JWT = callback })
			b := s.browser()
			b.signInWithCredentials()
			b.do(http.MethodPost, "/api/auth/session", strings.NewReader(`{"csrfToken":"`+b.csrfToken()+`","data":{"sid":"other","auth_time":99999999999}}`),
				http.Header{"Content-Type": {"application/json"}})
			stolen := b.cookie(sessionTokenName).Value
			if b.signedInAs() != "Alice" {
				t.Fatal("not signed in")
			}
			b.post("/api/auth/signout", nil)
			if got := whoWith(s, sessionTokenName, stolen); got != "{}" {
				t.Errorf("OUT-01: after signing out the token opens %s", got)
			}
			other := s.browser()
			other.signInWithCredentials()
			other.do(http.MethodPost, "/api/auth/session", strings.NewReader(`{"csrfToken":"`+other.csrfToken()+`","data":{"auth_time":99999999999}}`),
				http.Header{"Content-Type": {"application/json"}})
			if err := s.auth.RevokeAll(t.Context(), "alice-id"); err != nil {
				t.Fatal(err)
			}
			if who := other.signedInAs(); who != "" {
				t.Errorf("OUT-09: after RevokeAll the session lives on as %q", who)
			}
		})
	}
}

// OUT-01, OUT-03, OUT-04 and OUT-09: what is over is over.
func TestSecuritySignOut(t *testing.T) {
	for _, strategy := range []func(*auth.Config){func(*auth.Config) {}, databaseSessions} {
		s := newTestSite(t, strategy)
		b := s.browser()
		b.signInWithOAuth("op")
		stolen := b.cookie(sessionTokenName).Value
		pending := b.startOAuth("op")
		b.requestLink("v@example.com")
		got := b.post("/api/auth/signout", nil)
		if got.location != s.url || whoWith(s, sessionTokenName, stolen) != "{}" || len(s.store.Dump().Sessions) != 0 {
			t.Errorf("the session outlives its end: %s", got.location)
		}
		for _, c := range b.stolen() {
			if strings.Contains(c.Name, "session-token") || strings.Contains(c.Name, "flow") || strings.Contains(c.Name, "binding") {
				t.Errorf("OUT-03: the cookie %s survives", c.Name)
			}
		}
		if b.get(pending); b.signedInAs() != "" {
			t.Error("OUT-03: an attempt from before signs in again")
		}
		for range 2 {
			if got := b.post("/api/auth/signout", nil); got.location != s.url || got.setsSession() {
				t.Errorf("OUT-04: signing out again: %d %s", got.status, got.location)
			}
		}
		devices := []*browser{s.browser(), s.browser(), s.browser()}
		for _, device := range devices {
			device.signInWithOAuth("op")
		}
		if err := s.auth.RevokeAll(t.Context(), s.store.Dump().Users[0].ID); err != nil {
			t.Fatal(err)
		}
		for _, device := range devices {
			if who := device.signedInAs(); who != "" {
				t.Errorf("OUT-09: still signed in as %q", who)
			}
		}
	}
}

// Signing in right after every session was ended has to work.
func TestSecuritySignInAfterRevokeAll(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	b.signInWithCredentials()
	if err := s.auth.RevokeAll(t.Context(), "alice-id"); err != nil {
		t.Fatal(err)
	}
	if b.signInWithCredentials(); b.signedInAs() != "Alice" {
		t.Error("the new session is dead at birth")
	}
}
