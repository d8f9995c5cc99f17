package providers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestDingTalkTokens(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   auth.Tokens
	}{
		{
			"tokens", 200, `{"accessToken":"a","refreshToken":"r","expireIn":7200,"corpId":"c"}`,
			auth.Tokens{"access_token": "a", "refresh_token": "r", "expires_in": json.Number("7200"), "corpId": "c"},
		},
		{"nothing known", 200, `{}`, auth.Tokens{}},
		{"no object", 200, `null`, nil},
		{"refused", 400, `{"code":"invalidParameter.authCode.notFound","message":"x"}`, nil},
		{"page", 200, `<html>`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				sent, err := io.ReadAll(r.Body)
				if err != nil {
					return nil, err
				}
				const want = `{"clientId":"id","clientSecret":"secret","code":"code","grantType":"authorization_code"}`
				if r.Method != http.MethodPost || r.URL.String() != "https://api.dingtalk.com/v1.0/oauth2/userAccessToken" ||
					r.Header.Get("Content-Type") != "application/json" || string(sent) != want {
					t.Errorf("the request is %s %s %s", r.Method, r.URL, sent)
				}
				answer := httptest.NewRecorder()
				answer.WriteHeader(tt.status)
				_, _ = answer.WriteString(tt.body)
				return answer.Result(), nil
			})}
			got, err := providers.DingTalk("id", "secret").FetchTokens(t.Context(), &auth.TokenRequest{
				Code: "code", ClientID: "id", ClientSecret: "secret", Client: client,
			})
			if (tt.status != 200 || tt.body == "<html>") != (err != nil) {
				t.Errorf("err = %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
		})
	}
}
