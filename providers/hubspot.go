package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// HubSpot signs in with a HubSpot account. Create a public app with the redirect
// URL <base>/callback/hubspot and the scope oauth in a developer account at
// https://developers.hubspot.com/. Signing in installs the app into the HubSpot
// account that the visitor chooses. The address serves as name, there is no
// picture, and addresses do not count as verified. Documentation:
// https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/guide
func HubSpot(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "hubspot",
		Name:                 "HubSpot",
		Style:                auth.Style{Icon: iconHubSpot, Color: "#FF7A59"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://app.hubspot.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://api.hubapi.com/oauth/v1/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.hubapi.com/oauth/v1/access-tokens/{access_token}"},
		Scopes:               []string{"oauth"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              hubSpotProfile,
	}
}

func hubSpotDefinition() Definition {
	return Definition{
		ID:               "hubspot",
		Name:             "HubSpot",
		Kind:             KindOAuth2,
		Options:          clientOptions("The developer account, the app, Auth"),
		ConsoleURL:       "https://developers.hubspot.com/",
		DocumentationURL: "https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/guide",
		Notes: []string{
			"Signing in installs the app into the HubSpot account that the visitor chooses.",
			"HubSpot has announced to close version 1 of these endpoints on 16 February 2027.",
		},
		New: newClient(HubSpot),
	}
}

func hubSpotProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	address := textAt(p, "user")
	return newUser(idAt(p, "user_id"), address, address, null()), nil
}
