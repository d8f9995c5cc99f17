package providers

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Meetup signs in with an account of meetup.com. Create an OAuth client with the
// redirect URI <base>/callback/meetup at https://www.meetup.com/graphql/oauth/list/;
// Meetup gives clients to organizers with a Pro subscription alone and looks at each
// by hand. The profile comes from the GraphQL interface, since the older one that
// answered at /2/member/self is gone; the ids are the same. Addresses do not count
// as verified. Documentation: https://www.meetup.com/graphql/authentication/
func Meetup(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "meetup",
		Name:                 "Meetup",
		Style:                auth.Style{Icon: iconMeetup, Color: "#ED1C40"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://secure.meetup.com/oauth2/authorize"},
		Token:                auth.Endpoint{URL: "https://secure.meetup.com/oauth2/access"},
		Userinfo: auth.Endpoint{
			URL:    "https://api.meetup.com/gql-ext",
			Method: http.MethodPost,
			Body:   []byte(`{"query":"{self{id name email memberPhoto{standardUrl}}}"}`),
		},
		ProfilePath: []string{"data", "self"},
		Checks:      []auth.Check{auth.CheckState},
		Profile:     meetupProfile,
	}
}

func meetupDefinition() Definition {
	return Definition{
		ID:               "meetup",
		Name:             "Meetup",
		Kind:             KindOAuth2,
		Options:          clientOptions("The OAuth client"),
		ConsoleURL:       "https://www.meetup.com/graphql/oauth/list/",
		DocumentationURL: "https://www.meetup.com/graphql/authentication/",
		Notes:            []string{"Only organizers with a Pro subscription get a client."},
		New:              newClient(Meetup),
	}
}

func meetupProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "memberPhoto", "standardUrl")), nil
}
