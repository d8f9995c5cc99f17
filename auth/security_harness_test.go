package auth_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// The tests in the files security_*_test.go make an attack, or provoke a fault,
// against the running handler. The id in front of each ("FLOW-04") is that of
// the case in the project's list of attacks.

const sessionTokenName = "next-auth.session-token"

// attack sends one request to a handler without a client in between, which would
// repair what an attacker leaves broken. Change may alter the request.
func attack(h http.Handler, method, target, body string, change func(*http.Request)) *answer {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	response := w.Result()
	return &answer{
		status: response.StatusCode, header: response.Header, location: response.Header.Get("Location"),
		body: w.Body.String(), cookies: response.Cookies(),
	}
}

// withCookies sets the Cookie header of a request from names and values in turn.
func withCookies(pairs ...string) func(*http.Request) {
	parts := make([]string, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		parts = append(parts, pairs[i]+"="+pairs[i+1])
	}
	return func(r *http.Request) { r.Header.Set("Cookie", strings.Join(parts, "; ")) }
}

// csrfPair returns a token of the handler and the cookie that proves it.
func csrfPair(t *testing.T, h http.Handler, apiURL string) (token string, c *http.Cookie) {
	t.Helper()
	got := attack(h, http.MethodGet, apiURL+"/csrf", "", nil)
	for _, c := range got.cookies {
		if strings.HasSuffix(c.Name, "next-auth.csrf-token") {
			value, err := url.PathUnescape(c.Value)
			if err != nil {
				t.Fatal(err)
			}
			token, _, _ := strings.Cut(value, "|")
			return token, c
		}
	}
	t.Fatalf("no csrf cookie: %d %s", got.status, got.body)
	return "", nil
}

// forge posts a form without adding a CSRF token.
func (b *browser) forge(target string, form url.Values, header http.Header) *answer {
	b.t.Helper()
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for name, values := range header {
		h[name] = values
	}
	return b.do(http.MethodPost, target, strings.NewReader(form.Encode()), h)
}

// stolen are the browser's cookies for the site.
func (b *browser) stolen() []*http.Cookie {
	b.t.Helper()
	u, err := url.Parse(b.site.url + "/api/auth/")
	if err != nil {
		b.t.Fatal(err)
	}
	return b.client.Jar.Cookies(u)
}

// cookiePairs are the names and values of the browser's cookies, for
// [withCookies].
func (b *browser) cookiePairs() []string {
	b.t.Helper()
	cookies := b.stolen()
	pairs := make([]string, 0, 2*len(cookies))
	for _, c := range cookies {
		pairs = append(pairs, c.Name, c.Value)
	}
	return pairs
}

// plant copies the cookies whose names contain a text from another browser.
func (b *browser) plant(from *browser, name string) int {
	n := 0
	for _, c := range from.stolen() {
		if strings.Contains(c.Name, name) {
			b.setCookie(&http.Cookie{Name: c.Name, Value: c.Value})
			n++
		}
	}
	return n
}

// clearCookies throws the browser's cookies away.
func (b *browser) clearCookies() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar = jar
}

// setsSession reports whether an answer sets a session cookie that is not empty.
func (a *answer) setsSession() bool {
	for _, c := range a.cookies {
		if strings.Contains(c.Name, sessionTokenName) && c.Value != "" && c.MaxAge >= 0 {
			return true
		}
	}
	return false
}

// wantRefused checks that an answer carries an error code and opens no session.
func (b *browser) wantRefused(got *answer, code auth.ErrorCode) {
	b.t.Helper()
	if got.errorCode() != string(code) || got.status != http.StatusFound {
		b.t.Errorf("answered %d %s, want 302 with error=%s", got.status, got.location, code)
	}
	if got.setsSession() {
		b.t.Error("the refusal sets a session cookie")
	}
	if who := b.signedInAs(); who != "" {
		b.t.Errorf("signed in as %q after a refusal", who)
	}
}

// wantRows checks that the store has as many rows as before.
func wantRows(t *testing.T, store *memory.Adapter, before memory.Data) {
	t.Helper()
	after := store.Dump()
	if len(after.Users) != len(before.Users) || len(after.Accounts) != len(before.Accounts) || len(after.Sessions) != len(before.Sessions) {
		t.Errorf("rows changed: %d users, %d accounts, %d sessions; before %d, %d, %d", len(after.Users), len(after.Accounts),
			len(after.Sessions), len(before.Users), len(before.Accounts), len(before.Sessions))
	}
}

// mailedLinks are the links in a store, without the claims of attempts at providers.
func mailedLinks(data memory.Data) []auth.VerificationToken {
	return slices.DeleteFunc(data.VerificationTokens, func(link auth.VerificationToken) bool { return strings.HasPrefix(link.Identifier, "attempt ") })
}

// onlyOP returns the OpenID provider of a site's configuration.
func onlyOP(c *auth.Config) auth.OAuthProvider {
	op, _ := c.Providers[0].(auth.OAuthProvider)
	return op
}

// addSecondOP adds "op2", the same identity provider under another id.
func addSecondOP(c *auth.Config) {
	second := onlyOP(c)
	second.ID, second.Name = "op2", "Second"
	c.Providers = append(c.Providers, second)
}

// addPlain adds "plain", which speaks OAuth 2.0 without OpenID.
func addPlain(c *auth.Config) {
	op := onlyOP(c)
	c.Providers = append(c.Providers, auth.OAuthProvider{
		ID: "plain", Name: "Plain", ClientID: op.ClientID, ClientSecret: op.ClientSecret,
		Authorization: auth.Endpoint{URL: op.Issuer + "/authorize"}, Token: auth.Endpoint{URL: op.Issuer + "/token"},
		Userinfo: auth.Endpoint{URL: op.Issuer + "/userinfo"}, HTTPClient: op.HTTPClient, EmailTrust: op.EmailTrust,
	})
}

// addOAuth1 adds a provider that speaks OAuth 1.0a.
func addOAuth1(id string) func(*auth.Config) {
	return func(c *auth.Config) {
		op := onlyOP(c)
		c.Providers = append(c.Providers, auth.OAuthProvider{
			ID: id, Name: "Bird " + id, ClientID: op.ClientID, ClientSecret: op.ClientSecret, HTTPClient: op.HTTPClient,
			Authorization: auth.Endpoint{URL: op.Issuer + "/oauth1/authorize"},
			OAuth1: &auth.OAuth1{
				RequestTokenURL: op.Issuer + "/oauth1/request_token",
				AccessTokenURL:  op.Issuer + "/oauth1/access_token",
				ProfileURL:      op.Issuer + "/oauth1/profile",
			},
			Profile: func(p auth.Profile, _ auth.Tokens) (auth.User, error) {
				id, _ := p["id_str"].(string)
				name, _ := p["name"].(string)
				return auth.User{ID: id, Name: name}, nil
			},
		})
	}
}

// all applies several changes.
func all(changes ...func(*auth.Config)) func(*auth.Config) {
	return func(c *auth.Config) {
		for _, change := range changes {
			change(c)
		}
	}
}

// databaseSessions keeps sessions in the store.
func databaseSessions(c *auth.Config) { c.Session.Strategy = auth.StrategyDatabase }

// crowd is an identity provider with many users: "sub-0", "sub-1" and so on,
// who are called "User 0", "User 1".
func crowd(t *testing.T, users []fakeop.User) (*fakeop.Provider, func(*auth.Config)) {
	t.Helper()
	op := fakeop.New(fakeop.Config{Users: users})
	server := httptest.NewServer(op)
	t.Cleanup(server.Close)
	op.SetIssuer(server.URL)
	return op, func(c *auth.Config) {
		provider := onlyOP(c)
		provider.Issuer = server.URL
		c.Providers[0] = provider
	}
}

// startAs is startOAuth for one of the provider's users.
func (b *browser) startAs(provider, hint string) (callbackURL string) {
	b.t.Helper()
	started := b.post("/api/auth/signin/"+provider+"?login_hint="+url.QueryEscape(hint), nil)
	return b.get(started.location).location
}

// formOf reads the hidden fields of the first form on a page.
func formOf(page string) url.Values {
	form := url.Values{}
	for _, tag := range strings.Split(page, "<input ")[1:] {
		name, value := attribute(tag, "name"), attribute(tag, "value")
		if name != "" && !form.Has(name) {
			form.Set(name, value)
		}
	}
	return form
}

func attribute(tag, name string) string {
	_, rest, ok := strings.Cut(tag, name+`="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return strings.NewReplacer("&amp;", "&", "&#43;", "+", "&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">").Replace(value)
}

// drain reads a response to its end.
func drain(response *http.Response) string {
	defer response.Body.Close()
	content, _ := io.ReadAll(response.Body)
	return string(content)
}

// crowdOf returns n users for [crowd].
func crowdOf(n int) []fakeop.User {
	users := make([]fakeop.User, n)
	for i := range users {
		id := strconv.Itoa(i)
		users[i] = fakeop.User{Subject: "sub-" + id, Claims: map[string]any{
			"name": "User " + id, "email": "user" + id + "@example.com", "email_verified": true,
		}}
	}
	return users
}

// heard collects events.
type heard[E any] struct {
	mu     sync.Mutex
	events []E
}

func (l *heard[E]) add(_ context.Context, e E) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *heard[E]) all() []E {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}
