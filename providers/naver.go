package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Naver signs in with a Naver account. Register an application that uses Naver
// Login with the callback URL <base>/callback/naver at
// https://developers.naver.com/apps/. Which of nickname, address and picture
// Naver tells is chosen there; scopes have no effect. Addresses do not count as
// verified. Documentation:
// https://developers.naver.com/docs/login/overview/overview.md
func Naver(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "naver",
		Name:         "Naver",
		Style:        auth.Style{Icon: iconNaver, Color: "#03C75A"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// No scope is sent: that of NextAuth.js v4 and those of Auth.js v5 are the
		// defaults of their libraries.
		Authorization: auth.Endpoint{URL: "https://nid.naver.com/oauth2.0/authorize"},
		Token:         auth.Endpoint{URL: "https://nid.naver.com/oauth2.0/token"},
		Userinfo:      auth.Endpoint{URL: "https://openapi.naver.com/v1/nid/me"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       naverProfile,
	}
}

func naverDefinition() Definition {
	return Definition{
		ID:               "naver",
		Name:             "Naver",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application, Overview"),
		ConsoleURL:       "https://developers.naver.com/apps/",
		DocumentationURL: "https://developers.naver.com/docs/login/overview/overview.md",
		Notes:            []string{"Which of nickname, address and picture Naver tells is chosen in the console; scopes have no effect."},
		New:              newClient(Naver),
	}
}

func naverProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "response", "id"),
		textAt(p, "response", "nickname"),
		textAt(p, "response", "email"),
		textAt(p, "response", "profile_image"),
	), nil
}
