package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Tumblr signs in with an account of Tumblr, by OAuth 1.0a. Register an application
// with the default callback URL <base>/callback/tumblr at
// https://www.tumblr.com/oauth/apps. The client id and secret are the OAuth consumer
// key and its secret. The ID is that of the account's primary blog, which stays when
// the blog is renamed: its name may belong to somebody else one day. There is no mail
// address. Documentation: https://www.tumblr.com/docs/en/api/v2
func Tumblr(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "tumblr",
		Name:          "Tumblr",
		Style:         auth.Style{Icon: iconTumblr, Color: "#36465D"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://www.tumblr.com/oauth/authorize"},
		OAuth1: &auth.OAuth1{
			RequestTokenURL: "https://www.tumblr.com/oauth/request_token",
			AccessTokenURL:  "https://www.tumblr.com/oauth/access_token",
			ProfileURL:      "https://api.tumblr.com/v2/user/info",
		},
		Checks:  []auth.Check{},
		Profile: tumblrProfile,
	}
}

func tumblrDefinition() Definition {
	return Definition{
		ID:               "tumblr",
		Name:             "Tumblr",
		Kind:             KindOAuth1,
		Options:          clientOptions("The application, OAuth consumer key"),
		ConsoleURL:       "https://www.tumblr.com/oauth/apps",
		DocumentationURL: "https://www.tumblr.com/docs/en/api/v2",
		Notes:            []string{"There is no mail address."},
		New:              newClient(Tumblr),
	}
}

func tumblrProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	blog := firstWith(p, "primary", "response", "user", "blogs")
	return newUser(idAt(blog, "uuid"), textAt(p, "response", "user", "name"), null(), textAt(blog, "avatar", "0", "url")), nil
}
