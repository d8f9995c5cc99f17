package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// SimpleLogin signs in with a SimpleLogin account. Create a website with the
// redirect URI <base>/callback/simplelogin at https://app.simplelogin.io/developer.
// Plain http is accepted for localhost alone. The address may be an alias that
// belongs to this site. Documentation: https://simplelogin.io/docs/siwsl/intro/
func SimpleLogin(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "simplelogin",
		Name:         "SimpleLogin",
		Style:        auth.Style{Icon: iconSimpleLogin, Color: "#EA319F"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       "https://app.simplelogin.io",
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckPKCE},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      simpleLoginProfile,
	}
}

func simpleLoginDefinition() Definition {
	return Definition{
		ID:               "simplelogin",
		Name:             "SimpleLogin",
		Kind:             KindOIDC,
		Options:          clientOptions("The website, OAuth Settings"),
		ConsoleURL:       "https://app.simplelogin.io/developer",
		DocumentationURL: "https://simplelogin.io/docs/siwsl/intro/",
		Notes: []string{
			"Redirect URIs are https, except those of localhost.",
			"The mail address may be an alias that belongs to this site.",
		},
		New: newClient(SimpleLogin),
	}
}

func simpleLoginProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "sub"), textAt(p, "name"), textAt(p, "email"), textAt(p, "avatar_url")), nil
}
