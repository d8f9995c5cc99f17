package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Mastodon signs in with an account of one Mastodon server, whose address is
// issuer ("https://mastodon.social"). Create an application with the redirect URI
// <base>/callback/mastodon and the scope read under Preferences, Development on
// that server. The account ids of two servers have nothing to do with each other:
// give a second server an ID of its own. The name is the user name; there is no
// mail address. Documentation: https://docs.joinmastodon.org/spec/oauth
func Mastodon(issuer, clientID, clientSecret string) auth.OAuthProvider {
	issuer = strings.TrimRight(issuer, "/")
	return auth.OAuthProvider{
		ID:            "mastodon",
		Name:          "Mastodon",
		Style:         auth.Style{Icon: iconMastodon, Color: "#6364FF"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: issuer + "/oauth/authorize"},
		Token:         auth.Endpoint{URL: issuer + "/oauth/token"},
		Userinfo:      auth.Endpoint{URL: issuer + "/api/v1/accounts/verify_credentials"},
		Scopes:        []string{"read"},
		Checks:        []auth.Check{auth.CheckPKCE},
		Profile:       mastodonProfile,
	}
}

func mastodonDefinition() Definition {
	return Definition{
		ID:   "mastodon",
		Name: "Mastodon",
		Kind: KindOAuth2,
		Options: issuerOptions("The address of the server, for example https://mastodon.social.",
			"The server, Preferences, Development, the application"),
		DocumentationURL: "https://docs.joinmastodon.org/spec/oauth",
		Notes: []string{
			"People of one server can sign in, not those of all servers.",
			"There is no mail address.",
		},
		New: newIssuer(Mastodon),
	}
}

func mastodonProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "username"), null(), textAt(p, "avatar_static")), nil
}
