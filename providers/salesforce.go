package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Salesforce signs in with a Salesforce account. The issuer is
// https://login.salesforce.com when it is empty; a sandbox has
// https://test.salesforce.com, and an organization may have a My Domain address
// of its own. Create an external client app or a connected app with the callback
// URL <base>/callback/salesforce and the scopes openid, profile and email, under
// Setup, App Manager, after signing in at https://login.salesforce.com/. People
// of every organization can sign in unless the issuer is a My Domain address. The
// id is user_id, as in NextAuth.js v4; an application whose accounts come from
// Auth.js v5, which stores sub, sets Profile to nil. Addresses never count as
// verified, because the administrator of any organization can set them.
// Documentation:
// https://help.salesforce.com/s/articleView?id=sf.remoteaccess_using_openid.htm&type=5
func Salesforce(issuer, clientID, clientSecret string) auth.OAuthProvider {
	// OpenID Connect, as in v5: v4 asks for the scope openid and then refuses
	// the ID token that Salesforce answers with.
	return auth.OAuthProvider{
		ID:                  "salesforce",
		Name:                "Salesforce",
		Style:               auth.Style{Color: "#00A1E0"},
		ClientID:            clientID,
		ClientSecret:        clientSecret,
		Issuer:              strings.TrimRight(cmp.Or(issuer, "https://login.salesforce.com"), "/"),
		OpenID:              true,
		ProfileFromUserinfo: true,
		Scopes:              []string{"openid", "profile", "email"},
		Checks:              []auth.Check{auth.CheckPKCE, auth.CheckState, auth.CheckNonce},
		Profile:             salesforceProfile,
	}
}

func salesforceDefinition() Definition {
	return Definition{
		ID:   "salesforce",
		Name: "Salesforce",
		Kind: KindOIDC,
		Options: append(clientOptions("Setup, App Manager, the app, Manage Consumer Details"), Option{
			Name:  "issuer",
			What:  "https://test.salesforce.com or a My Domain address instead of https://login.salesforce.com.",
			Where: "Setup, My Domain",
		}),
		ConsoleURL:       "https://login.salesforce.com/",
		DocumentationURL: "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_using_openid.htm&type=5",
		Notes: []string{
			"The app needs the scopes openid, profile and email.",
			"People of every organization can sign in unless the issuer is a My Domain address.",
			"The id is user_id, as in NextAuth.js v4, where Auth.js v5 has sub.",
			"Addresses never count as verified, because the administrator of any organization can set them.",
		},
		New: newIssuer(Salesforce),
	}
}

func salesforceProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "nickname")).or(textAt(p, "preferred_username"))
	return newUser(cmp.Or(idAt(p, "user_id"), idAt(p, "sub")), name, textAt(p, "email"), textAt(p, "picture")), nil
}
