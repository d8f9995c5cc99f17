package auth_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// CSRF-01: a sign-in without cookie and token starts nothing.
func TestSecuritySignInWithoutToken(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	got := b.forge("/api/auth/signin/op", url.Values{"json": {"true"}, "callbackUrl": {"/"}}, nil)
	if want := `{"url":"` + s.url + `/api/auth/signin?csrf=true"}`; got.status != http.StatusOK || got.body != want {
		t.Errorf("answered %d %s, want 200 %s", got.status, got.body, want)
	}
	for _, c := range got.cookies {
		if strings.Contains(c.Name, "flow") || strings.Contains(c.Name, "state") || strings.Contains(c.Name, "pkce") {
			t.Errorf("the refusal sets the cookie %s", c.Name)
		}
	}
	if n := len(s.op.Requests()); n != 0 {
		t.Errorf("the provider saw %d requests", n)
	}
	if b.forge("/api/auth/signin/email", url.Values{"email": {"v@example.com"}}, nil); s.mails.count() != 0 {
		t.Error("a mail was sent without a token")
	}
}

// CSRF-03, CSRF-04 and CSRF-09: sign-out with tokens that are not those of the
// cookie.
func TestSecurityForgedTokens(t *testing.T) {
	s := newTestSite(t, databaseSessions)
	other := newTestSite(t, func(c *auth.Config) { c.Secrets = []string{strings.Repeat("another-secret-", 4)} })
	b := s.browser()
	b.get(b.requestLink("grace@example.com"))
	good := b.csrfToken()
	flip := func(i int) string {
		forged := []byte(good)
		if forged[i]++; forged[i] == 'g' || forged[i] == ':' {
			forged[i] = '0'
		}
		return string(forged)
	}
	foreign, foreignCookie := csrfPair(t, other.auth, other.url+"/api/auth")
	for _, test := range []struct {
		name   string
		cookie string // replaces the one in the jar
		form   url.Values
	}{
		{name: "no token"},
		{name: "empty token", form: url.Values{"csrfToken": {""}}},
		{name: "first character", form: url.Values{"csrfToken": {flip(0)}}},
		{name: "middle character", form: url.Values{"csrfToken": {flip(len(good) / 2)}}},
		{name: "last character", form: url.Values{"csrfToken": {flip(len(good) - 1)}}},
		{name: "one character less", form: url.Values{"csrfToken": {good[1:]}}},
		{name: "token and hash", form: url.Values{"csrfToken": {good + "|x"}}},
		{name: "token twice", form: url.Values{"csrfToken": {good, good}}},
		{name: "other secret", cookie: foreignCookie.Value, form: url.Values{"csrfToken": {foreign}}},
		{name: "empty cookie token", cookie: "%7C", form: url.Values{"csrfToken": {""}}},
		{name: "no hash", cookie: "abc", form: url.Values{"csrfToken": {"abc"}}},
		{name: "hash of v4", cookie: "abc%7C" + plainHash("abc"), form: url.Values{"csrfToken": {"abc"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.cookie != "" {
				b.setCookie(&http.Cookie{Name: "next-auth.csrf-token", Value: test.cookie})
			}
			form := url.Values{"json": {"true"}}
			for name, values := range test.form {
				form[name] = values
			}
			got := b.forge("/api/auth/signout", form, nil)
			if want := `{"url":"` + s.url + `/api/auth/signout?csrf=true"}`; got.body != want {
				t.Errorf("answered %d %s, want %s", got.status, got.body, want)
			}
			if test.cookie != "" && got.cookie("next-auth.csrf-token") == nil {
				t.Error("the broken cookie was not replaced")
			}
			if b.signedInAs() == "" || len(s.store.Dump().Sessions) != 1 {
				t.Fatal("the session is gone")
			}
		})
	}
}

// CSRF-06: in https a cookie without the __Host- prefix counts for nothing, so
// that a page on a subdomain or on plain http cannot plant a token.
func TestSecurityTossedTokenCookie(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	api := s.url + "/api/auth"
	token, c := csrfPair(t, s.auth, api)
	attacker, attackerCookie := csrfPair(t, s.auth, api)
	if c.Name != "__Host-next-auth.csrf-token" {
		t.Fatalf("the cookie is called %s", c.Name)
	}
	post := func(token string, cookies ...string) *answer {
		return attack(s.auth, http.MethodPost, api+"/signin/op", url.Values{"csrfToken": {token}}.Encode(), withCookies(cookies...))
	}
	refused := api + "/signin?csrf=true"
	if got := post(attacker, c.Name, c.Value, "next-auth.csrf-token", attackerCookie.Value); got.location != refused {
		t.Errorf("both cookies, attacker's token: %d %s", got.status, got.location)
	}
	if got := post(attacker, "next-auth.csrf-token", attackerCookie.Value); got.location != refused {
		t.Errorf("the attacker's cookie alone: %d %s", got.status, got.location)
	}
	if got := post(attacker, "__Secure-next-auth.csrf-token", attackerCookie.Value); got.location != refused {
		t.Errorf("the attacker's cookie with another prefix: %d %s", got.status, got.location)
	}
	if got := post(token, c.Name, c.Value, "next-auth.csrf-token", attackerCookie.Value); !strings.HasPrefix(got.location, s.opURL) {
		t.Errorf("the right cookie beside a planted one: %d %s", got.status, got.location)
	}
}

// CSRF-08 and CSRF-16: nothing but a POST changes anything, whatever a GET claims
// to be, and no method is taken for another.
func TestSecurityMethods(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	b.signInWithCredentials()
	override := http.Header{
		"X-Http-Method-Override": {"POST"}, "X-Http-Method": {"POST"}, "X-Method-Override": {"POST"},
		"Sec-Fetch-Dest": {"image"}, "Sec-Fetch-Site": {"cross-site"},
	}
	page := b.do(http.MethodGet, "/api/auth/signout?_method=POST&csrfToken="+b.csrfToken(), nil, override)
	if page.status != http.StatusOK || !strings.Contains(page.body, `method="post"`) {
		t.Errorf("GET /signout answered %d %s", page.status, page.body)
	}
	if b.signedInAs() != "Alice" {
		t.Fatal("a GET signed out")
	}
	secretValue := b.cookie(sessionTokenName).Value
	actions := []string{"signin", "signin/op", "signout", "callback/op", "callback/email", "callback/credentials", "session", "csrf", "providers", "error", "verify-request", "_log", "unknown"}
	for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "HEAD", "PROPFIND", "post", "TRACK"} {
		for _, action := range actions {
			got := attack(s.auth, method, s.url+"/api/auth/"+action, url.Values{"csrfToken": {"x"}}.Encode(), withCookies(sessionTokenName, secretValue))
			// A CONNECT request has no path.
			if got.status != http.StatusBadRequest && (method != http.MethodConnect || got.status != http.StatusNotFound) || len(got.cookies) != 0 {
				t.Errorf("%s %s: %d with %d cookies, want 400 with none", method, action, got.status, len(got.cookies))
			}
			if strings.Contains(got.body, secretValue) {
				t.Errorf("%s %s echoes the cookie", method, action)
			}
		}
	}
	if b.signedInAs() != "Alice" {
		t.Fatal("signed out by another method")
	}
}

// CSRF-11: right credentials without a token do not reach Authorize.
func TestSecurityCredentialsNeedToken(t *testing.T) {
	var calls atomic.Int32
	s := newTestSite(t, func(c *auth.Config) {
		p := credentialsProvider()
		authorize := p.Authorize
		p.Authorize = func(ctx context.Context, fields auth.Credentials, r *http.Request) (*auth.User, error) {
			calls.Add(1)
			return authorize(ctx, fields, r)
		}
		c.Providers[2] = p
	})
	b := s.browser()
	right := url.Values{"username": {"alice"}, "password": {"wonderland"}}
	got := b.forge("/api/auth/callback/credentials", right, nil)
	if got.location != s.url+"/api/auth/signin?csrf=true" || got.setsSession() {
		t.Errorf("answered %d %s", got.status, got.location)
	}
	got = b.do(http.MethodPost, "/api/auth/callback/credentials", strings.NewReader(`{"username":"alice","password":"wonderland","csrfToken":"`+b.csrfToken()+`"}`),
		http.Header{"Content-Type": {"text/plain"}})
	if got.setsSession() {
		t.Error("a body that a cross-site form can send was read as JSON")
	}
	if calls.Load() != 0 || b.signedInAs() != "" {
		t.Errorf("Authorize was called %d times", calls.Load())
	}
}

// CSRF-13 and CSRF-14: a valid token does not help a page of another origin.
func TestSecurityCrossOrigin(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	b := s.browser()
	b.signInWithCredentials()
	token := b.csrfToken()
	before := s.store.Dump()
	for _, test := range []struct {
		name   string
		header http.Header
	}{
		{"another site", http.Header{"Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}},
		{"another site without fetch metadata", http.Header{"Origin": {"https://evil.example"}}},
		{"fetch metadata alone", http.Header{"Sec-Fetch-Site": {"cross-site"}}},
		{"subdomain", http.Header{"Origin": {"https://blog.app.test"}, "Sec-Fetch-Site": {"same-site"}}},
		{"http", http.Header{"Origin": {"http://app.test"}}},
		{"null", http.Header{"Origin": {"null"}}},
		{"longer host", http.Header{"Origin": {"https://app.test.evil.com"}}},
		{"other port", http.Header{"Origin": {"https://app.test:8443"}}},
		{"upper case", http.Header{"Origin": {"https://APP.test"}}},
		{"unknown metadata", http.Header{"Sec-Fetch-Site": {"x"}}},
	} {
		for _, action := range []string{"signout", "session", "signin/op", "signin/email", "callback/credentials", "callback/email"} {
			t.Run(test.name+" "+action, func(t *testing.T) {
				got := b.forge("/api/auth/"+action, url.Values{
					"csrfToken": {token}, "json": {"true"}, "email": {"v@example.com"}, "username": {"alice"}, "password": {"wonderland"},
				}, test.header)
				if got.status != http.StatusForbidden || !strings.Contains(got.body, `"url":"https://app.test/`) {
					t.Errorf("answered %d %s, want 403 with a url", got.status, got.body)
				}
				if got.setsSession() || got.cookie("__Secure-"+sessionTokenName) != nil {
					t.Error("the session cookie was touched")
				}
			})
		}
	}
	if b.signedInAs() != "Alice" || s.mails.count() != 0 || len(s.op.RequestsTo("authorize")) != 0 {
		t.Error("a cross-origin request had an effect")
	}
	wantRows(t, s.store, before)
	if got := b.forge("/api/auth/signout", url.Values{"csrfToken": {token}}, http.Header{"Origin": {"https://app.test"}, "Sec-Fetch-Site": {"same-origin"}}); got.status != http.StatusFound || b.signedInAs() != "" {
		t.Errorf("our own page was refused: %d %s", got.status, got.body)
	}
}

// CSRF-18: the exemption for providers that post their answer covers exactly the
// callback, by whatever path it is reached.
func TestSecurityExemptPaths(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	b := s.browser()
	b.signInWithCredentials()
	token := b.csrfToken()
	cookies := b.cookiePairs()
	for _, path := range []string{
		"/api/auth/callback/op/../../signout", "/api/auth/callback/op/%2e%2e/%2e%2e/signout", "/api/auth//signout", "/api/auth/signout/",
		"/api/auth/signout/op", "/api/auth/signout/../callback/op", "/api/auth/callback%2fop/../signout", "/api/auth/%73ignout", "/api/auth/signout;callback/op",
		"/api/auth/callback/op%2f..%2f..%2fsignout", "/api/auth/_log/../signout", "/api/auth/signout%00", "/api/auth/./signout", "/API/AUTH/signout", "/api/auth/Signout",
	} {
		for name, h := range map[string]http.Handler{"handler": s.auth, "behind a mux": s.network["app.test"]} {
			got := attack(h, http.MethodPost, "https://app.test"+path, url.Values{"csrfToken": {token}}.Encode(), func(r *http.Request) {
				withCookies(cookies...)(r)
				r.Header.Set("Origin", "https://evil.example")
				r.Header.Set("Sec-Fetch-Site", "cross-site")
			})
			if c := got.cookie("__Secure-" + sessionTokenName); c != nil {
				t.Errorf("%s, %s: the session cookie was touched (%d)", path, name, got.status)
			}
			if got.status >= 500 {
				t.Errorf("%s, %s: %d", path, name, got.status)
			}
		}
	}
	if b.signedInAs() != "Alice" {
		t.Error("signed out from another site")
	}
}
