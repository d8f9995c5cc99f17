package authtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/authtest"
)

const (
	secret = "client-secret-of-at-least-thirty-two-bytes"
	tid    = "11111111-2222-3333-4444-555555555555"
)

// openID is an OpenID provider with a change.
func openID(change func(p *auth.OAuthProvider)) auth.OAuthProvider {
	p := auth.OAuthProvider{
		ID: "op", Name: "OP", ClientID: "client-id", ClientSecret: secret,
		OpenID: true, Issuer: "https://id.example/realm",
	}
	change(&p)
	return p
}

// plain is an OAuth 2.0 provider with a change.
func plain(change func(p *auth.OAuthProvider)) auth.OAuthProvider {
	return openID(func(p *auth.OAuthProvider) {
		p.OpenID, p.Issuer = false, ""
		p.Authorization.URL = "https://id.example/authorize"
		p.Token.URL = "https://api.example/token"
		p.Userinfo.URL = "https://api.example/me"
		change(p)
	})
}

// mechanism is a way in which providers differ, and the name of who signs in.
type mechanism struct {
	name     string
	provider auth.OAuthProvider
	account  authtest.Account
	want     string
}

func mechanisms() []mechanism {
	ada := auth.Profile{"sub": "ada", "name": "Ada"}
	return []mechanism{
		{"OpenID", openID(func(*auth.OAuthProvider) {}), authtest.Account{Profile: ada}, "Ada"},
		{"HS256", openID(func(p *auth.OAuthProvider) { p.IDTokenAlgorithms = []string{"HS256"} }), authtest.Account{Profile: ada}, "Ada"},
		{"ES384", openID(func(p *auth.OAuthProvider) { p.IDTokenAlgorithms = []string{"ES384"} }), authtest.Account{Profile: ada}, "Ada"},
		{"PS256", openID(func(p *auth.OAuthProvider) { p.IDTokenAlgorithms = []string{"PS256"} }), authtest.Account{Profile: ada}, "Ada"},
		{"EdDSA", openID(func(p *auth.OAuthProvider) { p.IDTokenAlgorithms = []string{"EdDSA"} }), authtest.Account{Profile: ada}, "Ada"},
		{"discovery elsewhere", openID(func(p *auth.OAuthProvider) {
			p.Discovery = "https://id.example/realm/oauth2/token/.well-known/openid-configuration?app=1"
		}), authtest.Account{Profile: ada}, "Ada"},
		{"tenant", openID(func(p *auth.OAuthProvider) {
			p.Issuer, p.Discovery = "", "https://id.example/common/.well-known/openid-configuration"
			p.IssuerTemplate = "https://id.example/{tenantid}/v2.0"
		}), authtest.Account{Profile: auth.Profile{"sub": "ada", "name": "Ada", "tid": tid}}, "Ada"},
		{"hybrid", openID(func(p *auth.OAuthProvider) { p.ResponseType = "code id_token" }), authtest.Account{Profile: ada}, "Ada"},
		{"form_post", openID(func(p *auth.OAuthProvider) {
			p.ResponseMode, p.UserFromCallback = "form_post", "who"
			p.Profile = func(p auth.Profile, _ auth.Tokens) (auth.User, error) {
				user, _ := p["user"].(map[string]any)
				name, _ := user["name"].(string)
				return auth.User{ID: p["sub"].(string), Name: name}, nil
			}
		}), authtest.Account{Profile: auth.Profile{"sub": "ada", "user": map[string]string{"name": "Ada"}}}, "Ada"},
		{"profile from userinfo", openID(func(p *auth.OAuthProvider) { p.ProfileFromUserinfo = true }), authtest.Account{Profile: ada}, "Ada"},
		{"claims of their own", openID(func(*auth.OAuthProvider) {}),
			authtest.Account{Profile: ada, Claims: auth.Profile{"sub": "ada", "name": "Countess"}}, "Countess"},
		{"signed userinfo", openID(func(p *auth.OAuthProvider) { p.ProfileFromUserinfo, p.SignedUserinfo = true, true }), authtest.Account{Profile: ada}, "Ada"},
		{"wrapped", plain(func(p *auth.OAuthProvider) { p.ProfilePath = []string{"data", "0"} }), authtest.Account{Profile: ada}, "Ada"},
		{"wrapped already", plain(func(p *auth.OAuthProvider) { p.ProfilePath = []string{"data", "0"} }),
			authtest.Account{Profile: auth.Profile{"data": []auth.Profile{ada}}}, "Ada"},
		{"token in the query", plain(func(p *auth.OAuthProvider) { p.UserinfoTokenParameter = "token" }), authtest.Account{Profile: ada}, "Ada"},
		{"token in the path", plain(func(p *auth.OAuthProvider) { p.Userinfo.URL += "/{access_token}" }), authtest.Account{Profile: ada}, "Ada"},
		{"member in the path", plain(func(p *auth.OAuthProvider) { p.Userinfo.URL += "/{sub}/{shop}" }), authtest.Account{Profile: ada}, "Ada"},
		{"token response of its own", plain(func(p *auth.OAuthProvider) {
			p.FixTokens = func(t auth.Tokens) { t["access_token"] = t["inner"].(map[string]any)["token"] }
		}), authtest.Account{Profile: ada, Answers: map[string]any{
			"https://api.example/token": map[string]any{"inner": map[string]any{"token": "{access_token}"}},
		}}, "Ada"},
		{"OAuth 1.0a", plain(func(p *auth.OAuthProvider) {
			p.OAuth1 = &auth.OAuth1{
				RequestTokenURL: "https://api.example/request", AccessTokenURL: "https://api.example/access?x=1",
				ProfileURL: "https://api.example/me?email=true",
			}
		}), authtest.Account{Profile: ada}, "Ada"},
	}
}

// Every mechanism signs in the person whom the account is about.
func TestSimulate(t *testing.T) {
	for _, tt := range mechanisms() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := authtest.Simulate(t, tt.provider, tt.account)
			site := newSite(t, s.Provider)
			visit := site.browser(t)
			at := visit.comeBack(t, s.Authorize(visit.signIn(t, "op")))
			users := site.store.Dump().Users
			if len(users) != 1 || users[0].Name != tt.want {
				t.Errorf("the browser went to %s; users = %+v", at, users)
			}
		})
	}
}

// What a client does wrong is refused as by a real provider.
func TestTokenRefused(t *testing.T) {
	const verifier = "a-verifier-of-forty-three-characters-or-more"
	tests := []struct {
		name string
		edit func(form url.Values)
		want string
	}{
		{"right", func(url.Values) {}, ""},
		{"no code", func(f url.Values) { f.Del("code") }, "the code is not known"},
		{"other code", func(f url.Values) { f.Set("code", "code-x") }, "the code is not known"},
		{"other redirect_uri", func(f url.Values) { f.Set("redirect_uri", "https://evil.example/") }, "the redirect_uri is another one"},
		{"no verifier", func(f url.Values) { f.Del("code_verifier") }, "the code verifier does not fit"},
		{"other secret", func(f url.Values) { f.Set("client_secret", "x") }, "the client did not prove itself by client_secret_post"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := authtest.Simulate(t, plain(func(p *auth.OAuthProvider) { p.ClientAuthentication = auth.ClientSecretPost }), authtest.Account{})
			back := s.Authorize("https://id.example/authorize?client_id=client-id&response_type=code&state=s&redirect_uri=" +
				url.QueryEscape("https://app.example/cb?a=1") + "&code_challenge_method=S256&code_challenge=y5UF_tmp_ICTDGza-Ou2vUvx2cu7DBN-Xwf_z0RDfTw")
			query := back.URL.Query()
			if query.Get("state") != "s" || query.Get("a") != "1" {
				t.Errorf("the browser came back to %s", back.URL)
			}
			form := url.Values{
				"code": {query.Get("code")}, "code_verifier": {verifier}, "client_id": {"client-id"}, "client_secret": {secret},
				"redirect_uri": {"https://app.example/cb?a=1"},
			}
			tt.edit(form)
			response, err := s.Provider.HTTPClient.PostForm("https://api.example/token", form)
			if err != nil {
				t.Fatal(err)
			}
			var answer map[string]any
			if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
			if got, _ := answer["error_description"].(string); got != tt.want {
				t.Errorf("answered %v, want %q", answer, tt.want)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	failed := &recorder{TB: t}
	s := authtest.Simulate(failed, plain(func(*auth.OAuthProvider) {}), authtest.Account{
		Profile: auth.Profile{"id": 7},
		Answers: map[string]any{
			"https://api.example/a":              map[string]int{"any": 1},
			"https://api.example/a?x=1":          "x",
			"POST https://api.example/a":         "post",
			"https://api.example/users/{id}":     "{id}",
			"https://api.example/me/card":        []any{"{profile}", "number {id}"},
			"https://api.example/gone":           nil,
			"https://api.example/photo?size=big": authtest.Response{ContentType: "image/png", Body: []byte("png")},
		},
	})
	s.Authorize("https://id.example/authorize?client_id=client-id&response_type=code&redirect_uri=https://app.example/")
	tests := []struct{ name, method, url, want string }{
		{"path", "GET", "https://api.example/a", `200 application/json {"any":1}`},
		{"more query", "GET", "https://api.example/a?y=2", `200 application/json {"any":1}`},
		{"longest query", "GET", "https://api.example/a?x=1&y=2", `200 application/json "x"`},
		{"method", "POST", "https://api.example/a", `200 application/json "post"`},
		{"member of the profile", "GET", "https://api.example/users/7", `200 application/json 7`},
		{"the profile", "GET", "https://api.example/me/card", `200 application/json [{"id":7},"number 7"]`},
		{"nothing", "GET", "https://api.example/gone", `404 application/json {"error":"not_found","error_description":"there is no such thing"}`},
		{"as it is", "GET", "https://api.example/photo?size=big", `200 image/png png`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fetch(t, s, tt.method, tt.url); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if len(failed.errors) > 0 {
		t.Errorf("the test failed: %q", failed.errors)
	}
	if got := fetch(t, s, "GET", "https://other.example/a"); !strings.HasPrefix(got, "404 ") {
		t.Errorf("an address without an answer answered %s", got)
	}
	want := "authtest: op asked for GET https://other.example/a, for which Account.Answers has no answer; nil there means the status 404"
	if len(failed.errors) != 1 || failed.errors[0] != want {
		t.Errorf("errors = %q", failed.errors)
	}
	if got := fetch(t, s, "GET", "https://api.example/me"); !strings.HasPrefix(got, "401 ") {
		t.Errorf("userinfo without a token answered %s", got)
	}
}

// fetch sends a request to a simulation and writes the answer down.
func fetch(t *testing.T, s *authtest.Simulation, method, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.Provider.HTTPClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	var body strings.Builder
	if _, err := fmt.Fprintf(&body, "%d %s ", response.StatusCode, response.Header.Get("Content-Type")); err != nil {
		t.Fatal(err)
	}
	if _, err := copyTo(&body, response); err != nil {
		t.Fatal(err)
	}
	return body.String()
}

// recorder is a test that keeps its failures to itself.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// A provider would show an error page of its own: nobody comes back.
func TestAuthorizeRefused(t *testing.T) {
	const start = "https://id.example/authorize?client_id=client-id&response_type=code&redirect_uri=https://app.example/"
	tests := []struct{ name, url, want string }{
		{"other host", "https://evil.example/authorize?client_id=client-id", "was sent to https://evil.example"},
		{"other path", "https://id.example/?client_id=client-id", "was sent to https://id.example/"},
		{"other client", strings.Replace(start, "client-id", "x", 1), "there is another client"},
		{"no redirect_uri", "https://id.example/authorize?client_id=client-id&response_type=code", "no absolute redirect_uri"},
		{"no response_type", strings.Replace(start, "&response_type=code", "", 1), "no response_type"},
		{"PKCE", start + "&code_challenge=x&code_challenge_method=S256", "a code_challenge"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			failed := &recorder{TB: t}
			s := authtest.Simulate(failed, plain(func(p *auth.OAuthProvider) { p.PKCEUnsupported = true }), authtest.Account{})
			done := make(chan struct{})
			go func() {
				defer close(done)
				s.Authorize(tt.url)
			}()
			<-done
			if len(failed.errors) != 1 || !strings.Contains(failed.errors[0], tt.want) {
				t.Errorf("errors = %q, want %q", failed.errors, tt.want)
			}
		})
	}
}
