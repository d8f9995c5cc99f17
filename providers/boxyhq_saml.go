package providers

import (
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// BoxyHQSAML signs in with SAML identity providers by way of Ory Polis, formerly
// BoxyHQ SAML Jackson, whose address is issuer. Add a connection with the redirect
// URL <base>/callback/boxyhq-saml in its admin portal, and take the client id and
// secret from there. One provider for all connections has the client id "dummy"
// and the secret that the server is configured with, "dummy" unless it is, and
// each sign-in then names the connection by the parameters tenant and product.
// There is no picture. Addresses do not count as verified, because every identity
// provider can state any. Documentation: https://www.ory.com/docs/polis
func BoxyHQSAML(issuer, clientID, clientSecret string) auth.OAuthProvider {
	api := strings.TrimRight(issuer, "/") + "/api/oauth/"
	return auth.OAuthProvider{
		ID:           "boxyhq-saml",
		Name:         "BoxyHQ SAML",
		Style:        auth.Style{Color: "#25C2A0"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// No scope is sent: "openid" would ask for OpenID Connect, which needs
		// keys of the server's own.
		Authorization:       auth.Endpoint{URL: api + "authorize", Params: url.Values{"provider": {"saml"}}},
		AuthorizationParams: []string{"tenant", "product"},
		Token:               auth.Endpoint{URL: api + "token"},
		Userinfo:            auth.Endpoint{URL: api + "userinfo"},
		Checks:              []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:             boxyHQSAMLProfile,
	}
}

func boxyHQSAMLDefinition() Definition {
	return Definition{
		ID:   "boxyhq-saml",
		Name: "BoxyHQ SAML",
		Kind: KindOAuth2,
		Options: issuerOptions("The address of the server, for example https://sso.example.com.",
			"The admin portal, Enterprise SSO, the connection"),
		DocumentationURL: "https://www.ory.com/docs/polis",
		Notes: []string{
			`With the client id "dummy" each sign-in names a connection by the parameters tenant and product.`,
		},
		New: newIssuer(BoxyHQSAML),
	}
}

func boxyHQSAMLProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "firstName"), textAt(p, "lastName"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), null()), nil
}
