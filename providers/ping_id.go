package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// PingID signs in with an account of a PingOne environment of Ping Identity, whose
// issuer is "https://auth.pingone.com/<environment id>/as", with another domain
// outside North America. Create an application of the type OIDC Web App with the
// redirect URI <base>/callback/ping-id, choose Client Secret Basic as its token
// authentication method and give it the scopes email and profile at
// https://console.pingone.com/. An address counts as verified when the environment
// says so. Documentation:
// https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2.html
func PingID(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "ping-id",
		Name:         "Ping Identity",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckPKCE},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      defaultProfile,
	}
}

func pingIDDefinition() Definition {
	return Definition{
		ID:   "ping-id",
		Name: "Ping Identity",
		Kind: KindOIDC,
		Options: issuerOptions("The issuer of the environment, https://auth.pingone.com/<environment id>/as in North America.",
			"Applications, the application, Overview"),
		ConsoleURL:       "https://console.pingone.com/",
		DocumentationURL: "https://developer.pingidentity.com/pingone-api/auth/openid-connect-oauth-2.html",
		Notes: []string{
			"The application's token authentication method has to be Client Secret Basic.",
			"The application needs the scopes email and profile.",
		},
		New: newIssuer(PingID),
	}
}
