package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// FortyTwoSchool signs in with an account of the intranet of the school 42.
// Register an application with the redirect URI <base>/callback/42-school at
// https://profile.intra.42.fr/oauth/applications/new. Addresses do not count as
// verified. Documentation:
// https://api.intra.42.fr/apidoc/guides/web_application_flow
func FortyTwoSchool(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "42-school",
		Name:          "42 School",
		Style:         auth.Style{Icon: icon42, Color: "#000000"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://api.intra.42.fr/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://api.intra.42.fr/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.intra.42.fr/v2/me"},
		Scopes:        []string{"public"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       fortyTwoSchoolProfile,
	}
}

func fortyTwoSchoolDefinition() Definition {
	return Definition{
		ID:               "42-school",
		Name:             "42 School",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application's page"),
		ConsoleURL:       "https://profile.intra.42.fr/oauth/applications/new",
		DocumentationURL: "https://api.intra.42.fr/apidoc/guides/web_application_flow",
		New:              newClient(FortyTwoSchool),
	}
}

// fortyTwoSchoolProfile reads the picture where Auth.js v5 does, because the
// member image_url of NextAuth.js v4 is sent no more.
func fortyTwoSchoolProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	image := textAt(p, "image", "link").or(textAt(p, "image_url"))
	return newUser(idAt(p, "id"), textAt(p, "usual_full_name"), textAt(p, "email"), image), nil
}
