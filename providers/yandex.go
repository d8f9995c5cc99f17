package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Yandex signs in with a Yandex account. Create an application for web services
// with the redirect URI <base>/callback/yandex and access to the name, the mail
// address and the picture at https://oauth.yandex.com/client/new. Addresses do
// not count as verified. Documentation: https://yandex.com/dev/id/doc/en/
func Yandex(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "yandex",
		Name:          "Yandex",
		Style:         auth.Style{Color: "#FFCC00"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://oauth.yandex.ru/authorize"},
		Token:         auth.Endpoint{URL: "https://oauth.yandex.ru/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://login.yandex.ru/info",
			Params: url.Values{"format": {"json"}},
		},
		Scopes:  []string{"login:info", "login:email", "login:avatar"},
		Checks:  []auth.Check{auth.CheckState},
		Profile: yandexProfile,
	}
}

func yandexDefinition() Definition {
	return Definition{
		ID:               "yandex",
		Name:             "Yandex",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application"),
		ConsoleURL:       "https://oauth.yandex.com/client/new",
		DocumentationURL: "https://yandex.com/dev/id/doc/en/",
		Notes:            []string{"The application needs access to the name, the mail address and the picture."},
		New:              newClient(Yandex),
	}
}

func yandexProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "display_name").or(textAt(p, "real_name")).or(textAt(p, "first_name"))
	email := textAt(p, "default_email").or(textAt(p, "emails", "0")).or(null())
	image := null()
	if !trueAt(p, "is_avatar_empty") {
		image = fill("https://avatars.yandex.net/get-yapic/{}/islands-200", textAt(p, "default_avatar_id"))
	}
	return newUser(idAt(p, "id"), name, email, image), nil
}
