package providers

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// WeChat signs in with a WeChat account inside WeChat's own browser, through an
// official account. [WeChatWebsite] is for other browsers. Add the domain of the
// callback URL <base>/callback/wechat to the domains for web page authorization,
// in the settings of the official account; it is bound to an open platform account
// at https://open.weixin.qq.com/. The client id and secret are the AppID and the
// AppSecret. The id is the unionid, which is the same in all applications of one
// open platform account; without such an account it is the openid, so bind the
// application before people sign in: their ids change otherwise. There is no mail
// address. Documentation:
// https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
func WeChat(clientID, clientSecret string) auth.OAuthProvider {
	return weChat("https://open.weixin.qq.com/connect/oauth2/authorize", "snsapi_userinfo", clientID, clientSecret)
}

// WeChatWebsite signs in with a WeChat account in any browser, by a code that
// people scan with their telephone. It has the ID and the account ids of [WeChat],
// provided that both applications are bound to one open platform account. Create a
// website application with the domain of the callback URL <base>/callback/wechat
// at https://open.weixin.qq.com/. Documentation:
// https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
func WeChatWebsite(clientID, clientSecret string) auth.OAuthProvider {
	return weChat("https://open.weixin.qq.com/connect/qrconnect", "snsapi_login", clientID, clientSecret)
}

func weChat(authorization, scope, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                    "wechat",
		Name:                  "WeChat",
		Style:                 auth.Style{Icon: iconWeChat, Color: "#07C160"},
		ClientID:              clientID,
		ClientSecret:          clientSecret,
		ClientAuthentication:  auth.ClientSecretPost,
		ClientIDParameter:     "appid",
		ClientSecretParameter: "secret",
		// WeChat matches the authorization URL against a pattern: v5's client_id
		// and the parameters of PKCE have no place in it, the fragment has.
		Authorization:          auth.Endpoint{URL: authorization},
		AuthorizationFragment:  "wechat_redirect",
		PKCEUnsupported:        true,
		Token:                  auth.Endpoint{URL: "https://api.weixin.qq.com/sns/oauth2/access_token", Method: http.MethodGet},
		TokenInQuery:           true,
		FixTokens:              fixWeChatTokens,
		Userinfo:               auth.Endpoint{URL: "https://api.weixin.qq.com/sns/userinfo?openid={openid}", Params: url.Values{"lang": {"zh_CN"}}},
		UserinfoTokenParameter: "access_token",
		Scopes:                 []string{scope},
		ScopeSeparator:         ",",
		Checks:                 []auth.Check{auth.CheckState},
		Profile:                weChatProfile,
	}
}

func weChatDefinition() Definition {
	const where = "The official account, Basic Configuration, or the website application"
	return Definition{
		ID:   "wechat",
		Name: "WeChat",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The AppID.", Where: where},
			{Name: "clientSecret", Required: true, What: "The AppSecret.", Where: where},
			{
				Name: "platform", What: `"OfficialAccount", the default, inside WeChat's own browser, or "WebsiteApp" for other browsers.`,
				Where: "What was registered",
			},
		},
		ConsoleURL:       "https://open.weixin.qq.com/",
		DocumentationURL: "https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html",
		Notes: []string{
			"The console wants the domain of the callback URL alone.",
			"Bind the application to an open platform account before people sign in, because their ids change otherwise.",
			"There is no mail address.",
		},
		New: func(o Options) (auth.Provider, error) {
			switch o.Platform {
			case "", "OfficialAccount":
				return WeChat(o.ClientID, o.ClientSecret), nil
			case "WebsiteApp":
				return WeChatWebsite(o.ClientID, o.ClientSecret), nil
			}
			return nil, fmt.Errorf("providers: wechat: there is no platform %q", o.Platform)
		},
	}
}

// fixWeChatTokens adds the token type, and gives refusals the shape of the
// standard: WeChat has a number and a message.
func fixWeChatTokens(t auth.Tokens) {
	if message := t.Text("errmsg"); message != "" && t.Text("access_token") == "" {
		t["error"], t["error_description"] = "invalid_request", message
		return
	}
	t["token_type"] = cmp.Or(t.Text("token_type"), "bearer")
}

// weChatProfile also accepts people without a unionid, whom v5 turns away.
func weChatProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	id := cmp.Or(idAt(p, "unionid"), idAt(p, "openid"))
	return newUser(id, textAt(p, "nickname"), null(), textAt(p, "headimgurl")), nil
}
