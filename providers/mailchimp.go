package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Mailchimp signs in with a login of a Mailchimp account. Register an app with
// the redirect URI <base>/callback/mailchimp at
// https://admin.mailchimp.com/account/oauth2/client/; Mailchimp wants 127.0.0.1
// there instead of localhost. There are no scopes: the access token is good for
// everything that the person may do, and does not expire. The name is that of
// the account, not of the person; there is no picture, and addresses do not
// count as verified. Documentation:
// https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/
func Mailchimp(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "mailchimp",
		Name:         "Mailchimp",
		Style:        auth.Style{Icon: iconMailChimp, Color: "#FFE01B"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// No scope is sent: that of NextAuth.js v4 and those of Auth.js v5 are the
		// defaults of their libraries.
		Authorization: auth.Endpoint{URL: "https://login.mailchimp.com/oauth2/authorize"},
		Token:         auth.Endpoint{URL: "https://login.mailchimp.com/oauth2/token"},
		Userinfo:      auth.Endpoint{URL: "https://login.mailchimp.com/oauth2/metadata"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       mailchimpProfile,
	}
}

func mailchimpDefinition() Definition {
	return Definition{
		ID:               "mailchimp",
		Name:             "Mailchimp",
		Kind:             KindOAuth2,
		Options:          clientOptions("Account & billing, Extras, Registered apps, the app"),
		ConsoleURL:       "https://admin.mailchimp.com/account/oauth2/client/",
		DocumentationURL: "https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/",
		Notes: []string{
			"The access token is good for everything that the person may do, and does not expire.",
			"Mailchimp wants 127.0.0.1 instead of localhost in redirect URIs.",
		},
		New: newClient(Mailchimp),
	}
}

func mailchimpProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "login", "login_id"), textAt(p, "accountname"), textAt(p, "login", "email"), null()), nil
}
