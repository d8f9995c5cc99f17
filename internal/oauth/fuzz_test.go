package oauth_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

func FuzzTokenResponse(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	for _, body := range []string{
		`{"access_token":"x","token_type":"Bearer","expires_in":3600,"scope":["a",1]}`,
		`{"error":"invalid_grant"}`, `{"access_token":"x","expires_in":1e400}`, `[]`, `null`, ``, `{"a":`,
		"access_token=abc&token_type=bearer&expires_in=5", "a=%zz", "a=1&a=2", "error=x",
	} {
		f.Add("application/json", []byte(body), false)
		f.Add(form, []byte(body), false)
		f.Add(form, []byte(body), true)
	}
	f.Fuzz(func(t *testing.T, mediaType string, body []byte, strict bool) {
		tokens, err := oauth.ParseTokenResponse(mediaType, http.StatusOK, body, strict)
		if err != nil || tokens == nil {
			return
		}
		if accessToken, _ := tokens["access_token"].(string); accessToken == "" && !strict {
			t.Errorf("accepted without an access token: %q", body)
		}
		if code, _ := tokens["error"].(string); code != "" {
			t.Errorf("accepted with an error: %q", body)
		}
		if _, ok := tokens["expires_in"]; ok {
			t.Errorf("expires_in was kept: %q", body)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	for _, query := range []string{
		"code=c&state=s", "code=c&state=s&iss=https://op.example", "error=access_denied&state=s",
		"code=c&code=d&state=s", "state=s", "code=c&state=", "code=c&state=s&iss=", "%zz", "code=c&state=s&response=x",
	} {
		f.Add(query, "s")
		f.Add(query, "")
	}
	f.Fuzz(func(t *testing.T, query, state string) {
		params, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		code, err := oauth.CheckAnswer("https://op.example", oauth.Answer{Params: params, State: state})
		if err != nil {
			return
		}
		if code == "" || len(params["code"]) != 1 || params.Get("error") != "" {
			t.Errorf("accepted %q", query)
		}
		if state != "" && params.Get("state") != state || state == "" && params.Has("state") {
			t.Errorf("accepted %q with state %q", query, state)
		}
		if params.Has("iss") && params.Get("iss") != "https://op.example" {
			t.Errorf("accepted %q", query)
		}
	})
}
