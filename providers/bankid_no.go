package providers

import (
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// BankIDNorway signs in with the Norwegian BankID. BankID Norge and its resellers
// give out the client id and secret, for the redirect URI
// <base>/callback/bankid-no. To use the public test realm, set Issuer to
// https://auth.current.bankid.no/auth/realms/current. Authorization.Params asks for
// BankID with biometrics (login_hint) and for pages in Norwegian (ui_locales). The
// address does not count as verified, and there is no picture. Documentation:
// https://developer.bankid.no/
func BankIDNorway(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "bankid-no",
		Name:                 "BankID Norge",
		Style:                auth.Style{Color: "#39134C"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Issuer:               "https://auth.bankid.no/auth/realms/prod",
		OpenID:               true,
		Authorization:        auth.Endpoint{Params: url.Values{"login_hint": {"BIS"}, "ui_locales": {"no"}}},
		Scopes:               []string{"openid", "profile", "email"},
		ProfileFromUserinfo:  true,
		SignedUserinfo:       true,
		Checks:               []auth.Check{auth.CheckPKCE, auth.CheckState, auth.CheckNonce},
		Profile:              bankIDNorwayProfile,
	}
}

func bankIDNorwayDefinition() Definition {
	return Definition{
		ID:   "bankid-no",
		Name: "BankID Norge",
		Kind: KindOIDC,
		Options: append(clientOptions("The agreement with BankID or a reseller"), Option{
			Name: "issuer", What: "Another realm than the one for production, for example https://auth.current.bankid.no/auth/realms/current for tests.",
			Where: "The documentation",
		}),
		DocumentationURL: "https://developer.bankid.no/",
		Notes:            []string{"An agreement with BankID or a reseller is needed."},
		New: func(o Options) (auth.Provider, error) {
			p := BankIDNorway(o.ClientID, o.ClientSecret)
			if o.Issuer != "" {
				p.Issuer = strings.TrimRight(o.Issuer, "/")
			}
			return p, nil
		},
	}
}

func bankIDNorwayProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "name"), textAt(p, "email").or(null()), null()), nil
}
