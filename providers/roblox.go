package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Roblox signs in with a Roblox account. Create an OAuth 2.0 app with the redirect
// URL <base>/callback/roblox and the permissions openid and profile at
// https://create.roblox.com/dashboard/credentials?activeTab=OAuthTab. Until Roblox
// has reviewed the app, only a few people can sign in. There is never a mail
// address. Documentation:
// https://create.roblox.com/docs/cloud/auth/oauth2-overview
func Roblox(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                "roblox",
		Name:              "Roblox",
		Style:             auth.Style{Icon: iconRoblox, Color: "#000000"},
		ClientID:          clientID,
		ClientSecret:      clientSecret,
		Issuer:            "https://apis.roblox.com/oauth/",
		OpenID:            true,
		IDTokenAlgorithms: []string{"ES256"},
		Scopes:            []string{"openid", "profile"},
		Checks:            []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:           defaultProfile,
	}
}

func robloxDefinition() Definition {
	return Definition{
		ID:               "roblox",
		Name:             "Roblox",
		Kind:             KindOIDC,
		Options:          clientOptions("Creator Dashboard, Credentials, OAuth 2.0 Apps, the app"),
		ConsoleURL:       "https://create.roblox.com/dashboard/credentials?activeTab=OAuthTab",
		DocumentationURL: "https://create.roblox.com/docs/cloud/auth/oauth2-overview",
		Notes: []string{
			"There is never a mail address.",
			"Only a few people can sign in until Roblox has reviewed the app.",
		},
		New: newClient(Roblox),
	}
}
