package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Gitea signs in with an account of a Gitea server, whose address is server; when
// it is empty, that of https://gitea.com. Forgejo servers work as well. Create a
// confidential OAuth2 application with the redirect URI <base>/callback/gitea in
// the settings of an account, an organization or the server, for example at
// https://gitea.com/user/settings/applications. The name is the login of those
// who gave none. Addresses do not count as verified. Servers before Gitea 1.23
// ignore the scope, so that the access token can do everything there.
// Documentation: https://docs.gitea.com/development/oauth2-provider
func Gitea(server, clientID, clientSecret string) auth.OAuthProvider {
	server = strings.TrimRight(cmp.Or(server, "https://gitea.com"), "/")
	return auth.OAuthProvider{
		ID:                   "gitea",
		Name:                 "Gitea",
		Style:                auth.Style{Icon: iconGitea, Color: "#609926"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: server + "/login/oauth/authorize"},
		Token:                auth.Endpoint{URL: server + "/login/oauth/access_token"},
		Userinfo:             auth.Endpoint{URL: server + "/api/v1/user"},
		Scopes:               []string{"read:user"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              giteaProfile,
	}
}

func giteaDefinition() Definition {
	return Definition{
		ID:   "gitea",
		Name: "Gitea",
		Kind: KindOAuth2,
		Options: append(clientOptions("Settings, Applications"), Option{
			Name: "baseUrl", What: "The address of the server, when it is not https://gitea.com.", Where: "The address bar of the browser.",
		}),
		ConsoleURL:       "https://gitea.com/user/settings/applications",
		DocumentationURL: "https://docs.gitea.com/development/oauth2-provider",
		Notes:            []string{"Servers before Gitea 1.23 ignore the scope, so that the access token can do everything there."},
		New:              func(o Options) (auth.Provider, error) { return Gitea(o.BaseURL, o.ClientID, o.ClientSecret), nil },
	}
}

func giteaProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "full_name").orFilled(textAt(p, "login"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), textAt(p, "avatar_url")), nil
}
