package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// BeyondIdentity signs in with a passkey of a Beyond Identity realm. The issuer
// is that of the application there:
// https://auth-us.beyondidentity.com/v1/tenants/<tenant>/realms/<realm>/applications/<application>.
// Add a confidential OpenID Connect application with the redirect URI
// <base>/callback/beyondidentity at https://console-us.beyondidentity.com/ or, for
// tenants in Europe, at https://console-eu.beyondidentity.com/. The user has the
// further member preferred_username. There is no picture, and addresses do not
// count as verified. Documentation: https://developer.beyondidentity.com/
func BeyondIdentity(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "beyondidentity",
		Name:         "Beyond Identity",
		Style:        auth.Style{Color: "#5077C5"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       strings.TrimRight(issuer, "/"),
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckPKCE},
		Profile:      beyondIdentityProfile,
	}
}

func beyondIdentityDefinition() Definition {
	return Definition{
		ID:   "beyondidentity",
		Name: "Beyond Identity",
		Kind: KindOIDC,
		Options: issuerOptions("The issuer of the application.",
			"Apps, the application, External Protocol"),
		ConsoleURL:       "https://console-us.beyondidentity.com/",
		DocumentationURL: "https://developer.beyondidentity.com/",
		New:              newIssuer(BeyondIdentity),
	}
}

func beyondIdentityProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	u := newUser(idAt(p, "sub"), textAt(p, "name"), textAt(p, "email"), null())
	if name := textAt(p, "preferred_username"); name.text != "" {
		u.Extra["preferred_username"] = name.text
	}
	return u, nil
}
