package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Oura signs in with the account of an Oura ring. Create an application with the
// redirect URI <base>/callback/oura at https://cloud.ouraring.com/oauth/applications.
// The id and the address come with the person's age, weight, height and sex, which
// belong to the same document: a callback that keeps profiles keeps those as well.
// There is neither a name nor a picture, and addresses do not count as verified. The
// profile comes from version 2 of the interface, since version 1 is gone.
// Documentation: https://cloud.ouraring.com/docs/authentication
func Oura(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "oura",
		Name:                 "Oura",
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://cloud.ouraring.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://api.ouraring.com/oauth/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.ouraring.com/v2/usercollection/personal_info"},
		Scopes:               []string{"email", "personal"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              ouraProfile,
	}
}

func ouraDefinition() Definition {
	return Definition{
		ID:               "oura",
		Name:             "Oura",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application"),
		ConsoleURL:       "https://cloud.ouraring.com/oauth/applications",
		DocumentationURL: "https://cloud.ouraring.com/docs/authentication",
		Notes:            []string{"The profile also has the person's age, weight, height and sex."},
		New:              newClient(Oura),
	}
}

func ouraProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), null(), textAt(p, "email"), null()), nil
}
