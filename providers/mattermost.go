package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Mattermost signs in with an account of a Mattermost server, whose address is
// issuer ("https://chat.example.com"). An administrator of the server switches
// its OAuth 2.0 service provider on; then add an OAuth 2.0 application with the
// callback URL <base>/callback/mattermost under Integrations. The access token is
// good for everything that the person may do, because Mattermost has no scopes.
// The name is the user name; there is no picture. An address counts as verified
// when the server says so. Documentation:
// https://developers.mattermost.com/integrate/apps/authentication/oauth2
func Mattermost(issuer, clientID, clientSecret string) auth.OAuthProvider {
	issuer = strings.TrimRight(issuer, "/")
	return auth.OAuthProvider{
		ID:                   "mattermost",
		Name:                 "Mattermost",
		Style:                auth.Style{Icon: iconMattermost, Color: "#0058CC"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: issuer + "/oauth/authorize"},
		Token:                auth.Endpoint{URL: issuer + "/oauth/access_token"},
		Userinfo:             auth.Endpoint{URL: issuer + "/api/v4/users/me"},
		Checks:               []auth.Check{auth.CheckPKCE},
		EmailTrust:           auth.EmailVerifiedByClaim,
		Profile:              mattermostProfile,
	}
}

func mattermostDefinition() Definition {
	return Definition{
		ID:   "mattermost",
		Name: "Mattermost",
		Kind: KindOAuth2,
		Options: issuerOptions("The address of the server, for example https://chat.example.com.",
			"The server, Integrations, OAuth 2.0 Applications"),
		DocumentationURL: "https://developers.mattermost.com/integrate/apps/authentication/oauth2",
		Notes: []string{
			"An administrator of the server must switch its OAuth 2.0 service provider on.",
			"The access token is good for everything that the person may do.",
		},
		New: newIssuer(Mattermost),
	}
}

func mattermostProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "username").or(join(" ", textAt(p, "first_name"), textAt(p, "last_name")))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), null()), nil
}
