package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// FACEIT signs in with a FACEIT account. Create an OAuth2 client with the
// redirect URL <base>/callback/faceit and the scopes openid, email and profile at
// https://developers.faceit.com/apps. The scopes are those of Auth.js v5, because
// that of NextAuth.js v4, openid alone, asks for neither name nor address. FACEIT
// answers with an ID token too, which its userinfo endpoint makes unnecessary. The
// name is the nickname of those without one. Addresses do not count as verified.
// Documentation: https://docs.faceit.com/getting-started/authentication/oauth2
func FACEIT(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "faceit",
		Name:         "FACEIT",
		Style:        auth.Style{Icon: iconFACEIT, Color: "#FF5500"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Authorization: auth.Endpoint{
			URL:    "https://accounts.faceit.com/accounts",
			Params: url.Values{"redirect_popup": {"true"}},
		},
		Token:    auth.Endpoint{URL: "https://api.faceit.com/auth/v1/oauth/token"},
		Userinfo: auth.Endpoint{URL: "https://api.faceit.com/auth/v1/resources/userinfo"},
		Scopes:   []string{"openid", "profile", "email"},
		Checks:   []auth.Check{auth.CheckState},
		Profile:  faceitProfile,
	}
}

func faceitDefinition() Definition {
	return Definition{
		ID:               "faceit",
		Name:             "FACEIT",
		Kind:             KindOAuth2,
		Options:          clientOptions("App Studio, the app, OAuth2 Clients"),
		ConsoleURL:       "https://developers.faceit.com/apps",
		DocumentationURL: "https://docs.faceit.com/getting-started/authentication/oauth2",
		Notes:            []string{"The client needs the scopes openid, email and profile."},
		New:              newClient(FACEIT),
	}
}

func faceitProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "nickname"))
	return newUser(idAt(p, "guid"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
