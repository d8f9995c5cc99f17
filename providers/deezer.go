package providers

import (
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Deezer signs in with a Deezer account. It needs an application with the
// redirect URL <base>/callback/deezer at https://developers.deezer.com/myapps.
// Deezer has registered no new applications since 2024; those that exist keep
// working. Addresses do not count as verified. Documentation:
// https://developers.deezer.com/api/oauth
func Deezer(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                    "deezer",
		Name:                  "Deezer",
		Style:                 auth.Style{Icon: iconDeezer, Color: "#A238FF"},
		ClientID:              clientID,
		ClientSecret:          clientSecret,
		ClientAuthentication:  auth.ClientSecretPost,
		ClientIDParameter:     "app_id",
		ClientSecretParameter: "secret",
		Authorization: auth.Endpoint{
			URL: "https://connect.deezer.com/oauth/auth.php",
			// Deezer reads permissions from here and ignores the scope.
			Params: url.Values{"perms": {"basic_access,email"}},
		},
		Token:                  auth.Endpoint{URL: "https://connect.deezer.com/oauth/access_token.php?output=json", Method: http.MethodGet},
		TokenInQuery:           true,
		FixTokens:              fixDeezerTokens,
		Userinfo:               auth.Endpoint{URL: "https://api.deezer.com/user/me"},
		UserinfoTokenParameter: "access_token",
		Checks:                 []auth.Check{auth.CheckState},
		Profile:                deezerProfile,
	}
}

func deezerDefinition() Definition {
	return Definition{
		ID:   "deezer",
		Name: "Deezer",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The application id.", Where: "My Apps, the application"},
			{Name: "clientSecret", Required: true, What: "The secret key of the application.", Where: "My Apps, the application"},
		},
		ConsoleURL:       "https://developers.deezer.com/myapps",
		DocumentationURL: "https://developers.deezer.com/api/oauth",
		Notes:            []string{"Deezer has registered no new applications since 2024; those that exist keep working."},
		New:              newClient(Deezer),
	}
}

// fixDeezerTokens renames the lifetime. It is zero for a token that lasts.
func fixDeezerTokens(t auth.Tokens) {
	if t.Int("expires") > 0 {
		t["expires_in"] = t["expires"]
	}
	delete(t, "expires")
}

func deezerProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "picture")), nil
}
