package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Osu signs in with an osu! account. Create an OAuth application with the callback
// URL <base>/callback/osu at
// https://osu.ppy.sh/home/account/edit#new-oauth-application. There is never a mail
// address. Documentation: https://osu.ppy.sh/docs/index.html#authentication
func Osu(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "osu",
		Name:          "Osu!",
		Style:         auth.Style{Icon: iconOsu, Color: "#FF66AA"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://osu.ppy.sh/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://osu.ppy.sh/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://osu.ppy.sh/api/v2/me"},
		Scopes:        []string{"identify"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       osuProfile,
	}
}

func osuDefinition() Definition {
	return Definition{
		ID:               "osu",
		Name:             "Osu!",
		Kind:             KindOAuth2,
		Options:          clientOptions("Account settings, OAuth, the application"),
		ConsoleURL:       "https://osu.ppy.sh/home/account/edit#new-oauth-application",
		DocumentationURL: "https://osu.ppy.sh/docs/index.html#authentication",
		Notes:            []string{"There is never a mail address."},
		New:              newClient(Osu),
	}
}

func osuProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "username"), null(), textAt(p, "avatar_url")), nil
}
