package oauth_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
	"github.com/google/go-cmp/cmp"
)

const redirectURI = "https://app.example/api/auth/callback/op"

// sharedKey saves every test from making its own key.
var sharedKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// newOP starts a provider.
func newOP(t testing.TB, cfg fakeop.Config) *testOP {
	t.Helper()
	if cfg.Key == nil {
		cfg.Key = sharedKey()
	}
	op := fakeop.New(cfg)
	server := httptest.NewServer(op)
	t.Cleanup(server.Close)
	op.SetIssuer(server.URL)
	return &testOP{Provider: op, url: server.URL}
}

type testOP struct {
	*fakeop.Provider
	url string
}

// openID is the configuration of a client that finds everything by discovery.
func (op *testOP) openID() oauth.Config {
	client := fakeop.DefaultClient()
	return oauth.Config{
		ClientID: client.ID, ClientSecret: client.Secret,
		Issuer: op.url, OpenID: true, Scopes: []string{"openid", "email", "profile"},
	}
}

// plain is the configuration of a client for OAuth 2.0 alone.
func (op *testOP) plain() oauth.Config {
	client := fakeop.DefaultClient()
	return oauth.Config{
		ClientID: client.ID, ClientSecret: client.Secret,
		Authorization: oauth.Endpoint{URL: op.url + "/authorize"},
		Token:         oauth.Endpoint{URL: op.url + "/token"},
		Userinfo:      oauth.Endpoint{URL: op.url + "/userinfo"},
		Scopes:        []string{"profile"},
	}
}

// start begins a flow and returns the provider's answer to it.
func start(t testing.TB, client *oauth.Client, nonce bool, params url.Values) oauth.Answer {
	t.Helper()
	a, err := tryStart(t.Context(), client, nonce, params)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func tryStart(ctx context.Context, client *oauth.Client, nonce bool, params url.Values) (oauth.Answer, error) {
	a := oauth.Answer{RedirectURI: redirectURI, State: rand.Text(), CodeVerifier: rand.Text() + rand.Text()}
	if nonce {
		a.Nonce = rand.Text()
	}
	target, err := client.AuthorizationURL(ctx, oauth.AuthorizationRequest{
		RedirectURI: a.RedirectURI, State: a.State, Nonce: a.Nonce, CodeVerifier: a.CodeVerifier, Params: params,
	})
	if err != nil {
		return a, err
	}
	a.Params, err = visit(ctx, target)
	return a, err
}

// visit opens an authorization URL and returns what the browser would bring
// back.
func visit(ctx context.Context, target string) (url.Values, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	location, err := resp.Location()
	if err != nil {
		return nil, fmt.Errorf("status %d: %w", resp.StatusCode, err)
	}
	return location.Query(), nil
}

// exchange runs a whole flow.
func exchange(t testing.TB, cfg oauth.Config) (*oauth.Result, error) {
	t.Helper()
	client := oauth.New(cfg)
	return client.Exchange(t.Context(), start(t, client, cfg.OpenID, nil))
}

// checkError checks that err has the text want, and nothing secret.
func checkError(t testing.TB, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Fatalf("err = %v, want none", err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("err = %v, want one with %q", err, want)
	}
	for _, secret := range []string{"code-", "at-", "rt-", "eyJ", "client-secret-of", "SECRET", "?", "\n"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("err = %v, must not hold %q", err, secret)
		}
	}
}

// IDT-01, IDT-33, IDT-34, NET-19
func TestExchangeOpenID(t *testing.T) {
	op := newOP(t, fakeop.Config{RequirePKCE: true, IssuerParameter: true})
	op.Script(func(b *fakeop.Behavior) {
		b.IDToken.AccessTokenHash = true
		b.IDToken.Claims = map[string]any{
			"_claim_names":   map[string]any{"address": "src1"},
			"_claim_sources": map[string]any{"src1": map[string]any{"endpoint": op.url + "/userinfo"}},
		}
	})
	result, err := exchange(t, op.openID())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"sub": "sub-1001", "id": json.Number("1001"), "name": "Ida Provider",
		"email": "ida@example.com", "email_verified": true,
	}
	got := map[string]any{}
	for name := range want {
		got[name] = result.Profile[name]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(result.Claims, result.Profile); diff != "" {
		t.Errorf("the profile is not the claims:\n%s", diff)
	}
	for _, name := range []string{"access_token", "refresh_token", "id_token", "scope", "expires_at", "token_type"} {
		if _, ok := result.Tokens[name]; !ok {
			t.Errorf("tokens have no %s", name)
		}
	}
	if _, ok := result.Tokens["expires_in"]; ok {
		t.Error("tokens have expires_in")
	}
	if n := len(op.RequestsTo("userinfo")); n != 0 {
		t.Errorf("%d userinfo requests, want 0", n)
	}
	for _, r := range op.Requests() {
		if r.Endpoint != "authorize" && (r.Header.Get("User-Agent") != "gatehouse" || r.Header.Get("Accept") != "application/json") {
			t.Errorf("%s: User-Agent %q, Accept %q", r.Endpoint, r.Header.Get("User-Agent"), r.Header.Get("Accept"))
		}
		if r.Endpoint != "authorize" && len(r.Query) > 0 {
			t.Errorf("%s: query %v", r.Endpoint, r.Query)
		}
	}
}

// NET-19
func TestExchangePlain(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	cfg := op.plain()
	cfg.Userinfo.Params = url.Values{"fields": {"id,name"}}
	cfg.Userinfo.URL += "?v=2"
	cfg.Token.Params = url.Values{"v": {"5.131"}, "grant_type": {"password"}}
	result, err := exchange(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if result.Profile["id"] != json.Number("1001") || result.Claims != nil {
		t.Errorf("profile = %v, claims = %v", result.Profile, result.Claims)
	}
	userinfo := op.RequestsTo("userinfo")[0]
	if diff := cmp.Diff(url.Values{"fields": {"id,name"}, "v": {"2"}}, userinfo.Query); diff != "" {
		t.Errorf("userinfo query (-want +got):\n%s", diff)
	}
	if want := "Bearer " + result.Tokens["access_token"].(string); userinfo.Header.Get("Authorization") != want {
		t.Error("userinfo request without the access token in its header")
	}
	form := op.RequestsTo("token")[0].Form
	if form.Get("v") != "5.131" || form.Get("grant_type") != "authorization_code" {
		t.Errorf("token form = %v", form)
	}

	cfg.StrictV4 = true
	if _, err := exchange(t, cfg); err != nil {
		t.Fatal(err)
	}
	if form := op.RequestsTo("token")[1].Form; form.Has("v") {
		t.Error("StrictV4 sends the token parameters")
	}
}

func TestFetchProfile(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	cfg := op.openID()
	tests := []struct {
		name  string
		fetch func(ctx context.Context, r *oauth.ProfileRequest) (map[string]any, error)
		want  string
	}{
		{"two requests", func(ctx context.Context, r *oauth.ProfileRequest) (map[string]any, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, op.url+"/userinfo", nil)
			if err != nil {
				return nil, err
			}
			req.Header.Set("Authorization", "Bearer "+r.Tokens["access_token"].(string))
			resp, err := r.Client.Do(req)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			var profile map[string]any
			err = json.NewDecoder(resp.Body).Decode(&profile)
			return profile, err
		}, ""},
		{"no sub", func(context.Context, *oauth.ProfileRequest) (map[string]any, error) {
			return map[string]any{"id": "x"}, nil
		}, ""},
		// IDT-24
		{"other sub", func(context.Context, *oauth.ProfileRequest) (map[string]any, error) {
			return map[string]any{"sub": "somebody else"}, nil
		}, "oauth: profile: subject differs"},
		{"error", func(context.Context, *oauth.ProfileRequest) (map[string]any, error) {
			return nil, errors.New("no photo")
		}, "oauth: profile: no photo"},
		{"URL with a secret", func(_ context.Context, r *oauth.ProfileRequest) (map[string]any, error) {
			_, err := r.Client.Get("http://127.0.0.1:1/me?access_token=SECRET")
			return nil, err
		}, "oauth: profile: 127.0.0.1:1/me: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg.FetchProfile = tt.fetch
			_, err := exchange(t, cfg)
			checkError(t, err, tt.want)
		})
	}
}

// FLOW-20
func TestParallelUsers(t *testing.T) {
	const people = 200
	users := make([]fakeop.User, people)
	for i := range users {
		users[i] = fakeop.User{Subject: fmt.Sprintf("sub-%d", i), Claims: map[string]any{"id": i}}
	}
	op := newOP(t, fakeop.Config{Users: users, RequirePKCE: true})
	for _, cfg := range []oauth.Config{op.openID(), op.plain()} {
		client := oauth.New(cfg)
		var wg sync.WaitGroup
		for _, user := range users {
			wg.Go(func() {
				a, err := tryStart(t.Context(), client, cfg.OpenID, url.Values{"login_hint": {user.Subject}})
				if err != nil {
					t.Error(err)
					return
				}
				result, err := client.Exchange(t.Context(), a)
				if err != nil {
					t.Error(err)
				} else if result.Profile["sub"] != user.Subject {
					t.Errorf("signed in as %v, want %v", result.Profile["sub"], user.Subject)
				}
			})
		}
		wg.Wait()
	}
	// MIX-16
	if n := len(op.RequestsTo("discovery")); n != 1 {
		t.Errorf("%d discovery requests, want 1", n)
	}
}
