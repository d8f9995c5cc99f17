package providers

import (
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// WorkOS signs in through WorkOS, which forwards to the identity provider of a
// customer. Add the redirect URI <base>/callback/workos at
// https://dashboard.workos.com. The client secret is the API key. Each sign-in
// has to name the identity provider by one of the authorization parameters
// connection, organization and provider: either the request to sign in passes it
// on, or Authorization.Params fixes it for everybody. Addresses do not count as
// verified, because a customer's administrator can set them. Documentation:
// https://workos.com/docs/reference/sso
func WorkOS(clientID, clientSecret string) auth.OAuthProvider {
	return workOS("https://api.workos.com", clientID, clientSecret)
}

func workOSDefinition() Definition {
	return Definition{
		ID:   "workos",
		Name: "WorkOS",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The client id of the environment.", Where: "API Keys"},
			{Name: "clientSecret", Required: true, What: "An API key of the environment.", Where: "API Keys"},
			{Name: "connection", What: "The connection that everybody signs in by.", Where: "Organizations, the organization, the connection"},
			{Name: "issuer", What: "The address of the interface, when it is not https://api.workos.com.", Where: "The support of WorkOS"},
		},
		ConsoleURL:       "https://dashboard.workos.com",
		DocumentationURL: "https://workos.com/docs/reference/sso",
		Notes: []string{
			"Each sign-in needs one of the parameters connection, organization and provider, unless a connection is configured.",
			"Addresses never count as verified, because a customer's administrator can set them.",
		},
		New: func(o Options) (auth.Provider, error) {
			p := WorkOS(o.ClientID, o.ClientSecret)
			if o.Issuer != "" {
				p = workOS(strings.TrimRight(o.Issuer, "/"), o.ClientID, o.ClientSecret)
			}
			// Auth.js v5 sends connection even when it is empty, which names no
			// identity provider.
			if o.Connection != "" {
				p.Authorization.Params = url.Values{"connection": {o.Connection}}
			}
			return p, nil
		},
	}
}

func workOS(api, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "workos",
		Name:                 "WorkOS",
		Style:                auth.Style{Color: "#6363F1"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: api + "/sso/authorize"},
		Token:                auth.Endpoint{URL: api + "/sso/token"},
		Userinfo:             auth.Endpoint{URL: api + "/sso/profile"},
		AuthorizationParams:  []string{"connection", "organization", "provider"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              workOSProfile,
	}
}

func workOSProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "first_name"), textAt(p, "last_name"))
	image := textAt(p, "raw_attributes", "picture").or(null())
	return newUser(idAt(p, "id"), name, textAt(p, "email"), image), nil
}
