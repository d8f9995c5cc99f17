package providers_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestDeezerTokens(t *testing.T) {
	tests := []struct {
		name        string
		given, want auth.Tokens
	}{
		{
			"an hour", auth.Tokens{"access_token": "a", "expires": json.Number("3600")},
			auth.Tokens{"access_token": "a", "expires_in": json.Number("3600")},
		},
		{"for good", auth.Tokens{"access_token": "a", "expires": json.Number("0")}, auth.Tokens{"access_token": "a"}},
		{"unknown", auth.Tokens{"access_token": "a"}, auth.Tokens{"access_token": "a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			providers.Deezer("id", "secret").FixTokens(tt.given)
			if diff := cmp.Diff(tt.want, tt.given); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
		})
	}
}
