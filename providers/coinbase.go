package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Coinbase signs in with a Coinbase account. Create an OAuth client with the
// redirect URL <base>/callback/coinbase at https://portal.cdp.coinbase.com/;
// Coinbase creates them for approved partners only. The addresses of the
// endpoints are those of Auth.js v5, because Coinbase has moved them since
// NextAuth.js v4. Access tokens live for two hours. Addresses do not count as
// verified. Documentation:
// https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/overview
func Coinbase(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "coinbase",
		Name:          "Coinbase",
		Style:         auth.Style{Icon: iconCoinbase, Color: "#0052FF"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://login.coinbase.com/oauth2/auth"},
		Token:         auth.Endpoint{URL: "https://login.coinbase.com/oauth2/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.coinbase.com/v2/user"},
		Scopes:        []string{"wallet:user:email", "wallet:user:read"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       coinbaseProfile,
	}
}

func coinbaseDefinition() Definition {
	return Definition{
		ID:               "coinbase",
		Name:             "Coinbase",
		Kind:             KindOAuth2,
		Options:          clientOptions("API Keys, OAuth"),
		ConsoleURL:       "https://portal.cdp.coinbase.com/",
		DocumentationURL: "https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/overview",
		Notes:            []string{"Coinbase creates OAuth clients for approved partners only."},
		New:              newClient(Coinbase),
	}
}

func coinbaseProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "data", "id"),
		textAt(p, "data", "name"),
		textAt(p, "data", "email"),
		textAt(p, "data", "avatar_url"),
	), nil
}
