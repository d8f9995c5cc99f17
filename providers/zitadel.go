package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Zitadel signs in with an account of a ZITADEL instance, whose address is issuer
// ("https://example.zitadel.cloud"). Create a web application that authenticates
// by Basic, with the redirect URI <base>/callback/zitadel, in a project of the
// instance's console. Addresses with plain http need the application's
// development mode. An address counts as verified when the instance says so. To
// get access tokens for the interfaces of a project, append the scope
// urn:zitadel:iam:org:project:id:<project id>:aud. Documentation:
// https://zitadel.com/docs/apis/openidoauth/endpoints
func Zitadel(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "zitadel",
		Name:         "ZITADEL",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      openIDProfile,
	}
}

func zitadelDefinition() Definition {
	return Definition{
		ID:   "zitadel",
		Name: "ZITADEL",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the instance, for example https://example.zitadel.cloud.",
			"The instance's console, Projects, the project, the application"),
		DocumentationURL: "https://zitadel.com/docs/apis/openidoauth/endpoints",
		Notes: []string{
			"The application authenticates by Basic.",
			"Redirect URIs with plain http need the application's development mode.",
		},
		New: newIssuer(Zitadel),
	}
}
