package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Concept2 signs in with an account of the Concept2 Logbook. Register an
// application with the redirect URI <base>/callback/concept2 at
// https://log.concept2.com/developers/keys. The scopes, which are separated by
// commas, are those of Auth.js and allow to add workouts: an application that only
// signs people in can set Scopes to "user:read" alone. Addresses do not count as
// verified. Documentation: https://log.concept2.com/developers/documentation/
func Concept2(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:             "concept2",
		Name:           "Concept2",
		ClientID:       clientID,
		ClientSecret:   clientSecret,
		Authorization:  auth.Endpoint{URL: "https://log.concept2.com/oauth/authorize"},
		Token:          auth.Endpoint{URL: "https://log.concept2.com/oauth/access_token"},
		Userinfo:       auth.Endpoint{URL: "https://log.concept2.com/api/users/me"},
		Scopes:         []string{"user:read", "results:write"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckPKCE},
		Profile:        concept2Profile,
	}
}

func concept2Definition() Definition {
	return Definition{
		ID:               "concept2",
		Name:             "Concept2",
		Kind:             KindOAuth2,
		Options:          clientOptions("API keys, the application"),
		ConsoleURL:       "https://log.concept2.com/developers/keys",
		DocumentationURL: "https://log.concept2.com/developers/documentation/",
		Notes:            []string{"The scopes of Auth.js allow to add workouts; user:read is enough to sign in."},
		New:              newClient(Concept2),
	}
}

func concept2Profile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "data", "id"),
		textAt(p, "data", "username"),
		textAt(p, "data", "email"),
		textAt(p, "data", "profile_image"),
	), nil
}
