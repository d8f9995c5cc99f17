package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Strava signs in with a Strava account. Create an application at
// https://www.strava.com/settings/api, with the domain of <base>/callback/strava
// as its authorization callback domain. Strava tells no mail address. More scopes
// may be appended to Scopes; Strava separates them by commas. Documentation:
// https://developers.strava.com/docs/authentication/
func Strava(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "strava",
		Name:                 "Strava",
		Style:                auth.Style{Icon: iconStrava, Color: "#FC4C02"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization: auth.Endpoint{
			URL:    "https://www.strava.com/api/v3/oauth/authorize",
			Params: url.Values{"approval_prompt": {"auto"}},
		},
		Token:          auth.Endpoint{URL: "https://www.strava.com/api/v3/oauth/token"},
		Userinfo:       auth.Endpoint{URL: "https://www.strava.com/api/v3/athlete"},
		Scopes:         []string{"read"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		Profile:        stravaProfile,
	}
}

func stravaDefinition() Definition {
	return Definition{
		ID:               "strava",
		Name:             "Strava",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, My API Application"),
		ConsoleURL:       "https://www.strava.com/settings/api",
		DocumentationURL: "https://developers.strava.com/docs/authentication/",
		Notes: []string{
			"The console wants the domain of the callback URL alone.",
			"Strava tells no mail address.",
		},
		New: newClient(Strava),
	}
}

func stravaProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "firstname"), textAt(p, "lastname"))
	return newUser(idAt(p, "id"), name, null(), textAt(p, "profile")), nil
}
