package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Bitly signs in with a Bitly account. Register an app with the redirect URI
// <base>/callback/bitly at https://app.bitly.com/settings/api/. Bitly tells no
// other id than the login, so that is the id here. The address is the primary
// one; it does not count as verified. There is no picture. Documentation:
// https://dev.bitly.com/docs/getting-started/authentication/
func Bitly(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "bitly",
		Name:                 "Bitly",
		Style:                auth.Style{Icon: iconBitly, Color: "#EE6123"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://bitly.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://api-ssl.bitly.com/oauth/access_token"},
		Userinfo:             auth.Endpoint{URL: "https://api-ssl.bitly.com/v4/user"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              bitlyProfile,
	}
}

func bitlyDefinition() Definition {
	return Definition{
		ID:               "bitly",
		Name:             "Bitly",
		Kind:             KindOAuth2,
		Options:          clientOptions("Developer settings, Registered apps, the app"),
		ConsoleURL:       "https://app.bitly.com/settings/api/",
		DocumentationURL: "https://dev.bitly.com/docs/getting-started/authentication/",
		Notes: []string{
			"Bitly tells no other id than the login.",
			"There is no picture.",
		},
		New: newClient(Bitly),
	}
}

func bitlyProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	email := textAt(firstWith(p, "is_primary", "emails"), "email")
	return newUser(idAt(p, "login"), textAt(p, "name"), email, null()), nil
}
