package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// TikTok signs in with a TikTok account. Create an app with Login Kit for the web
// and the redirect URI <base>/callback/tiktok at https://developers.tiktok.com/apps/.
// The client id is the app's client key. TikTok refuses plain http and localhost
// for the web. The id is that of the person within this app, and there is no mail
// address. More scopes may be appended to Scopes; TikTok separates them by commas.
// Documentation: https://developers.tiktok.com/doc/login-kit-web/
func TikTok(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "tiktok",
		Name:                 "TikTok",
		Style:                auth.Style{Icon: iconTikTok, Color: "#000000"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		// v5 sends the client id under both names; TikTok knows this one alone.
		ClientIDParameter: "client_key",
		Authorization:     auth.Endpoint{URL: "https://www.tiktok.com/v2/auth/authorize"},
		Token:             auth.Endpoint{URL: "https://open.tiktokapis.com/v2/oauth/token/"},
		Userinfo: auth.Endpoint{
			URL:    "https://open.tiktokapis.com/v2/user/info/",
			Params: url.Values{"fields": {"open_id,avatar_url,display_name"}},
		},
		Scopes:         []string{"user.info.basic"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckPKCE},
		Profile:        tikTokProfile,
	}
}

func tikTokDefinition() Definition {
	return Definition{
		ID:   "tiktok",
		Name: "TikTok",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The client key of the app.", Where: "The app, Credentials"},
			{Name: "clientSecret", Required: true, What: "The client secret of the app.", Where: "The app, Credentials"},
		},
		ConsoleURL:       "https://developers.tiktok.com/apps/",
		DocumentationURL: "https://developers.tiktok.com/doc/login-kit-web/",
		Notes: []string{
			"The redirect URI is registered for the web: TikTok's desktop apps encode the PKCE challenge in a way of their own.",
			"TikTok refuses plain http and localhost for the web.",
			"There is no mail address.",
		},
		New: newClient(TikTok),
	}
}

func tikTokProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "data", "user", "display_name")
	return newUser(idAt(p, "data", "user", "open_id"), name, null(), textAt(p, "data", "user", "avatar_url")), nil
}
