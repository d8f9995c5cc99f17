package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// GitLab signs in with an account of gitlab.com. Add an application with the
// redirect URI <base>/callback/gitlab and the scope read_user, without which
// there is no address, at https://gitlab.com/-/user_settings/applications. The
// name is the user name of those who gave none. Addresses do not count as
// verified. Documentation: https://docs.gitlab.com/integration/oauth_provider
func GitLab(clientID, clientSecret string) auth.OAuthProvider {
	return GitLabSelfManaged("https://gitlab.com", clientID, clientSecret)
}

// GitLabSelfManaged is [GitLab] for a GitLab server of one's own, whose address
// is baseURL ("https://gitlab.example.com"). Register the same callback URL in
// that server's user settings. The account ids of two servers have nothing to do
// with each other: set another ID when both are used, or after the accounts of
// one have been stored.
func GitLabSelfManaged(baseURL, clientID, clientSecret string) auth.OAuthProvider {
	baseURL = strings.TrimRight(baseURL, "/")
	return auth.OAuthProvider{
		ID:            "gitlab",
		Name:          "GitLab",
		Style:         auth.Style{Icon: iconGitLab, Color: "#FC6D26"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: baseURL + "/oauth/authorize"},
		Token:         auth.Endpoint{URL: baseURL + "/oauth/token"},
		Userinfo:      auth.Endpoint{URL: baseURL + "/api/v4/user"},
		Scopes:        []string{"read_user"},
		Checks:        []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:       gitLabProfile,
	}
}

func gitLabDefinition() Definition {
	return Definition{
		ID:   "gitlab",
		Name: "GitLab",
		Kind: KindOAuth2,
		Options: append(clientOptions("User settings, Applications, the application"), Option{
			Name:  "baseUrl",
			What:  "The address of a GitLab server of one's own instead of gitlab.com.",
			Where: "The address bar of the browser.",
		}),
		ConsoleURL:       "https://gitlab.com/-/user_settings/applications",
		DocumentationURL: "https://docs.gitlab.com/integration/oauth_provider",
		Notes:            []string{"The application needs the scope read_user."},
		New: func(o Options) (auth.Provider, error) {
			return GitLabSelfManaged(cmp.Or(o.BaseURL, "https://gitlab.com"), o.ClientID, o.ClientSecret), nil
		},
	}
}

// gitLabProfile reads the answer of GitLab's own interface, whose id is a number,
// and that of OpenID Connect for those who changed Userinfo to it. v4 reads the id
// and v5 the subject first; on one GitLab both are the same.
func gitLabProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "username"))
	id := cmp.Or(idAt(p, "sub"), idAt(p, "id"))
	if _, isText := p["id"].(string); !isText {
		id = cmp.Or(idAt(p, "id"), id)
	}
	return newUser(id, name, textAt(p, "email"), textAt(p, "avatar_url")), nil
}
