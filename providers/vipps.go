package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Vipps signs in with a Vipps or MobilePay account. The issuer is
// https://api.vipps.no/access-management-1.0/access/ when it is empty; the test
// environment has https://apitest.vipps.no/access-management-1.0/access/. Switch
// Login on for a sales unit and add the redirect URI <base>/callback/vipps at
// https://portal.vippsmobilepay.com/. People share all that Scopes asks for or
// cannot sign in. The id is that of the person at this merchant. Documentation:
// https://developer.vippsmobilepay.com/docs/APIs/login-api/
func Vipps(issuer, clientID, clientSecret string) auth.OAuthProvider {
	const production = "https://api.vipps.no/access-management-1.0/access/"
	return auth.OAuthProvider{
		ID:           "vipps",
		Name:         "Vipps",
		Style:        auth.Style{Color: "#F05C18"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// The slash at the end belongs to the issuer identifier.
		Issuer:              strings.TrimRight(cmp.Or(issuer, production), "/") + "/",
		OpenID:              true,
		ProfileFromUserinfo: true,
		Scopes:              []string{"openid", "name", "email"},
		Checks:              []auth.Check{auth.CheckPKCE, auth.CheckState, auth.CheckNonce},
		EmailTrust:          auth.EmailVerifiedByClaim,
		Profile:             defaultProfile,
	}
}

func vippsDefinition() Definition {
	return Definition{
		ID:   "vipps",
		Name: "Vipps",
		Kind: KindOIDC,
		Options: append(clientOptions("For developers, the sales unit, Show keys"), Option{
			Name:  "issuer",
			What:  "https://apitest.vipps.no/access-management-1.0/access/ for the test environment.",
			Where: "The documentation of the Login API",
		}),
		ConsoleURL:       "https://portal.vippsmobilepay.com/",
		DocumentationURL: "https://developer.vippsmobilepay.com/docs/APIs/login-api/",
		Notes: []string{
			"The sales unit needs Login switched on.",
			"People share all that the scopes ask for or cannot sign in.",
		},
		New: newIssuer(Vipps),
	}
}
