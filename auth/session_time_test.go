package auth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

const (
	secureSession = "__Secure-next-auth.session-token"
	day           = 24 * time.Hour
)

// expiry is the member "expires" of the session.
func (b *browser) expiry() time.Time {
	b.t.Helper()
	text, _ := b.session()["expires"].(string)
	if text == "" {
		return time.Time{}
	}
	expires, err := time.Parse(time.RFC3339, text)
	if err != nil {
		b.t.Fatal(err)
	}
	return expires
}

// A visitor signs in and reads the session at certain moments.
func TestSessionLifetime(t *testing.T) {
	type read struct {
		after        time.Duration // since the sign-in
		want         bool          // still signed in
		wantReissued bool          // a new cookie is set
	}
	for _, row := range []struct {
		name   string
		change func(*auth.Config)
		reads  []read
	}{
		{"default: extended past UpdateAge", func(*auth.Config) {}, []read{
			{time.Hour, true, false}, {day - time.Second, true, false}, {day, true, true}, {day + time.Hour, true, false}, {2 * day, true, true},
		}},
		{"default: ends after MaxAge", func(*auth.Config) {}, []read{{30*day + 16*time.Second, false, false}}},
		{"default: idle for less than MaxAge", func(*auth.Config) {}, []read{{29 * day, true, true}, {58 * day, true, true}}},
		{"default: absolute end", func(*auth.Config) {}, []read{
			{29 * day, true, true}, {58 * day, true, true}, {87 * day, true, true}, {90*day - time.Second, true, true}, {90*day + time.Second, false, false},
		}},
		{"no absolute end", func(c *auth.Config) { c.Session.AbsoluteMaxAge = -1 }, []read{
			{29 * day, true, true}, {58 * day, true, true}, {87 * day, true, true}, {116 * day, true, true},
		}},
		{"no absolute end without an adapter", func(c *auth.Config) { c.Adapter = nil }, []read{
			{29 * day, true, true}, {58 * day, true, true}, {87 * day, true, true}, {116 * day, true, true},
		}},
		{"short absolute end", func(c *auth.Config) { c.Session.AbsoluteMaxAge = time.Hour }, []read{
			{time.Hour - time.Second, true, false}, {time.Hour + time.Second, false, false},
		}},
		{"MaxAge", func(c *auth.Config) { c.Session.MaxAge, c.Session.UpdateAge = time.Hour, 10*time.Minute }, []read{
			{9 * time.Minute, true, false}, {10 * time.Minute, true, true}, {60 * time.Minute, true, true}, {2*time.Hour + 16*time.Second, false, false},
		}},
		{"extended on every read", func(c *auth.Config) { c.Session.UpdateAge = -1 }, []read{{0, true, true}, {time.Second, true, true}}},
		{"JWT.MaxAge shorter", func(c *auth.Config) { c.JWT.MaxAge = time.Minute }, []read{{time.Minute, true, false}, {time.Minute + 16*time.Second, false, false}}},
		{"StrictV4: on every read", strictly(true), []read{{time.Second, true, true}, {2 * time.Second, true, true}, {25 * day, true, true}}},
		{"StrictV4: for ever", strictly(true), []read{{29 * day, true, true}, {58 * day, true, true}, {87 * day, true, true}, {116 * day, true, true}}},
		{"StrictV4: token outlives MaxAge", func(c *auth.Config) { c.StrictV4, c.Session.MaxAge = true, time.Hour }, []read{{time.Hour - time.Second, true, true}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), row.change)
				b := s.browser()
				b.signInWithCredentials()
				began := time.Now()
				for _, r := range row.reads {
					time.Sleep(r.after - time.Since(began)) // of the bubble's clock
					got := b.get("/api/auth/session")
					if signedIn := got.body != "{}"; signedIn != r.want {
						t.Fatalf("after %v: signed in %v, want %v", r.after, signedIn, r.want)
					}
					c := got.cookie(secureSession)
					if reissued := c != nil && c.MaxAge >= 0; reissued != r.wantReissued {
						t.Errorf("after %v: re-issued %v, want %v", r.after, reissued, r.wantReissued)
					}
				}
			})
		})
	}
}

// What GET /session promises is kept: the session is there until then and gone
// afterwards.
func TestSessionExpiresIsTrue(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*auth.Config)
		wait   time.Duration // before the session is read
	}{
		{"new", func(*auth.Config) {}, 0},
		{"before UpdateAge", func(*auth.Config) {}, time.Hour},
		{"extended", func(*auth.Config) {}, 2 * day},
		{"new with a short absolute end", func(c *auth.Config) { c.Session.AbsoluteMaxAge = time.Hour }, 0},
		{"near the absolute end", func(c *auth.Config) { c.Session.AbsoluteMaxAge = 31 * day }, 29 * day},
		{"database", func(c *auth.Config) { c.Session.Strategy = auth.StrategyDatabase }, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), row.change)
				b := s.browser()
				b.signInWithOAuth("op")
				time.Sleep(row.wait) // of the bubble's clock
				expires := b.expiry()
				time.Sleep(time.Until(expires) - 2*time.Second)
				if got := b.get("/private"); got.status != http.StatusOK {
					t.Errorf("two seconds before %v the guarded page answered %d", expires, got.status)
				}
				time.Sleep(20 * time.Second)
				if got := b.get("/private"); got.status == http.StatusOK {
					t.Errorf("the session is still there after %v", expires)
				}
			})
		})
	}
}

// Reading re-issues the token when the JWT callback changed a claim, and not
// when it wrote what was there.
func TestSessionReissue(t *testing.T) {
	for _, row := range []struct {
		name string
		jwt  func(auth.JWTParams) (token.Claims, error)
		want bool
	}{
		{"unchanged", func(p auth.JWTParams) (token.Claims, error) { return p.Token, nil }, false},
		{"same text", func(p auth.JWTParams) (token.Claims, error) { p.Token["role"] = "admin"; return p.Token, nil }, false},
		{"same number", func(p auth.JWTParams) (token.Claims, error) { p.Token["level"] = 3; return p.Token, nil }, false},
		{"same list", func(p auth.JWTParams) (token.Claims, error) {
			p.Token["groups"] = []string{"a", "b"}
			return p.Token, nil
		}, false},
		{"another text", func(p auth.JWTParams) (token.Claims, error) {
			p.Token["seen"] = time.Now().String()
			return p.Token, nil
		}, true},
		{"claim removed", func(p auth.JWTParams) (token.Claims, error) {
			if p.Trigger == auth.TriggerNone {
				delete(p.Token, "email")
			}
			return p.Token, nil
		}, true},
		{"change inside a claim", func(p auth.JWTParams) (token.Claims, error) {
			if nested, ok := p.Token["nested"].(map[string]any); ok {
				nested["at"] = time.Now().String()
			} else {
				p.Token["nested"] = map[string]any{}
			}
			return p.Token, nil
		}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
					c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) { return row.jwt(p) }
				})
				b := s.browser()
				b.signInWithCredentials()
				time.Sleep(time.Minute) // of the bubble's clock
				if got := b.get("/api/auth/session").cookie(secureSession) != nil; got != row.want {
					t.Errorf("re-issued: %v, want %v", got, row.want)
				}
			})
		})
	}
}

// An update re-issues the token whatever its age, and only with a CSRF token.
func TestSessionUpdate(t *testing.T) {
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
			if p.Trigger == auth.TriggerUpdate {
				data, _ := p.Update.(map[string]any)
				p.Token["name"] = data["name"]
			}
			return p.Token, nil
		}
	})
	b := s.browser()
	b.signInWithCredentials()
	body := func(csrf string) *strings.Reader {
		text, err := json.Marshal(map[string]any{"csrfToken": csrf, "data": map[string]any{"name": "Bob"}})
		if err != nil {
			t.Fatal(err)
		}
		return strings.NewReader(string(text))
	}
	if got := b.do(http.MethodPost, "/api/auth/session", body("wrong"), jsonHeader()); got.status != http.StatusBadRequest || got.body != "{}" || got.cookie(secureSession) != nil {
		t.Errorf("without the CSRF token: %d %s", got.status, got.body)
	}
	if got := b.do(http.MethodPost, "/api/auth/session", body(b.csrfToken()), jsonHeader()); got.status != http.StatusOK || got.cookie(secureSession) == nil {
		t.Errorf("with the CSRF token: %d %s", got.status, got.body)
	}
	if got := b.signedInAs(); got != "Bob" {
		t.Errorf("signed in as %q, want Bob", got)
	}
	if got := s.browser().post("/api/auth/session", nil); got.status != http.StatusOK || got.body != "{}" {
		t.Errorf("without a session: %d %s, want 200 {}", got.status, got.body)
	}
}

// The row of a database session moves only past UpdateAge, the cookie on every
// read.
func TestDatabaseSessionLifetime(t *testing.T) {
	inBothModes(t, "rows", func(t *testing.T, strictV4 bool) {
		synctest.Test(t, func(t *testing.T) {
			store := memory.New()
			s := newOfflineSite(t, store, withStore(store, strictV4, auth.StrategyDatabase))
			b := s.browser()
			b.signInWithOAuth("op")
			began := time.Now()
			row := func() time.Duration { return store.Dump().Sessions[0].Expires.Sub(began).Round(time.Second) }
			if got := row(); got != 30*day {
				t.Fatalf("the row ends after %v, want 30 days", got)
			}
			for _, read := range []struct{ after, wantRow, wantCookie time.Duration }{
				{time.Hour, 30 * day, 30*day + time.Hour},
				{day, 31 * day, 31 * day},
				{day + time.Hour, 31 * day, 31*day + time.Hour},
				{3 * day, 33 * day, 33 * day},
			} {
				time.Sleep(read.after - time.Since(began)) // of the bubble's clock
				c := b.get("/api/auth/session").cookie(secureSession)
				if got := row(); got != read.wantRow {
					t.Errorf("after %v the row ends after %v, want %v", read.after, got, read.wantRow)
				}
				if c == nil || c.Expires.Sub(began).Round(time.Second) != read.wantCookie {
					t.Errorf("after %v the cookie is %v, want an end after %v", read.after, c, read.wantCookie)
				}
			}
			// A browser would have dropped its cookie by then.
			kept := b.cookie(secureSession)
			time.Sleep(33*day + time.Second - time.Since(began))
			b.setCookie(&http.Cookie{Name: kept.Name, Value: kept.Value, Secure: true})
			if b.signedInAs() != "" || len(store.Dump().Sessions) != 0 {
				t.Errorf("an expired session is left: %v", store.Dump().Sessions)
			}
		})
	})
}
