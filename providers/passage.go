package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Passage signs in with an app of Passage by 1Password, whose hosted login page
// has the address issuer ("https://example.withpassage.com", with or without a
// slash at the end). 1Password has announced the end of the service: this is for
// applications that still have accounts of it. An app with hosted login needs the
// redirect URL <base>/callback/passage. There is neither name nor picture, and
// addresses do not count as verified. Documentation:
// https://docs.passage.id/hosted-login/oidc-client-configuration
func Passage(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "passage",
		Name:         "Passage",
		Style:        auth.Style{Color: "#3D53F6"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// Addresses are handed out with a slash at the end, so the document says
		// whether the issuer has one.
		Discovery: strings.TrimRight(issuer, "/") + "/.well-known/openid-configuration",
		OpenID:    true,
		Scopes:    []string{"openid", "email"},
		Checks:    []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:   passageProfile,
	}
}

func passageDefinition() Definition {
	return Definition{
		ID:   "passage",
		Name: "Passage",
		Kind: KindOIDC,
		Options: issuerOptions("The address of the hosted login page, for example https://example.withpassage.com.",
			"The app, Hosted Login"),
		DocumentationURL: "https://docs.passage.id/hosted-login/oidc-client-configuration",
		Notes:            []string{"1Password has announced the end of the service.", "There is neither name nor picture."},
		New:              newIssuer(Passage),
	}
}

func passageProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), null(), textAt(p, "email"), null()), nil
}
