package providers

import (
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Notion signs in with a Notion account. Create a public integration with the
// redirect URI <base>/callback/notion and the capability to read user information
// including mail addresses at https://www.notion.so/my-integrations; internal
// integrations have no client id. People are asked which pages to share; they need
// not share any. Addresses do not count as verified. Documentation:
// https://developers.notion.com/docs/authorization
func Notion(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "notion",
		Name:         "Notion",
		Style:        auth.Style{Icon: iconNotion, Color: "#000000"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// Auth.js sends a redirect_uri from an option here, which says "undefined"
		// unless it is set. The engine knows the right one.
		Authorization: auth.Endpoint{
			URL:    "https://api.notion.com/v1/oauth/authorize",
			Params: url.Values{"owner": {"user"}},
		},
		Token: auth.Endpoint{URL: "https://api.notion.com/v1/oauth/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.notion.com/v1/users/me",
			Header: http.Header{"Notion-Version": {"2022-06-28"}},
		},
		ProfilePath: []string{"bot", "owner", "user"},
		// Auth.js checks PKCE alone, which Notion ignores.
		Checks:  []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile: notionProfile,
	}
}

func notionDefinition() Definition {
	return Definition{
		ID:               "notion",
		Name:             "Notion",
		Kind:             KindOAuth2,
		Options:          clientOptions("The integration, Configuration"),
		ConsoleURL:       "https://www.notion.so/my-integrations",
		DocumentationURL: "https://developers.notion.com/docs/authorization",
		Notes: []string{
			"Only public integrations can sign people in.",
			"The mail address needs the capability to read user information including mail addresses.",
		},
		New: newClient(Notion),
	}
}

func notionProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "person", "email"), textAt(p, "avatar_url")), nil
}
