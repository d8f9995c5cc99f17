package providers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestInstagramTokens(t *testing.T) {
	tests := []struct {
		name      string
		got, want auth.Tokens
	}{
		{"as answered", auth.Tokens{"access_token": "a", "user_id": "1"}, auth.Tokens{"access_token": "a", "user_id": "1"}},
		{"as documented", auth.Tokens{"data": []any{map[string]any{"access_token": "a"}}}, auth.Tokens{"access_token": "a"}},
		{"empty list", auth.Tokens{"data": []any{}}, auth.Tokens{"data": []any{}}},
		{"two tokens", auth.Tokens{"data": []any{map[string]any{}, map[string]any{}}}, auth.Tokens{"data": []any{map[string]any{}, map[string]any{}}}},
		{"no object", auth.Tokens{"data": []any{"a"}}, auth.Tokens{"data": []any{"a"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			providers.Instagram("id", "secret").FixTokens(tt.got)
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
		})
	}
}
