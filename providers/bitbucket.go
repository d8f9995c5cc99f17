package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Bitbucket signs in with an account of Bitbucket Cloud. Add an OAuth consumer
// with the callback URL <base>/callback/bitbucket and the permission "Account:
// Read" to a workspace, in its settings: https://bitbucket.org/account/workspaces/
// lists them. The client id and secret are the consumer's key and secret. The name
// is the user name of those who gave none. There is no mail address. Documentation:
// https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/
func Bitbucket(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "bitbucket",
		Name:          "Bitbucket",
		Style:         auth.Style{Icon: iconBitbucket, Color: "#0052CC"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://bitbucket.org/site/oauth2/authorize"},
		Token:         auth.Endpoint{URL: "https://bitbucket.org/site/oauth2/access_token"},
		Userinfo:      auth.Endpoint{URL: "https://api.bitbucket.org/2.0/user"},
		Scopes:        []string{"account"},
		Checks:        []auth.Check{auth.CheckPKCE},
		Profile:       bitbucketProfile,
	}
}

func bitbucketDefinition() Definition {
	const consumer = "Workspace settings, OAuth consumers, the consumer"
	return Definition{
		ID:   "bitbucket",
		Name: "Bitbucket",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The key of the OAuth consumer.", Where: consumer},
			{Name: "clientSecret", Required: true, What: "The secret of the OAuth consumer.", Where: consumer},
		},
		ConsoleURL:       "https://bitbucket.org/account/workspaces/",
		DocumentationURL: "https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/",
		Notes: []string{
			"The OAuth consumer needs the permission \"Account: Read\".",
			"There is no mail address.",
		},
		New: newClient(Bitbucket),
	}
}

func bitbucketProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "display_name").or(textAt(p, "username"))
	return newUser(idAt(p, "account_id"), name, field{}, textAt(p, "links", "avatar", "href")), nil
}
