package authtest_test

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/authtest"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// An application's test signs Ada in with GitHub, and then denies it.
func ExampleSimulate() {
	_ = func(t *testing.T) { // func TestSignIn(t *testing.T)
		github := authtest.Simulate(t, providers.GitHub("client-id", "client-secret"), authtest.Account{
			Profile: auth.Profile{"id": 583231, "login": "ada", "name": "Ada Lovelace"},
			Answers: map[string]any{
				"https://api.github.com/user/emails": []any{
					map[string]any{"email": "ada@example.com", "primary": true, "verified": true},
				},
			},
		})
		site := newSite(t, github.Provider)

		// The browser goes where the application sends it, and comes back.
		visit := site.browser(t)
		visit.comeBack(t, github.Authorize(visit.signIn(t, "github")))
		if users := site.store.Dump().Users; len(users) != 1 || users[0].Email != "ada@example.com" {
			t.Errorf("users = %+v", users)
		}

		github.Refuse("access_denied")
		denied := site.browser(t)
		if at := denied.comeBack(t, github.Authorize(denied.signIn(t, "github"))); at.Query().Get("error") != "Callback" {
			t.Errorf("the browser was sent to %s", at)
		}
	}
}

// site is an application with sign-in.
type site struct {
	url   string
	store *memory.Adapter
}

func newSite(t *testing.T, p auth.OAuthProvider) *site {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s := &site{url: server.URL + "/api/auth/", store: memory.New()}
	a, err := auth.New(auth.Config{
		URL: server.URL, Secrets: []string{"a secret of at least thirty-two bytes"},
		Providers: []auth.Provider{p}, Adapter: s.store,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	handler = a
	return s
}

// visitor is a browser that keeps cookies and leaves redirects to the test.
type visitor struct {
	site   *site
	client *http.Client
}

func (s *site) browser(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signIn starts a sign-in and returns where the provider wants the browser to go.
func (v *visitor) signIn(t *testing.T, provider string) string {
	t.Helper()
	token := csrfToken(t, v.client, v.site.url)
	response, err := v.client.PostForm(v.site.url+"signin/"+provider, url.Values{"csrfToken": {token}})
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.Header.Get("Location")
}

// comeBack sends the browser back to the application and returns where it goes
// from there.
func (v *visitor) comeBack(t *testing.T, r *http.Request) *url.URL {
	t.Helper()
	response, err := v.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	location, err := response.Location()
	if err != nil {
		t.Fatal(err)
	}
	return location
}
