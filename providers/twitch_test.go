package providers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestTwitchTokens(t *testing.T) {
	tests := []struct {
		name         string
		answer, want auth.Tokens
	}{
		{"tokens", auth.Tokens{"access_token": "t"}, auth.Tokens{"access_token": "t"}},
		{"refusal", auth.Tokens{"message": "Invalid code"},
			auth.Tokens{"message": "Invalid code", "error": "invalid_request", "error_description": "Invalid code"}},
		{"refusal with a code", auth.Tokens{"message": "no", "error": "Forbidden"}, auth.Tokens{"message": "no", "error": "Forbidden"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			providers.Twitch("id", "secret").FixTokens(tt.answer)
			if diff := cmp.Diff(tt.want, tt.answer); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
		})
	}
}
