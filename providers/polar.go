package providers

import (
	"cmp"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Polar signs in with an account of polar.sh. Create an OAuth application with the
// redirect URI <base>/callback/polar and the scopes openid, profile and email at
// https://polar.sh/settings. Polar is asked for the person, since it can also answer
// with an organization, which is the same for all of its members. Documentation:
// https://polar.sh/docs/integrate/oauth2/introduction
func Polar(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "polar",
		Name:                 "Polar",
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization: auth.Endpoint{
			URL:    "https://polar.sh/oauth2/authorize",
			Params: url.Values{"sub_type": {"user"}},
		},
		Token:      auth.Endpoint{URL: "https://api.polar.sh/v1/oauth2/token"},
		Userinfo:   auth.Endpoint{URL: "https://api.polar.sh/v1/oauth2/userinfo"},
		Scopes:     []string{"openid", "profile", "email"},
		Checks:     []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust: auth.EmailVerifiedByClaim,
		Profile:    polarProfile,
	}
}

func polarDefinition() Definition {
	return Definition{
		ID:               "polar",
		Name:             "Polar",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, OAuth applications"),
		ConsoleURL:       "https://polar.sh/settings",
		DocumentationURL: "https://polar.sh/docs/integrate/oauth2/introduction",
		New:              newClient(Polar),
	}
}

// polarProfile reads the claims that Polar documents, and the members of a user that
// others have seen instead.
func polarProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").orFilled(textAt(p, "public_name")).orFilled(textAt(p, "username"))
	return newUser(cmp.Or(idAt(p, "sub"), idAt(p, "id")), name, textAt(p, "email"), textAt(p, "avatar_url")), nil
}
