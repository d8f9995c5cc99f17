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

func lineDefinition() Definition {
	return Definition{
		ID:   "line",
		Name: "LINE",
		Kind: KindOIDC,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The channel id.", Where: "The channel, Basic settings"},
			{Name: "clientSecret", Required: true, What: "The channel secret.", Where: "The channel, Basic settings"},
		},
		ConsoleURL:       "https://developers.line.biz/console/",
		DocumentationURL: "https://developers.line.biz/en/docs/line-login/integrate-line-login/",
		Notes:            []string{"The mail address needs the channel's e-mail permission and the scope email."},
		New:              newClient(LINE),
	}
}
