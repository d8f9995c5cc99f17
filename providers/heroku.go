package providers

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Heroku signs in with a Heroku account. Register an API client with the OAuth
// callback URL <base>/callback/heroku at
// https://dashboard.heroku.com/account/applications. There is no picture.
// Addresses do not count as verified: the profile's member verified is about the
// means of payment. Documentation: https://devcenter.heroku.com/articles/oauth
func Heroku(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "heroku",
		Name:                 "Heroku",
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://id.heroku.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://id.heroku.com/oauth/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.heroku.com/account",
			Header: http.Header{"Accept": {"application/vnd.heroku+json; version=3"}},
		},
		// Other scopes reach the person's apps.
		Scopes:  []string{"identity"},
		Checks:  []auth.Check{auth.CheckState},
		Profile: herokuProfile,
	}
}

func herokuDefinition() Definition {
	return Definition{
		ID:               "heroku",
		Name:             "Heroku",
		Kind:             KindOAuth2,
		Options:          clientOptions("Account settings, Applications, API Clients"),
		ConsoleURL:       "https://dashboard.heroku.com/account/applications",
		DocumentationURL: "https://devcenter.heroku.com/articles/oauth",
		Notes:            []string{"There is no picture."},
		New:              newClient(Heroku),
	}
}

func herokuProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), null()), nil
}
