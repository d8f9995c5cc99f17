package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Auth0 signs in with an account of an Auth0 tenant, whose address is issuer
// ("https://example.eu.auth0.com", with or without a slash at the end). Create a
// Regular Web Application with the callback URL <base>/callback/auth0 at
// https://manage.auth0.com/dashboard. The name is the nickname, as in
// NextAuth.js. The authorization parameters connection and organization, set in
// Authorization.Params, choose where people sign in. Documentation:
// https://auth0.com/docs/get-started/applications
func Auth0(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "auth0",
		Name:         "Auth0",
		Style:        auth.Style{Icon: iconAuth0, Color: "#EB5424"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// Auth0's issuer identifiers end in a slash that its console does not
		// show, so the document says which one it is.
		Discovery:  strings.TrimRight(issuer, "/") + "/.well-known/openid-configuration",
		OpenID:     true,
		Scopes:     []string{"openid", "email", "profile"},
		Checks:     []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust: auth.EmailVerifiedByClaim,
		Profile:    auth0Profile,
	}
}

func auth0Definition() Definition {
	return Definition{
		ID:   "auth0",
		Name: "Auth0",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the tenant, for example https://example.eu.auth0.com.",
			"Applications, the application, Settings"),
		ConsoleURL:       "https://manage.auth0.com/dashboard",
		DocumentationURL: "https://auth0.com/docs/get-started/applications",
		Notes:            []string{"The name is the nickname, as in NextAuth.js."},
		New:              newIssuer(Auth0),
	}
}

func auth0Profile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "nickname"), textAt(p, "email"), textAt(p, "picture")), nil
}
