package providers

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Reddit signs in with a Reddit account. Create an app of the type "web app" with
// the redirect URI <base>/callback/reddit at https://www.reddit.com/prefs/apps/.
// There is neither a mail address nor a picture. The access token is good for an
// hour; the authorization parameter duration with the value "permanent", set in
// Authorization.Params, brings a refresh token. Reddit slows down clients without a
// User-Agent of their own, so requests carry one that contains the client id.
// Documentation: https://www.reddit.com/dev/api/
func Reddit(clientID, clientSecret string) auth.OAuthProvider {
	header := http.Header{"User-Agent": {"web:" + clientID + ":1 (gatehouse)"}}
	return auth.OAuthProvider{
		ID:            "reddit",
		Name:          "Reddit",
		Style:         auth.Style{Icon: iconReddit, Color: "#FF4500"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://www.reddit.com/api/v1/authorize"},
		Token:         auth.Endpoint{URL: "https://www.reddit.com/api/v1/access_token", Header: header},
		Userinfo:      auth.Endpoint{URL: "https://oauth.reddit.com/api/v1/me", Header: header.Clone()},
		Scopes:        []string{"identity"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       redditProfile,
	}
}

func redditDefinition() Definition {
	return Definition{
		ID:               "reddit",
		Name:             "Reddit",
		Kind:             KindOAuth2,
		Options:          clientOptions("Preferences, Apps, the app"),
		ConsoleURL:       "https://www.reddit.com/prefs/apps/",
		DocumentationURL: "https://www.reddit.com/dev/api/",
		Notes: []string{
			"There is neither a mail address nor a picture.",
			"There is no refresh token without the authorization parameter duration=permanent.",
		},
		New: newClient(Reddit),
	}
}

// redditProfile is that of NextAuth.js v4: Auth.js dropped it by mistake.
func redditProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), null(), null()), nil
}
