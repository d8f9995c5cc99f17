package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Descope signs in with an account of a Descope project. The client id is the
// project id and the client secret an access key. Create an OIDC application with
// the redirect URL <base>/callback/descope at https://app.descope.com. The issuer
// follows from the project id: a project with a domain of its own, or in another
// region, sets Issuer. An address counts as verified when the project says so.
// Documentation: https://docs.descope.com/manage/idpapplications/oidc/
func Descope(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "descope",
		Name:         "Descope",
		Style:        auth.Style{Color: "#1C1C23"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       "https://api.descope.com/" + clientID,
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      defaultProfile,
	}
}

func descopeDefinition() Definition {
	return Definition{
		ID:   "descope",
		Name: "Descope",
		Kind: KindOIDC,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The project id.", Where: "Project"},
			{Name: "clientSecret", Required: true, What: "An access key.", Where: "Access Keys"},
			{
				Name: "issuer", What: "The issuer of a project with a domain of its own or in another region, instead of https://api.descope.com/<project id>.",
				Where: "Applications, the application, Issuer",
			},
		},
		ConsoleURL:       "https://app.descope.com",
		DocumentationURL: "https://docs.descope.com/manage/idpapplications/oidc/",
		New: func(o Options) (auth.Provider, error) {
			p := Descope(o.ClientID, o.ClientSecret)
			if o.Issuer != "" {
				p.Issuer = strings.TrimRight(o.Issuer, "/")
			}
			return p, nil
		},
	}
}
