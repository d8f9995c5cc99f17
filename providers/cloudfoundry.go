package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// CloudFoundry signs in with an account of a Cloud Foundry User Account and
// Authentication server (UAA), whose address is issuer ("https://uaa.example.com").
// Register a client with the grant type authorization_code, the scope openid and
// the redirect URI <base>/callback/cloudfoundry, for example with the command
// "uaa create-client". An address counts as verified when the server says so;
// a server that trusts the addresses of other identity providers should trust
// only those that prove them. There is no picture. Documentation:
// https://docs.cloudfoundry.org/api/uaa/
func CloudFoundry(issuer, clientID, clientSecret string) auth.OAuthProvider {
	server := strings.TrimRight(issuer, "/")
	return auth.OAuthProvider{
		ID:            "cloudfoundry",
		Name:          "Cloud Foundry UAA",
		Style:         auth.Style{Icon: iconCloudFoundry, Color: "#0C9ED5"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: server + "/oauth/authorize"},
		Token:         auth.Endpoint{URL: server + "/oauth/token"},
		Userinfo:      auth.Endpoint{URL: server + "/userinfo"},
		// Userinfo needs this scope. Without any the server grants everything
		// that the client may have.
		Scopes:     []string{"openid"},
		Checks:     []auth.Check{auth.CheckState},
		EmailTrust: auth.EmailVerifiedByClaim,
		Profile:    cloudFoundryProfile,
	}
}

func cloudFoundryDefinition() Definition {
	return Definition{
		ID:               "cloudfoundry",
		Name:             "Cloud Foundry UAA",
		Kind:             KindOAuth2,
		Options:          issuerOptions("The address of the server, for example https://uaa.example.com.", "The server's administrator"),
		DocumentationURL: "https://docs.cloudfoundry.org/api/uaa/",
		Notes: []string{
			"The client needs the grant type authorization_code and the scope openid.",
			"There is no picture.",
		},
		New: newIssuer(CloudFoundry),
	}
}

func cloudFoundryProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "user_id"), textAt(p, "name"), textAt(p, "email"), null()), nil
}
