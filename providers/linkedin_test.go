package providers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// An ID token that nobody verified must not be stored, and StrictV4 refuses one.
func TestLinkedInDropsTheIDToken(t *testing.T) {
	tokens := auth.Tokens{"access_token": "a", "id_token": "x.y.z"}
	providers.LinkedIn("id", "secret").FixTokens(tokens)
	if diff := cmp.Diff(auth.Tokens{"access_token": "a"}, tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}
