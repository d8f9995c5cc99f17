package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// GitHubEnterprise signs in with an account of a GitHub Enterprise Server, whose
// address is baseURL ("https://github.example.com"). It is [GitHub] with the ID
// "github-enterprise", because the account ids of two servers have nothing to do
// with each other; the callback URL is <base>/callback/github-enterprise. The
// OAuth app is registered in that server's own developer settings.
// Documentation: https://docs.github.com/en/enterprise-server@latest/apps/oauth-apps
func GitHubEnterprise(baseURL, clientID, clientSecret string) auth.OAuthProvider {
	baseURL = strings.TrimRight(baseURL, "/")
	p := gitHub(baseURL, baseURL+"/api/v3", clientID, clientSecret)
	p.ID = "github-enterprise"
	p.Name = "GitHub Enterprise"
	return p
}

func gitHubEnterpriseDefinition() Definition {
	return Definition{
		ID:   "github-enterprise",
		Name: "GitHub Enterprise",
		Kind: KindOAuth2,
		Options: append([]Option{{
			Name:     "baseUrl",
			Required: true,
			What:     "The address of the GitHub Enterprise Server.",
			Where:    "The address bar of the browser.",
		}}, clientOptions("Settings of that server, Developer settings, OAuth apps")...),
		DocumentationURL: "https://docs.github.com/en/enterprise-server@latest/apps/oauth-apps",
		New: func(o Options) (auth.Provider, error) {
			return GitHubEnterprise(o.BaseURL, o.ClientID, o.ClientSecret), nil
		},
	}
}
