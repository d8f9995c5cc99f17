package auth_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// Each benchmark has a floor beside it: a bare handler that writes the same
// bytes. What is measured is the difference.

// benchSite is an Auth without a server around it.
func benchSite(b *testing.B, change func(*auth.Config)) *auth.Auth {
	b.Helper()
	oauth := func(id string) auth.OAuthProvider {
		return auth.OAuthProvider{
			ID: id, Name: id, ClientID: "client", ClientSecret: "secret",
			Authorization: auth.Endpoint{URL: "https://" + id + ".example/authorize"},
			Token:         auth.Endpoint{URL: "https://" + id + ".example/token"},
			Userinfo:      auth.Endpoint{URL: "https://" + id + ".example/user"},
			Scopes:        []string{"profile"},
		}
	}
	config := auth.Config{
		URL: "http://bench.example", Secrets: []string{secret}, Logger: slog.New(slog.DiscardHandler),
		Providers: []auth.Provider{credentialsProvider(), oauth("one"), oauth("two"), oauth("three"), oauth("four")},
	}
	if change != nil {
		change(&config)
	}
	a, err := auth.New(config)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// discard is a ResponseWriter that keeps the status, the header and nothing else.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { d.bytes += len(p); return len(p), nil }

// run serves one request over and over, after checking its status once.
func run(b *testing.B, h http.Handler, r *http.Request, body string, want int) {
	b.Helper()
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		w.status = http.StatusOK
		if body != "" {
			r.Body = io.NopCloser(strings.NewReader(body))
			r.Form, r.PostForm = nil, nil
		}
		h.ServeHTTP(w, r)
	}
	if w.status != want {
		b.Fatalf("status %d, want %d", w.status, want)
	}
}

// runBoth measures a handler and the floor that writes the same bytes.
func runBoth(b *testing.B, h http.Handler, r *http.Request, body string) {
	b.Helper()
	record := httptest.NewRecorder()
	if body != "" {
		r.Body = io.NopCloser(strings.NewReader(body))
	}
	h.ServeHTTP(record, r)
	header, content := record.Header(), record.Body.Bytes()
	b.Run("gatehouse", func(b *testing.B) { run(b, h, r, body, record.Code) })
	b.Run("floor", func(b *testing.B) {
		run(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			for name, values := range header {
				h[name] = values
			}
			w.WriteHeader(record.Code)
			_, _ = w.Write(content)
		}), r, "", record.Code)
	})
}

// cookiesOf joins what an answer sets into a Cookie header.
func cookiesOf(b *testing.B, record *httptest.ResponseRecorder) string {
	b.Helper()
	var pairs []string
	for _, c := range record.Result().Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}

// benchSignIn signs alice in and returns the browser's cookies and the form that
// did it.
func benchSignIn(b *testing.B, a *auth.Auth) (cookies, form string) {
	b.Helper()
	record := httptest.NewRecorder()
	a.ServeHTTP(record, httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/auth/csrf", nil))
	cookies = cookiesOf(b, record)
	_, rest, _ := strings.Cut(record.Body.String(), `:"`)
	token, _, _ := strings.Cut(rest, `"`)
	form = url.Values{"csrfToken": {token}, "username": {"alice"}, "password": {"wonderland"}}.Encode()
	record = httptest.NewRecorder()
	a.ServeHTTP(record, postForm(b.Context(), "/api/auth/callback/credentials", cookies, form))
	if session := cookiesOf(b, record); session != "" {
		return cookies + "; " + session, form
	}
	b.Fatalf("no session: %d %s", record.Code, record.Header().Get("Location"))
	return "", ""
}

func postForm(ctx context.Context, target, cookies, form string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", cookies)
	return r
}

func getWith(ctx context.Context, target, cookies string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	r.Header.Set("Cookie", cookies)
	return r
}

func BenchmarkSessionJWT(b *testing.B) {
	a := benchSite(b, nil)
	cookies, _ := benchSignIn(b, a)
	runBoth(b, a, getWith(b.Context(), "/api/auth/session", cookies), "")
}

func BenchmarkSessionJWTReissued(b *testing.B) {
	a := benchSite(b, func(c *auth.Config) { c.Session.UpdateAge = -1 })
	cookies, _ := benchSignIn(b, a)
	runBoth(b, a, getWith(b.Context(), "/api/auth/session", cookies), "")
}

// The store is kept in memory: what is measured is the way to it and back.
func BenchmarkSessionDatabase(b *testing.B) {
	store := memory.New()
	if err := store.Insert(memory.Data{Users: []auth.User{{ID: "alice-id", Name: "Alice", Email: "alice@example.com"}}}); err != nil {
		b.Fatal(err)
	}
	a := benchSite(b, func(c *auth.Config) { c.Adapter, c.Session.Strategy = store, auth.StrategyDatabase })
	cookies, _ := benchSignIn(b, a)
	runBoth(b, a, getWith(b.Context(), "/api/auth/session", cookies), "")
}

func BenchmarkRequire(b *testing.B) {
	a := benchSite(b, nil)
	cookies, _ := benchSignIn(b, a)
	guarded := a.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, auth.FromContext(r.Context()).User.ID)
	}))
	runBoth(b, guarded, getWith(b.Context(), "/private", cookies), "")
}

func BenchmarkSignInWithCredentials(b *testing.B) {
	a := benchSite(b, nil)
	cookies, form := benchSignIn(b, a)
	cookies, _, _ = strings.Cut(cookies, "; next-auth.session-token")
	runBoth(b, a, postForm(b.Context(), "/api/auth/callback/credentials", cookies, form), form)
}

func BenchmarkStartOAuth(b *testing.B) {
	a := benchSite(b, nil)
	cookies, form := benchSignIn(b, a)
	cookies, _, _ = strings.Cut(cookies, "; next-auth.session-token")
	runBoth(b, a, postForm(b.Context(), "/api/auth/signin/one", cookies, form), form)
}

func BenchmarkCSRF(b *testing.B) {
	runBoth(b, benchSite(b, nil), getWith(b.Context(), "/api/auth/csrf", ""), "")
}

func BenchmarkSignInPage(b *testing.B) {
	runBoth(b, benchSite(b, nil), getWith(b.Context(), "/api/auth/signin", ""), "")
}
