package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Apple signs in with an Apple account. Register a Services ID, which is the
// client id, with the domain of the site and the return URL <base>/callback/apple
// at https://developer.apple.com/account/resources/identifiers/list/serviceId.
// Apple refuses localhost and plain http. The client secret is a token that lives
// for six months at most: pass one that was made elsewhere, or leave it empty and
// set ClientSecretFunc to what [AppleClientSecret] returns. Apple tells the name
// at the very first sign-in only, in a form that passes through the browser: it
// is what the visitor wants to be called and proves nothing. The address may be a
// private relay address. There is no picture. Documentation:
// https://developer.apple.com/documentation/signinwithapple
func Apple(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "apple",
		Name:         "Apple",
		Style:        auth.Style{Icon: iconApple, Color: "#000000"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		// NextAuth.js v4 learns it from the discovery document.
		ClientAuthentication: auth.ClientSecretPost,
		Issuer:               appleIssuer,
		OpenID:               true,
		Scopes:               []string{"name", "email"},
		ResponseMode:         "form_post",
		UserFromCallback:     "user",
		Checks:               []auth.Check{auth.CheckPKCE},
		EmailTrust:           auth.EmailVerifiedByTextClaim,
		Profile:              appleProfile,
	}
}

func appleDefinition() Definition {
	const keys = "Certificates, Identifiers & Profiles, Keys"
	return Definition{
		ID:   "apple",
		Name: "Apple",
		Kind: KindOIDC,
		Options: []Option{
			{Name: "clientId", Required: true, What: "The identifier of the Services ID.", Where: "Certificates, Identifiers & Profiles, Identifiers"},
			{Name: "teamId", What: "The ten characters that name the team.", Where: "The upper right corner of the developer account"},
			{Name: "keyId", What: "The ten characters that name the key.", Where: keys},
			{Name: "privateKey", What: "The content of the file AuthKey_<key id>.p8, in one line with \\n for its line breaks if need be.", Where: keys},
			{
				Name: "clientSecret", Required: true, Unless: []string{"teamId", "keyId", "privateKey"},
				What: "A client secret that was made elsewhere, which lasts for six months at most.", Where: keys,
			},
		},
		ConsoleURL:       "https://developer.apple.com/account/resources/identifiers/list/serviceId",
		DocumentationURL: "https://developer.apple.com/documentation/signinwithapple",
		Notes: []string{
			"Apple refuses localhost and plain http.",
			"The name comes at the very first sign-in only.",
			"The mail address may be a private relay address.",
		},
		New: newApple,
	}
}

func newApple(o Options) (auth.Provider, error) {
	p := Apple(o.ClientID, o.ClientSecret)
	if o.ClientSecret != "" {
		return p, nil
	}
	var err error
	p.ClientSecretFunc, err = AppleClientSecret(o.ClientID, AppleKey{
		TeamID: o.TeamID, KeyID: o.KeyID, PrivateKey: []byte(strings.ReplaceAll(o.PrivateKey, `\n`, "\n")),
	})
	return p, err
}

const appleIssuer = "https://appleid.apple.com"

// appleProfile takes the name from the posted form when the ID token has none, as
// Auth.js v5 does, because NextAuth.js v4 never has one. The address in that form
// is ignored: nobody vouches for it.
func appleProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(appleFormName(p))
	return newUser(idAt(p, "sub"), name, textAt(p, "email"), null()), nil
}

func appleFormName(p auth.Profile) field {
	first := textAt(p, "user", "name", "firstName").text
	last := textAt(p, "user", "name", "lastName").text
	name := strings.Join(strings.Fields(first+" "+last), " ")
	if name == "" {
		return field{}
	}
	return field{name, isText}
}
