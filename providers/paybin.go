package providers

import (
	"cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Paybin signs in with an account of Paybin, by OpenID Connect. Create an OAuth
// application with the redirect URI <base>/callback/paybin in the developer settings
// of https://portfolio.paybin.io. Paybin requires PKCE. An issuer other than
// https://idp.paybin.io can be set as the provider's Issuer. Addresses do not count as
// verified. Documentation: https://developers.paybin.io/knowledge-center/oidc
func Paybin(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "paybin",
		Name:                 "Paybin",
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Issuer:               paybinIssuer,
		OpenID:               true,
		Scopes:               []string{"openid", "email", "profile"},
		Checks:               []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:              paybinProfile,
	}
}

const paybinIssuer = "https://idp.paybin.io"

func paybinDefinition() Definition {
	const settings = "Developer Settings, the application"
	return Definition{
		ID:   "paybin",
		Name: "Paybin",
		Kind: KindOIDC,
		Options: append(clientOptions(settings), Option{
			Name: "issuer", What: "The issuer, for a server other than " + paybinIssuer + ".", Where: settings,
		}),
		ConsoleURL:       "https://portfolio.paybin.io",
		DocumentationURL: "https://developers.paybin.io/knowledge-center/oidc",
		New: func(o Options) (auth.Provider, error) {
			p := Paybin(o.ClientID, o.ClientSecret)
			p.Issuer = cmp.Or(o.Issuer, paybinIssuer)
			return p, nil
		},
	}
}

func paybinProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "preferred_username"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
