package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Vercel signs in with an account of Vercel. Create an app under Settings, Apps, of a
// team, with the authorization callback URL <base>/callback/vercel and the scopes
// openid, email and profile, at https://vercel.com/dashboard. Vercel requires PKCE.
// Documentation: https://vercel.com/docs/sign-in-with-vercel
func Vercel(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "vercel",
		Name:                 "Vercel",
		Style:                auth.Style{Icon: iconVercel, Color: "#000000"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://vercel.com/oauth/authorize"},
		Token:                auth.Endpoint{URL: "https://api.vercel.com/login/oauth/token"},
		Userinfo:             auth.Endpoint{URL: "https://api.vercel.com/login/oauth/userinfo"},
		Scopes:               []string{"openid", "email", "profile"},
		Checks:               []auth.Check{auth.CheckPKCE, auth.CheckState},
		EmailTrust:           auth.EmailVerifiedByClaim,
		Profile:              vercelProfile,
	}
}

func vercelDefinition() Definition {
	return Definition{
		ID:               "vercel",
		Name:             "Vercel",
		Kind:             KindOAuth2,
		Options:          clientOptions("The team, Settings, Apps, the app"),
		ConsoleURL:       "https://vercel.com/dashboard",
		DocumentationURL: "https://vercel.com/docs/sign-in-with-vercel",
		Notes:            []string{"The app must have the scopes openid, email and profile."},
		New:              newClient(Vercel),
	}
}

func vercelProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "preferred_username"))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), textAt(p, "picture")), nil
}
