package providers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestWeChatTokens(t *testing.T) {
	tests := []struct {
		name         string
		answer, want auth.Tokens
	}{
		{"no type", auth.Tokens{"access_token": "t"}, auth.Tokens{"access_token": "t", "token_type": "bearer"}},
		{"a type", auth.Tokens{"access_token": "t", "token_type": "mac"}, auth.Tokens{"access_token": "t", "token_type": "mac"}},
		{"success with a message", auth.Tokens{"access_token": "t", "errmsg": "ok"},
			auth.Tokens{"access_token": "t", "errmsg": "ok", "token_type": "bearer"}},
		{"refusal", auth.Tokens{"errmsg": "invalid code"},
			auth.Tokens{"errmsg": "invalid code", "error": "invalid_request", "error_description": "invalid code"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			providers.WeChat("id", "secret").FixTokens(tt.answer)
			if diff := cmp.Diff(tt.want, tt.answer); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWeChatPlatforms(t *testing.T) {
	o := providers.Options{ClientID: "id", ClientSecret: "secret", Platform: "Watch"}
	_, err := providers.ByID("wechat", o)
	if want := `providers: wechat: there is no platform "Watch"`; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
}
