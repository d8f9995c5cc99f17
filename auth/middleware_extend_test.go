package auth_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// asPage are the headers of a browser that asks for a page.
func asPage() http.Header {
	return http.Header{"Sec-Fetch-Mode": {"navigate"}, "Accept": {"text/html"}}
}

// Somebody who only visits guarded pages stays signed in.
func TestRequireExtends(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*auth.Config)
		header http.Header
		want   bool
	}{
		{"JWT", func(*auth.Config) {}, asPage(), true},
		{"database", func(c *auth.Config) { c.Session.Strategy = auth.StrategyDatabase }, asPage(), true},
		{"script", func(*auth.Config) {}, http.Header{"Sec-Fetch-Mode": {"cors"}}, false},
		{"StrictV4", strictly(true), asPage(), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), row.change)
				b := s.browser()
				b.signInWithOAuth("op")
				for range 3 {
					time.Sleep(20 * day) // of the bubble's clock
					got := b.do(http.MethodGet, "/private", nil, row.header)
					if (got.status == http.StatusOK) != row.want && (row.want || got.status == http.StatusOK && got.cookie(secureSession) != nil) {
						t.Fatalf("answered %d, extended %v", got.status, got.cookie(secureSession) != nil)
					}
					if row.want && (got.cookie(secureSession) == nil || got.header.Get("Cache-Control") != "private") {
						t.Errorf("not extended: %v", got.header)
					}
				}
				if again := b.do(http.MethodGet, "/private", nil, row.header); again.cookie(secureSession) != nil {
					t.Error("extended before it was due")
				}
				if got := b.signedInAs() != ""; got != row.want {
					t.Errorf("signed in after 60 days: %v, want %v", got, row.want)
				}
			})
		})
	}
}

// The JWT callback has its say when Require extends a session.
func TestRequireExtendsThroughTheCallback(t *testing.T) {
	for _, row := range []struct {
		name string
		jwt  func(token.Claims) (token.Claims, error)
		want int
	}{
		{"ends the session", func(token.Claims) (token.Claims, error) { return nil, nil }, http.StatusFound},
		{"fails", func(token.Claims) (token.Claims, error) { return nil, errors.New("down") }, http.StatusOK},
		{"panics", func(token.Claims) (token.Claims, error) { panic("oops") }, http.StatusOK},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
					c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
						if p.User != nil {
							return p.Token, nil
						}
						return row.jwt(p.Token)
					}
				})
				b := s.browser()
				b.signInWithOAuth("op")
				time.Sleep(2 * day) // of the bubble's clock
				if got := b.do(http.MethodGet, "/private", nil, asPage()); got.status != row.want {
					t.Errorf("answered %d, want %d", got.status, row.want)
				}
			})
		})
	}
}

// A session of one Auth is none of another around it.
func TestNestedAuths(t *testing.T) {
	outer := newOfflineSite(t, memory.New(), nil)
	inner := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Secrets, c.Cookies.SessionToken.Name = []string{newSecret}, "__Secure-inner"
	})
	b := outer.browser()
	b.signInWithCredentials()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, outer.url+"/", nil)
	r.AddCookie(&http.Cookie{Name: secureSession, Value: b.cookie(secureSession).Value})
	w := httptest.NewRecorder()
	outer.auth.Load(inner.auth.Load(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if session := auth.FromContext(r.Context()); session != nil {
			_, _ = io.WriteString(w, "somebody is signed in")
		}
	}))).ServeHTTP(w, r)
	if w.Body.Len() > 0 {
		t.Error("the inner Auth hands out the outer one's session")
	}
}

// A JWT callback that returns no claims refuses the sign-in.
func TestJWTCallbackRefusesSignIn(t *testing.T) {
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.JWT = func(context.Context, auth.JWTParams) (token.Claims, error) { return nil, nil }
	})
	b := s.browser()
	if got := b.signInWithCredentials(); got.errorCode() != "AccessDenied" || b.open() {
		t.Errorf("answered %d %s", got.status, got.location)
	}
}
