package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// VK signs in with a VK account. Create a website app with the redirect URI
// <base>/callback/vk at https://vk.com/apps?act=manage. The mail address comes
// with the token response, of people who allow it, and does not count as
// verified. Documentation: https://dev.vk.com/en/api/access-token/authcode-flow-user
func VK(clientID, clientSecret string) auth.OAuthProvider {
	version := url.Values{"v": {"5.131"}}
	return auth.OAuthProvider{
		ID:                   "vk",
		Name:                 "VK",
		Style:                auth.Style{Icon: iconVK, Color: "#0077FF"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://oauth.vk.com/authorize", Params: version},
		Token:                auth.Endpoint{URL: "https://oauth.vk.com/access_token", Params: version},
		Userinfo: auth.Endpoint{
			URL:    "https://api.vk.com/method/users.get",
			Params: url.Values{"fields": {"photo_100"}, "v": {"5.131"}},
		},
		ProfilePath: []string{"response", "0"},
		Scopes:      []string{"email"},
		Checks:      []auth.Check{auth.CheckState},
		Profile:     vkProfile,
	}
}

func vkDefinition() Definition {
	return Definition{
		ID:               "vk",
		Name:             "VK",
		Kind:             KindOAuth2,
		Options:          clientOptions("The app, Settings"),
		ConsoleURL:       "https://vk.com/apps?act=manage",
		DocumentationURL: "https://dev.vk.com/en/api/access-token/authcode-flow-user",
		Notes:            []string{"The mail address comes with the token response, of people who allow it."},
		New:              newClient(VK),
	}
}

// vkProfile has the address of the token response, as in Auth.js v5: NextAuth.js v4
// has none.
func vkProfile(p auth.Profile, t auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "first_name"), textAt(p, "last_name"))
	email := textAt(p, "email").or(textAt(auth.Profile(t), "email")).or(null())
	return newUser(idAt(p, "id"), name, email, textAt(p, "photo_100")), nil
}
