package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Gumroad signs in with an account of Gumroad. Create an application with the redirect
// URI <base>/callback/gumroad at https://gumroad.com/settings/advanced. Addresses do
// not count as verified. Documentation: https://gumroad.com/api
func Gumroad(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "gumroad",
		Name:                 "Gumroad",
		Style:                auth.Style{Icon: iconGumroad, Color: "#FF90E8"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://gumroad.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://api.gumroad.com/oauth/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.gumroad.com/v2/user"},
		ProfilePath:          []string{"user"},
		Scopes:               []string{"view_profile"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              gumroadProfile,
	}
}

func gumroadDefinition() Definition {
	return Definition{
		ID:               "gumroad",
		Name:             "Gumroad",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, Advanced, Applications"),
		ConsoleURL:       "https://gumroad.com/settings/advanced",
		DocumentationURL: "https://gumroad.com/api",
		New:              newClient(Gumroad),
	}
}

func gumroadProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "user_id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "profile_url")), nil
}
