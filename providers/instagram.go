package providers

import (
	"maps"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Instagram signs in with a professional account of Instagram, that of a
// business or a creator; Instagram has no way to sign in with other accounts.
// Create an app of the type Business, add the product Instagram and set the
// redirect URL <base>/callback/instagram, which must use https on localhost too,
// under API setup with Instagram login at https://developers.facebook.com/apps/.
// The client id and secret are the Instagram app id and secret shown there, not
// those of the Meta app. The name is the user name; there is neither an address
// nor a picture. Documentation:
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
func Instagram(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "instagram",
		Name:                 "Instagram",
		Style:                auth.Style{Icon: iconInstagram, Color: "#FF0069"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		// NextAuth.js v4 and v5 use the Basic Display API, which ended in 2024.
		Authorization: auth.Endpoint{URL: "https://www.instagram.com/oauth/authorize"},
		Token:         auth.Endpoint{URL: "https://api.instagram.com/oauth/access_token"},
		Userinfo: auth.Endpoint{
			URL:    "https://graph.instagram.com/me",
			Params: url.Values{"fields": {"id,username,account_type,name"}},
		},
		FixTokens:      fixInstagramTokens,
		Scopes:         []string{"instagram_business_basic"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		Profile:        instagramProfile,
	}
}

func instagramDefinition() Definition {
	const where = "Instagram, API setup with Instagram login, Business login settings"
	return Definition{
		ID:   "instagram",
		Name: "Instagram",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The Instagram app id, not the id of the Meta app.", Where: where},
			{Name: "clientSecret", Required: true, What: "The Instagram app secret, not the secret of the Meta app.", Where: where},
		},
		ConsoleURL:       "https://developers.facebook.com/apps/",
		DocumentationURL: "https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login",
		Notes: []string{
			"Only professional accounts can sign in, those of businesses and creators.",
			"The redirect URL must use https, on localhost too.",
			"There is neither a mail address nor a picture.",
		},
		New: newClient(Instagram),
	}
}

// fixInstagramTokens takes the token out of the list that the documentation
// describes; the server has been seen to answer without it.
func fixInstagramTokens(t auth.Tokens) {
	if list, ok := t["data"].([]any); ok && len(list) == 1 {
		if token, ok := list[0].(map[string]any); ok {
			delete(t, "data")
			maps.Copy(t, token)
		}
	}
}

func instagramProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "username"), null(), null()), nil
}
