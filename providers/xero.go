package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Xero signs in with a user's account of Xero, by OpenID Connect; Xero has switched
// its OAuth 1.0a off. Create an app of the type "Web app" with the redirect URI
// <base>/callback/xero at https://developer.xero.com/app/manage. The ID is the
// person's and not, as it was with OAuth 1.0a, the organization's. There is no
// picture, and addresses do not count as verified. Documentation:
// https://developer.xero.com/documentation/guides/oauth2/sign-in/
func Xero(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "xero",
		Name:         "Xero",
		Style:        auth.Style{Icon: iconXero, Color: "#13B5EA"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       "https://identity.xero.com",
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile:      xeroProfile,
	}
}

func xeroDefinition() Definition {
	return Definition{
		ID:               "xero",
		Name:             "Xero",
		Kind:             KindOIDC,
		Options:          clientOptions("The app, Configuration"),
		ConsoleURL:       "https://developer.xero.com/app/manage",
		DocumentationURL: "https://developer.xero.com/documentation/guides/oauth2/sign-in/",
		New:              newClient(Xero),
	}
}

func xeroProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").orFilled(join(" ", textAt(p, "given_name"), textAt(p, "family_name")))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), null()), nil
}
