package providers

import (
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Kakao signs in with a Kakao account. Create an application, activate Kakao
// Login and add the redirect URI <base>/callback/kakao at
// https://developers.kakao.com/console/app. The client id is the app's REST API
// key; the client secret is made under Security. What Kakao tells is chosen under
// Consent Items there: the scope parameter is empty on purpose, and everything
// but the id may be missing. Addresses do not count as verified. Documentation:
// https://developers.kakao.com/docs/latest/en/kakaologin/rest-api
func Kakao(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "kakao",
		Name:                 "Kakao",
		Style:                auth.Style{Icon: iconKakao, Color: "#FFCD00"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization: auth.Endpoint{
			URL:    "https://kauth.kakao.com/oauth/authorize",
			Params: url.Values{"scope": {""}},
		},
		Token:    auth.Endpoint{URL: "https://kauth.kakao.com/oauth/token"},
		Userinfo: auth.Endpoint{URL: "https://kapi.kakao.com/v2/user/me"},
		Checks:   []auth.Check{auth.CheckState},
		Profile:  kakaoProfile,
	}
}

func kakaoDefinition() Definition {
	return Definition{
		ID:   "kakao",
		Name: "Kakao",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The REST API key of the application.", Where: "App Keys"},
			{Name: "clientSecret", Required: true, What: "The client secret of the application.", Where: "Kakao Login, Security"},
		},
		ConsoleURL:       "https://developers.kakao.com/console/app",
		DocumentationURL: "https://developers.kakao.com/docs/latest/en/kakaologin/rest-api",
		Notes:            []string{"What Kakao tells is chosen under Consent Items; everything but the id may be missing."},
		New:              newClient(Kakao),
	}
}

func kakaoProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(
		idAt(p, "id"),
		textAt(p, "kakao_account", "profile", "nickname"),
		textAt(p, "kakao_account", "email"),
		textAt(p, "kakao_account", "profile", "profile_image_url"),
	), nil
}
