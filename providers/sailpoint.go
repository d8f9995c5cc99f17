package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// SailPoint signs in with an account of SailPoint Identity Security Cloud. The tenant
// is the first part of the tenant's host name, "example" for
// example.identitynow.com; for a tenant elsewhere, change the URLs of Authorization,
// Token and Userinfo. Create an OAuth client with the grant types authorization code
// and refresh token, the redirect URL <base>/callback/sailpoint and the scope
// sp:scopes:all under Admin, Global, Security Settings, API Management. The name is
// the uid. There is no picture, and addresses do not count as verified.
// Documentation: https://developer.sailpoint.com/docs/api/authentication
func SailPoint(tenant, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "sailpoint",
		Name:          "SailPoint",
		Style:         auth.Style{Color: "#011E69"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://" + tenant + ".login.sailpoint.com/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://" + tenant + ".api.identitynow.com/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://" + tenant + ".api.identitynow.com/oauth/userinfo"},
		Scopes:        []string{"sp:scopes:all"},
		Checks:        []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:       sailPointProfile,
	}
}

func sailPointDefinition() Definition {
	return Definition{
		ID:   "sailpoint",
		Name: "SailPoint",
		Kind: KindOAuth2,
		Options: append([]Option{{
			Name: "tenantId", Required: true, What: `The name of the tenant, "example" for example.identitynow.com.`,
			Where: "The address bar of the browser.",
		}}, clientOptions("Admin, Global, Security Settings, API Management")...),
		DocumentationURL: "https://developer.sailpoint.com/docs/api/authentication",
		New: func(o Options) (auth.Provider, error) {
			return SailPoint(o.TenantID, o.ClientID, o.ClientSecret), nil
		},
	}
}

func sailPointProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "uid"), textAt(p, "email"), null()), nil
}
