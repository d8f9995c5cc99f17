package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// LINE signs in with a LINE account. Create a channel of the type LINE Login and
// add the callback URL <base>/callback/line at
// https://developers.line.biz/console/. The client id and secret are the channel
// id and channel secret; LINE signs its ID tokens with that secret (HS256). For
// the mail address, get the channel's e-mail permission and append "email" to
// Scopes; addresses do not count as verified. Documentation:
// https://developers.line.biz/en/docs/line-login/integrate-line-login/
func LINE(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                "line",
		Name:              "LINE",
		Style:             auth.Style{Icon: iconLINE, Color: "#00C300"},
		ClientID:          clientID,
		ClientSecret:      clientSecret,
		Issuer:            "https://access.line.me",
		OpenID:            true,
		IDTokenAlgorithms: []string{"HS256"},
		Scopes:            []string{"openid", "profile"},
		Checks:            []auth.Check{auth.CheckState},
		Profile:           openIDProfile,
	}
}
