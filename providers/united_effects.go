package providers

import (
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// UnitedEffects signs in with an account of a United Effects auth group, whose
// address is issuer ("https://auth.unitedeffects.com/<auth group id>"). Create a
// client with the redirect URI <base>/callback/united-effects at
// https://core.unitedeffects.com. By its design the service tells neither name
// nor picture. Addresses do not count as verified. Documentation:
// https://docs.unitedeffects.com/integrations/nextauthjs
func UnitedEffects(issuer, clientID, clientSecret string) auth.OAuthProvider {
	issuer = strings.TrimRight(issuer, "/")
	return auth.OAuthProvider{
		ID:            "united-effects",
		Name:          "United Effects",
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Issuer:        issuer,
		OpenID:        true,
		Authorization: auth.Endpoint{Params: url.Values{"resource": {issuer}}},
		Scopes:        []string{"openid", "email", "profile"},
		Checks:        []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:       unitedEffectsProfile,
	}
}

func unitedEffectsDefinition() Definition {
	return Definition{
		ID:   "united-effects",
		Name: "United Effects",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the auth group, https://auth.unitedeffects.com/<auth group id>.",
			"The auth group, the client"),
		ConsoleURL:       "https://core.unitedeffects.com",
		DocumentationURL: "https://docs.unitedeffects.com/integrations/nextauthjs",
		Notes:            []string{"The service tells neither name nor picture."},
		New:              newIssuer(UnitedEffects),
	}
}

func unitedEffectsProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), null(), textAt(p, "email"), null()), nil
}
