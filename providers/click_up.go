package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// ClickUp signs in with a ClickUp account. An owner or administrator of a
// workspace creates an app with the redirect URL <base>/callback/click-up at
// https://app.clickup.com/settings/apps. There are no scopes: people choose the
// workspaces that the app may see. The address and the picture, which Auth.js
// leaves out, are those of the profile; addresses do not count as verified.
// Documentation: https://developer.clickup.com/docs/authentication
func ClickUp(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "click-up",
		Name:          "ClickUp",
		Style:         auth.Style{Icon: iconClickUp, Color: "#7B68EE"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://app.clickup.com/api"},
		Token:         auth.Endpoint{URL: "https://api.clickup.com/api/v2/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.clickup.com/api/v2/user"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       clickUpProfile,
	}
}

func clickUpDefinition() Definition {
	return Definition{
		ID:               "click-up",
		Name:             "ClickUp",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, Apps, the app"),
		ConsoleURL:       "https://app.clickup.com/settings/apps",
		DocumentationURL: "https://developer.clickup.com/docs/authentication",
		Notes:            []string{"Only owners and administrators of a workspace can create an app."},
		New:              newClient(ClickUp),
	}
}

func clickUpProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "user", "id"),
		textAt(p, "user", "username"),
		textAt(p, "user", "email").or(null()),
		textAt(p, "user", "profilePicture").or(null()),
	), nil
}
