package providers

import (
	"encoding/base64"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// AzureDevOps signs in with an account of Azure DevOps Services, for
// applications that were registered with the callback URL
// <base>/callback/azure-devops at
// https://app.vsaex.visualstudio.com/app/register. The client id and secret are
// the App ID and the Client Secret there. Microsoft has accepted no new
// applications since April 2025 and is about to end the service: [AzureAD] is
// what it recommends instead, with other account ids. A picture of more than 16
// KiB is left out. Addresses do not count as verified. Documentation:
// https://learn.microsoft.com/en-us/azure/devops/integrate/get-started/authentication/azure-devops-oauth
func AzureDevOps(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "azure-devops",
		Name:         "Azure DevOps",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// The token endpoint is not the one of Auth.js v5, which sends codes
		// to the authorization endpoint.
		Authorization:         auth.Endpoint{URL: "https://app.vssps.visualstudio.com/oauth2/authorize"},
		ResponseType:          "Assertion",
		Token:                 auth.Endpoint{URL: "https://app.vssps.visualstudio.com/oauth2/token"},
		ClientAuthentication:  auth.ClientSecretPost,
		ClientSecretParameter: "client_assertion",
		TokenForm:             azureDevOpsForm,
		FixTokens:             fixAzureDevOpsTokens,
		Userinfo: auth.Endpoint{
			URL:    "https://app.vssps.visualstudio.com/_apis/profile/profiles/me",
			Params: url.Values{"details": {"true"}, "coreAttributes": {"Avatar"}, "api-version": {"6.0"}},
		},
		Scopes: []string{"vso.profile"},
		Checks: []auth.Check{auth.CheckState},
		// The grant has no place for a code verifier.
		PKCEUnsupported: true,
		Profile:         azureDevOpsProfile,
	}
}

func azureDevOpsDefinition() Definition {
	return Definition{
		ID:               "azure-devops",
		Name:             "Azure DevOps",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application's page in the profile, under Applications and services"),
		ConsoleURL:       "https://app.vsaex.visualstudio.com/app/register",
		DocumentationURL: "https://learn.microsoft.com/en-us/azure/devops/integrate/get-started/authentication/azure-devops-oauth",
		Notes:            []string{"Microsoft has accepted no new applications since April 2025 and is about to end the service."},
		New:              newClient(AzureDevOps),
	}
}

// azureDevOpsForm redeems the code by the grant for assertions (RFC 7523), in
// which the code and the client secret take the place of the assertions.
func azureDevOpsForm(form url.Values) {
	form.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
	form.Set("assertion", form.Get("code"))
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Del("code")
	form.Del("client_id")
}

// fixAzureDevOpsTokens mends the type of what is an ordinary bearer token.
func fixAzureDevOpsTokens(t auth.Tokens) {
	if t.Text("token_type") == "jwt-bearer" {
		t["token_type"] = "Bearer"
	}
}

func azureDevOpsProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	image := fill("data:image/jpeg;base64,{}", textAt(p, "coreAttributes", "Avatar", "value", "value"))
	if len(image.text) > base64.StdEncoding.EncodedLen(maxPhoto) {
		image = null()
	}
	return newUser(idAt(p, "id"), textAt(p, "displayName"), textAt(p, "emailAddress"), image), nil
}
