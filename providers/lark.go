package providers

import (
	"fmt"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Lark signs in with an account of Lark or of its Chinese edition Feishu. The
// platform is "feishu", the default when it is empty, or "lark" for apps that are
// registered at https://open.larksuite.com/app. Create an app and add the redirect
// URL <base>/callback/lark under Security Settings at https://open.feishu.cn/app.
// The client id and secret are the App ID and the App Secret. The address comes
// only with the app's permission to read it, and does not count as verified,
// because the administrator of any organization can set it. The ID is the open_id:
// unlike the user_id it is always there and belongs to one person of one
// organization. Documentation:
// https://open.feishu.cn/document/common-capabilities/sso/web-application-end-user-consent/guide
func Lark(platform, clientID, clientSecret string) auth.OAuthProvider {
	domain := "feishu.cn"
	if platform == "lark" {
		domain = "larksuite.com"
	}
	return auth.OAuthProvider{
		ID:                   "lark",
		Name:                 "Lark / Feishu",
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://accounts." + domain + "/open-apis/authen/v1/authorize"},
		Token:                auth.Endpoint{URL: "https://open." + domain + "/open-apis/authen/v2/oauth/token"},
		// The number of an error, zero here, is no property of the account.
		FixTokens:   func(t auth.Tokens) { delete(t, "code") },
		Userinfo:    auth.Endpoint{URL: "https://open." + domain + "/open-apis/authen/v1/user_info"},
		ProfilePath: []string{"data"},
		Checks:      []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:     larkProfile,
	}
}

func larkDefinition() Definition {
	return Definition{
		ID:   "lark",
		Name: "Lark / Feishu",
		Kind: KindOAuth2,
		Options: append(clientOptions("The app, Credentials & Basic Info"), Option{
			Name: "platform", What: `"feishu", which is the default, or "lark".`, Where: "The address of the console.",
		}),
		ConsoleURL:       "https://open.feishu.cn/app",
		DocumentationURL: "https://open.feishu.cn/document/common-capabilities/sso/web-application-end-user-consent/guide",
		Notes: []string{
			"The console of Lark is https://open.larksuite.com/app.",
			"The mail address comes only with the app's permission to read it.",
		},
		New: func(o Options) (auth.Provider, error) {
			switch o.Platform {
			case "", "feishu", "lark":
				return Lark(o.Platform, o.ClientID, o.ClientSecret), nil
			}
			return nil, fmt.Errorf("providers: lark: there is no platform %q", o.Platform)
		},
	}
}

func larkProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	email := textAt(p, "enterprise_email").orFilled(textAt(p, "email"))
	return newUser(idAt(p, "open_id"), textAt(p, "name"), email, textAt(p, "avatar_url")), nil
}
