package providers_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestByID(t *testing.T) {
	authorize := func(context.Context, auth.Credentials, *http.Request) (*auth.User, error) { return nil, nil }
	client := providers.Options{ClientID: "id", ClientSecret: "secret"}
	tests := []struct {
		name, id string
		options  providers.Options
		wantID   string
		wantErr  string
	}{
		{"all there", "github", client, "github", ""},
		{"alias", "microsoft-entra-id", client, "microsoft-entra-id", ""},
		{"mail", "email", providers.Options{Sender: consoleSender{}}, "email", ""},
		{"mail by its alias", "nodemailer", providers.Options{Sender: consoleSender{}}, "nodemailer", ""},
		{"mail by an API", "resend", providers.Options{Sender: consoleSender{}}, "resend", ""},
		{"mail without a sender", "loops", providers.Options{From: "a@example.com"}, "", "providers: loops lacks sender"},
		{"credentials", "credentials", providers.Options{Authorize: authorize}, "credentials", ""},
		{"GitHub with a server", "github", providers.Options{ClientID: "id", ClientSecret: "s", BaseURL: "https://ghe.example"}, "github", ""},
		{"issuer for a tenant", "azure-ad", providers.Options{ClientID: "id", ClientSecret: "s", Issuer: "https://login.microsoftonline.com/t-1/v2.0"}, "azure-ad", ""},
		{"secret instead of a key", "apple", client, "apple", ""},
		{"unknown", "gihub", client, "", `providers: there is no provider "gihub"`},
		{"nothing", "", client, "", `providers: there is no provider ""`},
		{"all missing", "keycloak", providers.Options{}, "",
			"providers: keycloak lacks issuer (AUTH_KEYCLOAK_ISSUER); clientId (AUTH_KEYCLOAK_ID); clientSecret (AUTH_KEYCLOAK_SECRET)"},
		{"one missing", "github", providers.Options{ClientID: "id"}, "", "providers: github lacks clientSecret (AUTH_GITHUB_SECRET)"},
		{"one missing, by the alias", "microsoft-entra-id", providers.Options{ClientID: "id"}, "",
			"providers: microsoft-entra-id lacks clientSecret (AUTH_MICROSOFT_ENTRA_ID_SECRET)"},
		{"something instead", "apple", providers.Options{ClientID: "id", TeamID: "t"}, "",
			"providers: apple lacks clientSecret (AUTH_APPLE_SECRET), or instead teamId (AUTH_APPLE_TEAM_ID) and keyId (AUTH_APPLE_KEY_ID) and privateKey (AUTH_APPLE_PRIVATE_KEY)"},
		{"no function", "credentials", providers.Options{}, "", "providers: credentials lacks authorize"},
		{"wrong issuer", "azure-ad", providers.Options{ClientID: "id", ClientSecret: "s", Issuer: "https://evil.example/t/v2.0"}, "",
			"providers: azure-ad: the issuer does not begin with https://login.microsoftonline.com/<directory id>"},
		{"wrong version", "twitter", providers.Options{ClientID: "id", ClientSecret: "s", Version: "3"}, "", `providers: twitter: there is no version "3"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := providers.ByID(tt.id, tt.options)
			if tt.wantErr != "" {
				if err == nil || err.Error() != tt.wantErr {
					t.Errorf("err = %v\nwant  %s", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := idOf(p); got != tt.wantID {
				t.Errorf("ID = %q, want %q", got, tt.wantID)
			}
		})
	}
}

func idOf(p auth.Provider) string {
	switch p := p.(type) {
	case auth.OAuthProvider:
		return p.ID
	case auth.EmailProvider:
		return p.ID
	case auth.CredentialsProvider:
		return p.ID
	}
	return ""
}

func TestMissingOptionsError(t *testing.T) {
	_, err := providers.ByID("github", providers.Options{})
	var missing *providers.MissingOptionsError
	if !errors.As(err, &missing) || missing.ID != "github" || len(missing.Options) != 2 {
		t.Errorf("err = %#v, want a MissingOptionsError with two options", err)
	}
}

func TestFromLookup(t *testing.T) {
	tests := []struct {
		name      string
		variables map[string]string
		want      []string
		wantErr   string
	}{
		{"nothing", map[string]string{"AUTH_SECRET": "x", "PATH": "/"}, nil, ""},
		{"sorted", map[string]string{
			"AUTH_KEYCLOAK_ID": "id", "AUTH_KEYCLOAK_SECRET": "s", "AUTH_KEYCLOAK_ISSUER": "https://sso.example",
			"AUTH_GITHUB_ID": "id", "AUTH_GITHUB_SECRET": "s",
			"AUTH_GITHUB_ENTERPRISE_ID": "id", "AUTH_GITHUB_ENTERPRISE_SECRET": "s", "AUTH_GITHUB_ENTERPRISE_BASE_URL": "https://ghe.example",
		}, []string{"github", "github-enterprise", "keycloak"}, ""},
		{"alias", map[string]string{"AUTH_MICROSOFT_ENTRA_ID_ID": "id", "AUTH_MICROSOFT_ENTRA_ID_SECRET": "s"}, []string{"microsoft-entra-id"}, ""},
		{"empty is not set", map[string]string{"AUTH_GITHUB_ID": "", "AUTH_GITHUB_SECRET": ""}, nil, ""},
		{"half set", map[string]string{"AUTH_GITHUB_ID": "id"}, nil, "providers: github lacks clientSecret (AUTH_GITHUB_SECRET)"},
		{"other half", map[string]string{"AUTH_GITHUB_SECRET": "s"}, nil, "providers: github lacks clientId (AUTH_GITHUB_ID)"},
		{"two half set", map[string]string{"AUTH_GOOGLE_ID": "id", "AUTH_GITHUB_ID": "id"}, nil,
			"providers: github lacks clientSecret (AUTH_GITHUB_SECRET)\nproviders: google lacks clientSecret (AUTH_GOOGLE_SECRET)"},
		{"two names, one client", map[string]string{
			"AUTH_AZURE_AD_ID": "id", "AUTH_AZURE_AD_SECRET": "s", "AUTH_MICROSOFT_ENTRA_ID_ID": " id\n", "AUTH_MICROSOFT_ENTRA_ID_SECRET": "s",
		}, nil, "providers: AUTH_AZURE_AD_ID and AUTH_MICROSOFT_ENTRA_ID_ID are the same client of Azure Active Directory under two names; " +
			"keep the variables of the name that accounts are stored under"},
		{"two names, two clients", map[string]string{
			"AUTH_AZURE_AD_ID": "staff", "AUTH_AZURE_AD_SECRET": "s", "AUTH_MICROSOFT_ENTRA_ID_ID": "guests", "AUTH_MICROSOFT_ENTRA_ID_SECRET": "s",
		}, []string{"azure-ad", "microsoft-entra-id"}, ""},
		{"two names, two issuers", map[string]string{
			"AUTH_DUENDE_IDENTITYSERVER6_ID": "id", "AUTH_DUENDE_IDENTITYSERVER6_SECRET": "s", "AUTH_DUENDE_IDENTITYSERVER6_ISSUER": "https://one.example",
			"AUTH_DUENDE_IDENTITY_SERVER6_ID": "id", "AUTH_DUENDE_IDENTITY_SERVER6_SECRET": "s", "AUTH_DUENDE_IDENTITY_SERVER6_ISSUER": "https://two.example",
		}, []string{"duende-identity-server6", "duende-identityserver6"}, ""},
		{"two names, one half set", map[string]string{
			"AUTH_DUENDE_IDENTITYSERVER6_ISSUER": "https://sso.example", "AUTH_DUENDE_IDENTITY_SERVER6_ISSUER": "https://sso.example",
			"AUTH_DUENDE_IDENTITYSERVER6_ID": "id", "AUTH_DUENDE_IDENTITYSERVER6_SECRET": "s",
		}, nil, "providers: duende-identity-server6 lacks clientId (AUTH_DUENDE_IDENTITY_SERVER6_ID); clientSecret (AUTH_DUENDE_IDENTITY_SERVER6_SECRET)"},
		{"one client id at two services", map[string]string{
			"AUTH_GITHUB_ID": "id", "AUTH_GITHUB_SECRET": "s", "AUTH_GITLAB_ID": "id", "AUTH_GITLAB_SECRET": "s",
		}, []string{"github", "gitlab"}, ""},
		{"only Go can build it", map[string]string{"AUTH_EMAIL_FROM": "a@example.com"}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := providers.FromLookup(func(name string) (string, bool) {
				value, ok := tt.variables[name]
				return value, ok
			})
			if tt.wantErr != "" {
				if err == nil || err.Error() != tt.wantErr || found != nil {
					t.Errorf("err = %v\nwant  %s", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range found {
				got = append(got, idOf(p))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("providers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFromEnv(t *testing.T) {
	t.Setenv("AUTH_NAVER_ID", "id")
	t.Setenv("AUTH_NAVER_SECRET", "secret")
	found, err := providers.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].(auth.OAuthProvider).ClientSecret != "secret" {
		t.Errorf("found %v", found)
	}
}

func TestMapProfile(t *testing.T) {
	profile := func(p auth.Profile, tokens auth.Tokens) (auth.User, error) {
		id, _ := p["id"].(string)
		return auth.User{ID: id, Email: tokens.Text("email")}, nil
	}
	person := map[string]any{"id": "7"}
	tests := []struct {
		name     string
		provider auth.OAuthProvider
		document auth.Profile
		want     auth.User
	}{
		{"nothing to unwrap", auth.OAuthProvider{Profile: profile}, person, auth.User{ID: "7", Email: "a@example.com"}},
		{"whole answer", auth.OAuthProvider{Profile: profile, ProfilePath: []string{"data", "0"}},
			auth.Profile{"data": []any{person}}, auth.User{ID: "7", Email: "a@example.com"}},
		{"profile inside", auth.OAuthProvider{Profile: profile, ProfilePath: []string{"data", "0"}}, person, auth.User{ID: "7", Email: "a@example.com"}},
		{"no mapping", auth.OAuthProvider{}, auth.Profile{"sub": "8", "id": "7", "name": "Ada", "nickname": "ada"}, auth.User{ID: "8", Name: "Ada"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := providers.MapProfile(tt.provider, tt.document, auth.Tokens{"email": "a@example.com"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSetUnknownOption(t *testing.T) {
	var o providers.Options
	if err := o.Set("sender", "x"); err == nil {
		t.Error("a sender was set by text")
	}
}
