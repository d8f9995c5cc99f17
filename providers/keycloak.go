package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Keycloak signs in with an account of a Keycloak realm, whose address is issuer
// ("https://sso.example.com/realms/main"). Create an OpenID Connect client with
// client authentication switched on and the redirect URI <base>/callback/keycloak
// in the realm's admin console. The name is the user name of those who gave none.
// An address counts as verified when the realm says so; a realm that trusts the
// addresses of brokered identity providers should trust only those that prove
// them. Documentation:
// https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients
func Keycloak(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "keycloak",
		Name:         "Keycloak",
		Style:        auth.Style{Color: "#4D4D4D"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      keycloakProfile,
	}
}

func keycloakDefinition() Definition {
	return Definition{
		ID:   "keycloak",
		Name: "Keycloak",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the realm, for example https://sso.example.com/realms/main.",
			"The realm's admin console, Clients, the client, Credentials"),
		DocumentationURL: "https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients",
		Notes:            []string{"The client needs client authentication switched on."},
		New:              newIssuer(Keycloak),
	}
}

func keycloakProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "preferred_username"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
