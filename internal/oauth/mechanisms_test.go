package oauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// received is a request that a peculiar provider got.
type received struct {
	method, target, authorization, contentType, body string
	header                                           http.Header
}

// peculiar is a provider whose endpoints answer what they are told to.
type peculiar struct {
	url               string
	tokens, profile   string
	token, userinfo   *received
	status            int
	profileStatusCode int
}

// newPeculiar starts a provider: /token is its token endpoint, and everything
// else its userinfo endpoint.
func newPeculiar(t *testing.T) *peculiar {
	p := &peculiar{
		tokens:  `{"access_token":"at-1","token_type":"Bearer","user_id":91,"openid":"o&1/2","dots":".."}`,
		profile: `{"id":"7"}`, status: http.StatusOK, profileStatusCode: http.StatusOK,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got := &received{
			r.Method, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), string(body), r.Header,
		}
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(r.URL.Path, "/token") {
			p.token = got
			w.WriteHeader(p.status)
			io.WriteString(w, p.tokens)
			return
		}
		p.userinfo = got
		w.WriteHeader(p.profileStatusCode)
		io.WriteString(w, p.profile)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *peculiar) exchange(t *testing.T, change func(*oauth.Config)) (*oauth.Result, error) {
	cfg := oauth.Config{
		ClientID: "id", ClientSecret: "s&cret", ClientAuthentication: oauth.ClientSecretPost,
		Authorization: oauth.Endpoint{URL: p.url + "/authorize"},
		Token:         oauth.Endpoint{URL: p.url + "/token"},
		Userinfo:      oauth.Endpoint{URL: p.url + "/me"},
	}
	change(&cfg)
	return oauth.New(cfg).Exchange(t.Context(), oauth.Answer{
		Params: url.Values{"code": {"code-1"}, "state": {"s"}}, State: "s", RedirectURI: redirectURI,
	})
}

func TestUserinfoRequest(t *testing.T) {
	const bearer = "Bearer at-1"
	tests := []struct {
		name   string
		change func(*oauth.Config)
		want   received
	}{
		{"usual", func(*oauth.Config) {}, received{method: "GET", target: "/me", authorization: bearer}},
		{"header", func(c *oauth.Config) {
			c.Userinfo.Header = http.Header{"x-api-key": {"k"}, "Accept": {"text/x"}, "User-Agent": {"ours"}, "authorization": {"evil"}}
		}, received{method: "GET", target: "/me", authorization: bearer, header: http.Header{"X-Api-Key": {"k"}, "Accept": {"text/x"}, "User-Agent": {"ours"}}}},
		{"POST", func(c *oauth.Config) { c.Userinfo.Method = "POST" }, received{method: "POST", target: "/me", authorization: bearer}},
		{"POST of JSON", func(c *oauth.Config) {
			c.Userinfo.Method, c.Userinfo.Body = "POST", []byte(`{"a":"{user_id}"}`)
			c.Userinfo.Params = url.Values{"v": {"1"}}
		}, received{method: "POST", target: "/me?v=1", authorization: bearer, contentType: "application/json", body: `{"a":"{user_id}"}`}},
		{"member in the path", func(c *oauth.Config) { c.Userinfo.URL += "/{openid}/x?y={user_id}" },
			received{method: "GET", target: "/me/o%261%2F2/x?y=91", authorization: bearer}},
		{"access token in the path", func(c *oauth.Config) { c.Userinfo.URL += "/{access_token}" },
			received{method: "GET", target: "/me/at-1"}},
		{"access token in a header", func(c *oauth.Config) {
			c.Userinfo.Header = http.Header{"X-Access-Token": {"{access_token}"}}
		}, received{method: "GET", target: "/me", header: http.Header{"X-Access-Token": {"at-1"}}}},
		{"access token in the query", func(c *oauth.Config) {
			c.Userinfo.URL += "?openid={openid}"
			c.Userinfo.Params = url.Values{"lang": {"en"}}
			c.UserinfoTokenParameter = "oauth_token"
		}, received{method: "GET", target: "/me?lang=en&oauth_token=at-1&openid=o%261%2F2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeculiar(t)
			if _, err := p.exchange(t, tt.change); err != nil {
				t.Fatal(err)
			}
			compare(t, tt.want, p.userinfo)
		})
	}
}

// compare compares a request, and of its header what is wanted.
func compare(t *testing.T, want received, got *received) {
	t.Helper()
	for name, values := range want.header {
		if diff := cmp.Diff(values, got.header[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	want.header, got.header = nil, nil
	if diff := cmp.Diff(want, *got, cmp.AllowUnexported(received{})); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestUserinfoPlaceholdersRefused(t *testing.T) {
	tests := []struct {
		name, path string
		status     int
		want       string
	}{
		{"missing member", "/{membership_id}", 200, "oauth: userinfo request: the token response has no membership_id"},
		{"path of its own", "/{dots}/me", 200, "dots of the token response would change the path"},
		{"refused, with the token in the path", "/{access_token}", 403, "/me/{access_token}: status 403"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeculiar(t)
			p.profileStatusCode = tt.status
			_, err := p.exchange(t, func(c *oauth.Config) { c.Userinfo.URL += tt.path })
			checkError(t, err, tt.want)
		})
	}
	t.Run("placeholder in a discovery document", func(t *testing.T) {
		op := newOP(t, fakeop.Config{})
		op.Script(func(b *fakeop.Behavior) {
			b.Discovery.Extra = map[string]any{"userinfo_endpoint": op.url + "/userinfo?t={refresh_token}"}
			b.IDToken.Omit = []string{"name"}
		})
		if _, err := exchange(t, op.openID()); err != nil {
			t.Fatal(err)
		}
		if got := op.RequestsTo("userinfo")[0].Query.Get("t"); got != "{refresh_token}" {
			t.Errorf("the document made the client send %q", got)
		}
	})
}

func TestProfilePath(t *testing.T) {
	tests := []struct {
		name, profile string
		path          []string
		want          string
	}{
		{"member", `{"data":{"user":{"id":"7"}}}`, []string{"data", "user"}, ""},
		{"first of a list", `{"response":[{"id":"7"},{"id":"8"}]}`, []string{"response", "0"}, ""},
		{"list", `[{"id":"7"}]`, []string{"0"}, ""},
		{"empty list", `{"response":[]}`, []string{"response", "0"}, "want 200 and a JSON object at response.0"},
		{"no position", `{"response":[{"id":"7"}]}`, []string{"response", "x"}, "response.x"},
		{"missing", `{"id":"7"}`, []string{"data"}, "at data"},
		{"through text", `{"data":"x"}`, []string{"data", "user"}, "at data.user"},
		{"no object", `{"data":"x"}`, []string{"data"}, "at data"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeculiar(t)
			p.profile = tt.profile
			result, err := p.exchange(t, func(c *oauth.Config) { c.ProfilePath = tt.path })
			checkError(t, err, tt.want)
			if err == nil && result.Profile["id"] != "7" {
				t.Errorf("profile = %v", result.Profile)
			}
		})
	}
}

func TestTokenRequest(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	const callback = "redirect_uri=https%3A%2F%2Fapp.example%2Fapi%2Fauth%2Fcallback%2Fop"
	tests := []struct {
		name   string
		change func(*oauth.Config)
		want   received
	}{
		{"usual", func(*oauth.Config) {}, received{method: "POST", target: "/token", contentType: form,
			body: "client_id=id&client_secret=s%26cret&code=code-1&grant_type=authorization_code&" + callback}},
		{"header", func(c *oauth.Config) {
			c.ClientAuthentication = oauth.ClientSecretBasic
			c.Token.Header = http.Header{"Authorization": {"evil"}, "content-type": {"evil"}, "x-a": {"b"}}
		}, received{method: "POST", target: "/token", authorization: "Basic aWQ6cyUyNmNyZXQ=", contentType: form,
			body: "code=code-1&grant_type=authorization_code&" + callback, header: http.Header{"X-A": {"b"}}}},
		{"other names", func(c *oauth.Config) { c.ClientIDParameter, c.ClientSecretParameter = "appid", "secret" },
			received{method: "POST", target: "/token", contentType: form,
				body: "appid=id&code=code-1&grant_type=authorization_code&" + callback + "&secret=s%26cret"}},
		{"query", func(c *oauth.Config) { c.TokenInQuery, c.Token.URL = true, c.Token.URL+"?output=json" },
			received{method: "POST", target: "/token?client_id=id&client_secret=s%26cret&code=code-1&grant_type=authorization_code&output=json&" + callback}},
		{"GET", func(c *oauth.Config) { c.TokenInQuery, c.Token.Method = true, "GET" },
			received{method: "GET", target: "/token?client_id=id&client_secret=s%26cret&code=code-1&grant_type=authorization_code&" + callback}},
		{"grant of its own", func(c *oauth.Config) {
			c.TokenForm = func(form url.Values) {
				form.Set("assertion", form.Get("code"))
				form.Set("client_assertion", form.Get("client_secret"))
				form.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
				for _, name := range []string{"code", "client_id", "client_secret"} {
					form.Del(name)
				}
			}
		}, received{method: "POST", target: "/token", contentType: form,
			body: "assertion=code-1&client_assertion=s%26cret&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&" + callback}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeculiar(t)
			if _, err := p.exchange(t, tt.change); err != nil {
				t.Fatal(err)
			}
			compare(t, tt.want, p.token)
		})
	}
}

// A refused token request tells neither the code nor the secret.
func TestTokenInQueryRefused(t *testing.T) {
	p := newPeculiar(t)
	p.status = http.StatusForbidden
	_, err := p.exchange(t, func(c *oauth.Config) {
		c.TokenInQuery, c.Token.Method, c.ClientSecret = true, "GET", "SECRET"
	})
	checkError(t, err, "/token: status 403")
}

func TestFixTokens(t *testing.T) {
	tests := []struct {
		name, tokens string
		status       int
		fix          func(tokens map[string]any)
		want         string
	}{
		{"token type", `{"access_token":"at-1","token_type":"user"}`, 200, func(tokens map[string]any) { tokens["token_type"] = "Bearer" }, ""},
		{"nested", `{"data":{"access_token":"at-1"}}`, 200, func(tokens map[string]any) {
			tokens["access_token"] = tokens["data"].(map[string]any)["access_token"]
		}, ""},
		{"error of its own", `{"errcode":40029,"errmsg":"bad code"}`, 200, func(tokens map[string]any) {
			tokens["error"] = "invalid_grant"
		}, `error "invalid_grant"`},
		{"error of its own with a status", `{"message":"bad code"}`, 400, func(tokens map[string]any) {
			tokens["error"] = "invalid_grant"
		}, `error "invalid_grant"`},
		{"no JSON", `<html>`, 200, func(map[string]any) { panic("called") }, "want 200 and a JSON object"},
		{"nothing to fix", `{}`, 200, func(map[string]any) {}, "access_token is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeculiar(t)
			p.tokens, p.status = tt.tokens, tt.status
			result, err := p.exchange(t, func(c *oauth.Config) { c.FixTokens = tt.fix })
			checkError(t, err, tt.want)
			if err == nil && result.Tokens["access_token"] != "at-1" {
				t.Errorf("tokens = %v", result.Tokens)
			}
		})
	}
}

func TestFetchTokens(t *testing.T) {
	tests := []struct {
		name   string
		tokens map[string]any
		err    error
		want   string
	}{
		{"tokens", map[string]any{"access_token": "at-1", "expires_in": json.Number("60")}, nil, ""},
		{"fixed", map[string]any{"accessToken": "at-1"}, nil, ""},
		{"none", nil, nil, "oauth: token request: there are no tokens"},
		{"without an access token", map[string]any{"a": "b"}, nil, "access_token is missing"},
		{"error", nil, errors.New("no ticket"), "oauth: token request: no ticket"},
		{"refused", map[string]any{"error": "invalid_grant"}, nil, `error "invalid_grant"`},
		{"URL with a secret", nil, &url.Error{Op: "Get", URL: "https://op.example/t?s=SECRET", Err: io.EOF}, "op.example/t: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeculiar(t)
			result, err := p.exchange(t, func(c *oauth.Config) {
				c.FixTokens = func(tokens map[string]any) {
					if tokens["accessToken"] != nil {
						tokens["access_token"] = tokens["accessToken"]
					}
				}
				c.FetchTokens = func(_ context.Context, r *oauth.TokenRequest) (map[string]any, error) {
					if r.Code != "code-1" || r.RedirectURI != redirectURI || r.ClientID != "id" || r.ClientSecret != "s&cret" || r.Client == nil {
						t.Errorf("request = %+v", r)
					}
					return tt.tokens, tt.err
				}
			})
			checkError(t, err, tt.want)
			if p.token != nil {
				t.Error("the token endpoint was asked too")
			}
			if err == nil && (result.Tokens["access_token"] != "at-1" || result.Tokens["expires_in"] != nil) {
				t.Errorf("tokens = %v", result.Tokens)
			}
		})
	}
}

// A code may come under another name. One parameter of each name is enough.
func TestCodeParameter(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer url.Values
		want   string // the code that is redeemed
	}{
		{"own name", url.Values{"authCode": {"c-1"}}, "c-1"},
		{"usual name", url.Values{"code": {"c-2"}}, "c-2"},
		{"both", url.Values{"code": {"c-2"}, "authCode": {"c-1"}}, "c-1"},
		{"own name twice", url.Values{"authCode": {"c-1", "c-2"}}, ""},
		{"neither", url.Values{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPeculiar(t)
			client := oauth.New(oauth.Config{
				ClientID: "id", ClientSecret: "secret", CodeParameter: "authCode",
				Authorization: oauth.Endpoint{URL: p.url + "/authorize"}, Token: oauth.Endpoint{URL: p.url + "/token"}, Userinfo: oauth.Endpoint{URL: p.url + "/me"},
			})
			_, err := client.Exchange(t.Context(), oauth.Answer{Params: test.answer, RedirectURI: "https://app.test/callback"})
			if (err == nil) != (test.want != "") {
				t.Fatalf("Exchange: %v", err)
			}
			if err == nil && !strings.Contains(p.token.body, "code="+test.want+"&") {
				t.Errorf("the token request is %s", p.token.body)
			}
		})
	}
}
