package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// EVEOnline signs in with a character of EVE Online. Create an application with
// the callback URL <base>/callback/eveonline and the scope publicData at
// https://developers.eveonline.com/applications. The profile and the picture come
// from the addresses that replace those of NextAuth.js and Auth.js, which EVE
// Online has given up. There is no mail address. A character can move to another
// person's account: the profile's member CharacterOwnerHash, which the SignIn
// callback may check, is then another one. Documentation:
// https://developers.eveonline.com/docs/services/sso/
func EVEOnline(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "eveonline",
		Name:          "EVE Online",
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://login.eveonline.com/v2/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://login.eveonline.com/v2/oauth/token"},
		Userinfo:      auth.Endpoint{URL: "https://login.eveonline.com/v2/oauth/verify"},
		Scopes:        []string{"publicData"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       eveOnlineProfile,
	}
}

func eveOnlineDefinition() Definition {
	return Definition{
		ID:               "eveonline",
		Name:             "EVE Online",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application"),
		ConsoleURL:       "https://developers.eveonline.com/applications",
		DocumentationURL: "https://developers.eveonline.com/docs/services/sso/",
		Notes: []string{
			"The application needs the scope publicData.",
			"There is no mail address.",
			"A character can move to another person's account: CharacterOwnerHash in the profile then changes.",
		},
		New: newClient(EVEOnline),
	}
}

func eveOnlineProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	id := idAt(p, "CharacterID")
	image := fill("https://images.evetech.net/characters/{}/portrait?size=128", text(id))
	return newUser(id, textAt(p, "CharacterName"), null(), image), nil
}
