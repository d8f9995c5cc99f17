package providers_test

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestShopifyFetchProfile(t *testing.T) {
	p := providers.Shopify("example.myshopify.com", "id", "secret")
	profile, err := p.FetchProfile(t.Context(), &auth.ProfileRequest{
		Tokens: auth.Tokens{"associated_user": map[string]any{"id": float64(7)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if u, err := p.Profile(profile, nil); err != nil || u.ID != "7" {
		t.Errorf("ID = %q, err = %v, want 7", u.ID, err)
	}
	// The token of the shop, which everybody there shares, signs nobody in.
	if _, err := p.FetchProfile(t.Context(), &auth.ProfileRequest{Tokens: auth.Tokens{"access_token": "t"}}); err == nil {
		t.Error("the token of a shop was accepted")
	}
}
