package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Asgardeo signs in with an account of an Asgardeo organization, whose address
// is issuer: https://api.asgardeo.io/t/<organization>, with or without
// /oauth2/token at the end. Create a traditional web application with OpenID
// Connect and the authorized redirect URL <base>/callback/asgardeo at
// https://console.asgardeo.io/, and choose under User Attributes what it is told:
// without the full name there, the user has none. Addresses do not count as
// verified, because that statement is an attribute like any other. Documentation:
// https://wso2.com/asgardeo/docs/guides/applications/register-oidc-web-app/
func Asgardeo(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "asgardeo",
		Name:         "Asgardeo",
		Style:        auth.Style{Color: "#000000"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// Auth.js v5 announces this address and then looks for the document
		// at the one that was configured.
		Issuer:  strings.TrimSuffix(strings.TrimRight(issuer, "/"), "/oauth2/token") + "/oauth2/token",
		OpenID:  true,
		Scopes:  []string{"openid", "profile", "email"},
		Checks:  []auth.Check{auth.CheckPKCE},
		Profile: defaultProfile,
	}
}

func asgardeoDefinition() Definition {
	return Definition{
		ID:   "asgardeo",
		Name: "Asgardeo",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the organization, for example https://api.asgardeo.io/t/example.",
			"Applications, the application, Protocol and Info"),
		ConsoleURL:       "https://console.asgardeo.io/",
		DocumentationURL: "https://wso2.com/asgardeo/docs/guides/applications/register-oidc-web-app/",
		Notes:            []string{"Name, address and picture have to be chosen under User Attributes of the application."},
		New:              newIssuer(Asgardeo),
	}
}
