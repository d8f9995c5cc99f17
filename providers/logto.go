package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Logto signs in with an account of a Logto tenant, whose issuer is
// "https://example.logto.app/oidc" or that of a server of one's own. Create a
// traditional web application with the redirect URI <base>/callback/logto at
// https://cloud.logto.io/. The name is the user name of those who gave none. An
// address counts as verified when the tenant says so; a tenant that takes
// addresses over from social connectors should trust only those that prove them.
// Documentation: https://docs.logto.io/integrate-logto/application-data-structure
func Logto(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "logto",
		Name:         "Logto",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"offline_access", "openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckPKCE},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      logtoProfile,
	}
}

func logtoDefinition() Definition {
	return Definition{
		ID:   "logto",
		Name: "Logto",
		Kind: KindOIDC,
		Options: issuerOptions("The issuer endpoint of the tenant, for example https://example.logto.app/oidc.",
			"Applications, the application, Endpoints & Credentials"),
		ConsoleURL:       "https://cloud.logto.io/",
		DocumentationURL: "https://docs.logto.io/integrate-logto/application-data-structure",
		New:              newIssuer(Logto),
	}
}

func logtoProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "username"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
