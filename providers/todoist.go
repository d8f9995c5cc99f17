package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Todoist signs in with a Todoist account. Create an app with the OAuth redirect
// URL <base>/callback/todoist at https://developer.todoist.com/appconsole.html.
// Todoist has no scope for the person alone: data:read lets the application read
// all tasks as well. Addresses do not count as verified. Documentation:
// https://developer.todoist.com/api/v1/
func Todoist(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "todoist",
		Name:                 "Todoist",
		Style:                auth.Style{Icon: iconTodoist, Color: "#E44332"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://todoist.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://todoist.com/oauth/access_token"},
		// v4 and v5 ask version 9 of the Sync API, which is switched off.
		Userinfo:       auth.Endpoint{URL: "https://api.todoist.com/api/v1/user"},
		Scopes:         []string{"data:read"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		Profile:        todoistProfile,
	}
}

func todoistDefinition() Definition {
	return Definition{
		ID:               "todoist",
		Name:             "Todoist",
		Kind:             KindOAuth2,
		Options:          clientOptions("App Management, the app"),
		ConsoleURL:       "https://developer.todoist.com/appconsole.html",
		DocumentationURL: "https://developer.todoist.com/api/v1/",
		Notes:            []string{"The scope data:read lets the application read all tasks as well; there is none for the person alone."},
		New:              newClient(Todoist),
	}
}

func todoistProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "full_name"), textAt(p, "email"), textAt(p, "avatar_big")), nil
}
