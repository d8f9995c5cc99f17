package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Dailymotion signs in with a Dailymotion account. Create a public API key with
// the callback URL <base>/callback/dailymotion at
// https://www.dailymotion.com/partner/api-keys/. Private API keys are for servers
// alone and sign nobody in. The name is the screen name of those who gave none.
// Addresses do not count as verified. It uses Dailymotion's legacy interface, for
// the new one does not know people yet. Documentation:
// https://developers.dailymotion.com/v0/docs/authenticate
func Dailymotion(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "dailymotion",
		Name:                 "Dailymotion",
		Style:                auth.Style{Icon: iconDailymotion, Color: "#0A0A0A"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://api.dailymotion.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://api.dailymotion.com/oauth/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.dailymotion.com/me",
			Params: url.Values{"fields": {"id,fullname,screenname,email,avatar_720_url"}},
		},
		Scopes:  []string{"email"},
		Checks:  []auth.Check{auth.CheckState},
		Profile: dailymotionProfile,
	}
}

func dailymotionDefinition() Definition {
	return Definition{
		ID:               "dailymotion",
		Name:             "Dailymotion",
		Kind:             KindOAuth2,
		Options:          clientOptions("Organization, API keys, the public API key"),
		ConsoleURL:       "https://www.dailymotion.com/partner/api-keys/",
		DocumentationURL: "https://developers.dailymotion.com/v0/docs/authenticate",
		Notes: []string{
			"It takes a public API key; private ones are for servers alone.",
			"It uses Dailymotion's legacy interface.",
		},
		New: newClient(Dailymotion),
	}
}

func dailymotionProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "fullname").orFilled(textAt(p, "screenname"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), textAt(p, "avatar_720_url")), nil
}
