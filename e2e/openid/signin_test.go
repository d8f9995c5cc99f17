package openid_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

const (
	providerID = "elsewhere"
	secret     = "0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="
)

// site is an application that signs people in at one provider, in default mode.
type site struct {
	url      string
	provider identityProvider
	store    *memory.Adapter
	auth     *auth.Auth
	handler  http.Handler
}

// newSite starts a provider and an application that knows its client secret.
func newSite(t *testing.T, start func(t *testing.T, redirectURI string) identityProvider) *site {
	t.Helper()
	s := &site{store: memory.New()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.url = server.URL
	s.provider = start(t, s.url+"/api/auth/callback/"+providerID)
	s.configure(t, clientSecret)
	return s
}

// configure makes the application anew, with a client secret.
func (s *site) configure(t *testing.T, clientSecret string) {
	t.Helper()
	provider := providers.OIDC(providerID, s.provider.issuer, clientID, clientSecret)
	if s.provider.userinfo != "" {
		provider.FetchProfile = s.userinfo
	}
	a, err := auth.New(auth.Config{
		URL:       s.url,
		Secrets:   []string{secret},
		Adapter:   s.store,
		Providers: []auth.Provider{provider},
		Logger:    slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.auth, s.handler = a, a
}

// userinfo is how an application reads the userinfo endpoint of a provider that
// puts nothing but the subject into its ID token.
func (s *site) userinfo(ctx context.Context, p *auth.ProfileRequest) (auth.Profile, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.provider.userinfo, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+p.Tokens.Text("access_token"))
	response, err := p.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("userinfo answered %d: %w", response.StatusCode, err)
	}
	var profile auth.Profile
	return profile, json.Unmarshal(content, &profile)
}

// verifierPattern is a PKCE challenge: a SHA-256 in base64url.
var verifierPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

func TestSignIn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		start func(t *testing.T, redirectURI string) identityProvider
	}{
		{"zitadel", startZitadel},
		{"oidc-provider", func(t *testing.T, redirectURI string) identityProvider {
			return startOIDCProvider(t, redirectURI, false)
		}},
		{"oidc-provider with a lean ID token", func(t *testing.T, redirectURI string) identityProvider {
			return startOIDCProvider(t, redirectURI, true)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t, tt.start)
			t.Run("authorization URL", s.testAuthorizationURL)
			t.Run("refused", s.testRefused)
			t.Run("wrong client secret", s.testWrongSecret)
			t.Run("two people, twice each", s.testPeople)
		})
	}
}

// State, nonce and an S256 challenge are in every authorization URL, and new
// each time.
func (s *site) testAuthorizationURL(t *testing.T) {
	first, second := s.browser(t).start().Query(), s.browser(t).start().Query()
	want := map[string]string{
		"client_id": clientID, "response_type": "code", "scope": "openid email profile",
		"redirect_uri": s.url + "/api/auth/callback/" + providerID, "code_challenge_method": "S256",
	}
	for name, value := range want {
		if got := first.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if !verifierPattern.MatchString(first.Get(name)) || first.Get(name) == second.Get(name) {
			t.Errorf("%s is %q and then %q", name, first.Get(name), second.Get(name))
		}
	}
}

// testPeople signs two people in, each twice: the same user comes back, and the
// session is theirs.
func (s *site) testPeople(t *testing.T) {
	ids := map[string]string{}
	for round := range 2 {
		for _, p := range s.provider.people {
			b := s.browser(t)
			if done := b.signIn(p); done.location == nil || done.location.String() != s.url {
				t.Fatalf("the callback answered %d %v %s", done.status, done.location, done.body)
			}
			if diff := cmp.Diff(&sessionUser{p.name, p.address}, b.session()); diff != "" {
				t.Errorf("session of %s (-want +got):\n%s", p.login, diff)
			}
			id := b.userID()
			if round == 0 {
				ids[p.subject] = id
			} else if id != ids[p.subject] {
				t.Errorf("%s is user %s the second time, was %s", p.login, id, ids[p.subject])
			}
		}
	}
	data := s.store.Dump()
	if len(data.Users) != 2 || len(data.Accounts) != 2 {
		t.Fatalf("the store has %d users and %d accounts, want 2 and 2", len(data.Users), len(data.Accounts))
	}
	for _, account := range data.Accounts {
		if want, known := ids[account.ProviderAccountID]; !known || account.UserID != want || account.Provider != providerID || account.IDToken == "" {
			t.Errorf("account %s at %s belongs to %s, want %s", account.ProviderAccountID, account.Provider, account.UserID, want)
		}
	}
}

// userID is the id of the user who is signed in, as a program sees it.
func (b *browser) userID() string {
	b.t.Helper()
	u, err := url.Parse(b.site.url)
	if err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, b.site.url, nil)
	for _, c := range b.client.Jar.Cookies(u) {
		r.AddCookie(c)
	}
	session, err := b.site.auth.Session(r)
	if err != nil || session == nil {
		b.t.Fatalf("there is no session: %v", err)
	}
	return session.User.ID
}

// testRefused changes the answer of a sign-in that is in order.
func (s *site) testRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		// change returns what the browser opens instead of the callback.
		change func(b *browser, callback *url.URL) *url.URL
	}{
		{"another state", func(_ *browser, callback *url.URL) *url.URL {
			return withParameter(callback, "state", "of-an-attacker")
		}},
		{"no state", func(_ *browser, callback *url.URL) *url.URL { return withParameter(callback, "state", "") }},
		{"another code", func(_ *browser, callback *url.URL) *url.URL { return withParameter(callback, "code", "guessed") }},
		{"the code of another attempt", func(b *browser, callback *url.URL) *url.URL {
			// The state is right for this browser, so that only PKCE and the
			// nonce stand in the way.
			stolen := s.browser(b.t).logIn(s.browser(b.t).start(), s.provider.people[0].login)
			return withParameter(callback, "code", stolen.Query().Get("code"))
		}},
		{"another issuer", func(_ *browser, callback *url.URL) *url.URL {
			return withParameter(callback, "iss", "https://evil.test")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := s.browser(t)
			callback := tt.change(b, b.logIn(b.start(), s.provider.people[1].login))
			b.refused(b.get(callback.String()))
		})
	}
	t.Run("in another browser", func(t *testing.T) {
		b := s.browser(t)
		callback := b.logIn(b.start(), s.provider.people[1].login)
		o := s.browser(t)
		o.refused(o.get(callback.String()))
	})
	if data := s.store.Dump(); len(data.Users)+len(data.Accounts)+len(data.Sessions) != 0 {
		t.Errorf("something was stored: %+v", data)
	}
}

// testWrongSecret signs in with a client secret that the provider does not
// accept.
func (s *site) testWrongSecret(t *testing.T) {
	s.configure(t, "another-client-secret-for-tests-0123456789")
	b := s.browser(t)
	b.refused(b.signIn(s.provider.people[0]))
	s.configure(t, clientSecret)
}

// refused checks that a callback signed nobody in.
func (b *browser) refused(a *answer) {
	b.t.Helper()
	if a.location == nil || a.location.Query().Get("error") != string(auth.ErrorOAuthCallback) {
		b.t.Errorf("the callback answered %d %v, want error=OAuthCallback", a.status, a.location)
	}
	if user := b.session(); user != nil {
		b.t.Errorf("%+v is signed in", user)
	}
}

// withParameter returns a URL with another parameter; an empty value removes it.
func withParameter(u *url.URL, name, value string) *url.URL {
	changed := *u
	query := u.Query()
	query.Set(name, value)
	if value == "" {
		query.Del(name)
	}
	changed.RawQuery = query.Encode()
	return &changed
}
