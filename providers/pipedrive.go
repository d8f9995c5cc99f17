package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Pipedrive signs in with an account of a Pipedrive company. Register an app with
// the callback URL <base>/callback/pipedrive in the Developer Hub,
// https://app.pipedrive.com/developer-hub, which needs a developer sandbox account.
// What the app may do is chosen there; the scope to read user data is always
// among it. The account id is the user id alone, as in NextAuth.js: a person who
// belongs to several companies is one user. Addresses do not count as verified.
// Documentation: https://pipedrive.readme.io/docs/marketplace-oauth-authorization
func Pipedrive(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "pipedrive",
		Name:          "Pipedrive",
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://oauth.pipedrive.com/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://oauth.pipedrive.com/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.pipedrive.com/users/me"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       pipedriveProfile,
	}
}

func pipedriveDefinition() Definition {
	return Definition{
		ID:               "pipedrive",
		Name:             "Pipedrive",
		Kind:             KindOAuth2,
		Options:          clientOptions("Developer Hub, the app, OAuth & access scopes"),
		ConsoleURL:       "https://app.pipedrive.com/developer-hub",
		DocumentationURL: "https://pipedrive.readme.io/docs/marketplace-oauth-authorization",
		Notes:            []string{"A person who belongs to several companies is one user."},
		New:              newClient(Pipedrive),
	}
}

func pipedriveProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "data", "id"),
		textAt(p, "data", "name"),
		textAt(p, "data", "email"),
		textAt(p, "data", "icon_url"),
	), nil
}
