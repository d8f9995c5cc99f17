package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/oauth"
	"github.com/google/go-cmp/cmp"
)

func TestAuthorizationURL(t *testing.T) {
	base := func(change func(*oauth.Config)) oauth.Config {
		cfg := oauth.Config{ClientID: "id", Authorization: oauth.Endpoint{URL: "https://op.example/authorize"}}
		change(&cfg)
		return cfg
	}
	request := oauth.AuthorizationRequest{RedirectURI: "https://app.example/cb"}
	with := func(extra url.Values) url.Values {
		want := url.Values{"client_id": {"id"}, "response_type": {"code"}, "redirect_uri": {"https://app.example/cb"}}
		for name, values := range extra {
			want[name] = values
		}
		return want
	}
	tests := []struct {
		name    string
		cfg     oauth.Config
		request oauth.AuthorizationRequest
		want    url.Values
	}{
		{"plain", base(func(*oauth.Config) {}), request, with(nil)},
		{"default scope in strict mode", base(func(c *oauth.Config) { c.StrictV4 = true }), request, with(url.Values{"scope": {"openid"}})},
		{"scopes", base(func(c *oauth.Config) { c.Scopes = []string{"a", "b+c"}; c.ScopeSeparator = "," }), request, with(url.Values{"scope": {"a,b+c"}})},
		{"scope of the endpoint", base(func(c *oauth.Config) {
			c.StrictV4 = true
			c.Authorization.URL += "?scope=profile&audience=api"
		}), request, with(url.Values{"scope": {"profile"}, "audience": {"api"}})},
		{"empty scope", base(func(c *oauth.Config) {
			c.StrictV4 = true
			c.Authorization.Params = url.Values{"scope": {""}}
		}), request, with(url.Values{"scope": {""}})},
		{"checks", base(func(c *oauth.Config) { c.ResponseMode = "form_post" }), oauth.AuthorizationRequest{
			RedirectURI: "https://app.example/cb", State: "s", Nonce: "n",
			CodeVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", // RFC 7636, appendix B
		}, with(url.Values{
			"state": {"s"}, "nonce": {"n"}, "code_challenge_method": {"S256"},
			"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "response_mode": {"form_post"},
		})},
		{"claims", base(func(c *oauth.Config) {
			c.Authorization.Params = url.Values{"claims": {`{"id_token":{"email":null}}`}}
		}), request, with(url.Values{"claims": {`{"id_token":{"email":null}}`}})},
		{"response type of its own", base(func(c *oauth.Config) { c.ResponseType = "Assertion" }),
			request, with(url.Values{"response_type": {"Assertion"}})},
		{"other name for the client id", base(func(c *oauth.Config) { c.ClientIDParameter = "appid" }),
			oauth.AuthorizationRequest{RedirectURI: request.RedirectURI, Params: url.Values{"appid": {"evil"}, "client_id": {"evil"}}},
			url.Values{"appid": {"id"}, "response_type": {"code"}, "redirect_uri": {"https://app.example/cb"}}},
		{"other response type", base(func(c *oauth.Config) {
			c.Authorization.Params = url.Values{"response_type": {"code id_token"}}
		}), request, with(url.Values{"response_type": {"code id_token"}})},
		// FLOW-12
		{"reserved", base(func(*oauth.Config) {}), oauth.AuthorizationRequest{
			RedirectURI: "https://app.example/cb", State: "s", Params: url.Values{
				"redirect_uri": {"https://evil.example"}, "client_id": {"evil"}, "response_type": {"token"},
				"state": {"evil"}, "nonce": {"evil"}, "code_challenge": {"evil"}, "code_challenge_method": {"plain"},
				"request": {"evil"}, "request_uri": {"evil"}, "prompt": {"login"}, "scope": {"wider scope"},
			},
		}, with(url.Values{"state": {"s"}, "prompt": {"login"}, "scope": {"wider scope"}})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := oauth.New(tt.cfg).AuthorizationURL(t.Context(), tt.request)
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(got)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, u.Query()); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "+") {
				t.Errorf("%s has a plus sign", got)
			}
		})
	}
}

func TestAuthorizationFragment(t *testing.T) {
	client := oauth.New(oauth.Config{
		ClientID: "id", Authorization: oauth.Endpoint{URL: "https://op.example/authorize"}, AuthorizationFragment: "redirect_here",
	})
	target, err := client.AuthorizationURL(t.Context(), oauth.AuthorizationRequest{RedirectURI: "https://app.example/cb"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(target, "&response_type=code#redirect_here") {
		t.Errorf("URL = %s", target)
	}
}

func TestAuthorizationURLRefused(t *testing.T) {
	for _, endpoint := range []string{"", "http://op.example/a", "javascript:alert(1)", "/a", "https://u:p@op.example/", "https://op.example/#f"} {
		t.Run(endpoint, func(t *testing.T) {
			client := oauth.New(oauth.Config{ClientID: "id", Authorization: oauth.Endpoint{URL: endpoint}})
			_, err := client.AuthorizationURL(t.Context(), oauth.AuthorizationRequest{})
			checkError(t, err, "oauth: authorization URL: the authorization endpoint")
		})
	}
}
