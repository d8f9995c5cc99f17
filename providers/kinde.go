package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Kinde signs in with an account of a Kinde business, whose domain is issuer
// ("https://example.kinde.com", or a domain of one's own). Add a back-end
// application with the allowed callback URL <base>/callback/kinde at
// https://app.kinde.com/. Addresses do not count as verified. Documentation:
// https://docs.kinde.com/
func Kinde(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "kinde",
		Name:         "Kinde",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckState, auth.CheckPKCE},
		Profile:      defaultProfile,
	}
}

func kindeDefinition() Definition {
	return Definition{
		ID:   "kinde",
		Name: "Kinde",
		Kind: KindOIDC,
		Options: issuerOptions("The domain of the business, for example https://example.kinde.com.",
			"Settings, Applications, the application, Details"),
		ConsoleURL:       "https://app.kinde.com/",
		DocumentationURL: "https://docs.kinde.com/",
		New:              newIssuer(Kinde),
	}
}
