package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Medium signs in with a Medium account. Medium registers no new applications;
// those that exist set the callback URL <base>/callback/medium at
// https://medium.com/me/applications. There is no mail address. Documentation:
// https://github.com/Medium/medium-api-docs
func Medium(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:             "medium",
		Name:           "Medium",
		Style:          auth.Style{Icon: iconMedium, Color: "#000000"},
		ClientID:       clientID,
		ClientSecret:   clientSecret,
		Authorization:  auth.Endpoint{URL: "https://medium.com/m/oauth/authorize"},
		Token:          auth.Endpoint{URL: "https://api.medium.com/v1/tokens"},
		Userinfo:       auth.Endpoint{URL: "https://api.medium.com/v1/me"},
		Scopes:         []string{"basicProfile"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		Profile:        mediumProfile,
	}
}

func mediumDefinition() Definition {
	return Definition{
		ID:               "medium",
		Name:             "Medium",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, Security and apps, Developer applications, the application"),
		ConsoleURL:       "https://medium.com/me/applications",
		DocumentationURL: "https://github.com/Medium/medium-api-docs",
		Notes: []string{
			"Medium registers no new applications.",
			"There is no mail address.",
		},
		New: newClient(Medium),
	}
}

func mediumProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "data", "id"), textAt(p, "data", "name"), null(), textAt(p, "data", "imageUrl")), nil
}
