package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Figma signs in with a Figma account. Create an app with the redirect URL
// <base>/callback/figma and the scope current_user:read at
// https://www.figma.com/developers/apps. That scope takes the place of
// files:read, which Auth.js asks for and Figma has given up. People cannot sign in
// from a browser that is embedded in another app. Addresses do not count as
// verified. Documentation:
// https://developers.figma.com/docs/rest-api/authentication
func Figma(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "figma",
		Name:          "Figma",
		Style:         auth.Style{Icon: iconFigma, Color: "#F24E1E"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://www.figma.com/oauth"},
		Token:         auth.Endpoint{URL: "https://api.figma.com/v1/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://api.figma.com/v1/me"},
		Scopes:        []string{"current_user:read"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       figmaProfile,
	}
}

func figmaDefinition() Definition {
	return Definition{
		ID:               "figma",
		Name:             "Figma",
		Kind:             KindOAuth2,
		Options:          clientOptions("My apps, the app, OAuth credentials"),
		ConsoleURL:       "https://www.figma.com/developers/apps",
		DocumentationURL: "https://developers.figma.com/docs/rest-api/authentication",
		Notes: []string{
			"The app needs the scope current_user:read.",
			"People cannot sign in from a browser that is embedded in another app.",
		},
		New: newClient(Figma),
	}
}

func figmaProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "handle"), textAt(p, "email"), textAt(p, "img_url")), nil
}
