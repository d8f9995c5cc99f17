package auth

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

// oauthProblems collects what is wrong with an OAuth provider.
type oauthProblems struct {
	*problems
	field string
}

// on notes a problem of a field of the provider, ".ClientID" for example.
func (p oauthProblems) on(name, reason, fix string) { p.add(p.field+name, reason, fix) }

// needURL wants an address that nobody on the way can read.
func (p oauthProblems) needURL(name, value string) {
	u, err := url.Parse(value)
	switch {
	case value == "":
		p.on(name, "is empty", "set the address from the provider's documentation")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		p.on(name, "is not an http or https address", "write it in full, for example https://id.example.com/authorize")
	case u.Scheme == "http" && !loopback.Is(u.Hostname()):
		p.on(name, "is plain http, which anybody on the way can read", "use https")
	}
}

// check finds the problems of a provider.
func (p OAuthProvider) check(all *problems, field string, strictV4 bool) {
	found := oauthProblems{all, field}
	if p.ClientID == "" {
		found.on(".ClientID", "is empty", "copy it from the provider's console")
	}
	if len(p.EmailVerifiedPath) > 0 && p.EmailTrust != EmailVerifiedByClaim && p.EmailTrust != EmailVerifiedByTextClaim {
		found.on(".EmailVerifiedPath", "has no effect", "set EmailTrust to EmailVerifiedByClaim")
	}
	if p.OAuth1 != nil {
		found.needURL(".OAuth1.RequestTokenURL", p.OAuth1.RequestTokenURL)
		found.needURL(".OAuth1.AccessTokenURL", p.OAuth1.AccessTokenURL)
		found.needURL(".OAuth1.ProfileURL", p.OAuth1.ProfileURL)
		found.needURL(".Authorization.URL", p.Authorization.URL)
		return
	}
	p.checkClient(found, strictV4)
	p.checkProtection(found, strictV4)
	p.checkAddresses(found, strictV4)
	p.checkRequests(found)
}

func (p OAuthProvider) checkClient(found oauthProblems, strictV4 bool) {
	public := p.ClientAuthentication == ClientAuthNone
	if p.ClientSecret == "" && p.ClientSecretFunc == nil && !public && !strictV4 {
		found.on(".ClientSecret", "is empty", `copy it from the provider's console, or set ClientAuthentication to "none" for a public client`)
	}
	switch p.ClientAuthentication {
	case "", ClientSecretBasic, ClientSecretPost, ClientAuthNone:
	default:
		found.on(".ClientAuthentication", fmt.Sprintf("%q is unknown", printable(string(p.ClientAuthentication), 32)), "use one of the constants")
	}
	if p.ClientSecretParameter != "" && p.ClientAuthentication != ClientSecretPost {
		found.on(".ClientSecretParameter", "has no effect", "set ClientAuthentication to ClientSecretPost")
	}
}

// idTokenAlgorithms are the signature algorithms that can be verified.
var idTokenAlgorithms = []string{
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512",
}

func (p OAuthProvider) checkProtection(found oauthProblems, strictV4 bool) {
	if p.Checks != nil && len(p.Checks) == 0 && !strictV4 {
		found.on(".Checks", "turns all protection of the flow off", "leave it nil")
	}
	for i, check := range p.Checks {
		if check != CheckState && check != CheckPKCE && check != CheckNonce && !strictV4 {
			found.on(fmt.Sprintf(".Checks[%d]", i), fmt.Sprintf("%q is unknown", printable(string(check), 32)), "use one of the constants")
		}
	}
	for i, algorithm := range p.IDTokenAlgorithms {
		name := fmt.Sprintf(".IDTokenAlgorithms[%d]", i)
		switch {
		case !slices.Contains(idTokenAlgorithms, algorithm):
			found.on(name, fmt.Sprintf("%q cannot be verified", printable(algorithm, 32)), "leave the list out for RS256")
		case strings.HasPrefix(algorithm, "HS") && p.ClientSecret == "" && p.ClientSecretFunc == nil:
			found.on(name, algorithm+" needs the client secret", "set ClientSecret")
		}
	}
	if slices.Contains(strings.Fields(p.ResponseType), "token") {
		found.on(".ResponseType", "sends access tokens through the browser", `leave it out for "code"`)
	}
	if p.SignedUserinfo && !p.OpenID && p.JWKS == "" && p.Discovery == "" {
		found.on(".SignedUserinfo", "needs the provider's keys", "set OpenID and Issuer, or JWKS")
	}
	if p.ProfileFromUserinfo && !p.OpenID {
		found.on(".ProfileFromUserinfo", "has no effect without OpenID", "remove it: the profile comes from there anyway")
	}
}

func (p OAuthProvider) checkAddresses(found oauthProblems, strictV4 bool) {
	discovered := p.Discovery != "" || p.OpenID && p.Issuer != ""
	if p.Discovery != "" {
		found.needURL(".Discovery", p.Discovery)
	}
	if p.OpenID && p.Issuer != "" && strings.Contains(p.Issuer, "://") {
		found.needURL(".Issuer", p.Issuer)
	}
	if !discovered || p.Authorization.URL != "" {
		found.needURL(".Authorization.URL", p.Authorization.URL)
	}
	if p.FetchTokens == nil && !discovered || p.Token.URL != "" {
		found.needURL(".Token.URL", p.Token.URL)
	}
	if p.OpenID && p.Issuer == "" && p.Discovery == "" && p.IssuerTemplate == "" && !strictV4 {
		found.on(".Issuer", "is empty, so no ID token can be checked", "set the provider's issuer identifier")
	}
	if !p.OpenID && p.FetchProfile == nil && !discovered {
		found.needURL(".Userinfo.URL", p.Userinfo.URL)
	}
}

// requestMethods are those that can be used at the token and the userinfo endpoint.
var requestMethods = []string{http.MethodPost, http.MethodGet}

// placeholder stands for a member of the token response in a userinfo URL.
var placeholder = regexp.MustCompile(`\{[A-Za-z0-9_.-]+\}`)

func (p OAuthProvider) checkRequests(found oauthProblems) {
	for _, e := range []struct {
		name    string
		methods []string
		Endpoint
	}{{".Authorization", nil, p.Authorization}, {".Token", requestMethods, p.Token}, {".Userinfo", requestMethods, p.Userinfo}} {
		if len(e.Header) > 0 && e.methods == nil {
			found.on(e.name+".Header", "has no effect", "remove it: the browser makes this request")
		}
		for name := range e.Header {
			if http.CanonicalHeaderKey(name) == "Authorization" {
				found.on(e.name+".Header", "has an Authorization, which is not sent", "remove it: that header carries the secret or the access token")
			}
		}
		if e.Method != "" && !slices.Contains(e.methods, e.Method) {
			found.on(e.name+".Method", fmt.Sprintf("%q cannot be used", printable(e.Method, 16)), "leave it out")
		}
		if len(e.Body) > 0 && (e.name != ".Userinfo" || e.Method != http.MethodPost) {
			found.on(e.name+".Body", "is not sent", `set it for Userinfo alone, with the Method "POST"`)
		}
	}
	if p.Token.Method == http.MethodGet && !p.TokenInQuery {
		found.on(".Token.Method", "GET has no body for the parameters", "set TokenInQuery")
	}
	if strings.HasPrefix(p.AuthorizationFragment, "#") {
		found.on(".AuthorizationFragment", `begins with a "#"`, "leave it out: it is added")
	}
	if rest := placeholder.ReplaceAllString(p.Userinfo.URL, ""); strings.ContainsAny(rest, "{}") {
		found.on(".Userinfo.URL", "has a brace that belongs to no placeholder", "write a member of the token response as {name}, and escape other braces")
	}
	if p.UserinfoTokenParameter != "" && strings.Contains(p.Userinfo.URL, "{access_token}") {
		found.on(".UserinfoTokenParameter", "has no effect beside {access_token} in Userinfo.URL", "remove one of the two")
	}
}
