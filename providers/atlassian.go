package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Atlassian signs in with an Atlassian account. Create an OAuth 2.0 integration
// at https://developer.atlassian.com/console/myapps/, add the callback URL
// <base>/callback/atlassian under Authorization and the User Identity API under
// Permissions. To act in Jira or Confluence, append their scopes to Scopes.
// Addresses do not count as verified. Documentation:
// https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
func Atlassian(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "atlassian",
		Name:         "Atlassian",
		Style:        auth.Style{Icon: iconAtlassian, Color: "#0052CC"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// Atlassian wants the prompt, which is in NextAuth.js v4 alone, and
		// the profile wants the scope, which is in Auth.js v5 alone.
		Authorization: auth.Endpoint{
			URL:    "https://auth.atlassian.com/authorize",
			Params: url.Values{"audience": {"api.atlassian.com"}, "prompt": {"consent"}},
		},
		Token:    auth.Endpoint{URL: "https://auth.atlassian.com/oauth/token"},
		Userinfo: auth.Endpoint{URL: "https://api.atlassian.com/me"},
		Scopes:   []string{"read:me"},
		Checks:   []auth.Check{auth.CheckState},
		Profile:  atlassianProfile,
	}
}

func atlassianDefinition() Definition {
	return Definition{
		ID:               "atlassian",
		Name:             "Atlassian",
		Kind:             KindOAuth2,
		Options:          clientOptions("The app, Settings"),
		ConsoleURL:       "https://developer.atlassian.com/console/myapps/",
		DocumentationURL: "https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/",
		Notes:            []string{"The app needs the User Identity API under Permissions."},
		New:              newClient(Atlassian),
	}
}

func atlassianProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "account_id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "picture")), nil
}
