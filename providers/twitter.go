package providers

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Twitter signs in with an account of X, formerly Twitter, by OAuth 1.0a, as
// NextAuth.js v4 does by default. Set up user authentication for an app with the
// callback URL <base>/callback/twitter at
// https://developer.x.com/en/portal/dashboard. The client id and secret are the
// app's API key and API key secret. The mail address comes only with the app
// permission "Request email from users" and does not count as verified.
// Documentation:
// https://docs.x.com/fundamentals/authentication/oauth-1-0a/api-key-and-secret
func Twitter(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "twitter",
		Name:          "Twitter (Legacy)",
		Style:         auth.Style{Icon: iconX, Color: "#000000"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://api.twitter.com/oauth/authenticate"},
		OAuth1: &auth.OAuth1{
			RequestTokenURL: "https://api.twitter.com/oauth/request_token",
			AccessTokenURL:  "https://api.twitter.com/oauth/access_token",
			ProfileURL:      "https://api.twitter.com/1.1/account/verify_credentials.json?include_email=true",
		},
		Checks:  []auth.Check{},
		Profile: twitterProfile,
	}
}

// TwitterOAuth2 signs in with an account of X, formerly Twitter, by OAuth 2.0.
// It is an alternative to [Twitter] with the same ID and the same account ids.
// Set up user authentication for an app of the type "Web App" with the callback
// URL <base>/callback/twitter at https://developer.x.com/en/portal/dashboard. The
// arguments are the app's OAuth 2.0 client id and client secret. There is no mail
// address unless the scope users.email is appended to Scopes and confirmed_email
// to the userinfo parameter user.fields; it does not count as verified.
// Documentation:
// https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
func TwitterOAuth2(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "twitter",
		Name:          "Twitter",
		Style:         auth.Style{Icon: iconX, Color: "#000000"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://twitter.com/i/oauth2/authorize"},
		Token:         auth.Endpoint{URL: "https://api.twitter.com/2/oauth2/token"},
		TokenForm:     func(form url.Values) { form.Set("client_id", clientID) },
		Userinfo: auth.Endpoint{
			URL:    "https://api.twitter.com/2/users/me",
			Params: url.Values{"user.fields": {"profile_image_url"}},
		},
		Scopes:  []string{"users.read", "tweet.read", "offline.access"},
		Checks:  []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile: twitterProfile,
	}
}

func twitterDefinition() Definition {
	const keys = "The app, Keys and tokens"
	return Definition{
		ID:   "twitter",
		Name: "Twitter (Legacy)",
		Kind: KindOAuth1,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The API key, or the OAuth 2.0 client id with the version 2.0.", Where: keys},
			{Name: "clientSecret", Required: true, What: "The API key secret, or the OAuth 2.0 client secret with the version 2.0.", Where: keys},
			{Name: "version", What: `"2.0" for OAuth 2.0 instead of OAuth 1.0a.`, Where: "The application"},
		},
		ConsoleURL:       "https://developer.x.com/en/portal/dashboard",
		DocumentationURL: "https://docs.x.com/fundamentals/authentication/oauth-1-0a/api-key-and-secret",
		Notes:            []string{"The mail address comes only with the app permission \"Request email from users\"."},
		New: func(o Options) (auth.Provider, error) {
			switch o.Version {
			case "", "1.0", "1.0A":
				return Twitter(o.ClientID, o.ClientSecret), nil
			case "2.0":
				return TwitterOAuth2(o.ClientID, o.ClientSecret), nil
			}
			return nil, fmt.Errorf("providers: twitter: there is no version %q", o.Version)
		},
	}
}

// twitterProfile reads the answers of both versions: that of OAuth 2.0 is
// wrapped.
func twitterProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	if _, wrapped := p["data"]; wrapped {
		email := textAt(p, "data", "email").or(textAt(p, "data", "confirmed_email")).or(null())
		return newUser(idAt(p, "data", "id"), textAt(p, "data", "name"), email, textAt(p, "data", "profile_image_url")), nil
	}
	image := textAt(p, "profile_image_url_https")
	image.text = fullSizePicture(image.text)
	return newUser(idAt(p, "id_str"), textAt(p, "name"), textAt(p, "email"), image), nil
}

// fullSizePicture drops the suffix that stands for 48 by 48 pixels.
func fullSizePicture(picture string) string {
	for _, extension := range [...]string{".jpg", ".png", ".gif"} {
		if base, ok := strings.CutSuffix(picture, "_normal"+extension); ok {
			return base + extension
		}
	}
	return picture
}
