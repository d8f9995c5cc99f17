package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Stripe signs in with a Stripe account by connecting it to a Connect platform. Turn
// on OAuth and add the redirect URI <base>/callback/stripe at
// https://dashboard.stripe.com/settings/connect. The client id begins with "ca_", and
// the client secret is the platform's secret key. The user is the account, which
// belongs to a business: all who may connect it become the same user. The access is
// read-only unless the scope read_write is appended to Scopes. There is no picture,
// and addresses do not count as verified. Documentation:
// https://docs.stripe.com/connect/oauth-reference
func Stripe(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "stripe",
		Name:                 "Stripe Connect",
		Style:                auth.Style{Icon: iconStripe, Color: "#635BFF"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://connect.stripe.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://connect.stripe.com/oauth/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.stripe.com/v1/accounts/{stripe_user_id}"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              stripeProfile,
	}
}

func stripeDefinition() Definition {
	const settings = "Settings, Connect, Onboarding options, OAuth"
	return Definition{
		ID:   "stripe",
		Name: "Stripe Connect",
		Kind: KindOAuth2,
		Options: []Option{
			{Name: "clientId", Required: true, What: `The platform's client id, which begins with "ca_".`, Where: settings},
			{Name: "clientSecret", Required: true, What: "The platform's secret key.", Where: "Developers, API keys"},
		},
		ConsoleURL:       "https://dashboard.stripe.com/settings/connect",
		DocumentationURL: "https://docs.stripe.com/connect/oauth-reference",
		Notes:            []string{"The user is the account of a business: all who may connect it become the same user."},
		New:              newClient(Stripe),
	}
}

// stripeProfile looks for the name where the versions of Stripe's interface have
// put it over time.
func stripeProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "settings", "dashboard", "display_name").
		orFilled(textAt(p, "business_profile", "name")).orFilled(textAt(p, "display_name"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), null()), nil
}
