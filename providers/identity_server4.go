package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// IdentityServer4 signs in with an account of a server that is built with
// IdentityServer4, whose address is issuer ("https://id.example.com"). Add a
// client with the grant type authorization code, a secret, the redirect URI
// <base>/callback/identity-server4 and the scopes openid, profile and email to
// the server's configuration. An address counts as verified when the server says
// so. IdentityServer4 is not maintained any more; Duende IdentityServer follows
// it. Documentation: https://identityserver4.readthedocs.io/en/latest/
func IdentityServer4(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "identity-server4",
		Name:         "IdentityServer4",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		// As in Auth.js v5: NextAuth.js v4 leaves the picture out.
		Profile: defaultProfile,
	}
}

func identityServer4Definition() Definition {
	return Definition{
		ID:   "identity-server4",
		Name: "IdentityServer4",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the server, for example https://id.example.com.",
			"The clients in the server's configuration"),
		DocumentationURL: "https://identityserver4.readthedocs.io/en/latest/",
		Notes:            []string{"IdentityServer4 is not maintained any more; Duende IdentityServer follows it."},
		New:              newIssuer(IdentityServer4),
	}
}
