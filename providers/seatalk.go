package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// SeaTalk signs in with an account of SeaTalk, the messenger of organizations.
// Create an app with the redirect URI <base>/callback/seatalk at
// https://open.seatalk.io/. The access token travels in the query of the profile
// request, which is the only place where SeaTalk takes it. There is no picture, and
// addresses do not count as verified. Documentation: https://open.seatalk.io/docs/
func SeaTalk(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                     "seatalk",
		Name:                   "SeaTalk",
		ClientID:               clientID,
		ClientSecret:           clientSecret,
		ClientAuthentication:   auth.ClientSecretPost,
		Authorization:          auth.Endpoint{URL: "https://seatalkweb.com/webapp/oauth2/authorize"},
		Token:                  auth.Endpoint{URL: "https://seatalkweb.com/webapp/oauth2/token"},
		Userinfo:               auth.Endpoint{URL: "https://seatalkweb.com/webapp/oauth2/profile"},
		UserinfoTokenParameter: "access_token",
		Scopes:                 []string{"email"},
		Checks:                 []auth.Check{auth.CheckState},
		Profile:                seaTalkProfile,
	}
}

func seaTalkDefinition() Definition {
	return Definition{
		ID:               "seatalk",
		Name:             "SeaTalk",
		Kind:             KindOAuth2,
		Options:          clientOptions("The app, Basic info"),
		ConsoleURL:       "https://open.seatalk.io/",
		DocumentationURL: "https://open.seatalk.io/docs/",
		New:              newClient(SeaTalk),
	}
}

func seaTalkProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "user_id"), textAt(p, "name"), textAt(p, "email"), null()), nil
}
