package providers

import (
	"fmt"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// PayPal signs in with an account of PayPal. Create a live app, choose "Log in with
// PayPal" among its features and add the return URL <base>/callback/paypal there, at
// https://developer.paypal.com/dashboard/applications/live. What PayPal tells is
// chosen under the feature's advanced settings: full name and email must be among it.
// PayPal refuses localhost and takes 127.0.0.1 instead. Documentation:
// https://developer.paypal.com/docs/log-in-with-paypal/
func PayPal(clientID, clientSecret string) auth.OAuthProvider {
	return payPal("paypal.com", clientID, clientSecret)
}

// PayPalSandbox is [PayPal] with the sandbox, where accounts are made up. Its apps
// have a client id and a secret of their own.
func PayPalSandbox(clientID, clientSecret string) auth.OAuthProvider {
	return payPal("sandbox.paypal.com", clientID, clientSecret)
}

func payPalDefinition() Definition {
	return Definition{
		ID:   "paypal",
		Name: "PayPal",
		Kind: KindOAuth2,
		Options: append(clientOptions("The app, API credentials"), Option{
			Name: "platform", What: `"live", which is the default, or "sandbox".`, Where: "The switch of the console.",
		}),
		ConsoleURL:       "https://developer.paypal.com/dashboard/applications/live",
		DocumentationURL: "https://developer.paypal.com/docs/log-in-with-paypal/",
		Notes: []string{
			"The app needs the feature Log in with PayPal with full name and email.",
			"PayPal refuses localhost and takes 127.0.0.1 instead.",
		},
		New: func(o Options) (auth.Provider, error) {
			switch o.Platform {
			case "", "live":
				return PayPal(o.ClientID, o.ClientSecret), nil
			case "sandbox":
				return PayPalSandbox(o.ClientID, o.ClientSecret), nil
			}
			return nil, fmt.Errorf("providers: paypal: there is no platform %q", o.Platform)
		},
	}
}

func payPal(domain, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "paypal",
		Name:          "PayPal",
		Style:         auth.Style{Icon: iconPayPal, Color: "#002991"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: "https://www." + domain + "/signin/authorize"},
		Token:         auth.Endpoint{URL: "https://api-m." + domain + "/v1/oauth2/token"},
		Userinfo: auth.Endpoint{
			URL:    "https://api-m." + domain + "/v1/identity/oauth2/userinfo",
			Params: url.Values{"schema": {"paypalv1.1"}},
		},
		Scopes:     []string{"openid", "profile", "email"},
		Checks:     []auth.Check{auth.CheckState},
		EmailTrust: auth.EmailVerifiedByClaim,
		Profile:    payPalProfile,
	}
}

// payPalProfile knows both schemas of the document: one has a list of addresses.
func payPalProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	email := textAt(p, "email").or(textAt(firstWith(p, "primary", "emails"), "value"))
	return newUser(idAt(p, "user_id"), textAt(p, "name"), email, textAt(p, "picture")), nil
}
