package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Cognito signs in with an account of an Amazon Cognito user pool, whose address
// is issuer ("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example").
// Give the user pool a domain, without which nobody can sign in, and create an
// app client with a client secret, the authorization code grant, the scope openid
// and the callback URL <base>/callback/cognito at
// https://console.aws.amazon.com/cognito/v2/home. The scope is openid alone, as
// in NextAuth.js v4: it yields all attributes that the app client may read, and
// the further scopes of Auth.js v5 fail where they are not enabled. An address
// counts as verified when the user pool says so. Documentation:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html
func Cognito(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "cognito",
		Name:         "Cognito",
		Style:        auth.Style{Color: "#C17B9E"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid"},
		Checks:       []auth.Check{auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      openIDProfile,
	}
}

func cognitoDefinition() Definition {
	return Definition{
		ID:   "cognito",
		Name: "Cognito",
		Kind: KindOIDC,
		Options: issuerOptions(
			"The address of the user pool: https://cognito-idp.<region>.amazonaws.com/<user pool id>.",
			"User pools, the user pool, App clients"),
		ConsoleURL:       "https://console.aws.amazon.com/cognito/v2/home",
		DocumentationURL: "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html",
		Notes:            []string{"The user pool needs a domain, without which nobody can sign in."},
		New:              newIssuer(Cognito),
	}
}
