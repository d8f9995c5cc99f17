package auth_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// copyOf is a browser of another server with a copy of a session.
func copyOf(b *browser, at *offlineSite) *browser {
	b.t.Helper()
	thief := at.browser()
	c := b.cookie(secureSession)
	if c == nil {
		b.t.Fatal("there is no session to copy")
	}
	thief.setCookie(&http.Cookie{Name: c.Name, Value: c.Value, Secure: true})
	return thief
}

// open reports whether a browser gets into the guarded page.
func (b *browser) open() bool {
	b.t.Helper()
	return b.get("/private").status == http.StatusOK
}

// A sign-out is effective at once on its own server, and within five seconds on
// another one with the same store.
func TestRevocationReachesOtherServers(t *testing.T) {
	for _, row := range []struct {
		name   string
		revoke func(t *testing.T, s *offlineSite, b *browser)
	}{
		{"sign-out", func(_ *testing.T, _ *offlineSite, b *browser) { b.post("/api/auth/signout", nil) }},
		{"RevokeAll", func(t *testing.T, s *offlineSite, _ *browser) {
			if err := s.auth.RevokeAll(t.Context(), "alice-id"); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := memory.New()
				first, second := newOfflineSite(t, store, nil), newOfflineSite(t, store, nil)
				b := first.browser()
				b.signInWithCredentials()
				here, there := copyOf(b, first), copyOf(b, second)
				if !here.open() || !there.open() {
					t.Fatal("the session does not open on both servers")
				}
				time.Sleep(time.Second) // of the bubble's clock
				row.revoke(t, first, b)
				if here.open() {
					t.Error("the session still opens on the server that withdrew it")
				}
				time.Sleep(5 * time.Second)
				if there.open() || there.signedInAs() != "" {
					t.Error("the session still opens on another server after five seconds")
				}
			})
		})
	}
}

// RevokeAll ends the sessions that began before it, of one user, with both
// kinds of session.
func TestRevokeAll(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := memory.New()
				s := newOfflineSite(t, store, withStore(store, false, strategy))
				laptop, phone, other := s.browser(), s.browser(), s.browser()
				laptop.get(laptop.requestLink("grace@example.com"))
				phone.get(phone.requestLink("grace@example.com"))
				other.get(other.requestLink("ada@example.com"))
				grace := store.Dump().Users[0].ID
				if !laptop.open() || !phone.open() || !other.open() {
					t.Fatal("the sign-ins failed")
				}
				time.Sleep(time.Second) // of the bubble's clock
				if err := s.auth.RevokeAll(t.Context(), grace); err != nil {
					t.Fatal(err)
				}
				if laptop.open() || phone.open() {
					t.Error("a session of the user still opens")
				}
				if !other.open() {
					t.Error("another user's session ended too")
				}
				time.Sleep(time.Second)
				laptop.get(laptop.requestLink("grace@example.com"))
				if !laptop.open() {
					t.Error("a later sign-in does not open")
				}
			})
		})
	}
}

func TestRevokeAllNeedsAStore(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*auth.Config)
		want   string
	}{
		{"no adapter", func(c *auth.Config) { c.Adapter = nil }, "Config.Adapter"},
		{"adapter that cannot", func(c *auth.Config) { c.Adapter = onlyAdapter{memory.New()} }, "Revoker"},
		{"StrictV4", strictly(true), "StrictV4"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newOfflineSite(t, memory.New(), row.change)
			err := s.auth.RevokeAll(t.Context(), "alice-id")
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("RevokeAll: %v, want an error about %s", err, row.want)
			}
		})
	}
}

// What was withdrawn while a server could not reach the store is noticed when it
// can again.
func TestRevocationAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		cut := watch(store)
		first := newOfflineSite(t, store, nil)
		second := newOfflineSite(t, store, func(c *auth.Config) { c.Adapter = cut })
		b := first.browser()
		b.signInWithCredentials()
		there := copyOf(b, second)
		if !there.open() {
			t.Fatal("the session does not open")
		}
		cut.breakDown("Revocations")
		time.Sleep(6 * time.Second) // of the bubble's clock
		if !there.open() {
			t.Error("a session ended because the revocations could not be refreshed")
		}
		b.post("/api/auth/signout", nil)
		for range 60 { // the server tries in vain for five minutes
			time.Sleep(6 * time.Second)
			there.open()
		}
		cut.breakDown()
		time.Sleep(6 * time.Second)
		if there.open() {
			t.Error("the withdrawn session still opens after the outage")
		}
	})
}

// A token that another server re-issued just before it heard of the sign-out
// stays withdrawn until it has expired.
func TestRevocationOutlivesTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		short := func(c *auth.Config) { c.Session.MaxAge, c.Session.UpdateAge = time.Hour, -1 }
		first, second := newOfflineSite(t, store, short), newOfflineSite(t, store, short)
		b := first.browser()
		b.signInWithCredentials()
		thief := copyOf(b, second)
		if !thief.open() {
			t.Fatal("the session does not open")
		}
		b.post("/api/auth/signout", nil)
		time.Sleep(4900 * time.Millisecond) // of the bubble's clock
		thief.get("/api/auth/session")      // re-issues the token
		c := thief.cookie(secureSession)
		if c == nil {
			t.Fatal("the other server did not re-issue the token")
		}
		for _, wait := range []time.Duration{time.Minute, 59*time.Minute - 5*time.Second, 16 * time.Second, 3 * time.Second, time.Minute} {
			time.Sleep(wait)
			thief.setCookie(&http.Cookie{Name: c.Name, Value: c.Value, Secure: true})
			if thief.open() {
				t.Fatal("the withdrawn session opens again")
			}
		}
	})
}

// The JWT callback of an application cannot make a session that cannot be
// withdrawn, not even by mistake.
func TestRevocationSurvivesTheJWTCallback(t *testing.T) {
	for _, row := range []struct {
		name string
		jwt  func(auth.JWTParams) token.Claims
	}{
		{"claims made anew", func(p auth.JWTParams) token.Claims {
			return token.Claims{"name": p.Token.Name(), "sub": p.Token.Subject()}
		}},
		{"claims from the client", func(p auth.JWTParams) token.Claims {
			if p.Trigger == auth.TriggerUpdate {
				p.Token["sid"], p.Token["auth_time"] = "mine", int64(4e9)
			}
			return p.Token
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
					c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) { return row.jwt(p), nil }
				})
				b := s.browser()
				b.signInWithCredentials()
				before := copyOf(b, s)
				b.post("/api/auth/session", nil)
				after := copyOf(b, s)
				b.post("/api/auth/signout", nil)
				if before.open() || after.open() {
					t.Errorf("after the sign-out the first token opens: %v, the updated one: %v", before.open(), after.open())
				}
				// The absolute end holds as well.
				b = s.browser()
				b.signInWithCredentials()
				b.post("/api/auth/session", nil)
				for range 4 {
					time.Sleep(25 * day) // of the bubble's clock
					b.get("/api/auth/session")
				}
				if b.open() {
					t.Error("the session lives on after its absolute end")
				}
			})
		})
	}
}
