package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Eventbrite signs in with an Eventbrite account. Create an API key with the OAuth
// redirect URI <base>/callback/eventbrite at
// https://www.eventbrite.com/account-settings/apps; the client id and secret are
// its API key and client secret. The address is the primary one and does not count
// as verified. Documentation:
// https://www.eventbrite.com/platform/api#/introduction/authentication
func Eventbrite(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "eventbrite",
		Name:                 "Eventbrite",
		Style:                auth.Style{Color: "#f05537"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://www.eventbrite.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://www.eventbrite.com/oauth/token"},
		Userinfo:             auth.Endpoint{URL: "https://www.eventbriteapi.com/v3/users/me/"},
		Scopes:               []string{"user.profile"},
		Checks:               []auth.Check{auth.CheckPKCE},
		Profile:              eventbriteProfile,
	}
}

func eventbriteDefinition() Definition {
	const keys = "Developer Links, API Keys"
	return Definition{
		ID:   "eventbrite",
		Name: "Eventbrite",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The API key.", Where: keys},
			{Name: "clientSecret", Required: true, What: "The client secret of the API key.", Where: keys},
		},
		ConsoleURL:       "https://www.eventbrite.com/account-settings/apps",
		DocumentationURL: "https://www.eventbrite.com/platform/api#/introduction/authentication",
		New:              newClient(Eventbrite),
	}
}

// eventbritePicture holds an escaped address, which the id of the picture is part
// of.
const eventbritePicture = "https://img.evbuc.com/https%3A%2F%2Fcdn.evbuc.com%2Fimages%2F{}%2F1%2Foriginal.jpg"

func eventbriteProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	email := textAt(firstWith(p, "primary", "emails"), "email")
	return newUser(idAt(p, "id"), textAt(p, "name"), email, fill(eventbritePicture, numberAt(p, "image_id"))), nil
}
