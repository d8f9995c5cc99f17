package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Frontegg signs in with an account of a Frontegg environment, whose address is
// issuer ("https://example.frontegg.com"). Add the redirect URL
// <base>/callback/frontegg under Authentication, Login method, Hosted login at
// https://portal.frontegg.com; the client id and the API key, which is the
// client secret, are in the environment's settings. Documentation:
// https://developers.frontegg.com/guides/management/frontegg-idp/via-oidc
func Frontegg(issuer, clientID, clientSecret string) auth.OAuthProvider {
	issuer = strings.TrimRight(issuer, "/")
	return auth.OAuthProvider{
		ID:            "frontegg",
		Name:          "Frontegg",
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Discovery:     issuer + "/oauth/.well-known/openid-configuration",
		Authorization: auth.Endpoint{URL: issuer + "/oauth/authorize"},
		Token:         auth.Endpoint{URL: issuer + "/oauth/token"},
		OpenID:        true,
		Scopes:        []string{"openid", "email", "profile"},
		Checks:        []auth.Check{auth.CheckPKCE},
		EmailTrust:    auth.EmailVerifiedByClaim,
		Profile:       fronteggProfile,
	}
}

func fronteggDefinition() Definition {
	return Definition{
		ID:   "frontegg",
		Name: "Frontegg",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the environment, for example https://example.frontegg.com.",
			"Environments, the environment, Env settings"),
		ConsoleURL:       "https://portal.frontegg.com",
		DocumentationURL: "https://developers.frontegg.com/guides/management/frontegg-idp/via-oidc",
		Notes: []string{
			"The environment must use the hosted login.",
			"The client secret is the API key of the environment.",
		},
		New: newIssuer(Frontegg),
	}
}

// fronteggProfile finds the picture under Frontegg's own name for it too.
func fronteggProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "nickname")).or(textAt(p, "preferred_username"))
	image := textAt(p, "picture").or(textAt(p, "profilePictureUrl"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), image), nil
}
