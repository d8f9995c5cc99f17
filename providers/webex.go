package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Webex signs in with a Webex account. The base URL is https://webexapis.com/v1
// when it is empty; Webex for Government has one of its own. Create an integration
// with the redirect URI <base>/callback/webex and the scope spark:people_read at
// https://developer.webex.com/my-apps. The address is the first one of the
// account. Addresses never count as verified, because the administrator of any
// organization can set them. Documentation:
// https://developer.webex.com/docs/login-with-webex
func Webex(baseURL, clientID, clientSecret string) auth.OAuthProvider {
	baseURL = strings.TrimRight(cmp.Or(baseURL, "https://webexapis.com/v1"), "/")
	return auth.OAuthProvider{
		ID:            "webex",
		Name:          "Webex",
		Style:         auth.Style{Color: "#000000"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: baseURL + "/authorize"},
		Token:         auth.Endpoint{URL: baseURL + "/access_token"},
		Userinfo:      auth.Endpoint{URL: baseURL + "/people/me"},
		Scopes:        []string{"spark:kms", "spark:people_read"},
		Checks:        []auth.Check{auth.CheckPKCE},
		Profile:       webexProfile,
	}
}

func webexDefinition() Definition {
	return Definition{
		ID:   "webex",
		Name: "Webex",
		Kind: KindOAuth2,
		Options: append(clientOptions("My Webex Apps, the integration"), Option{
			Name:  "baseUrl",
			What:  "The address of another Webex than the public one, instead of https://webexapis.com/v1.",
			Where: "The documentation of that Webex",
		}),
		ConsoleURL:       "https://developer.webex.com/my-apps",
		DocumentationURL: "https://developer.webex.com/docs/login-with-webex",
		Notes: []string{
			"The integration needs the scope spark:people_read.",
			"Addresses never count as verified, because the administrator of any organization can set them.",
		},
		New: func(o Options) (auth.Provider, error) { return Webex(o.BaseURL, o.ClientID, o.ClientSecret), nil },
	}
}

func webexProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "displayName"), textAt(p, "emails", "0"), textAt(p, "avatar")), nil
}
