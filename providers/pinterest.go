package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Pinterest signs in with a Pinterest account. Create an app with the redirect URI
// <base>/callback/pinterest at https://developers.pinterest.com/apps/; its trial
// access has to become standard access before it goes into production. There is
// never a mail address. The account id is the user name, as in NextAuth.js:
// somebody who changes it becomes a new user, and whoever takes the old one gets
// the old user's account, so it should not guard anything precious. Documentation:
// https://developers.pinterest.com/docs/getting-started/authentication/
func Pinterest(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:             "pinterest",
		Name:           "Pinterest",
		Style:          auth.Style{Icon: iconPinterest, Color: "#BD081C"},
		ClientID:       clientID,
		ClientSecret:   clientSecret,
		Authorization:  auth.Endpoint{URL: "https://www.pinterest.com/oauth"},
		Token:          auth.Endpoint{URL: "https://api.pinterest.com/v5/oauth/token"},
		Userinfo:       auth.Endpoint{URL: "https://api.pinterest.com/v5/user_account"},
		Scopes:         []string{"user_accounts:read"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		Profile:        pinterestProfile,
	}
}

func pinterestDefinition() Definition {
	return Definition{
		ID:               "pinterest",
		Name:             "Pinterest",
		Kind:             KindOAuth2,
		Options:          clientOptions("My apps, the app, Manage"),
		ConsoleURL:       "https://developers.pinterest.com/apps/",
		DocumentationURL: "https://developers.pinterest.com/docs/getting-started/authentication/",
		Notes: []string{
			"There is never a mail address.",
			"The account id is the user name, which people can change and others can take over afterwards.",
			"The app needs standard access before it goes into production.",
		},
		New: newClient(Pinterest),
	}
}

func pinterestProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "username")
	return newUser(name.text, name, null(), textAt(p, "profile_image")), nil
}
