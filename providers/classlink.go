package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// ClassLink signs in with an account of a school district at ClassLink. Create an
// application with the redirect URI <base>/callback/classlink at
// https://partnerportal.classlink.com/. People of every district can sign in: the
// SignIn callback may check the profile's member TenantId. There is no picture,
// and addresses do not count as verified. Documentation:
// https://developer.classlink.com/docs/obtaining-bearer-tokens
func ClassLink(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "classlink",
		Name:                 "ClassLink",
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://launchpad.classlink.com/oauth2/v2/auth"},
		Token:                auth.Endpoint{URL: "https://launchpad.classlink.com/oauth2/v2/token"},
		Userinfo:             auth.Endpoint{URL: "https://nodeapi.classlink.com/v2/my/info"},
		Scopes:               []string{"profile"},
		Checks:               []auth.Check{auth.CheckState},
		Profile:              classLinkProfile,
	}
}

func classLinkDefinition() Definition {
	return Definition{
		ID:               "classlink",
		Name:             "ClassLink",
		Kind:             KindOAuth2,
		Options:          clientOptions("Applications, the application"),
		ConsoleURL:       "https://partnerportal.classlink.com/",
		DocumentationURL: "https://developer.classlink.com/docs/obtaining-bearer-tokens",
		Notes: []string{
			"People of every district can sign in, unless the SignIn callback checks the profile's member TenantId.",
			"There is no picture.",
		},
		New: newClient(ClassLink),
	}
}

func classLinkProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "UserId"), textAt(p, "DisplayName"), textAt(p, "Email"), null()), nil
}
