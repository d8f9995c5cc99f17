package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// BattleNet signs in with a Battle.net account. The issuer chooses the region:
// https://oauth.battle.net, which it is when it is empty, for the whole world but
// China, and https://oauth.battlenet.com.cn for China. Create a client with the
// redirect URL <base>/callback/battlenet at
// https://develop.battle.net/access/clients. The name is the BattleTag; there is
// neither a mail address nor a picture. Documentation:
// https://develop.battle.net/documentation/guides/using-oauth
func BattleNet(issuer, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "battlenet",
		Name:         "Battle.net",
		Style:        auth.Style{Icon: iconBattleNet, Color: "#4381C3"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// The document names the issuer, which the address of a former region
		// need not be.
		Discovery: strings.TrimRight(cmp.Or(issuer, "https://oauth.battle.net"), "/") + "/.well-known/openid-configuration",
		OpenID:    true,
		// The scopes of Auth.js v5 for profile and address do not exist here.
		Scopes:  []string{"openid"},
		Checks:  []auth.Check{auth.CheckState},
		Profile: battleNetProfile,
	}
}

func battleNetDefinition() Definition {
	return Definition{
		ID:   "battlenet",
		Name: "Battle.net",
		Kind: KindOIDC,
		Options: append(clientOptions("API Access, the client"), Option{
			Name: "issuer", What: "The region: https://oauth.battle.net, which is the default, or https://oauth.battlenet.com.cn for China.",
			Where: "The documentation",
		}),
		ConsoleURL:       "https://develop.battle.net/access/clients",
		DocumentationURL: "https://develop.battle.net/documentation/guides/using-oauth",
		Notes:            []string{"There is neither a mail address nor a picture."},
		New:              newIssuer(BattleNet),
	}
}

func battleNetProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "battle_tag"), null(), null()), nil
}
