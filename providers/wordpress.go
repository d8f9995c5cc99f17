package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// WordPress signs in with an account of WordPress.com. Sites that run the
// software elsewhere have accounts of their own and are not reached by it.
// Create an application of the type "Web" with the redirect URL
// <base>/callback/wordpress at https://developer.wordpress.com/apps/. The profile
// says whether the address is verified. Documentation:
// https://developer.wordpress.com/docs/oauth2/
func WordPress(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "wordpress",
		Name:          "WordPress.com",
		Style:         auth.Style{Icon: iconWordPress, Color: "#21759B"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://public-api.wordpress.com/oauth2/authorize"},
		Token:         auth.Endpoint{URL: "https://public-api.wordpress.com/oauth2/token"},
		Userinfo:      auth.Endpoint{URL: "https://public-api.wordpress.com/rest/v1/me"},
		Scopes:        []string{"auth"},
		Checks:        []auth.Check{auth.CheckState},
		EmailTrust:    auth.EmailVerifiedByClaim,
		Profile:       wordPressProfile,
	}
}

func wordPressDefinition() Definition {
	return Definition{
		ID:               "wordpress",
		Name:             "WordPress.com",
		Kind:             KindOAuth2,
		Options:          clientOptions("My Applications, the application, OAuth Information"),
		ConsoleURL:       "https://developer.wordpress.com/apps/",
		DocumentationURL: "https://developer.wordpress.com/docs/oauth2/",
		Notes:            []string{"Only accounts of WordPress.com can sign in, not those of sites that run WordPress elsewhere."},
		New:              newClient(WordPress),
	}
}

func wordPressProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "ID"), textAt(p, "display_name"), textAt(p, "email"), textAt(p, "avatar_URL")), nil
}
