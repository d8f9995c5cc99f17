package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// LinkedIn signs in with a LinkedIn account. Create an app, request its product
// "Sign In with LinkedIn using OpenID Connect" and add the redirect URL
// <base>/callback/linkedin at https://www.linkedin.com/developers/apps/. An
// address counts as verified when LinkedIn says so. The profile comes from
// LinkedIn's userinfo endpoint and the ID token is dropped, because LinkedIn
// leaves the nonce out of it; LinkedIn refuses PKCE as well. Documentation:
// https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2
func LinkedIn(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "linkedin",
		Name:                 "LinkedIn",
		Style:                auth.Style{Color: "#0A66C2"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://www.linkedin.com/oauth/v2/authorization"},
		Token:                auth.Endpoint{URL: "https://www.linkedin.com/oauth/v2/accessToken"},
		// The one of NextAuth.js v4, /v2/me, is closed to these scopes.
		Userinfo:        auth.Endpoint{URL: "https://api.linkedin.com/v2/userinfo"},
		FixTokens:       func(t auth.Tokens) { delete(t, "id_token") },
		Scopes:          []string{"openid", "profile", "email"},
		Checks:          []auth.Check{auth.CheckState},
		PKCEUnsupported: true,
		EmailTrust:      auth.EmailVerifiedByClaim,
		Profile:         linkedInProfile,
	}
}

func linkedInDefinition() Definition {
	return Definition{
		ID:               "linkedin",
		Name:             "LinkedIn",
		Kind:             KindOAuth2,
		Options:          clientOptions("The app, Auth"),
		ConsoleURL:       "https://www.linkedin.com/developers/apps/",
		DocumentationURL: "https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2",
		Notes:            []string{"The app needs the product \"Sign In with LinkedIn using OpenID Connect\"."},
		New:              newClient(LinkedIn),
	}
}

// linkedInProfile also reads the answer of /v2/me, for applications that still
// have the permission r_liteprofile and change Userinfo and Scopes. Both have
// the same id.
func linkedInProfile(p auth.Profile, t auth.Tokens) (auth.User, error) {
	if _, lite := p["localizedFirstName"]; !lite {
		return defaultProfile(p, t)
	}
	name := join(" ", textAt(p, "localizedFirstName"), textAt(p, "localizedLastName"))
	image := textAt(p, "profilePicture", "displayImage~", "elements", "0", "identifiers", "0", "identifier")
	return newUser(idAt(p, "id"), name, textAt(p, "email"), image), nil
}
