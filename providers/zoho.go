package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Zoho signs in with a Zoho account of one data centre, whose address is
// accounts: "https://accounts.zoho.com" in the United States, the default when it
// is empty, or "https://accounts.zoho.eu", ".in", ".com.au", ".jp" and so on.
// Create a server-based application with the redirect URI <base>/callback/zoho
// at https://api-console.zoho.com/. There is no picture, and addresses do not
// count as verified. Documentation:
// https://www.zoho.com/accounts/protocol/oauth/web-server-applications.html
func Zoho(accounts, clientID, clientSecret string) auth.OAuthProvider {
	accounts = strings.TrimRight(cmp.Or(accounts, "https://accounts.zoho.com"), "/")
	return auth.OAuthProvider{
		ID:            "zoho",
		Name:          "Zoho",
		Style:         auth.Style{Icon: iconZoho, Color: "#E42527"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: accounts + "/oauth/v2/auth"},
		Token:         auth.Endpoint{URL: accounts + "/oauth/v2/token"},
		Userinfo:      auth.Endpoint{URL: accounts + "/oauth/user/info"},
		Scopes:        []string{"AaaServer.profile.Read"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       zohoProfile,
	}
}

func zohoDefinition() Definition {
	return Definition{
		ID:   "zoho",
		Name: "Zoho",
		Kind: KindOAuth2,
		Options: append(clientOptions("The application, Client Secret"), Option{
			Name:  "baseUrl",
			What:  "The address of the data centre's accounts, such as https://accounts.zoho.eu, when it is not https://accounts.zoho.com.",
			Where: "The address bar of the browser while signing in.",
		}),
		ConsoleURL:       "https://api-console.zoho.com/",
		DocumentationURL: "https://www.zoho.com/accounts/protocol/oauth/web-server-applications.html",
		Notes: []string{
			"Only people of the one data centre that is configured can sign in.",
			"There is no picture.",
		},
		New: func(o Options) (auth.Provider, error) { return Zoho(o.BaseURL, o.ClientID, o.ClientSecret), nil },
	}
}

func zohoProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "First_Name"), textAt(p, "Last_Name"))
	return newUser(idAt(p, "ZUID"), name, textAt(p, "Email"), null()), nil
}
