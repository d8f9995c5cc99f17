package authtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/authtest"
)

func TestFailures(t *testing.T) {
	oauth1 := func(p *auth.OAuthProvider) {
		p.OAuth1 = &auth.OAuth1{
			RequestTokenURL: "https://api.example/request", AccessTokenURL: "https://api.example/access", ProfileURL: "https://api.example/me",
		}
	}
	tests := []struct {
		name     string
		provider func(*auth.OAuthProvider)
		fail     func(s *authtest.Simulation)
		want     string
	}{
		{"denied", func(*auth.OAuthProvider) {}, func(s *authtest.Simulation) { s.Refuse("access_denied") }, "Callback"},
		{"denied by OAuth 1.0a", oauth1, func(s *authtest.Simulation) { s.Refuse("access_denied") }, "Callback"},
		{"error", func(*auth.OAuthProvider) {}, func(s *authtest.Simulation) { s.Fail(authtest.Token, authtest.ErrorJSON("invalid_grant")) }, "OAuthCallback"},
		{"page", func(*auth.OAuthProvider) {}, func(s *authtest.Simulation) { s.Fail(authtest.Userinfo, authtest.HTMLPage()) }, "OAuthCallback"},
		{"patience", oauth1, func(s *authtest.Simulation) { s.Fail(authtest.Userinfo, authtest.TooManyRequests()) }, "Callback"},
		{"content type", oauth1, func(s *authtest.Simulation) { s.Fail(authtest.Token, authtest.WrongContentType()) }, "Callback"},
		{"recovered", oauth1, func(s *authtest.Simulation) {
			s.Fail(authtest.Token, authtest.HTMLPage())
			s.Refuse("access_denied")
			s.Recover()
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := authtest.Simulate(t, plain(tt.provider), authtest.Account{})
			s.SetAccount(authtest.Account{Profile: auth.Profile{"sub": "ada"}})
			tt.fail(s)
			site := newSite(t, s.Provider)
			visit := site.browser(t)
			at := visit.comeBack(t, s.Authorize(visit.signIn(t, "op")))
			if got := at.Query().Get("error"); got != tt.want {
				t.Errorf("the browser went to %s", at)
			}
			if users := site.store.Dump().Users; (len(users) == 0) != (tt.want != "") {
				t.Errorf("users = %+v", users)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	s := authtest.Simulate(t, openID(func(p *auth.OAuthProvider) { p.ProfileFromUserinfo = true }), authtest.Account{Profile: auth.Profile{"sub": "ada"}})
	site := newSite(t, s.Provider)
	visit := site.browser(t)
	visit.comeBack(t, s.Authorize(visit.signIn(t, "op")))
	var got []string
	for _, r := range s.Requests() {
		got = append(got, string(r.Endpoint)+" "+r.Method+" "+r.URL.Host+r.URL.Path+" "+string(r.ClientAuthentication))
	}
	want := []string{
		"discovery GET id.example/realm/.well-known/openid-configuration ",
		"authorization GET id.example/realm/authorize ",
		"token POST id.example/realm/token client_secret_basic",
		"keys GET id.example/realm/keys ",
		"userinfo GET id.example/realm/userinfo ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	tokens := s.Requests(authtest.Token)
	if len(tokens) != 1 || tokens[0].Form.Get("grant_type") != "authorization_code" || !tokens[0].Carries(tokens[0].Form.Get("code")) {
		t.Errorf("token requests = %+v", tokens)
	}
	if secrets := s.Secrets(); len(secrets) != 4 {
		t.Errorf("Secrets = %q, want a code and three tokens", secrets)
	}
	if s.ForgetRequests(); len(s.Requests()) != 0 {
		t.Error("there are requests after ForgetRequests")
	}
}

func TestReplace(t *testing.T) {
	account := authtest.Account{
		Profile: auth.Profile{"id": json.Number("7"), "list": []any{7, "7", "x"}, "typed": map[string]string{"id": "7"}},
		Tokens:  auth.Tokens{"user": 7.0},
		Answers: map[string]any{"https://a.example/": map[string]any{"id": "7", "no": nil}},
	}
	tests := []struct {
		name string
		got  authtest.Account
		want authtest.Account
	}{
		{"replaced", account.Replace("7", 0), authtest.Account{
			Profile: auth.Profile{"id": 0, "list": []any{0, 0, "x"}, "typed": map[string]any{"id": 0}},
			Tokens:  auth.Tokens{"user": 0},
			Answers: map[string]any{"https://a.example/": map[string]any{"id": 0, "no": nil}},
		}},
		{"left out", account.Without("7"), authtest.Account{
			Profile: auth.Profile{"list": []any{nil, nil, "x"}, "typed": map[string]any{}},
			Tokens:  auth.Tokens{},
			Answers: map[string]any{"https://a.example/": map[string]any{"no": nil}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("account (-want +got):\n%s", diff)
			}
		})
	}
}

func csrfToken(t *testing.T, client *http.Client, site string) string {
	t.Helper()
	response, err := client.Get(site + "csrf")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ CSRFToken string }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.CSRFToken
}

func copyTo(w io.Writer, response *http.Response) (int64, error) {
	defer response.Body.Close()
	return io.Copy(w, response.Body)
}
