package providers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/authtest"
)

// TestFlow signs two people in with every provider, and lets every provider fail.
func TestFlow(t *testing.T) {
	for _, e := range catalogue(t) {
		t.Run(e.file, func(t *testing.T) {
			t.Parallel()
			ada, grace := twoPeople(t, e)
			f := newFlow(t, e, false)
			defer func() {
				if t.Failed() {
					t.Logf("Answers of the provider belong into \"requests\" of testdata/%s.json: see CONTRIBUTING.md.", e.file)
				}
			}()
			t.Run("two people", func(t *testing.T) {
				f.signsIn(t, ada, 1)
				f.signsIn(t, grace, 2)
				f.signsIn(t, ada, 2)
				f.checkTrust(t)
			})
			if t.Failed() {
				return // what follows would say the same
			}
			f.failures(t, grace)
		})
	}
}

// TestStrictFlow signs two people in with every provider as NextAuth.js v4 does.
func TestStrictFlow(t *testing.T) {
	for _, e := range catalogue(t) {
		t.Run(e.file, func(t *testing.T) {
			t.Parallel()
			ada, grace := twoPeople(t, e)
			f := newFlow(t, e, true)
			f.signsIn(t, ada, 1)
			f.signsIn(t, grace, 2)
		})
	}
}

// twoPeople are the first two profiles of people whom a store keeps apart.
func twoPeople(t *testing.T, e entry) (first, second person) {
	t.Helper()
	for _, p := range e.Profiles {
		switch {
		case p.User["id"] == nil:
		case first.User == nil:
			first = p
		case p.User["id"] != first.User["id"] && (p.User["email"] != first.User["email"] || text(p.User["email"]) == ""):
			return first, p
		}
	}
	t.Fatalf("testdata/%s.json needs two people with different ids and addresses", e.file)
	return first, second
}

// account is a person at a simulated provider.
func (e entry) account(t *testing.T, p person) authtest.Account {
	t.Helper()
	answers := maps.Clone(e.Requests)
	if answers == nil {
		answers = map[string]any{}
	}
	maps.Copy(answers, p.Requests)
	for address, answer := range answers {
		data, ok := strings.CutPrefix(text(answer), "data:")
		if !ok {
			continue
		}
		mediaType, encoded, _ := strings.Cut(data, ";base64,")
		body, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Fatalf("testdata/%s.json: the answer of %s: %v", e.file, address, err)
		}
		answers[address] = authtest.Response{ContentType: mediaType, Body: body}
	}
	tokens := maps.Clone(p.Tokens)
	if len(tokens.Text("access_token")) < 16 {
		delete(tokens, "access_token") // it could not be told from other texts
	}
	return authtest.Account{Profile: withSubject(e, p), Tokens: tokens, Answers: answers}
}

// withSubject is the profile of a person with the subject that an OpenID provider
// always tells, even if the documents of a test do not.
func withSubject(e entry, p person) auth.Profile {
	if !e.provider.OpenID || text(p.Profile["sub"]) != "" || len(e.provider.ProfilePath) > 0 {
		return p.Profile
	}
	profile := maps.Clone(p.Profile)
	profile["sub"] = text(p.User["id"])
	return profile
}

// text is a value that is text, or "".
func text(value any) string {
	s, _ := value.(string)
	return s
}

// flow is a site with one provider, which is simulated.
type flow struct {
	entry
	// strict is Config.StrictV4.
	strict     bool
	simulation *authtest.Simulation
	url        string
	store      *memory.Adapter
	log        logBuffer
}

func newFlow(t *testing.T, e entry, strict bool) *flow {
	t.Helper()
	if strings.HasPrefix(e.Facts.Algorithms, "HS") {
		e.provider.ClientSecret = "client-secret-of-at-least-thirty-two-bytes"
	}
	f := &flow{entry: e, strict: strict, store: memory.New(), simulation: authtest.Simulate(t, e.provider, authtest.Account{})}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	f.url = server.URL
	a, err := auth.New(auth.Config{
		URL: server.URL, Secrets: []string{"0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt"},
		Providers: []auth.Provider{f.simulation.Provider},
		Adapter:   f.store,
		StrictV4:  strict,
		Debug:     true,
		Logger:    slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	handler = a
	return f
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

// take returns what was logged since it was called last.
func (l *logBuffer) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	logged := l.b.String()
	l.b.Reset()
	return logged
}

// outcome is how a sign-in in a new browser ended.
type outcome struct {
	authorization *url.URL
	// location is where the browser was sent in the end.
	location *url.URL
	session  bool
	log      string
}

// visit signs in with a new browser.
func (f *flow) visit(t *testing.T) outcome {
	t.Helper()
	f.simulation.ForgetRequests()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := browser.Get(f.url + "/api/auth/csrf")
	if err != nil {
		t.Fatal(err)
	}
	var csrf struct{ CSRFToken string }
	err = json.NewDecoder(response.Body).Decode(&csrf)
	response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	response, err = browser.PostForm(f.url+"/api/auth/signin/"+f.provider.ID, url.Values{"csrfToken": {csrf.CSRFToken}})
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	o := outcome{}
	if o.authorization, err = response.Location(); err != nil || o.authorization.Host == strings.TrimPrefix(f.url, "http://") {
		t.Fatalf("the sign-in did not begin: %v %v\n%s", o.authorization, err, f.log.take())
	}
	request := f.simulation.Authorize(o.authorization.String())
	for request != nil {
		response, err := browser.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if o.location, err = response.Location(); err != nil {
			t.Fatalf("status %d: %v\n%s", response.StatusCode, err, f.log.take())
		}
		for _, cookie := range response.Cookies() {
			o.session = o.session || strings.Contains(cookie.Name, "session-token") && cookie.MaxAge >= 0 && cookie.Value != ""
		}
		request = nil
		if strings.HasPrefix(o.location.Path, "/api/auth/callback/") {
			if request, err = http.NewRequestWithContext(t.Context(), http.MethodGet, o.location.String(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.log = f.log.take()
	return o
}

// signsIn signs a person in and checks every request and the stored user. After it
// there are so many users.
func (f *flow) signsIn(t *testing.T, p person, users int) {
	t.Helper()
	f.simulation.SetAccount(f.account(t, p))
	o := f.visit(t)
	f.checkAuthorization(t, o.authorization)
	if !o.session || o.location.Path != "/" && o.location.Path != "" {
		t.Fatalf("%s: the browser was sent to %s without a session: testdata/%s.json may need \"requests\", see CONTRIBUTING.md; the log:\n%s",
			p.Name, o.location, f.file, o.log)
	}
	f.checkToken(t)
	f.checkUserinfo(t)
	f.checkLog(t, o)
	if got := len(f.store.Dump().Users); got != users {
		t.Errorf("%s: there are %d users, want %d", p.Name, got, users)
	}
	id := text(p.User["id"])
	u, err := f.store.UserByAccount(t.Context(), f.provider.ID, id)
	if err != nil {
		t.Fatalf("%s: nobody has the account %q: %v; the accounts: %+v", p.Name, id, err, f.store.Dump().Accounts)
	}
	for _, tt := range []struct{ name, got, want string }{
		{"name", u.Name, text(p.User["name"])},
		{"email", u.Email, strings.ToLower(text(p.User["email"]))},
		{"image", u.Image, text(p.User["image"])},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s = %q, want %q: the answers in \"requests\" of testdata/%s.json have to lead to \"user\"",
				p.Name, tt.name, tt.got, tt.want, f.file)
		}
	}
}

// checkTrust wants a proven address where the provider's word is taken for it, and
// none elsewhere.
func (f *flow) checkTrust(t *testing.T) {
	t.Helper()
	proven := 0
	for _, u := range f.store.Dump().Users {
		if !u.EmailVerified.IsZero() {
			proven++
		}
	}
	if trusted := f.provider.EmailTrust != auth.EmailNeverVerified; trusted != (proven > 0) {
		t.Errorf("%d addresses count as verified, want some: %t; the first two profiles of testdata/%s.json have to say so", proven, trusted, f.file)
	}
}

// checkLog looks for secrets in the log.
func (f *flow) checkLog(t *testing.T, o outcome) {
	t.Helper()
	query := o.authorization.Query()
	secrets := append(f.simulation.Secrets(), query.Get("state"), query.Get("nonce"), query.Get("code_challenge"), f.provider.ClientSecret)
	for _, r := range f.simulation.Requests(authtest.Token) {
		secrets = append(secrets, r.Parameters().Get("code_verifier"))
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(o.log, secret) {
			t.Errorf("the log has the secret %q:\n%s", secret, o.log)
		}
	}
}
