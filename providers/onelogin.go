package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// OneLogin signs in with an account of a OneLogin organization, whose address is
// issuer ("https://example.onelogin.com", with or without "/oidc/2" at the end).
// Add the application OpenId Connect with the redirect URI
// <base>/callback/onelogin in its administration, and choose Basic as its token
// endpoint authentication method under SSO. The name is the nickname, as in
// NextAuth.js v4, or else the full name. Addresses do not count as verified.
// Documentation: https://developers.onelogin.com/openid-connect
func OneLogin(issuer, clientID, clientSecret string) auth.OAuthProvider {
	// Applications that come from NextAuth.js v4 have an address without the path,
	// those that come from Auth.js v5 one with it.
	site := strings.TrimSuffix(strings.TrimRight(issuer, "/"), "/oidc/2")
	return auth.OAuthProvider{
		ID:           "onelogin",
		Name:         "OneLogin",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       site + "/oidc/2",
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckState},
		Profile:      oneLoginProfile,
	}
}

func oneLoginDefinition() Definition {
	return Definition{
		ID:   "onelogin",
		Name: "OneLogin",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the organization, for example https://example.onelogin.com.",
			"Applications, the application, SSO"),
		DocumentationURL: "https://developers.onelogin.com/openid-connect",
		Notes:            []string{"The token endpoint authentication method of the application has to be Basic."},
		New:              newIssuer(OneLogin),
	}
}

func oneLoginProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "nickname").or(textAt(p, "name"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
