package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// OIDC signs in with any OpenID Connect provider. The id names it here: register
// <base>/callback/<id> as redirect URI, and do not change the id once people have
// signed in. The issuer is the provider's issuer identifier exactly as its
// discovery document writes it; endpoints and keys are read from
// <issuer>/.well-known/openid-configuration. The name on the sign-in page is the
// id unless Name is set. The user is made of the claims sub, name, else nickname
// or preferred_username, email and picture unless Profile is set. An address counts as verified when the claim
// email_verified is true: set EmailTrust to [auth.EmailNeverVerified] for a
// provider whose word is not good enough. Documentation:
// https://openid.net/specs/openid-connect-core-1_0.html
func OIDC(id, issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           id,
		Name:         id,
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       issuer,
		OpenID:       true,
		Scopes:       []string{"openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      defaultProfile,
	}
}

func oidcDefinition() Definition {
	return Definition{
		ID:               "oidc",
		Name:             "oidc",
		Kind:             KindOIDC,
		Options:          issuerOptions("The provider's issuer identifier, as its discovery document writes it.", "The provider's console"),
		DocumentationURL: "https://openid.net/specs/openid-connect-core-1_0.html",
		New: func(o Options) (auth.Provider, error) {
			return OIDC("oidc", o.Issuer, o.ClientID, o.ClientSecret), nil
		},
	}
}
