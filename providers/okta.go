package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Okta signs in with an account of an Okta organization. The issuer is that of its
// authorization server: the organization's address ("https://example.okta.com") or
// that of a custom authorization server
// ("https://example.okta.com/oauth2/default"). Create an OpenID Connect app
// integration of the type Web Application with the sign-in redirect URI
// <base>/callback/okta in the organization's admin console, which
// https://login.okta.com/ finds, and assign people to it. The name is the user
// name of those who have none. An address counts as verified when the organization
// says so. Documentation: https://developer.okta.com/docs/reference/api/oidc
func Okta(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "okta",
		Name:         "Okta",
		Style:        auth.Style{Icon: iconOkta, Color: "#007DC1"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      oktaProfile,
	}
}

func oktaDefinition() Definition {
	return Definition{
		ID:   "okta",
		Name: "Okta",
		Kind: KindOIDC,
		Options: issuerOptions("The issuer of the authorization server, for example https://example.okta.com/oauth2/default.",
			"The admin console, Applications, the application, General and Sign On"),
		ConsoleURL:       "https://login.okta.com/",
		DocumentationURL: "https://developer.okta.com/docs/reference/api/oidc",
		Notes:            []string{"People can sign in once they are assigned to the application."},
		New:              newIssuer(Okta),
	}
}

func oktaProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "preferred_username"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
