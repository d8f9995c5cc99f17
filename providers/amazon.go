package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Amazon signs in with an Amazon account. Create a security profile with the
// allowed return URL <base>/callback/amazon at
// https://developer.amazon.com/loginwithamazon/console/site/lwa/overview.html.
// The ids of people differ from one security profile's company to the next. There
// is no picture, and addresses do not count as verified. Documentation:
// https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html
func Amazon(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "amazon",
		Name:                 "Amazon",
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://www.amazon.com/ap/oa"},
		Token:                auth.Endpoint{URL: "https://api.amazon.com/auth/o2/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.amazon.com/user/profile"},
		Scopes:               []string{"profile"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              amazonProfile,
	}
}

func amazonDefinition() Definition {
	return Definition{
		ID:               "amazon",
		Name:             "Amazon",
		Kind:             KindOAuth2,
		Options:          clientOptions("Login with Amazon, the security profile, Web Settings"),
		ConsoleURL:       "https://developer.amazon.com/loginwithamazon/console/site/lwa/overview.html",
		DocumentationURL: "https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html",
		Notes: []string{
			"The ids of people belong to the security profile's company: keep to one developer account.",
			"There is no picture.",
		},
		New: newClient(Amazon),
	}
}

func amazonProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "user_id"), textAt(p, "name"), textAt(p, "email"), null()), nil
}
