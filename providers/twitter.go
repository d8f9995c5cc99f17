package providers

import (
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
		Token: auth.Endpoint{
			URL:    "https://api.twitter.com/2/oauth2/token",
			Params: url.Values{"client_id": {clientID}},
		},
		Userinfo: auth.Endpoint{
			URL:    "https://api.twitter.com/2/users/me",
			Params: url.Values{"user.fields": {"profile_image_url"}},
		},
		Scopes:  []string{"users.read", "tweet.read", "offline.access"},
		Checks:  []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile: twitterOAuth2Profile,
	}
}

func twitterProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
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

func twitterOAuth2Profile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	email := textAt(p, "data", "email").or(textAt(p, "data", "confirmed_email")).or(null())
	return newUser(idAt(p, "data", "id"), textAt(p, "data", "name"), email, textAt(p, "data", "profile_image_url")), nil
}
