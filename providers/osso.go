package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Osso signs in with SAML through an Osso server, whose address is issuer
// ("https://osso.example.com", with or without a slash at the end). Create an OAuth
// client with the redirect URI <base>/callback/osso in its administration. A
// sign-in may name the customer with the authorization parameter domain or email.
// Addresses do not count as verified. The project is no longer maintained.
// Documentation: https://github.com/enterprise-oss/osso
func Osso(issuer, clientID, clientSecret string) auth.OAuthProvider {
	issuer = strings.TrimRight(issuer, "/")
	return auth.OAuthProvider{
		ID:                  "osso",
		Name:                "Osso",
		ClientID:            clientID,
		ClientSecret:        clientSecret,
		Authorization:       auth.Endpoint{URL: issuer + "/oauth/authorize"},
		Token:               auth.Endpoint{URL: issuer + "/oauth/token"},
		Userinfo:            auth.Endpoint{URL: issuer + "/oauth/me"},
		AuthorizationParams: []string{"domain", "email"},
		Checks:              []auth.Check{auth.CheckState},
		Profile:             ossoProfile,
	}
}

func ossoDefinition() Definition {
	return Definition{
		ID:   "osso",
		Name: "Osso",
		Kind: KindOAuth2,
		Options: issuerOptions("The address of the server, for example https://osso.example.com.",
			"The server's administration, Configuration, OAuth clients"),
		DocumentationURL: "https://github.com/enterprise-oss/osso",
		Notes:            []string{"The project is no longer maintained."},
		New:              newIssuer(Osso),
	}
}

// ossoProfile is that of NextAuth.js v4: Auth.js dropped it by mistake.
func ossoProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), null()), nil
}
