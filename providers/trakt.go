package providers

import (
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Trakt signs in with a Trakt account. Create an application with the redirect
// URI <base>/callback/trakt at https://trakt.tv/oauth/applications/new. The scope
// parameter is empty on purpose: Trakt refuses every scope. The id is the slug of
// the user name, as in NextAuth.js; somebody who changes that name becomes another
// user, and whoever takes the old name becomes the former one. Trakt tells no mail
// address, and asks not to show its pictures straight from its own servers.
// Documentation: https://trakt.docs.apiary.io/#reference/authentication-oauth
func Trakt(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "trakt",
		Name:         "Trakt",
		Style:        auth.Style{Icon: iconTrakt, Color: "#9F42C6"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Authorization: auth.Endpoint{
			URL:    "https://trakt.tv/oauth/authorize",
			Params: url.Values{"scope": {""}},
		},
		Token: auth.Endpoint{URL: "https://api.trakt.tv/oauth/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.trakt.tv/users/me",
			Params: url.Values{"extended": {"full"}},
			Header: http.Header{"Trakt-Api-Version": {"2"}, "Trakt-Api-Key": {clientID}},
		},
		Checks:  []auth.Check{auth.CheckState},
		Profile: traktProfile,
	}
}

func traktDefinition() Definition {
	return Definition{
		ID:               "trakt",
		Name:             "Trakt",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, Your API Apps, the application"),
		ConsoleURL:       "https://trakt.tv/oauth/applications/new",
		DocumentationURL: "https://trakt.docs.apiary.io/#reference/authentication-oauth",
		Notes: []string{
			"The id follows the user name, as in NextAuth.js, so an account is lost when somebody changes that name.",
			"Trakt tells no mail address.",
			"Trakt asks not to show its pictures straight from its own servers.",
		},
		New: newClient(Trakt),
	}
}

func traktProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "ids", "slug"), textAt(p, "name"), null(), textAt(p, "images", "avatar", "full")), nil
}
