package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Foursquare signs in with a Foursquare or Swarm account. Create a project with
// the redirect URL <base>/callback/foursquare at
// https://foursquare.com/developers/; it needs access to the API's version 2. The
// parameter v of Userinfo is the date, YYYYMMDD, whose form of the answer is
// wanted. There are no scopes, and addresses do not count as verified.
// Documentation: https://docs.foursquare.com/developer/reference/v2-authentication
func Foursquare(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "foursquare",
		Name:         "Foursquare",
		Style:        auth.Style{Icon: iconFoursquare, Color: "#3333FF"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// No scope is sent: that of NextAuth.js v4 and those of Auth.js v5 are the
		// defaults of their libraries.
		Authorization: auth.Endpoint{URL: "https://foursquare.com/oauth2/authenticate"},
		Token:         auth.Endpoint{URL: "https://foursquare.com/oauth2/access_token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.foursquare.com/v2/users/self",
			Params: url.Values{"v": {"20230131"}},
		},
		UserinfoTokenParameter: "oauth_token",
		Checks:                 []auth.Check{auth.CheckState},
		Profile:                foursquareProfile,
	}
}

func foursquareDefinition() Definition {
	return Definition{
		ID:   "foursquare",
		Name: "Foursquare",
		Kind: KindOAuth2,
		Options: append(clientOptions("The project, Settings, OAuth Authentication"), Option{
			Name:  "apiVersion",
			What:  "The date, YYYYMMDD, whose form of the profile is wanted; 20230131 when it is missing.",
			Where: "https://docs.foursquare.com/developer/reference/v2-authentication",
		}),
		ConsoleURL:       "https://foursquare.com/developers/",
		DocumentationURL: "https://docs.foursquare.com/developer/reference/v2-authentication",
		Notes:            []string{"The project needs access to version 2 of the API."},
		New: func(o Options) (auth.Provider, error) {
			p := Foursquare(o.ClientID, o.ClientSecret)
			if o.APIVersion != "" {
				p.Userinfo.Params.Set("v", o.APIVersion)
			}
			return p, nil
		},
	}
}

func foursquareProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	at := func(path ...string) field { return textAt(p, append([]string{"response", "user"}, path...)...) }
	return newUser(
		idAt(p, "response", "user", "id"),
		join(" ", at("firstName"), at("lastName")),
		at("contact", "email"),
		fill("{}original{}", at("photo", "prefix"), at("photo", "suffix")),
	), nil
}
