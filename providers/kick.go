package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Kick signs in with an account of kick.com. Turn on two-factor authentication, create
// an app with the redirect URL <base>/callback/kick at
// https://kick.com/settings/developer and choose the scope user:read. Kick requires
// PKCE. Addresses do not count as verified. Documentation:
// https://docs.kick.com/getting-started/generating-tokens-oauth2-flow
func Kick(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "kick",
		Name:                 "Kick",
		Style:                auth.Style{Icon: iconKick, Color: "#53FC19"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://id.kick.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://id.kick.com/oauth/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.kick.com/public/v1/users"},
		ProfilePath:          []string{"data", "0"},
		Scopes:               []string{"user:read"},
		Checks:               []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:              kickProfile,
	}
}

func kickDefinition() Definition {
	return Definition{
		ID:               "kick",
		Name:             "Kick",
		Kind:             KindOAuth2,
		Options:          clientOptions("Settings, Developer, the app"),
		ConsoleURL:       "https://kick.com/settings/developer",
		DocumentationURL: "https://docs.kick.com/getting-started/generating-tokens-oauth2-flow",
		New:              newClient(Kick),
	}
}

func kickProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "user_id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "profile_picture")), nil
}
