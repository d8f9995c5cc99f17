package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// MailRu signs in with a Mail.ru account. Create an application with the redirect
// URI <base>/callback/mailru at https://o2.mail.ru/app/; since July 2025 Mail.ru
// sends new applications that only want to sign people in to VK ID, and
// applications that exist keep working. The access token travels in the query of
// the userinfo request, as Mail.ru has always wanted it. Addresses do not count as
// verified. Documentation:
// https://id.vk.com/about/business/go/docs/ru/vkid/latest/oauth/oauth-mail/index
func MailRu(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                     "mailru",
		Name:                   "Mail.ru",
		Style:                  auth.Style{Icon: iconMailRu, Color: "#005FF9"},
		ClientID:               clientID,
		ClientSecret:           clientSecret,
		Authorization:          auth.Endpoint{URL: "https://oauth.mail.ru/login"},
		Token:                  auth.Endpoint{URL: "https://oauth.mail.ru/token"},
		Userinfo:               auth.Endpoint{URL: "https://oauth.mail.ru/userinfo"},
		UserinfoTokenParameter: "access_token",
		Scopes:                 []string{"userinfo"},
		Checks:                 []auth.Check{auth.CheckState},
		Profile:                mailRuProfile,
	}
}

func mailRuDefinition() Definition {
	return Definition{
		ID:               "mailru",
		Name:             "Mail.ru",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application"),
		ConsoleURL:       "https://o2.mail.ru/app/",
		DocumentationURL: "https://id.vk.com/about/business/go/docs/ru/vkid/latest/oauth/oauth-mail/index",
		Notes:            []string{"Mail.ru sends new applications that only want to sign people in to VK ID; those that exist keep working."},
		New:              newClient(MailRu),
	}
}

// mailRuProfile is that of NextAuth.js v4; v5 loses the picture.
func mailRuProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "image")), nil
}
