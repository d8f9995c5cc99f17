// Package bench measures whole requests whose parts live in several modules.
// What the library does by itself is measured beside its code.
package bench_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

const site = "http://bench.example"

// BenchmarkSessionDatabase reads a database session on SQLite over GET /session,
// and beside it the same bytes from a bare handler.
func BenchmarkSessionDatabase(b *testing.B) {
	a := newAuth(b)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, site+"/api/auth/session", nil)
	for _, c := range signIn(b, a) {
		r.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	a.ServeHTTP(answer, r)
	if !strings.Contains(answer.Body.String(), "jane.smith@example.com") {
		b.Fatalf("no session: %d %s", answer.Code, answer.Body)
	}
	b.Run("gatehouse", func(b *testing.B) { serve(b, a, r) })
	b.Run("floor", func(b *testing.B) {
		serve(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			_, _ = w.Write(answer.Body.Bytes())
		}), r)
	})
}

// newAuth returns an Auth with one user, who may sign in without a password.
func newAuth(b *testing.B) *auth.Auth {
	b.Helper()
	source := "file:" + filepath.Join(b.TempDir(), "bench.db") +
		"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
	db, err := sql.Open("sqlite", source)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	if err := sqldb.Migrate(b.Context(), db, sqldb.SQLite); err != nil {
		b.Fatal(err)
	}
	adapter := sqldb.New(db, sqldb.SQLite)
	jane, err := adapter.SignIn(b.Context(), auth.SignIn{
		CreateUser: &auth.User{Name: "Jane Smith", Email: "jane.smith@example.com", Image: "https://example.com/jane.png"},
	})
	if err != nil {
		b.Fatal(err)
	}
	a, err := auth.New(auth.Config{
		URL: site, Secrets: []string{"0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz"}, Adapter: adapter, Logger: slog.New(slog.DiscardHandler),
		Session: auth.SessionConfig{Strategy: auth.StrategyDatabase},
		Providers: []auth.Provider{auth.CredentialsProvider{
			Authorize: func(context.Context, auth.Credentials, *http.Request) (*auth.User, error) { return jane, nil },
		}},
	})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// signIn signs in with credentials and returns the cookies of the session.
func signIn(b *testing.B, a *auth.Auth) []*http.Cookie {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, site+"/api/auth/csrf", nil)
	answer := httptest.NewRecorder()
	a.ServeHTTP(answer, r)
	var csrf struct{ CSRFToken string }
	if err := json.Unmarshal(answer.Body.Bytes(), &csrf); err != nil {
		b.Fatal(err)
	}
	form := url.Values{"csrfToken": {csrf.CSRFToken}, "callbackUrl": {site}}
	r = httptest.NewRequestWithContext(b.Context(), http.MethodPost, site+"/api/auth/callback/credentials", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range answer.Result().Cookies() {
		r.AddCookie(c)
	}
	answer = httptest.NewRecorder()
	a.ServeHTTP(answer, r)
	if answer.Code != http.StatusFound || answer.Header().Get("Location") != site {
		b.Fatalf("not signed in: %d to %q: %s", answer.Code, answer.Header().Get("Location"), answer.Body)
	}
	return answer.Result().Cookies()
}

// discard is a ResponseWriter that keeps nothing.
type discard http.Header

func (d discard) Header() http.Header         { return http.Header(d) }
func (d discard) WriteHeader(int)             {}
func (d discard) Write(p []byte) (int, error) { return len(p), nil }

func serve(b *testing.B, h http.Handler, r *http.Request) {
	b.Helper()
	w := discard{}
	b.ReportAllocs()
	for b.Loop() {
		clear(w)
		h.ServeHTTP(w, r)
	}
}
