package auth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// secret is long enough for Config.Secrets.
const secret = "0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="

// testSite is an application with sign-in, served over HTTP.
type testSite struct {
	t     *testing.T
	auth  *auth.Auth
	url   string // origin, without a slash at the end
	op    *fakeop.Provider
	opURL string
	store *memory.Adapter
	mails *outbox
	log   *logBuffer
}

// newTestSite serves the three kinds of provider: "op" (OpenID), "email" and
// "credentials" (name "alice", password "wonderland"). The store is kept in
// memory, sessions are JWTs. Change may alter the configuration; setting
// Adapter to nil leaves the e-mail provider out.
func newTestSite(t *testing.T, change func(*auth.Config)) *testSite {
	t.Helper()
	s := &testSite{t: t, store: memory.New(), mails: &outbox{}, log: &logBuffer{}, op: fakeop.New(fakeop.Config{Key: signingKey()})}
	provider := httptest.NewServer(s.op)
	t.Cleanup(provider.Close)
	s.op.SetIssuer(provider.URL)
	s.opURL = provider.URL

	// The server starts before the Auth, which has to know its address.
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.url = server.URL

	handler = s.open(s.openIDProvider("op"), change)
	return s
}

// open makes the site's Auth with three kinds of provider and returns the site:
// an open page and a guarded one. Without an Adapter there is no sign-in by mail.
func (s *testSite) open(op auth.OAuthProvider, change func(*auth.Config)) http.Handler {
	s.t.Helper()
	config := auth.Config{
		URL:     s.url,
		Secrets: []string{secret},
		Adapter: s.store,
		Session: auth.SessionConfig{Strategy: auth.StrategyJWT},
		Logger:  slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Providers: []auth.Provider{
			op,
			auth.EmailProvider{From: "sign-in@example.com", Sender: s.mails},
			credentialsProvider(),
		},
	}
	if change != nil {
		change(&config)
	}
	if config.Adapter == nil {
		config.Providers = []auth.Provider{config.Providers[0], config.Providers[2]}
	}
	var err error
	if s.auth, err = auth.New(config); err != nil {
		s.t.Fatalf("New: %v", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", s.auth)
	mux.Handle("/private", s.auth.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "hello "+auth.FromContext(r.Context()).User.Name)
	})))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "home") })
	return mux
}

// openIDProvider is the site's identity provider under an id.
func (s *testSite) openIDProvider(id string) auth.OAuthProvider {
	client := fakeop.DefaultClient()
	return auth.OAuthProvider{
		ID: id, Name: "Test " + id, Issuer: s.opURL, OpenID: true, ClientID: client.ID, ClientSecret: client.Secret,
		Scopes: []string{"openid", "email", "profile"}, EmailTrust: auth.EmailVerifiedByClaim,
	}
}

func credentialsProvider() auth.CredentialsProvider {
	return auth.CredentialsProvider{
		Fields: []auth.Field{{Name: "username"}, {Name: "password", Type: "password"}},
		Authorize: func(_ context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
			if c["username"] != "alice" || c["password"] != "wonderland" {
				return nil, auth.ErrInvalidCredentials
			}
			return &auth.User{ID: "alice-id", Name: "Alice", Email: "alice@example.com"}, nil
		},
	}
}

// outbox keeps the links that were mailed.
type outbox struct {
	mu   sync.Mutex
	sent []auth.VerificationRequest
	fail error
}

func (o *outbox) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return o.fail
	}
	o.sent = append(o.sent, r)
	return nil
}

// last is the latest mail.
func (o *outbox) last(t *testing.T) auth.VerificationRequest {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.sent) == 0 {
		t.Fatal("no mail was sent")
	}
	return o.sent[len(o.sent)-1]
}

func (o *outbox) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.sent)
}

// logBuffer keeps what was logged.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// browser is a visitor's browser: it keeps cookies and follows no redirect.
type browser struct {
	t      *testing.T
	site   *testSite
	client *http.Client
}

func (s *testSite) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{t: s.t, site: s, client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response, read to its end.
type answer struct {
	status   int
	header   http.Header
	location string
	body     string
	cookies  []*http.Cookie
}

// cookie returns the cookie that the answer sets under a name, or nil.
func (a *answer) cookie(name string) *http.Cookie {
	for _, c := range a.cookies {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// errorCode is the parameter "error" of the redirect or of the JSON body's url.
func (a *answer) errorCode() string { return a.parameter("error") }

func (a *answer) parameter(name string) string {
	target := a.location
	if target == "" {
		var body struct{ URL string }
		_ = json.Unmarshal([]byte(a.body), &body)
		target = body.URL
	}
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}

// do sends a request; paths are relative to the site.
func (b *browser) do(method, target string, body io.Reader, header http.Header) *answer {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.site.url + target
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, target, body)
	if err != nil {
		b.t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &answer{status: response.StatusCode, header: response.Header, location: response.Header.Get("Location"), body: string(content), cookies: response.Cookies()}
}

func (b *browser) get(target string) *answer {
	b.t.Helper()
	return b.do(http.MethodGet, target, nil, nil)
}

// post sends a form with the CSRF token.
func (b *browser) post(target string, form url.Values) *answer {
	b.t.Helper()
	posted := url.Values{"csrfToken": {b.csrfToken()}}
	for name, values := range form {
		posted[name] = values
	}
	return b.do(http.MethodPost, target, strings.NewReader(posted.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

func (b *browser) csrfToken() string {
	b.t.Helper()
	var body struct{ CSRFToken string }
	if err := json.Unmarshal([]byte(b.get("/api/auth/csrf").body), &body); err != nil {
		b.t.Fatal(err)
	}
	return body.CSRFToken
}

// session is the body of GET /session, decoded.
func (b *browser) session() map[string]any {
	b.t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(b.get("/api/auth/session").body), &body); err != nil {
		b.t.Fatal(err)
	}
	return body
}

// signedInAs is the name or, without one, the address in the session; "" when
// signed out.
func (b *browser) signedInAs() string {
	b.t.Helper()
	user, _ := b.session()["user"].(map[string]any)
	for _, key := range []string{"name", "email"} {
		if text, _ := user[key].(string); text != "" {
			return text
		}
	}
	return ""
}

// signInWithCredentials signs in as alice.
func (b *browser) signInWithCredentials() *answer {
	b.t.Helper()
	return b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}})
}

// startOAuth begins a sign-in and follows the browser to the provider and back;
// the result is the URL of the callback, which has not been opened yet.
func (b *browser) startOAuth(provider string) (callbackURL string) {
	b.t.Helper()
	started := b.post("/api/auth/signin/"+provider, nil)
	return b.get(started.location).location
}

// signInWithOAuth signs in at a provider.
func (b *browser) signInWithOAuth(provider string) *answer {
	b.t.Helper()
	return b.get(b.startOAuth(provider))
}

// requestLink asks for a mailed link and returns it.
func (b *browser) requestLink(address string) string {
	b.t.Helper()
	before := b.site.mails.count()
	asked := b.post("/api/auth/signin/email", url.Values{"email": {address}})
	if b.site.mails.count() != before+1 {
		b.t.Fatalf("no mail was sent to %q: %d %s", address, asked.status, asked.location)
	}
	return b.site.mails.last(b.t).URL
}

// cookie is a cookie of the site in the browser, or nil.
func (b *browser) cookie(name string) *http.Cookie {
	u, err := url.Parse(b.site.url + "/api/auth/")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// setCookie plants a cookie for the site.
func (b *browser) setCookie(c *http.Cookie) {
	u, err := url.Parse(b.site.url)
	if err != nil {
		b.t.Fatal(err)
	}
	c.Path = "/"
	b.client.Jar.SetCookies(u, []*http.Cookie{c})
}
