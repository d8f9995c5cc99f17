package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Authentik signs in with an account of an authentik server. The issuer is the
// address of the application there, with or without a slash at the end:
// https://authentik.example.com/application/o/<slug>/. Create an application with
// an OAuth2/OpenID provider, a signing key and the redirect URI
// <base>/callback/authentik in the admin interface. The name is the user name of
// those who gave none. Addresses do not count as verified, because a server older
// than 2025.10 says so of every address: set EmailTrust to
// [auth.EmailVerifiedByClaim] if yours has a mapping that knows. Documentation:
// https://docs.goauthentik.io/add-secure-apps/providers/oauth2/
func Authentik(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "authentik",
		Name:         "Authentik",
		Style:        auth.Style{Icon: iconAuthentik, Color: "#FD4B2D"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// The issuer in the document is the application or the whole server,
		// as its provider is set, and ends in a slash.
		Discovery: strings.TrimRight(issuer, "/") + "/.well-known/openid-configuration",
		OpenID:    true,
		Scopes:    []string{"openid", "email", "profile"},
		Checks:    []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:   authentikProfile,
	}
}

func authentikDefinition() Definition {
	return Definition{
		ID:   "authentik",
		Name: "Authentik",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the application, for example https://authentik.example.com/application/o/my-application/.",
			"The admin interface, Applications, Providers, the provider"),
		DocumentationURL: "https://docs.goauthentik.io/add-secure-apps/providers/oauth2/",
		Notes: []string{
			"The provider needs a signing key.",
			"Addresses do not count as verified, because a server older than 2025.10 says so of every address.",
		},
		New: newIssuer(Authentik),
	}
}

func authentikProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "preferred_username"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
