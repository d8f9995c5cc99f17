package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Wikimedia signs in with an account of Wikipedia and all other Wikimedia
// projects. Propose an OAuth 2.0 consumer with the callback URL
// <base>/callback/wikimedia at
// https://meta.wikimedia.org/wiki/Special:OAuthConsumerRegistration/propose/oauth2.
// Until it is approved, only its owner can sign in. The scope parameter is empty
// on purpose: what Wikimedia tells is chosen with the consumer. The name is the
// user name, there is no picture, and the address may be missing. It counts as
// verified when Wikimedia says that it was confirmed. Documentation:
// https://www.mediawiki.org/wiki/OAuth/For_Developers
func Wikimedia(clientID, clientSecret string) auth.OAuthProvider {
	const api = "https://meta.wikimedia.org/w/rest.php/oauth2/"
	return auth.OAuthProvider{
		ID:                "wikimedia",
		Name:              "Wikimedia",
		Style:             auth.Style{Icon: iconWikimediaFoundation, Color: "#000000"},
		ClientID:          clientID,
		ClientSecret:      clientSecret,
		Authorization:     auth.Endpoint{URL: api + "authorize", Params: url.Values{"scope": {""}}},
		Token:             auth.Endpoint{URL: api + "access_token"},
		Userinfo:          auth.Endpoint{URL: api + "resource/profile"},
		Checks:            []auth.Check{auth.CheckState},
		EmailTrust:        auth.EmailVerifiedByClaim,
		EmailVerifiedPath: []string{"confirmed_email"},
		Profile:           wikimediaProfile,
	}
}

func wikimediaDefinition() Definition {
	return Definition{
		ID:               "wikimedia",
		Name:             "Wikimedia",
		Kind:             KindOAuth2,
		Options:          clientOptions("The page that follows the proposal"),
		ConsoleURL:       "https://meta.wikimedia.org/wiki/Special:OAuthConsumerRegistration/propose/oauth2",
		DocumentationURL: "https://www.mediawiki.org/wiki/OAuth/For_Developers",
		Notes: []string{
			"Until the consumer is approved, only its owner can sign in.",
			"The mail address comes only to a consumer that was proposed with access to it.",
		},
		New: newClient(Wikimedia),
	}
}

func wikimediaProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "username"), textAt(p, "email"), field{}), nil
}
