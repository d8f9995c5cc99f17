package providers

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Trait is something that can be said about a provider, in a few words.
type Trait struct {
	Name, Value string
}

// Describe says what a provider is asked for and where: its addresses and scopes,
// how the client authenticates itself, whether PKCE is used, and how far its mail
// addresses are trusted. Addresses that a discovery document has, and everything
// else that the provider leaves out, are not there.
func Describe(p auth.OAuthProvider) []Trait {
	all := []Trait{
		{"Issuer", p.Issuer}, {"Discovery", p.Discovery}, {"Authorization", p.Authorization.URL},
		{"Token", p.Token.URL}, {"Userinfo", p.Userinfo.URL},
	}
	if p.OAuth1 != nil {
		all = append(all,
			Trait{"Request token", p.OAuth1.RequestTokenURL}, Trait{"Access token", p.OAuth1.AccessTokenURL}, Trait{"Profile", p.OAuth1.ProfileURL},
			Trait{"Client authentication", "HMAC-SHA1 signatures"}, Trait{"PKCE", "no, OAuth 1.0a has none"})
	} else {
		all = append(all,
			Trait{"Scopes", scopesOf(p)}, Trait{"Response mode", p.ResponseMode}, Trait{"Client authentication", authenticationOf(p)},
			Trait{"PKCE", map[bool]string{false: "yes", true: "no, the provider does not take it"}[p.PKCEUnsupported]})
	}
	all = append(all, Trait{"Mail address", trustOf(p)})
	var found []Trait
	for _, t := range all {
		if t.Value != "" {
			found = append(found, t)
		}
	}
	return found
}

// scopesOf are the scopes that a provider is asked for by default.
func scopesOf(p auth.OAuthProvider) string {
	if len(p.Scopes) == 0 && p.OpenID && !p.Authorization.Params.Has("scope") {
		return "openid"
	}
	return strings.Join(p.Scopes, " ")
}

func authenticationOf(p auth.OAuthProvider) string {
	if p.ClientAuthentication == "" && (p.OpenID || p.Discovery != "") {
		return fmt.Sprintf("%s, unless a discovery document has %s alone", auth.ClientSecretBasic, auth.ClientSecretPost)
	}
	return string(cmp.Or(p.ClientAuthentication, auth.ClientSecretBasic))
}

func trustOf(p auth.OAuthProvider) string {
	switch p.EmailTrust {
	case auth.EmailVerifiedByClaim, auth.EmailVerifiedByTextClaim:
		return "verified when " + cmp.Or(strings.Join(p.EmailVerifiedPath, "."), "email_verified") + " is true"
	case auth.EmailAlwaysVerified:
		return "always counts as verified"
	}
	return "never counts as verified"
}

// Sample builds an OAuth provider as [ByID] does, with made-up values such as
// "your-clientid" for the required options that are not given. It shows what a
// provider looks like and maps profiles; nobody can sign in with it. It fails for
// a provider that is no [auth.OAuthProvider].
func Sample(id string, given Options) (auth.OAuthProvider, error) {
	d, _ := Find(id)
	for _, option := range d.missing(given) {
		value := map[string]string{
			"issuer": "https://your-issuer.example", "baseUrl": "https://your-server.example", "userinfoUrl": "https://your-server.example/userinfo",
			"authorizationUrl": "https://your-server.example/authorize", "tokenUrl": "https://your-server.example/token",
		}[option.Name]
		if given.Set(option.Name, cmp.Or(value, "your-"+strings.ToLower(option.Name))) != nil {
			return auth.OAuthProvider{}, fmt.Errorf("providers: %s is no OAuth provider", id)
		}
	}
	built, err := ByID(id, given)
	if err != nil {
		return auth.OAuthProvider{}, err
	}
	p, ok := built.(auth.OAuthProvider)
	if !ok {
		return auth.OAuthProvider{}, fmt.Errorf("providers: %s is no OAuth provider", id)
	}
	return p, nil
}
