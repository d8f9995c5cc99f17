package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// OAuth2Endpoints are the URLs of an OAuth 2.0 provider.
type OAuth2Endpoints struct {
	// Authorization is where the browser is sent (RFC 6749, section 3.1).
	Authorization string
	// Token is where the code is exchanged (RFC 6749, section 3.2).
	Token string
	// Userinfo answers a GET that carries the access token with a JSON object
	// about the person.
	Userinfo string
}

// OAuth2 signs in with any OAuth 2.0 provider that is not an OpenID Connect
// provider. The id names it here: register <base>/callback/<id> as redirect URI,
// and do not change the id once people have signed in. The name on the sign-in
// page is the id unless Name is set. Set Scopes to what the provider needs in
// order to tell who somebody is, and Profile to a function that makes a user of
// its document: without one the members sub or id, name, nickname or
// preferred_username, email and picture count. Its ID must be what never changes
// and never moves to somebody else, so neither a user name nor a mail address.
// Addresses do not count as verified. Documentation: https://www.rfc-editor.org/rfc/rfc6749
func OAuth2(id string, endpoints OAuth2Endpoints, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            id,
		Name:          id,
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: endpoints.Authorization},
		Token:         auth.Endpoint{URL: endpoints.Token},
		Userinfo:      auth.Endpoint{URL: endpoints.Userinfo},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       defaultProfile,
	}
}

func oauth2Definition() Definition {
	const documentation = "The provider's documentation"
	return Definition{
		ID:   "oauth2",
		Name: "oauth2",
		Kind: KindOAuth2,
		Options: append([]Option{
			{Name: "authorizationUrl", Required: true, What: "Where the browser is sent.", Where: documentation},
			{Name: "tokenUrl", Required: true, What: "Where the code is exchanged.", Where: documentation},
			{Name: "userinfoUrl", Required: true, What: "What answers with a JSON object about the person.", Where: documentation},
		}, clientOptions("The provider's console")...),
		DocumentationURL: "https://www.rfc-editor.org/rfc/rfc6749",
		New: func(o Options) (auth.Provider, error) {
			return OAuth2("oauth2", OAuth2Endpoints{
				Authorization: o.AuthorizationURL, Token: o.TokenURL, Userinfo: o.UserinfoURL,
			}, o.ClientID, o.ClientSecret), nil
		},
	}
}
