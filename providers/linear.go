package providers

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Linear signs in with an account of a Linear workspace. Create an OAuth application
// with the callback URL <base>/callback/linear at
// https://linear.app/settings/api/applications/new. Everybody has an ID for each
// workspace, and the visitor chooses which one it is. The scope read, which Linear
// always gives, lets the application read everything that the person can. Addresses
// do not count as verified. Documentation:
// https://linear.app/developers/oauth-2-0-authentication
func Linear(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "linear",
		Name:                 "Linear",
		Style:                auth.Style{Icon: iconLinear, Color: "#5E6AD2"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://linear.app/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://api.linear.app/oauth/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.linear.app/graphql",
			Method: http.MethodPost,
			Body:   []byte(`{"query":"{viewer{id name email avatarUrl}}"}`),
		},
		ProfilePath:    []string{"data", "viewer"},
		Scopes:         []string{"read"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		Profile:        linearProfile,
	}
}

func linearDefinition() Definition {
	return Definition{
		ID:               "linear",
		Name:             "Linear",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, API, the application"),
		ConsoleURL:       "https://linear.app/settings/api/applications/new",
		DocumentationURL: "https://linear.app/developers/oauth-2-0-authentication",
		Notes:            []string{"Somebody who is in two workspaces is two users, and chooses at sign-in."},
		New:              newClient(Linear),
	}
}

func linearProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "avatarUrl")), nil
}
