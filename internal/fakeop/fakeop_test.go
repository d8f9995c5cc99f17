package fakeop_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

const (
	redirectURI = "https://app.example/callback"
	verifier    = "a-code-verifier-of-at-least-forty-three-characters"
)

// serve starts a provider under a path, as in the demo.
func serve(t *testing.T, cfg fakeop.Config) (*fakeop.Provider, string) {
	t.Helper()
	op := fakeop.New(cfg)
	server := httptest.NewServer(op)
	t.Cleanup(server.Close)
	op.SetIssuer(server.URL + "/demo/op")
	return op, server.URL + "/demo/op"
}

// authorization returns the parameters of a right request.
func authorization() url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"client_id": {"client"}, "redirect_uri": {redirectURI}, "response_type": {"code"},
		"scope": {"openid"}, "state": {"s"}, "nonce": {"n"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
	}
}

// send makes a request without following redirects and returns the answer and
// its body.
func send(t *testing.T, method, target string, form url.Values, edit func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if edit != nil {
		edit(req)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// callback opens the authorization endpoint and returns what comes back.
func callback(t *testing.T, base string, params url.Values) url.Values {
	t.Helper()
	resp, body := send(t, http.MethodGet, base+"/authorize?"+params.Encode(), nil, nil)
	location, err := resp.Location()
	if err != nil {
		t.Fatalf("status %d: %s", resp.StatusCode, body)
	}
	return location.Query()
}

func tokenForm(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI},
		"code_verifier": {verifier}, "client_id": {"client"}, "client_secret": {fakeop.DefaultClient().Secret},
	}
}

func TestToken(t *testing.T) {
	tests := []struct {
		name string
		form func(url.Values)
		edit func(*http.Request)
		want string // the error code
	}{
		{"right", func(url.Values) {}, nil, ""},
		{"wrong verifier", func(f url.Values) { f.Set("code_verifier", "x") }, nil, "invalid_grant"},
		{"no verifier", func(f url.Values) { f.Del("code_verifier") }, nil, "invalid_grant"},
		{"other redirect URI", func(f url.Values) { f.Set("redirect_uri", "https://app.example/") }, nil, "invalid_grant"},
		{"unknown code", func(f url.Values) { f.Set("code", "x") }, nil, "invalid_grant"},
		{"wrong secret", func(f url.Values) { f.Set("client_secret", "x") }, nil, "invalid_client"},
		{"no secret", func(f url.Values) { f.Del("client_secret") }, nil, "invalid_client"},
		{"two methods", func(url.Values) {}, func(r *http.Request) {
			r.SetBasicAuth("client", fakeop.DefaultClient().Secret)
		}, "invalid_client"},
		{"other grant", func(f url.Values) { f.Set("grant_type", "password") }, nil, "unsupported_grant_type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, base := serve(t, fakeop.Config{RequirePKCE: true})
			answer := callback(t, base, authorization())
			if answer.Get("state") != "s" {
				t.Fatalf("answer = %v", answer)
			}
			form := tokenForm(answer.Get("code"))
			tt.form(form)
			_, body := send(t, http.MethodPost, base+"/token", form, tt.edit)
			var tokens struct {
				Error       string `json:"error"`
				AccessToken string `json:"access_token"`
				IDToken     string `json:"id_token"`
			}
			if err := json.Unmarshal([]byte(body), &tokens); err != nil || tokens.Error != tt.want {
				t.Fatalf("answer = %s, want error %q", body, tt.want)
			}
			if tt.want == "" && (tokens.AccessToken == "" || tokens.IDToken == "") {
				t.Errorf("answer = %s, want tokens", body)
			}
			if tt.want == "invalid_client" {
				return
			}
			// Whatever happened, the code was used up.
			if _, body := send(t, http.MethodPost, base+"/token", tokenForm(answer.Get("code")), nil); tt.want == "" && !strings.Contains(body, "invalid_grant") {
				t.Errorf("second answer = %s", body)
			}
		})
	}
}

func TestAuthorizeRefused(t *testing.T) {
	clients := []fakeop.Client{{ID: "client", RedirectURIs: []string{redirectURI}}}
	tests := []struct {
		name        string
		param, with string
		want        string // "" is a page instead of a redirect
	}{
		{"unknown client", "client_id", "x", ""},
		{"other redirect URI", "redirect_uri", "https://evil.example/", ""},
		{"response type", "response_type", "token", "unsupported_response_type"},
		{"plain PKCE", "code_challenge_method", "plain", "invalid_request"},
		{"no PKCE", "code_challenge", "", "invalid_request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, base := serve(t, fakeop.Config{Clients: clients, RequirePKCE: true})
			params := authorization()
			params.Set(tt.param, tt.with)
			if tt.want != "" {
				if got := callback(t, base, params).Get("error"); got != tt.want {
					t.Errorf("error = %q, want %q", got, tt.want)
				}
				return
			}
			resp, _ := send(t, http.MethodGet, base+"/authorize?"+params.Encode(), nil, nil)
			if resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Location") != "" {
				t.Errorf("status %d, Location %q", resp.StatusCode, resp.Header.Get("Location"))
			}
		})
	}
}

func TestConsent(t *testing.T) {
	var op *fakeop.Provider
	cfg := fakeop.Config{Consent: func(w http.ResponseWriter, r *http.Request, a fakeop.AuthorizationRequest) {
		switch {
		case r.Method == http.MethodGet:
			fmt.Fprintf(w, "Let %s sign you in?", a.ClientID)
		case r.PostForm.Get("answer") == "yes":
			op.Approve(w, r, a, fakeop.User{Subject: "chosen"})
		default:
			op.Deny(w, r, a)
		}
	}}
	op, base := serve(t, cfg)
	target := base + "/authorize?" + authorization().Encode()
	if _, body := send(t, http.MethodGet, target, nil, nil); body != "Let client sign you in?" {
		t.Errorf("page = %s", body)
	}
	resp, _ := send(t, http.MethodPost, target, url.Values{"answer": {"no"}}, nil)
	if location := resp.Header.Get("Location"); !strings.Contains(location, "error=access_denied") || !strings.Contains(location, "state=s") {
		t.Errorf("Location = %s", location)
	}
	resp, _ = send(t, http.MethodPost, target, url.Values{"answer": {"yes"}}, nil)
	location, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	_, body := send(t, http.MethodPost, base+"/token", tokenForm(location.Query().Get("code")), nil)
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &tokens); err != nil {
		t.Fatal(err)
	}
	_, body = send(t, http.MethodGet, base+"/userinfo", nil, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+tokens.AccessToken)
	})
	if body != `{"sub":"chosen"}` {
		t.Errorf("userinfo = %s", body)
	}
	if resp, _ := send(t, http.MethodGet, base+"/userinfo", nil, nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo without a token: status %d", resp.StatusCode)
	}
}

func TestFormPost(t *testing.T) {
	op, base := serve(t, fakeop.Config{IssuerParameter: true})
	op.Script(func(b *fakeop.Behavior) { b.Authorize.Extra = url.Values{"user": {`{"name":"<b>"}`}} })
	params := authorization()
	params.Set("response_mode", "form_post")
	_, body := send(t, http.MethodGet, base+"/authorize?"+params.Encode(), nil, nil)
	for _, want := range []string{`action="` + redirectURI + `"`, `name="code"`, `name="iss"`, `value="{&#34;name&#34;:&#34;&lt;b&gt;&#34;}"`} {
		if !strings.Contains(body, want) {
			t.Errorf("page has no %s:\n%s", want, body)
		}
	}
}

func TestScriptAndRequests(t *testing.T) {
	op, base := serve(t, fakeop.Config{})
	op.Script(func(b *fakeop.Behavior) {
		b.Discovery.Extra = map[string]any{"issuer": "https://evil.example"}
		b.Discovery.Omit = []string{"jwks_uri"}
		b.JWKS = fakeop.Answer{Status: 503, Body: []byte("down"), ContentType: "text/plain"}
	})
	_, body := send(t, http.MethodGet, base+"/.well-known/openid-configuration", nil, nil)
	if !strings.Contains(body, "evil.example") || strings.Contains(body, "jwks_uri") {
		t.Errorf("document = %s", body)
	}
	resp, body := send(t, http.MethodGet, base+"/jwks?a=b", nil, nil)
	if resp.StatusCode != http.StatusServiceUnavailable || body != "down" || resp.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("keys: status %d, body %s", resp.StatusCode, body)
	}
	if r := op.RequestsTo("jwks"); len(r) != 1 || r[0].Query.Get("a") != "b" || len(op.Requests()) != 2 {
		t.Errorf("requests = %v", op.Requests())
	}
	op.ResetScript()
	op.ClearRequests()
	_, body = send(t, http.MethodGet, base+"/.well-known/openid-configuration", nil, nil)
	if !strings.Contains(body, `"issuer":"`+base+`"`) || len(op.Requests()) != 1 {
		t.Errorf("document = %s", body)
	}
}

func ExampleNew() {
	op := fakeop.New(fakeop.Config{})
	server := httptest.NewServer(op)
	defer server.Close()
	op.SetIssuer(server.URL)
	op.Script(func(b *fakeop.Behavior) { b.Token.Status = http.StatusServiceUnavailable })

	resp, err := http.PostForm(server.URL+"/token", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()
	fmt.Println(resp.StatusCode, len(op.RequestsTo("token")))
	// Output: 503 1
}
