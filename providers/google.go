package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Google signs in with a Google account. Create an OAuth client of the type "Web
// application" with the redirect URI <base>/callback/google at
// https://console.cloud.google.com/apis/credentials. A refresh token comes only
// with the authorization parameters access_type=offline and prompt=consent. The
// parameter hd, and the claim of the same name in the profile, restrict sign-in
// to a Workspace domain; the claim is what to check, in the SignIn callback.
// Documentation: https://developers.google.com/identity/openid-connect/openid-connect
func Google(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "google",
		Name:         "Google",
		Style:        auth.Style{Icon: iconGoogle, Color: "#4285F4"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       "https://accounts.google.com",
		OpenID:       true,
		Scopes:       []string{"openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      openIDProfile,
	}
}

func googleDefinition() Definition {
	return Definition{
		ID:               "google",
		Name:             "Google",
		Kind:             KindOIDC,
		Options:          clientOptions("APIs & Services, Credentials, OAuth 2.0 Client IDs"),
		ConsoleURL:       "https://console.cloud.google.com/apis/credentials",
		DocumentationURL: "https://developers.google.com/identity/openid-connect/openid-connect",
		Notes: []string{
			"A refresh token comes only with the authorization parameters access_type=offline and prompt=consent.",
		},
		New: newClient(Google),
	}
}
