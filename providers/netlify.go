package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Netlify signs in with a Netlify account. Create an OAuth application with the
// redirect URI <base>/callback/netlify at
// https://app.netlify.com/user/applications. Netlify has no scopes to choose from:
// the access token can do whatever the person can, so it should be kept as safe as
// a password. Addresses do not count as verified. Documentation:
// https://www.netlify.com/blog/2016/10/10/integrating-with-netlify-oauth2/
func Netlify(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "netlify",
		Name:         "Netlify",
		Style:        auth.Style{Icon: iconNetlify, Color: "#00C7B7"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// As in Auth.js v5: Netlify refuses the scope openid, which NextAuth.js v4
		// sends.
		Authorization: auth.Endpoint{
			URL:    "https://app.netlify.com/authorize",
			Params: url.Values{"scope": {""}},
		},
		Token:    auth.Endpoint{URL: "https://api.netlify.com/oauth/token"},
		Userinfo: auth.Endpoint{URL: "https://api.netlify.com/api/v1/user"},
		Checks:   []auth.Check{auth.CheckState},
		Profile:  netlifyProfile,
	}
}

func netlifyDefinition() Definition {
	return Definition{
		ID:               "netlify",
		Name:             "Netlify",
		Kind:             KindOAuth2,
		Options:          clientOptions("User settings, Applications, OAuth applications"),
		ConsoleURL:       "https://app.netlify.com/user/applications",
		DocumentationURL: "https://www.netlify.com/blog/2016/10/10/integrating-with-netlify-oauth2/",
		Notes:            []string{"There are no scopes: the access token can do whatever the person can."},
		New:              newClient(Netlify),
	}
}

func netlifyProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "full_name"), textAt(p, "email"), textAt(p, "avatar_url")), nil
}
