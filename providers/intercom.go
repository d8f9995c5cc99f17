package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Intercom signs in teammates of an Intercom workspace. Create an app, choose
// "Use OAuth" under Authentication and add the redirect URL
// <base>/callback/intercom at https://app.intercom.com/a/apps/_/developer-hub. It
// must be an https address. The app needs the permission to read one admin. Whoever
// administers a workspace can give a teammate any address, so it counts as verified
// only when Intercom says so. Documentation:
// https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth
func Intercom(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "intercom",
		Name:                 "Intercom",
		Style:                auth.Style{Icon: iconIntercom, Color: "#6AFDEF"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://app.intercom.com/oauth"},
		Token:                auth.Endpoint{URL: "https://api.intercom.io/auth/eagle/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.intercom.io/me"},
		Checks:               []auth.Check{auth.CheckState},
		EmailTrust:           auth.EmailVerifiedByClaim,
		Profile:              intercomProfile,
	}
}

func intercomDefinition() Definition {
	return Definition{
		ID:               "intercom",
		Name:             "Intercom",
		Kind:             KindOAuth2,
		Options:          clientOptions("Developer Hub, the app, Basic information"),
		ConsoleURL:       "https://app.intercom.com/a/apps/_/developer-hub",
		DocumentationURL: "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth",
		Notes:            []string{"The app needs the permission to read one admin, and Intercom refuses plain http."},
		New:              newClient(Intercom),
	}
}

func intercomProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "avatar", "image_url")), nil
}
