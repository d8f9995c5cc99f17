package providers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

const dingTalkTokenURL = "https://api.dingtalk.com/v1.0/oauth2/userAccessToken"

// DingTalk signs in with a DingTalk account. Create an application with the
// redirect URL <base>/callback/dingtalk and the permission Contact.User.Read at
// https://open-dev.dingtalk.com/. The client id and secret are the AppKey and
// AppSecret. The id is the union id, which is the same for all applications of
// one organization. People of every organization can sign in: with the scope
// corpid appended to Scopes the tokens have the member corpId. Addresses come with
// a permission of their own and do not count as verified. Documentation:
// https://open.dingtalk.com/document/orgapp/obtain-identity-credentials
func DingTalk(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "dingtalk",
		Name:         "DingTalk",
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Authorization: auth.Endpoint{
			URL:    "https://login.dingtalk.com/oauth2/auth",
			Params: url.Values{"prompt": {"consent"}},
		},
		CodeParameter: "authCode", // which its documentation names
		Token:         auth.Endpoint{URL: dingTalkTokenURL},
		FetchTokens:   fetchDingTalkTokens,
		Userinfo: auth.Endpoint{
			URL:    "https://api.dingtalk.com/v1.0/contact/users/me",
			Header: http.Header{"X-Acs-Dingtalk-Access-Token": {"{access_token}"}},
		},
		Scopes: []string{"openid"},
		Checks: []auth.Check{auth.CheckState},
		// The token request has no place for a code verifier.
		PKCEUnsupported: true,
		Profile:         dingTalkProfile,
	}
}

func dingTalkDefinition() Definition {
	const where = "The application, Credentials and Basic Information"
	return Definition{
		ID:   "dingtalk",
		Name: "DingTalk",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The AppKey of the application.", Where: where},
			{Name: "clientSecret", Required: true, What: "The AppSecret of the application.", Where: where},
		},
		ConsoleURL:       "https://open-dev.dingtalk.com/",
		DocumentationURL: "https://open.dingtalk.com/document/orgapp/obtain-identity-credentials",
		Notes: []string{
			"The application needs the permission Contact.User.Read.",
			"The id is the union id, which is the same for all applications of one organization.",
			"People of every organization can sign in.",
		},
		New: newClient(DingTalk),
	}
}

// fetchDingTalkTokens sends JSON where others send a form, and renames what comes
// back.
func fetchDingTalkTokens(ctx context.Context, r *auth.TokenRequest) (auth.Tokens, error) {
	body, err := json.Marshal(map[string]string{
		"clientId": r.ClientID, "clientSecret": r.ClientSecret, "code": r.Code, "grantType": "authorization_code",
	})
	if err != nil {
		return nil, fmt.Errorf("providers: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, dingTalkTokenURL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("providers: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	var tokens auth.Tokens
	if err := doJSON(r.Client, request, &tokens); err != nil {
		return nil, err
	}
	for _, name := range [...]struct{ theirs, standard string }{
		{"accessToken", "access_token"}, {"refreshToken", "refresh_token"}, {"expireIn", "expires_in"},
	} {
		if value, ok := tokens[name.theirs]; ok {
			tokens[name.standard] = value
			delete(tokens, name.theirs)
		}
	}
	return tokens, nil
}

func dingTalkProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "unionId"), textAt(p, "nick"), textAt(p, "email"), textAt(p, "avatarUrl")), nil
}
