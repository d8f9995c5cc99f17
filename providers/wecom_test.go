package providers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// everywhere returns a client that asks a handler instead of the hosts that it is
// sent to.
func everywhere(handler http.Handler) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Host = r.URL.Host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Result(), nil
	})}
}

// answerQuery answers requests that have exactly the wanted query.
func answerQuery(t *testing.T, want url.Values, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if diff := cmp.Diff(want, r.URL.Query()); diff != "" {
			t.Errorf("%s: query (-want +got):\n%s", r.URL.Path, diff)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(body))
	}
}

func TestWeComFetch(t *testing.T) {
	const token, member = `{"errcode":0,"errmsg":"ok","access_token":"t","expires_in":7200}`, `{"errcode":0,"userid":"ada"}`
	tests := []struct {
		name, token, member, user, wantErr string
	}{
		{"member", token, member, `{"errcode":0,"userid":"ada","name":"Ada"}`, ""},
		{"guest", token, `{"errcode":0,"openid":"o1"}`, "", "no member"},
		{"wrong secret", `{"errcode":40001,"errmsg":"invalid credential"}`, "", "", "gettoken: error 40001"},
		{"used code", token, `{"errcode":40029,"errmsg":"invalid code"}`, "", "auth/getuserinfo: error 40029"},
		{"invisible member", token, member, `{"errcode":60011,"errmsg":"no privilege"}`, "user/get: error 60011"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.Handle("GET qyapi.weixin.qq.com/cgi-bin/gettoken",
				answerQuery(t, url.Values{"corpid": {"corp"}, "corpsecret": {"s3cret"}}, tt.token))
			mux.Handle("GET qyapi.weixin.qq.com/cgi-bin/auth/getuserinfo",
				answerQuery(t, url.Values{"access_token": {"t"}, "code": {"c"}}, tt.member))
			mux.Handle("GET qyapi.weixin.qq.com/cgi-bin/user/get",
				answerQuery(t, url.Values{"access_token": {"t"}, "userid": {"ada"}}, tt.user))
			client := everywhere(mux)

			p := providers.WeCom("1000002", "corp", "s3cret")
			tokens, err := p.FetchTokens(t.Context(), &auth.TokenRequest{
				Code: "c", ClientID: p.ClientID, ClientSecret: p.ClientSecret, Client: client,
			})
			var profile auth.Profile
			if err == nil {
				profile, err = p.FetchProfile(t.Context(), &auth.ProfileRequest{Tokens: tokens, Client: client})
			}
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) || strings.Contains(err.Error(), "s3cret") {
					t.Errorf("err = %v, want %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tokens.Text("access_token") != "t" || tokens.Int("expires_in") != 7200 {
				t.Errorf("tokens = %v", tokens)
			}
			if u, err := p.Profile(profile, tokens); err != nil || u.ID != "ada" {
				t.Errorf("ID = %q, err = %v, want ada", u.ID, err)
			}
		})
	}
}
