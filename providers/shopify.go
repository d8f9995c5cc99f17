package providers

import (
	"context"
	"errors"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Shopify signs in the staff of one shop, whose host name is domain
// ("example.myshopify.com"). Create an app with the redirect URL
// <base>/callback/shopify at https://dev.shopify.com/dashboard. The access token is
// that of the person and lasts for a day: with the shop's own, everybody would be the
// same user. Sign-in needs no scope; append to Scopes what the application wants to
// do. The signature that Shopify adds to the callback is not looked at: the state and
// the fixed shop protect the sign-in. There is no picture. Documentation:
// https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
func Shopify(domain, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "shopify",
		Name:                 "Shopify",
		Style:                auth.Style{Icon: iconShopify, Color: "#7AB55C"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization: auth.Endpoint{
			URL:    "https://" + domain + "/admin/oauth/authorize",
			Params: url.Values{"grant_options[]": {"per-user"}},
		},
		Token:          auth.Endpoint{URL: "https://" + domain + "/admin/oauth/access_token"},
		ScopeSeparator: ",",
		Checks:         []auth.Check{auth.CheckState},
		EmailTrust:     auth.EmailVerifiedByClaim,
		FetchProfile:   shopifyUser,
		Profile:        shopifyProfile,
	}
}

func shopifyDefinition() Definition {
	return Definition{
		ID:   "shopify",
		Name: "Shopify",
		Kind: KindOAuth2,
		Options: append([]Option{{
			Name: "domain", Required: true, What: "The host name of the shop, for example example.myshopify.com.",
			Where: "The shop's admin, Settings, Domains",
		}}, clientOptions("The app, Settings")...),
		ConsoleURL:       "https://dev.shopify.com/dashboard",
		DocumentationURL: "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant",
		Notes:            []string{"The staff of one shop can sign in; its customers cannot."},
		New: func(o Options) (auth.Provider, error) {
			return Shopify(o.Domain, o.ClientID, o.ClientSecret), nil
		},
	}
}

// shopifyUser finds the person in the token response, without a request.
func shopifyUser(_ context.Context, r *auth.ProfileRequest) (auth.Profile, error) {
	user, ok := r.Tokens["associated_user"].(map[string]any)
	if !ok {
		return nil, errors.New("providers: shopify: the token response has no associated_user")
	}
	return user, nil
}

func shopifyProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := join(" ", textAt(p, "first_name"), textAt(p, "last_name"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), null()), nil
}
