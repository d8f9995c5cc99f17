package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// FreshBooks signs in with a FreshBooks account. Create an app with the redirect
// URI <base>/callback/freshbooks, which must use https, and the scope
// user:profile:read at https://my.freshbooks.com/#/developer. Scopes that are
// chosen there need not be requested. There is no picture, and addresses do not
// count as verified. Documentation: https://www.freshbooks.com/api/authentication
func FreshBooks(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "freshbooks",
		Name:         "Freshbooks",
		Style:        auth.Style{Color: "#0075DD"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// NextAuth.js v4 has these addresses under names that it does not read.
		Authorization: auth.Endpoint{URL: "https://auth.freshbooks.com/service/auth/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://api.freshbooks.com/auth/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.freshbooks.com/auth/api/v1/users/me"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       freshBooksProfile,
	}
}

func freshBooksDefinition() Definition {
	return Definition{
		ID:               "freshbooks",
		Name:             "Freshbooks",
		Kind:             KindOAuth2,
		Options:          clientOptions("The developer page, the app"),
		ConsoleURL:       "https://my.freshbooks.com/#/developer",
		DocumentationURL: "https://www.freshbooks.com/api/authentication",
		Notes:            []string{"The app needs the scope user:profile:read, which is chosen in the console."},
		New:              newClient(FreshBooks),
	}
}

func freshBooksProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "response", "first_name"), textAt(p, "response", "last_name"))
	return newUser(idAt(p, "response", "id"), name, textAt(p, "response", "email"), null()), nil
}
