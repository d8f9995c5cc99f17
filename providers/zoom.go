package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Zoom signs in with a Zoom account. Create a general app that is managed by its
// users, with the redirect URL <base>/callback/zoom and the scope user:read:user,
// at https://marketplace.zoom.us. What Zoom tells is chosen there: the scope
// parameter is empty on purpose. Addresses do not count as verified.
// Documentation: https://developers.zoom.us/docs/integrations/oauth/
func Zoom(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "zoom",
		Name:         "Zoom",
		Style:        auth.Style{Icon: iconZoom, Color: "#0B5CFF"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Authorization: auth.Endpoint{
			URL:    "https://zoom.us/oauth/authorize",
			Params: url.Values{"scope": {""}},
		},
		Token:    auth.Endpoint{URL: "https://zoom.us/oauth/token"},
		Userinfo: auth.Endpoint{URL: "https://api.zoom.us/v2/users/me"},
		Checks:   []auth.Check{auth.CheckState},
		Profile:  zoomProfile,
	}
}

func zoomDefinition() Definition {
	return Definition{
		ID:               "zoom",
		Name:             "Zoom",
		Kind:             KindOAuth2,
		Options:          clientOptions("Manage, the app, App Credentials"),
		ConsoleURL:       "https://marketplace.zoom.us",
		DocumentationURL: "https://developers.zoom.us/docs/integrations/oauth/",
		Notes:            []string{"The app needs the scope user:read:user, which is chosen in the marketplace."},
		New:              newClient(Zoom),
	}
}

func zoomProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "first_name"), textAt(p, "last_name"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), textAt(p, "pic_url")), nil
}
