package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Spotify signs in with a Spotify account. Create an app with the redirect URI
// <base>/callback/spotify at https://developer.spotify.com/dashboard. Spotify
// refuses the name localhost and plain http, except for 127.0.0.1. While an app
// is in development mode, only people on its list can sign in. Spotify does not
// verify the addresses that it hands out. Documentation:
// https://developer.spotify.com/documentation/web-api/tutorials/code-flow
func Spotify(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "spotify",
		Name:          "Spotify",
		Style:         auth.Style{Icon: iconSpotify, Color: "#1ED760"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://accounts.spotify.com/authorize"},
		Token:         auth.Endpoint{URL: "https://accounts.spotify.com/api/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.spotify.com/v1/me"},
		Scopes:        []string{"user-read-email"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       spotifyProfile,
	}
}

func spotifyDefinition() Definition {
	return Definition{
		ID:               "spotify",
		Name:             "Spotify",
		Kind:             KindOAuth2,
		Options:          clientOptions("The app, Settings"),
		ConsoleURL:       "https://developer.spotify.com/dashboard",
		DocumentationURL: "https://developer.spotify.com/documentation/web-api/tutorials/code-flow",
		Notes: []string{
			"Spotify refuses the name localhost and plain http, except for 127.0.0.1.",
			"While an app is in development mode, only people on its list can sign in.",
			"Spotify does not verify the addresses that it hands out.",
		},
		New: newClient(Spotify),
	}
}

func spotifyProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "display_name"), textAt(p, "email"), textAt(p, "images", "0", "url")), nil
}
