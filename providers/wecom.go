package providers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// WeCom signs in the members of one organization with WeCom, also known as WeChat
// Work, by scanning a code. Create an app, set the domain of the site under "Web
// Login" and make the site's addresses trusted ones at
// https://work.weixin.qq.com/wework_admin/frame; people come back to
// <base>/callback/wecom. The agent id is the app's, the client id the organization's
// CorpID, and the client secret the app's secret. The access token is the app's own
// and not the member's: keep it away from browsers. WeCom tells apps made since 2022
// neither address nor picture; an address never counts as verified. Documentation:
// https://developer.work.weixin.qq.com/document/path/98152
func WeCom(agentID, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                "wecom",
		Name:              "WeCom",
		Style:             auth.Style{Icon: iconWeChat, Color: "#07C160"},
		ClientID:          clientID,
		ClientSecret:      clientSecret,
		ClientIDParameter: "appid",
		Authorization: auth.Endpoint{
			URL:    "https://login.work.weixin.qq.com/wwlogin/sso/login",
			Params: url.Values{"login_type": {"CorpApp"}, "agentid": {agentID}},
		},
		Checks: []auth.Check{auth.CheckState},
		// The request that redeems the code has no place for a verifier.
		PKCEUnsupported: true,
		FetchTokens:     fetchWeComTokens,
		FetchProfile:    fetchWeComMember,
		Profile:         weComProfile,
	}
}

func weComDefinition() Definition {
	const app = "App Management, the app"
	return Definition{
		ID:   "wecom",
		Name: "WeCom",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The organization's CorpID.", Where: "My Company, Company Information"},
			{Name: "clientSecret", Required: true, What: "The app's secret.", Where: app},
			{Name: "agentId", Required: true, What: "The app's AgentId.", Where: app},
		},
		ConsoleURL:       "https://work.weixin.qq.com/wework_admin/frame",
		DocumentationURL: "https://developer.work.weixin.qq.com/document/path/98152",
		Notes: []string{
			"The server's IP address must be one of the app's trusted addresses.",
			"The access token is the app's own and not the member's.",
		},
		New: func(o Options) (auth.Provider, error) {
			return WeCom(o.AgentID, o.ClientID, o.ClientSecret), nil
		},
	}
}

// fetchWeComTokens gets the app's token and, with it, the member that the code
// stands for.
func fetchWeComTokens(ctx context.Context, r *auth.TokenRequest) (auth.Tokens, error) {
	app, err := getWeCom(ctx, r.Client, "gettoken", url.Values{"corpid": {r.ClientID}, "corpsecret": {r.ClientSecret}})
	if err != nil {
		return nil, err
	}
	token := textAt(app, "access_token").text
	member, err := getWeCom(ctx, r.Client, "auth/getuserinfo", url.Values{"access_token": {token}, "code": {r.Code}})
	if err != nil {
		return nil, err
	}
	id := textAt(member, "userid").text
	if id == "" {
		return nil, errors.New("providers: wecom: the visitor is no member of the organization")
	}
	return auth.Tokens{"access_token": token, "expires_in": app["expires_in"], "userid": id}, nil
}

func fetchWeComMember(ctx context.Context, r *auth.ProfileRequest) (auth.Profile, error) {
	return getWeCom(ctx, r.Client, "user/get", url.Values{
		"access_token": {r.Tokens.Text("access_token")}, "userid": {r.Tokens.Text("userid")},
	})
}

// getWeCom calls the interface, whose answers have the status 200 even when they
// are errors.
func getWeCom(ctx context.Context, client *http.Client, path string, query url.Values) (auth.Profile, error) {
	target := "https://qyapi.weixin.qq.com/cgi-bin/" + path + "?" + query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, errors.New("providers: wecom: malformed address")
	}
	var answer auth.Profile
	if err := doJSON(client, request, &answer); err != nil {
		return nil, err
	}
	if code := idAt(answer, "errcode"); code != "" {
		return nil, fmt.Errorf("providers: wecom: %s: error %s", path, code)
	}
	return answer, nil
}

func weComProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	email := textAt(p, "email").orFilled(textAt(p, "biz_mail"))
	return newUser(idAt(p, "userid"), textAt(p, "name"), email, textAt(p, "avatar")), nil
}
