package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Railway signs in with an account of Railway. Create an OAuth app of the type "Web
// Application" with the redirect URI <base>/callback/railway at
// https://railway.com/workspace/developer. Addresses do not count as verified.
// Documentation: https://docs.railway.com/reference/oauth/login-with-railway
func Railway(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "railway",
		Name:          "Railway",
		Style:         auth.Style{Icon: iconRailway, Color: "#0B0D0E"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://backboard.railway.com/oauth/auth"},
		Token:         auth.Endpoint{URL: "https://backboard.railway.com/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://backboard.railway.com/oauth/me"},
		Scopes:        []string{"openid", "email", "profile"},
		Checks:        []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:       openIDProfile,
	}
}

func railwayDefinition() Definition {
	return Definition{
		ID:               "railway",
		Name:             "Railway",
		Kind:             KindOAuth2,
		Options:          clientOptions("The OAuth app"),
		ConsoleURL:       "https://railway.com/workspace/developer",
		DocumentationURL: "https://docs.railway.com/reference/oauth/login-with-railway",
		New:              newClient(Railway),
	}
}
