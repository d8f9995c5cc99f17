package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Threads signs in with a Threads account. Create an app with the use case
// "Access the Threads API" and the redirect callback URL <base>/callback/threads at
// https://developers.facebook.com/apps/. The client id and secret are the Threads
// app id and Threads app secret, which differ from those of the Meta app. Meta
// refuses plain http. The name is the user name, and there is no mail address.
// Documentation: https://developers.facebook.com/docs/threads
func Threads(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "threads",
		Name:                 "Threads",
		Style:                auth.Style{Icon: iconThreads, Color: "#000000"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://threads.net/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://graph.threads.net/oauth/access_token"},
		Userinfo: auth.Endpoint{
			URL:    "https://graph.threads.net/v1.0/me",
			Params: url.Values{"fields": {"id,username,threads_profile_picture_url"}},
		},
		Scopes:         []string{"threads_basic"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		Profile:        threadsProfile,
	}
}

func threadsDefinition() Definition {
	const where = "The app, Use cases, Access the Threads API, Settings"
	return Definition{
		ID:   "threads",
		Name: "Threads",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The Threads app id.", Where: where},
			{Name: "clientSecret", Required: true, What: "The Threads app secret.", Where: where},
		},
		ConsoleURL:       "https://developers.facebook.com/apps/",
		DocumentationURL: "https://developers.facebook.com/docs/threads",
		Notes: []string{
			"The Threads app id and secret differ from those of the Meta app.",
			"Meta refuses plain http, even for localhost.",
			"There is no mail address.",
		},
		New: newClient(Threads),
	}
}

// threadsProfile also reads a document that is wrapped, which v5 expects although
// Threads answers without the wrapper.
func threadsProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	if data, ok := p["data"].(map[string]any); ok {
		p = data
	}
	name := textAt(p, "username").orFilled(null())
	image := textAt(p, "threads_profile_picture_url").orFilled(null())
	return newUser(idAt(p, "id"), name, null(), image), nil
}
