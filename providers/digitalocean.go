package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// DigitalOcean signs in with a DigitalOcean account. Register an OAuth
// application with the callback URL <base>/callback/digitalocean at
// https://cloud.digitalocean.com/account/api/applications. The person chooses a
// team, whose resources the access token can read; the id stays that of the
// person. The profile says whether the address is verified. There is no picture.
// Documentation: https://docs.digitalocean.com/reference/api/oauth/
func DigitalOcean(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "digitalocean",
		Name:                 "DigitalOcean",
		Style:                auth.Style{Icon: iconDigitalOcean, Color: "#0080FF"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://cloud.digitalocean.com/v1/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://cloud.digitalocean.com/v1/oauth/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.digitalocean.com/v2/account"},
		ProfilePath:          []string{"account"},
		Checks:               []auth.Check{auth.CheckState},
		EmailTrust:           auth.EmailVerifiedByClaim,
		Profile:              digitalOceanProfile,
	}
}

func digitalOceanDefinition() Definition {
	return Definition{
		ID:               "digitalocean",
		Name:             "DigitalOcean",
		Kind:             KindOAuth2,
		Options:          clientOptions("API, OAuth Applications, the application"),
		ConsoleURL:       "https://cloud.digitalocean.com/account/api/applications",
		DocumentationURL: "https://docs.digitalocean.com/reference/api/oauth/",
		Notes: []string{
			"The person chooses a team, whose resources the access token can read.",
			"There is no picture.",
		},
		New: newClient(DigitalOcean),
	}
}

func digitalOceanProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "uuid"), textAt(p, "name").or(null()), textAt(p, "email"), null()), nil
}
