package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Hydra signs in with an account of an Ory Hydra server or an Ory Network project,
// whose address is issuer ("https://hydra.example.com", with or without a slash at
// the end). Create an OAuth 2.0 client with the authorization code grant, the
// scopes openid, email and profile and the redirect URI <base>/callback/hydra,
// with the command "hydra create oauth2-client" or in the console of Ory. What a
// profile says is up to the consent application of that server; an address counts
// as verified when that application says so. Documentation:
// https://www.ory.sh/docs/hydra/5min-tutorial
func Hydra(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "hydra",
		Name:         "Hydra",
		Style:        auth.Style{Icon: iconOry, Color: "#4F46E5"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// Some versions add a slash to the issuer that is configured there, so the
		// document says which one it is.
		Discovery:  strings.TrimRight(issuer, "/") + "/.well-known/openid-configuration",
		OpenID:     true,
		Scopes:     []string{"openid", "profile", "email"},
		Checks:     []auth.Check{auth.CheckPKCE},
		EmailTrust: auth.EmailVerifiedByClaim,
		Profile:    defaultProfile,
	}
}

func hydraDefinition() Definition {
	return Definition{
		ID:   "hydra",
		Name: "Hydra",
		Kind: KindOIDC,
		Options: issuerOptions("The public address of the server, for example https://hydra.example.com.",
			`The answer of "hydra create oauth2-client"`),
		DocumentationURL: "https://www.ory.sh/docs/hydra/5min-tutorial",
		Notes:            []string{"What a profile says is up to the consent application of the server."},
		New:              newIssuer(Hydra),
	}
}
