package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Uber signs in with a rider's account of Uber. Create an application with the
// redirect URI <base>/callback/uber at https://developer.uber.com/dashboard. The scope
// profile works for the developer's own accounts at once and for others after Uber has
// approved the application. The ID is the rider_id; the uuid that older answers had is
// not documented any more. Addresses do not count as verified. Documentation:
// https://developer.uber.com/docs/consumer-identity/guides/authorization-code-flow
func Uber(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "uber",
		Name:                 "Uber",
		Style:                auth.Style{Icon: iconUber, Color: "#000000"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://auth.uber.com/oauth/v2/authorize"},
		Token:                auth.Endpoint{URL: "https://auth.uber.com/oauth/v2/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.uber.com/v1.2/me"},
		Scopes:               []string{"profile"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              uberProfile,
	}
}

func uberDefinition() Definition {
	return Definition{
		ID:               "uber",
		Name:             "Uber",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application, Setup"),
		ConsoleURL:       "https://developer.uber.com/dashboard",
		DocumentationURL: "https://developer.uber.com/docs/consumer-identity/guides/authorization-code-flow",
		Notes:            []string{"Uber has to approve the application before others than its developers can sign in."},
		New:              newClient(Uber),
	}
}

func uberProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "first_name"), textAt(p, "last_name"))
	return newUser(idAt(p, "rider_id"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
