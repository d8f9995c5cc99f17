package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// DuendeIdentityServer6 signs in with an account of a Duende IdentityServer, of
// this or a later version, whose address is issuer
// ("https://demo.duendesoftware.com"). Add a client with the authorization code
// grant, the scopes openid, profile and email and the redirect URI
// <base>/callback/duende-identityserver6 to the server's configuration. The id is
// that of NextAuth.js v4; built by the name that Auth.js v5 gave it, the provider
// is called duende-identity-server6. An address counts as verified when the server
// says so. Documentation: https://docs.duendesoftware.com/identityserver/v6
func DuendeIdentityServer6(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "duende-identityserver6",
		Name:         "DuendeIdentityServer6",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      duendeIdentityServer6Profile,
	}
}

func duendeIdentityServer6Definition() Definition {
	return Definition{
		ID:      "duende-identityserver6",
		Aliases: []string{"duende-identity-server6"},
		Name:    "DuendeIdentityServer6",
		Kind:    KindOIDC,
		Options: issuerOptions("The address of the server, for example https://demo.duendesoftware.com.",
			"The configuration of the server"),
		DocumentationURL: "https://docs.duendesoftware.com/identityserver/v6",
		Notes:            []string{"The client needs the scopes openid, profile and email."},
		New:              newIssuer(DuendeIdentityServer6),
	}
}

// duendeIdentityServer6Profile reads what Auth.js v5 reads. The picture that is
// missing is null, as it always is in NextAuth.js v4.
func duendeIdentityServer6Profile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "nickname")).or(textAt(p, "preferred_username"))
	return newUser(cmp.Or(idAt(p, "sub"), idAt(p, "id")), name, textAt(p, "email"), textAt(p, "picture").or(null())), nil
}
