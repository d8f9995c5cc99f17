package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Patreon signs in with a Patreon account. Create a client of version 2 of the
// interface with the redirect URI <base>/callback/patreon at
// https://www.patreon.com/portal/registration/register-clients. An address counts
// as verified when Patreon says so. Documentation:
// https://docs.patreon.com/#apiv2-oauth
func Patreon(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "patreon",
		Name:          "Patreon",
		Style:         auth.Style{Icon: iconPatreon, Color: "#000000"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://www.patreon.com/oauth2/authorize"},
		Token:         auth.Endpoint{URL: "https://www.patreon.com/api/oauth2/token"},
		// NextAuth.js and Auth.js ask version 1, which is deprecated; the scopes are
		// of version 2, and the account ids are the same in both.
		Userinfo: auth.Endpoint{
			URL:    "https://www.patreon.com/api/oauth2/v2/identity",
			Params: url.Values{"fields[user]": {"email,full_name,image_url,is_email_verified"}},
		},
		Scopes:            []string{"identity", "identity[email]"},
		Checks:            []auth.Check{auth.CheckState},
		EmailTrust:        auth.EmailVerifiedByClaim,
		EmailVerifiedPath: []string{"data", "attributes", "is_email_verified"},
		Profile:           patreonProfile,
	}
}

func patreonDefinition() Definition {
	return Definition{
		ID:               "patreon",
		Name:             "Patreon",
		Kind:             KindOAuth2,
		Options:          clientOptions("Clients & API Keys, the client"),
		ConsoleURL:       "https://www.patreon.com/portal/registration/register-clients",
		DocumentationURL: "https://docs.patreon.com/#apiv2-oauth",
		Notes:            []string{"The client has to be one of version 2 of the interface."},
		New:              newClient(Patreon),
	}
}

func patreonProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "data", "id"),
		textAt(p, "data", "attributes", "full_name"),
		textAt(p, "data", "attributes", "email"),
		textAt(p, "data", "attributes", "image_url"),
	), nil
}
