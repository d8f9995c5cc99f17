package providers

import (
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Dropbox signs in with a Dropbox account. Create an app with scoped access, the
// permission account_info.read and the redirect URI <base>/callback/dropbox at
// https://www.dropbox.com/developers/apps; the client id and secret are the app
// key and app secret. There is a refresh token. The account is asked for with
// POST, as in Auth.js v5, because Dropbox refuses the GET of NextAuth.js v4. An
// address counts as verified when Dropbox says so. Documentation:
// https://developers.dropbox.com/oauth-guide
func Dropbox(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "dropbox",
		Name:         "Dropbox",
		Style:        auth.Style{Icon: iconDropbox, Color: "#0061FF"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Authorization: auth.Endpoint{
			URL:    "https://www.dropbox.com/oauth2/authorize",
			Params: url.Values{"token_access_type": {"offline"}},
		},
		Token: auth.Endpoint{URL: "https://api.dropboxapi.com/oauth2/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.dropboxapi.com/2/users/get_current_account",
			Method: http.MethodPost,
		},
		Scopes:     []string{"account_info.read"},
		Checks:     []auth.Check{auth.CheckState, auth.CheckPKCE},
		EmailTrust: auth.EmailVerifiedByClaim,
		Profile:    dropboxProfile,
	}
}

func dropboxDefinition() Definition {
	return Definition{
		ID:   "dropbox",
		Name: "Dropbox",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The app key.", Where: "The app, Settings"},
			{Name: "clientSecret", Required: true, What: "The app secret.", Where: "The app, Settings"},
		},
		ConsoleURL:       "https://www.dropbox.com/developers/apps",
		DocumentationURL: "https://developers.dropbox.com/oauth-guide",
		Notes:            []string{"The app needs the permission account_info.read."},
		New:              newClient(Dropbox),
	}
}

func dropboxProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "account_id"),
		textAt(p, "name", "display_name"),
		textAt(p, "email"),
		textAt(p, "profile_photo_url"),
	), nil
}
