package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Twitch signs in with a Twitch account. Register an application with the OAuth
// redirect URL <base>/callback/twitch at https://dev.twitch.tv/console/apps. The
// name is the display name. The claims parameter asks for what the ID token would
// otherwise lack. No address counts as verified unless that parameter, in
// Authorization.Params, also asks for email_verified. Documentation:
// https://dev.twitch.tv/docs/authentication/getting-tokens-oidc/
func Twitch(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "twitch",
		Name:         "Twitch",
		Style:        auth.Style{Icon: iconTwitch, Color: "#9146FF"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// As in v5; v4 finds it in the discovery document.
		ClientAuthentication: auth.ClientSecretPost,
		Issuer:               "https://id.twitch.tv/oauth2",
		OpenID:               true,
		Authorization: auth.Endpoint{
			Params: url.Values{"claims": {`{"id_token":{"email":null,"picture":null,"preferred_username":null}}`}},
		},
		Scopes:     []string{"openid", "user:read:email"},
		Checks:     []auth.Check{auth.CheckState},
		EmailTrust: auth.EmailVerifiedByClaim,
		FixTokens:  fixTwitchTokens,
		Profile:    twitchProfile,
	}
}

func twitchDefinition() Definition {
	return Definition{
		ID:               "twitch",
		Name:             "Twitch",
		Kind:             KindOIDC,
		Options:          clientOptions("Applications, the application, Manage"),
		ConsoleURL:       "https://dev.twitch.tv/console/apps",
		DocumentationURL: "https://dev.twitch.tv/docs/authentication/getting-tokens-oidc/",
		Notes:            []string{"No address counts as verified unless the claims parameter also asks for email_verified."},
		New:              newClient(Twitch),
	}
}

// fixTwitchTokens gives refusals the shape of the standard: Twitch has a message
// and no error code.
func fixTwitchTokens(t auth.Tokens) {
	if message := t.Text("message"); message != "" && t.Text("error") == "" {
		t["error"], t["error_description"] = "invalid_request", message
	}
}

func twitchProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "preferred_username"), textAt(p, "email"), textAt(p, "picture")), nil
}
