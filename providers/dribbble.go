package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Dribbble signs in with a Dribbble account. Register an application with the
// callback URL <base>/callback/dribbble at
// https://dribbble.com/account/applications/new. The scope is Dribbble's own
// default, public; Auth.js sends the word "undefined" in its place. Dribbble need
// not tell an address, and none counts as verified. Documentation:
// https://developer.dribbble.com/v2/oauth/
func Dribbble(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "dribbble",
		Name:          "Dribbble",
		Style:         auth.Style{Icon: iconDribbble, Color: "#EA4C89"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://dribbble.com/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://dribbble.com/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.dribbble.com/v2/user"},
		Scopes:        []string{"public"},
		Checks:        []auth.Check{auth.CheckPKCE},
		Profile:       dribbbleProfile,
	}
}

func dribbbleDefinition() Definition {
	return Definition{
		ID:               "dribbble",
		Name:             "Dribbble",
		Kind:             KindOAuth2,
		Options:          clientOptions("Account settings, Applications, the application"),
		ConsoleURL:       "https://dribbble.com/account/applications/new",
		DocumentationURL: "https://developer.dribbble.com/v2/oauth/",
		Notes:            []string{"Dribbble need not tell a mail address."},
		New:              newClient(Dribbble),
	}
}

func dribbbleProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "avatar_url")), nil
}
