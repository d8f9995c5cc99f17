package providers

import (
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// AzureADB2C signs in with an account of an Azure AD B2C tenant, whose name is
// the first part of its domain: "contoso" of contoso.onmicrosoft.com. The user
// flow is the one for signing up and in, for example "B2C_1_signin". Register a
// web application with the redirect URI <base>/callback/azure-ad-b2c at
// https://portal.azure.com/ and choose Display Name, Email Addresses and User's
// Object ID as application claims of the flow. Set Discovery for a domain of your
// own or a custom policy. There is no picture, and addresses do not count as
// verified. People cannot sign in if the flow's setting for the claim sub is "Not
// supported", because all of them then have the same. Documentation:
// https://learn.microsoft.com/en-us/azure/active-directory-b2c/openid-connect
func AzureADB2C(tenant, userFlow, clientID, clientSecret string) auth.OAuthProvider {
	tenant = url.PathEscape(tenant)
	address := "https://" + tenant + ".b2clogin.com/" + tenant + ".onmicrosoft.com/" + url.PathEscape(userFlow) + "/v2.0"
	return azureADB2C(address, clientID, clientSecret)
}

// azureADB2C takes the address of a user flow.
func azureADB2C(address, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "azure-ad-b2c",
		Name:         "Azure Active Directory B2C",
		Style:        auth.Style{Color: "#0072C6"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// The document names an issuer with the tenant's number instead.
		Discovery: strings.TrimRight(address, "/") + "/.well-known/openid-configuration",
		OpenID:    true,
		// Without the client's own id the token response has no access token.
		Scopes:  []string{"openid", clientID},
		Checks:  []auth.Check{auth.CheckState},
		Profile: azureADB2CProfile,
	}
}

func azureADB2CDefinition() Definition {
	return Definition{
		ID:   "azure-ad-b2c",
		Name: "Azure Active Directory B2C",
		Kind: KindOIDC,
		Options: append(clientOptions("Azure AD B2C, App registrations, the application"),
			Option{
				Name: "tenantId", What: "The name of the tenant, for example contoso of contoso.onmicrosoft.com.",
				Where: "Azure AD B2C, Overview",
			},
			Option{Name: "userFlow", What: "The name of the user flow, for example B2C_1_signin.", Where: "Azure AD B2C, User flows"},
			Option{
				Name: "issuer", Required: true, Unless: []string{"tenantId", "userFlow"},
				What:  "The address of the user flow: https://<tenant>.b2clogin.com/<tenant>.onmicrosoft.com/<user flow>/v2.0.",
				Where: "Azure AD B2C, User flows, the flow, Run user flow",
			}),
		ConsoleURL:       "https://portal.azure.com/",
		DocumentationURL: "https://learn.microsoft.com/en-us/azure/active-directory-b2c/openid-connect",
		Notes: []string{
			"The user flow needs the application claims Display Name, Email Addresses and User's Object ID.",
			"The user flow's setting for the claim sub must be ObjectID.",
			"Microsoft has not sold the service to new customers since May 2025.",
		},
		New: func(o Options) (auth.Provider, error) {
			if o.Issuer != "" {
				return azureADB2C(o.Issuer, o.ClientID, o.ClientSecret), nil
			}
			return AzureADB2C(o.TenantID, o.UserFlow, o.ClientID, o.ClientSecret), nil
		},
	}
}

// azureADB2CNoSubject is the claim sub of everybody when a user flow does not
// support that claim.
const azureADB2CNoSubject = "Not supported currently. Use oid claim."

// azureADB2CProfile takes the address from the list that user flows send or from
// the single claim of custom policies. Those without a name have their user name,
// as in Auth.js v5, instead of none.
func azureADB2CProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	id := idAt(p, "sub")
	if id == azureADB2CNoSubject {
		id = ""
	}
	name := textAt(p, "name").or(textAt(p, "preferred_username"))
	return newUser(id, name, textAt(p, "emails", "0").or(textAt(p, "email")), null()), nil
}
