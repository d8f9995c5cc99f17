package providers_test

import (
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func ExampleDescribe() {
	p, err := providers.Sample("linkedin", providers.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range providers.Describe(p) {
		if t.Name == "Token" || t.Name == "PKCE" {
			fmt.Println(t.Name+":", t.Value)
		}
	}
	// Output:
	// Token: https://www.linkedin.com/oauth/v2/accessToken
	// PKCE: no, the provider does not take it
}

func TestDescribe(t *testing.T) {
	tests := []struct {
		name     string
		provider auth.OAuthProvider
		want     []providers.Trait
	}{
		{"nothing but the defaults", auth.OAuthProvider{}, []providers.Trait{
			{Name: "Client authentication", Value: "client_secret_basic"}, {Name: "PKCE", Value: "yes"},
			{Name: "Mail address", Value: "never counts as verified"},
		}},
		{"endpoints", auth.OAuthProvider{
			Authorization: auth.Endpoint{URL: "https://a.example/authorize"}, Token: auth.Endpoint{URL: "https://a.example/token"},
			Userinfo: auth.Endpoint{URL: "https://a.example/me"}, Scopes: []string{"read", "write"}, PKCEUnsupported: true,
			ClientAuthentication: auth.ClientSecretPost, EmailTrust: auth.EmailVerifiedByClaim,
		}, []providers.Trait{
			{Name: "Authorization", Value: "https://a.example/authorize"}, {Name: "Token", Value: "https://a.example/token"},
			{Name: "Userinfo", Value: "https://a.example/me"}, {Name: "Scopes", Value: "read write"},
			{Name: "Client authentication", Value: "client_secret_post"}, {Name: "PKCE", Value: "no, the provider does not take it"},
			{Name: "Mail address", Value: "verified when email_verified is true"},
		}},
		{"claim of another name", auth.OAuthProvider{
			EmailTrust: auth.EmailVerifiedByTextClaim, EmailVerifiedPath: []string{"data", "confirmed"}, ClientAuthentication: auth.ClientAuthNone,
		}, []providers.Trait{
			{Name: "Client authentication", Value: "none"}, {Name: "PKCE", Value: "yes"},
			{Name: "Mail address", Value: "verified when data.confirmed is true"},
		}},
		{"discovered", auth.OAuthProvider{
			Issuer: "https://id.example", OpenID: true, ResponseMode: "form_post", EmailTrust: auth.EmailAlwaysVerified,
		}, []providers.Trait{
			{Name: "Issuer", Value: "https://id.example"}, {Name: "Scopes", Value: "openid"}, {Name: "Response mode", Value: "form_post"},
			{Name: "Client authentication", Value: "client_secret_basic, unless a discovery document has client_secret_post alone"},
			{Name: "PKCE", Value: "yes"}, {Name: "Mail address", Value: "always counts as verified"},
		}},
		{"OAuth 1.0a", auth.OAuthProvider{
			Authorization: auth.Endpoint{URL: "https://a.example/authorize"},
			OAuth1:        &auth.OAuth1{RequestTokenURL: "https://a.example/request", AccessTokenURL: "https://a.example/access", ProfileURL: "https://a.example/me"},
		}, []providers.Trait{
			{Name: "Authorization", Value: "https://a.example/authorize"}, {Name: "Request token", Value: "https://a.example/request"},
			{Name: "Access token", Value: "https://a.example/access"}, {Name: "Profile", Value: "https://a.example/me"},
			{Name: "Client authentication", Value: "HMAC-SHA1 signatures"}, {Name: "PKCE", Value: "no, OAuth 1.0a has none"},
			{Name: "Mail address", Value: "never counts as verified"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, providers.Describe(tt.provider)); diff != "" {
				t.Errorf("traits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSample(t *testing.T) {
	for _, d := range providers.All() {
		p, err := providers.Sample(d.ID, providers.Options{})
		if d.Kind == providers.KindEmail || d.Kind == providers.KindCredentials {
			if want := "providers: " + d.ID + " is no OAuth provider"; err == nil || err.Error() != want {
				t.Errorf("%s: err = %v, want %s", d.ID, err, want)
			}
			continue
		}
		if err != nil || p.ID != d.ID || p.ClientID != "your-clientid" {
			t.Errorf("%s: %+v, %v", d.ID, p, err)
		}
	}
	tests := []struct {
		name, id   string
		given      providers.Options
		wantIssuer string
		wantErr    string
	}{
		{"made up", "keycloak", providers.Options{}, "https://your-issuer.example", ""},
		{"given", "keycloak", providers.Options{Issuer: "https://sso.example/realms/main"}, "https://sso.example/realms/main", ""},
		{"optional", "descope", providers.Options{}, "https://api.descope.com/your-clientid", ""},
		{"by the alias", "microsoft-entra-id", providers.Options{}, "", ""},
		{"unknown", "gihub", providers.Options{}, "", `there is no provider "gihub"`},
		{"wrong option", "twitter", providers.Options{Version: "3"}, "", `there is no version "3"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := providers.Sample(tt.id, tt.given)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("err = %v, want %s", err, tt.wantErr)
				}
				return
			}
			if err != nil || p.ID != tt.id || tt.wantIssuer != "" && p.Issuer != tt.wantIssuer {
				t.Errorf("ID %q, issuer %q, %v; want the issuer %q", p.ID, p.Issuer, err, tt.wantIssuer)
			}
		})
	}
}
