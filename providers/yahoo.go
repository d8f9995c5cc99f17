package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Yahoo signs in with an account of Yahoo. Create an app with the redirect URI
// <base>/callback/yahoo, the type "Confidential Client" and the OpenID Connect
// permissions Email and Profile at https://developer.yahoo.com/apps/. Yahoo refuses
// plain http. The profile comes from the userinfo endpoint, because the ID token says
// little more than who somebody is. Documentation:
// https://developer.yahoo.com/oauth2/guide/openid_connect/getting_started.html
func Yahoo(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                  "yahoo",
		Name:                "Yahoo",
		ClientID:            clientID,
		ClientSecret:        clientSecret,
		Issuer:              "https://api.login.yahoo.com",
		OpenID:              true,
		IDTokenAlgorithms:   []string{"ES256", "RS256"},
		ProfileFromUserinfo: true,
		Scopes:              []string{"openid", "profile", "email"},
		Checks:              []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:          auth.EmailVerifiedByClaim,
		Profile:             openIDProfile,
	}
}

func yahooDefinition() Definition {
	return Definition{
		ID:               "yahoo",
		Name:             "Yahoo",
		Kind:             KindOIDC,
		Options:          clientOptions("The app"),
		ConsoleURL:       "https://developer.yahoo.com/apps/",
		DocumentationURL: "https://developer.yahoo.com/oauth2/guide/openid_connect/getting_started.html",
		Notes: []string{
			"The app needs the OpenID Connect permissions Email and Profile.",
			"Yahoo refuses plain http.",
		},
		New: newClient(Yahoo),
	}
}
