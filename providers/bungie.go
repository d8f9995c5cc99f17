package providers

import (
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Bungie signs in with an account of Bungie.net. Create an application with the
// OAuth client type "Confidential" and the redirect URL <base>/callback/bungie at
// https://www.bungie.net/en/Application. The API key there is needed too. Bungie
// refuses localhost and plain http. What the application may do is chosen there,
// so no scopes are sent. There is no mail address. Documentation:
// https://github.com/Bungie-net/api/wiki/OAuth-Documentation
func Bungie(apiKey, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "bungie",
		Name:          "Bungie",
		Style:         auth.Style{Icon: iconBungie, Color: "#0075BB"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://www.bungie.net/en/OAuth/Authorize", Params: url.Values{"reauth": {"true"}}},
		Token:         auth.Endpoint{URL: "https://www.bungie.net/platform/app/oauth/token/"},
		// NextAuth.js asks GetBungieAccount about a member whose id it does not
		// fill in. This one is documented, and asks about the token's owner.
		Userinfo: auth.Endpoint{
			URL:    "https://www.bungie.net/Platform/User/GetMembershipsForCurrentUser/",
			Header: http.Header{"X-Api-Key": {apiKey}},
		},
		Checks:  []auth.Check{auth.CheckState},
		Profile: bungieProfile,
	}
}

func bungieDefinition() Definition {
	const application = "The application's page"
	return Definition{
		ID:   "bungie",
		Name: "Bungie",
		Kind: KindOAuth2,
		Options: append(clientOptions(application),
			Option{Name: "apiKey", Required: true, What: "The API key of the application.", Where: application}),
		ConsoleURL:       "https://www.bungie.net/en/Application",
		DocumentationURL: "https://github.com/Bungie-net/api/wiki/OAuth-Documentation",
		Notes: []string{
			"Bungie refuses localhost and plain http.",
			"There is no mail address.",
		},
		New: func(o Options) (auth.Provider, error) { return Bungie(o.APIKey, o.ClientID, o.ClientSecret), nil },
	}
}

func bungieProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	user := func(member string) []string { return []string{"Response", "bungieNetUser", member} }
	image := urlJoin("https://www.bungie.net", textAt(p, user("profilePicturePath")...))
	return newUser(idAt(p, user("membershipId")...), textAt(p, user("displayName")...), null(), image), nil
}
