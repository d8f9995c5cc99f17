package providers

import (
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// FusionAuth signs in with an account of a FusionAuth server, whose address is
// issuer ("https://auth.example.com"). The tenantID is needed for a server with
// several tenants and may be empty otherwise. Create an application with the
// authorized redirect URL <base>/callback/fusionauth in the server's own
// administration, and choose an RS256 key for both of its tokens there: the key
// that is preset signs with HS256, which is refused. What the tokens name as
// their issuer is read from the server. Addresses do not count as verified,
// because FusionAuth calls every address verified while its verification of
// addresses is switched off: set EmailTrust to [auth.EmailVerifiedByClaim] when
// it is on. Documentation:
// https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/
func FusionAuth(issuer, tenantID, clientID, clientSecret string) auth.OAuthProvider {
	p := auth.OAuthProvider{
		ID:           "fusionauth",
		Name:         "FusionAuth",
		Style:        auth.Style{Icon: iconFusionAuth, Color: "#F58320"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Discovery:    strings.TrimRight(issuer, "/") + "/.well-known/openid-configuration",
		OpenID:       true,
		// NextAuth.js v4 asks for the first two, which need not give an address today.
		Scopes:  []string{"openid", "offline_access", "email", "profile"},
		Checks:  []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile: fusionAuthProfile,
	}
	if tenantID != "" {
		tenant := url.Values{"tenantId": {tenantID}}
		p.Discovery += "?" + tenant.Encode()
		p.Authorization.Params = tenant
	}
	return p
}

func fusionAuthDefinition() Definition {
	const where = "The server's administration, Applications, the application, OAuth"
	return Definition{
		ID:   "fusionauth",
		Name: "FusionAuth",
		Kind: KindOIDC,
		Options: append(issuerOptions("The address of the server, for example https://auth.example.com.", where), Option{
			Name: "tenantId", What: "The id of the tenant, for a server that has several.", Where: "The server's administration, Tenants",
		}),
		DocumentationURL: "https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/",
		Notes: []string{
			"Choose an RS256 key for the access token and the ID token of the application.",
			"Addresses do not count as verified, because FusionAuth calls all of them verified while its verification is switched off.",
		},
		New: func(o Options) (auth.Provider, error) {
			return FusionAuth(o.Issuer, o.TenantID, o.ClientID, o.ClientSecret), nil
		},
	}
}

func fusionAuthProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	parts := join(" ", textAt(p, "given_name"), textAt(p, "middle_name"), textAt(p, "family_name"))
	name := textAt(p, "name").or(textAt(p, "preferred_username")).or(parts)
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
