package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Box signs in with a Box account. Create a custom app with user authentication
// (OAuth 2.0) and the redirect URI <base>/callback/box at
// https://app.box.com/developers/console. What the app may do is chosen there, so
// no scopes are sent. The mail address is the login and does not count as
// verified. Documentation: https://developer.box.com/guides/authentication/oauth2/
func Box(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "box",
		Name:         "Box",
		Style:        auth.Style{Icon: iconBox, Color: "#0061D5"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// No scope is sent: that of NextAuth.js v4 and those of Auth.js v5 are the
		// defaults of their libraries.
		Authorization: auth.Endpoint{URL: "https://account.box.com/api/oauth2/authorize"},
		Token:         auth.Endpoint{URL: "https://api.box.com/oauth2/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.box.com/2.0/users/me"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       boxProfile,
	}
}

func boxDefinition() Definition {
	return Definition{
		ID:               "box",
		Name:             "Box",
		Kind:             KindOAuth2,
		Options:          clientOptions("My Platform Apps, the app, Configuration"),
		ConsoleURL:       "https://app.box.com/developers/console",
		DocumentationURL: "https://developer.box.com/guides/authentication/oauth2/",
		New:              newClient(Box),
	}
}

func boxProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "login"), textAt(p, "avatar_url")), nil
}
