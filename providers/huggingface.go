package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// HuggingFace signs in with a Hugging Face account. Create an application with
// the redirect URL <base>/callback/huggingface and the scopes openid, profile and
// email at https://huggingface.co/settings/applications/new: a sign-in that asks
// for a scope the application lacks is refused. The authorization parameter
// orgIds, set in Authorization.Params, asks for access to organizations.
// Documentation: https://huggingface.co/docs/hub/oauth
func HuggingFace(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "huggingface",
		Name:         "Hugging Face",
		Style:        auth.Style{Icon: iconHuggingFace, Color: "#FFD21E"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       "https://huggingface.co",
		OpenID:       true,
		Scopes:       []string{"openid", "email", "profile"},
		Checks:       []auth.Check{auth.CheckState, auth.CheckPKCE},
		EmailTrust:   auth.EmailVerifiedByClaim,
		Profile:      defaultProfile,
	}
}

func huggingFaceDefinition() Definition {
	return Definition{
		ID:               "huggingface",
		Name:             "Hugging Face",
		Kind:             KindOIDC,
		Options:          clientOptions("Settings, Connected Apps, the application"),
		ConsoleURL:       "https://huggingface.co/settings/applications/new",
		DocumentationURL: "https://huggingface.co/docs/hub/oauth",
		Notes:            []string{"The application needs the scopes openid, profile and email."},
		New:              newClient(HuggingFace),
	}
}
