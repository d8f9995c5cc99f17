package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Facebook signs in with a Facebook account. Create an app that uses Facebook
// Login and add the OAuth redirect URI <base>/callback/facebook at
// https://developers.facebook.com/apps/; the client id and secret are the app id
// and app secret. Facebook demands https, except for localhost while the app is in
// development. The version of the dialog is a current one, because Facebook ends
// each version, with it those of NextAuth.js v4 and Auth.js v5, after about two
// years. People who registered with a telephone number have no address, and none
// counts as verified. Documentation:
// https://developers.facebook.com/docs/facebook-login/manually-build-a-login-flow/
func Facebook(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "facebook",
		Name:          "Facebook",
		Style:         auth.Style{Icon: iconFacebook, Color: "#0866FF"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://www.facebook.com/v24.0/dialog/oauth"},
		Token:         auth.Endpoint{URL: "https://graph.facebook.com/oauth/access_token"},
		Userinfo: auth.Endpoint{
			URL:    "https://graph.facebook.com/me",
			Params: url.Values{"fields": {"id,name,email,picture"}},
		},
		Scopes:  []string{"email"},
		Checks:  []auth.Check{auth.CheckState},
		Profile: facebookProfile,
	}
}

func facebookDefinition() Definition {
	const basic = "The app, App settings, Basic"
	return Definition{
		ID:   "facebook",
		Name: "Facebook",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The app id.", Where: basic},
			{Name: "clientSecret", Required: true, What: "The app secret.", Where: basic},
		},
		ConsoleURL:       "https://developers.facebook.com/apps/",
		DocumentationURL: "https://developers.facebook.com/docs/facebook-login/manually-build-a-login-flow/",
		Notes: []string{
			"Facebook demands https, except for localhost while the app is in development.",
			"People who registered with a telephone number have no mail address.",
		},
		New: newClient(Facebook),
	}
}

func facebookProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "picture", "data", "url")), nil
}
