package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// NetSuite signs in with an account of Oracle NetSuite. The account id is the one
// in the address of the NetSuite account, "1234567" or "1234567_SB1" for a
// sandbox. Create an integration record with the authorization code grant, both
// scopes and the redirect URI <base>/callback/netsuite, which must be https, at
// https://system.netsuite.com. NetSuite has no endpoint that tells who somebody
// is: deploy a RESTlet that answers with a JSON object of the members id, name and
// email of the current user, and pass its external URL as userinfoURL. It must not
// run without a login, because every visitor is user -4 there; that id is refused.
// Addresses do not count as verified. Documentation:
// https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/chapter_157769826287.html
func NetSuite(accountID, userinfoURL, clientID, clientSecret string) auth.OAuthProvider {
	// Host names have a hyphen where account ids have an underscore.
	account := "https://" + strings.ReplaceAll(strings.ToLower(accountID), "_", "-")
	return auth.OAuthProvider{
		ID:            "netsuite",
		Name:          "NetSuite",
		Style:         auth.Style{Color: "#181A1B"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: account + ".app.netsuite.com/app/login/oauth2/authorize.nl"},
		Token:         auth.Endpoint{URL: account + ".suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"},
		Userinfo:      auth.Endpoint{URL: userinfoURL},
		Scopes:        []string{"restlets", "rest_webservices"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       netSuiteProfile,
	}
}

func netSuiteDefinition() Definition {
	const record = "Setup, Integration, Manage Integrations, the integration record"
	return Definition{
		ID:   "netsuite",
		Name: "NetSuite",
		Kind: KindOAuth2,
		Options: append([]Option{
			{
				Name: "accountId", Required: true, What: "The account id, for example 1234567 or 1234567_SB1.",
				Where: "Setup, Company, Company Information",
			},
			{
				Name: "userinfoUrl", Required: true, What: "The external URL of a RESTlet that tells who the current user is.",
				Where: "Customization, Scripting, Script Deployments, the deployment",
			},
		}, clientOptions(record)...),
		ConsoleURL:       "https://system.netsuite.com",
		DocumentationURL: "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/chapter_157769826287.html",
		Notes: []string{
			"NetSuite refuses plain http.",
			"A RESTlet has to be deployed that answers with the members id, name and email of the current user.",
			"The script must not be available without a login: every visitor is user -4 there, which is refused.",
		},
		New: func(o Options) (auth.Provider, error) {
			return NetSuite(o.AccountID, o.UserinfoURL, o.ClientID, o.ClientSecret), nil
		},
	}
}

// netSuiteUnknown is the user whom scripts see when nobody is signed in.
const netSuiteUnknown = "-4"

func netSuiteProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	id := idAt(p, "id")
	if id == netSuiteUnknown {
		id = ""
	}
	return newUser(id, textAt(p, "name"), textAt(p, "email"), null()), nil
}
