// Package oauth is the relying party: it sends a browser to an identity
// provider and turns the provider's answer into tokens and a profile. It speaks
// the authorization code flow of OAuth 2.0 (RFC 6749) with PKCE (RFC 7636),
// OpenID Connect Core 1.0 and OAuth 1.0a (RFC 5849).
//
// A [Client] serves one provider and is safe for concurrent use:
//
//	client := oauth.New(oauth.Config{ClientID: id, ClientSecret: secret, Issuer: issuer, OpenID: true})
//	url, err := client.AuthorizationURL(ctx, oauth.AuthorizationRequest{...}) // send the browser there
//	result, err := client.Exchange(ctx, oauth.Answer{Params: r.URL.Query(), ...}) // when it comes back
//
// The package keeps nothing of a flow between these two calls. The caller makes
// the state, the nonce and the code verifier, remembers them for the browser
// and uses them once.
//
// # Errors
//
// A *[ProviderError] says that the provider refused. Every other error names
// the stage that failed, such as "oauth: token request: ...". No error text
// holds a code, a token, a secret, a query string or the body of an answer.
//
// # Network
//
// Every request has a deadline, every body is cut off at 1 MiB after
// decompression, and redirects are followed only for GET requests and only
// within one origin. TLS certificates are always verified.
package oauth

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// The values of [Config.ClientAuthentication] (OpenID Connect Core 1.0,
// section 9).
const (
	ClientSecretBasic = "client_secret_basic"
	ClientSecretPost  = "client_secret_post"
	ClientAuthNone    = "none"
)

// Endpoint is a URL of a provider and what to send there.
type Endpoint struct {
	// URL is where the endpoint is. A query in it is kept.
	URL string
	// Params are added to what is sent.
	Params url.Values
	// Header is added to requests to the token and the userinfo endpoint. An
	// Authorization in it is not sent: that header belongs to the protocol.
	Header http.Header
	// Method replaces the usual one: GET at the token endpoint, POST at the
	// userinfo endpoint.
	Method string
	// Body is JSON for a POST to the userinfo endpoint.
	Body []byte
}

// Config describes a provider and the client that is registered there. [New]
// keeps its maps and slices, which must not change afterwards.
type Config struct {
	// ClientID and ClientSecret are what the provider gave out.
	ClientID     string
	ClientSecret string
	// ClientSecretFunc makes the secret for each token request. It wins over
	// ClientSecret.
	ClientSecretFunc func(ctx context.Context) (string, error)
	// ClientAuthentication is ClientSecretBasic, ClientSecretPost or
	// ClientAuthNone. Empty means basic, or post when the discovery document
	// lists post but not basic.
	ClientAuthentication string
	// ClientIDParameter and ClientSecretParameter are the names under which
	// the client id and secret are sent, in place of client_id and
	// client_secret. HTTP Basic authentication has no names.
	ClientIDParameter, ClientSecretParameter string

	// Issuer is the provider's issuer identifier, compared character by
	// character. Without one the issuer of the discovery document counts.
	Issuer string
	// Discovery is the URL of the discovery document. Empty means, for OpenID
	// providers whose endpoints are not all given here, Issuer followed by
	// /.well-known/openid-configuration; there is no discovery otherwise.
	Discovery string
	// Authorization, Token and Userinfo win over the discovery document. Their
	// parameters go into the authorization URL, into the form of the token
	// request (not with StrictV4) and into the query of the userinfo request.
	//
	// In Userinfo.URL and in the values of Userinfo.Header, {name} stands for
	// that member of the token response; in the URL it is escaped. When
	// {access_token} is among them, no Authorization header is sent.
	Authorization, Token, Userinfo Endpoint
	// JWKS is the URL of the provider's signing keys. It wins over the
	// discovery document.
	JWKS string

	// Scopes are joined by ScopeSeparator, a space when empty. Without any,
	// "openid" is requested with OpenID or StrictV4, and nothing otherwise. A
	// "scope" in Authorization.Params replaces them.
	Scopes         []string
	ScopeSeparator string
	// ResponseMode is sent as response_mode unless it is empty.
	ResponseMode string
	// ResponseType is sent as response_type. Empty means "code", or what
	// Authorization.Params says.
	ResponseType string
	// CodeParameter is another name than "code" under which the provider
	// returns the code. One named "code" counts as well.
	CodeParameter string
	// AuthorizationFragment follows the authorization URL, behind a "#".
	AuthorizationFragment string

	// TokenInQuery moves the parameters of the token request from the body to
	// the query.
	TokenInQuery bool
	// TokenForm changes the parameters of the token request after everything
	// else was added to them.
	TokenForm func(form url.Values)
	// FetchTokens replaces the token request. What it returns is treated like
	// the members of a token response.
	FetchTokens func(ctx context.Context, r *TokenRequest) (map[string]any, error)
	// FixTokens changes the members of the token response before anything in
	// them is looked at.
	FixTokens func(tokens map[string]any)

	// OpenID requires an ID token, verifies it and makes its claims the
	// profile, with those of the userinfo endpoint that it lacks (not with
	// StrictV4). Without it an ID token is not looked at, and with StrictV4
	// refused.
	OpenID bool
	// IDTokenAlgorithms are the accepted signature algorithms. Empty means
	// RS256. The HMAC algorithms are verified with the client secret, which
	// must be as long as the hash (RFC 7518, section 3.2) unless StrictV4 is
	// set. "none" is never accepted.
	IDTokenAlgorithms []string
	// IssuerTemplate is an issuer with the placeholder {tenantid}, which the
	// claim "tid" of an ID token fills in. Issuer then serves only to find the
	// discovery document.
	IssuerTemplate string

	// UserinfoTokenParameter names the query parameter in which the access
	// token travels to the userinfo endpoint, instead of the header.
	UserinfoTokenParameter string
	// SignedUserinfo says that the userinfo endpoint answers with a JWT, which
	// is verified like an ID token.
	SignedUserinfo bool
	// ProfilePath leads to the profile inside the answer of the userinfo
	// endpoint: names of members, and positions in lists.
	ProfilePath []string
	// ProfileFromUserinfo makes the answer of the userinfo endpoint the
	// profile although there is an ID token, whose subject it must have.
	ProfileFromUserinfo bool
	// EmailVerifiedClaim is the claim that says whether the address is verified;
	// empty means email_verified. Where an ID token's claims are completed, it
	// comes from where the address comes from.
	EmailVerifiedClaim string
	// FetchProfile replaces the userinfo request. When both its result and the
	// ID token have a "sub", they must be equal.
	FetchProfile func(ctx context.Context, r *ProfileRequest) (map[string]any, error)

	// Timeout bounds each request. Zero means 10 seconds.
	Timeout time.Duration
	// HTTPClient supplies the transport for requests: a proxy or certificate
	// authorities. Nothing but its Transport is used.
	HTTPClient *http.Client
	// StrictV4 does as NextAuth.js v4 where that is visible: see the methods.
	StrictV4 bool
	// Now is the clock for ID tokens, lifetimes and caches. Nil means time.Now.
	Now func() time.Time
}

// TokenRequest is what [Config.FetchTokens] gets.
type TokenRequest struct {
	// Code is what the provider sent through the browser.
	Code string
	// RedirectURI and CodeVerifier are those of the [Answer].
	RedirectURI, CodeVerifier string
	// ClientID and ClientSecret are those of the configuration.
	ClientID, ClientSecret string
	// Client has the deadline and the limits described at the package.
	Client *http.Client
}

// ProfileRequest is what [Config.FetchProfile] gets.
type ProfileRequest struct {
	// Tokens are the members of the token response.
	Tokens map[string]any
	// Claims are those of the verified ID token, nil without OpenID.
	Claims map[string]any
	// Client has the deadline and the limits described at the package.
	Client *http.Client
	// ClientID is Config.ClientID.
	ClientID string
}

// Result is what a provider said about a visitor. Numbers are json.Number.
type Result struct {
	// Tokens are all members of the token response, with expires_at (seconds
	// since 1970) instead of expires_in.
	Tokens map[string]any
	// Claims are those of the verified ID token, nil without OpenID.
	Claims map[string]any
	// Profile is the answer of the userinfo endpoint or of FetchProfile, or a
	// copy of Claims. With StrictV4 it is nil when the userinfo endpoint
	// answered with JSON that is not an object.
	Profile map[string]any
	// UserinfoError says why the userinfo endpoint could not add to Claims what
	// they lack, in which case Profile has the claims alone. It is nil
	// otherwise.
	UserinfoError error
}

// Client is the relying party for one OAuth 2.0 or OpenID Connect provider.
type Client struct {
	cfg          Config
	discoveryURL string
	http         *http.Client
	keyHTTP      *http.Client
	now          func() time.Time

	flight singleflight.Group

	mu            sync.Mutex
	document      *document
	documentUntil time.Time
	keys          *remoteKeys
}

// New returns a client for a provider. It makes no requests: discovery happens
// when it is first needed, and mistakes in the endpoints are reported then.
func New(cfg Config) *Client {
	c := &Client{cfg: cfg, now: cfg.Now}
	if c.now == nil {
		c.now = time.Now
	}
	c.http = newHTTPClient(cfg.HTTPClient, cfg.Timeout)
	c.keyHTTP = &http.Client{
		Transport:     requireOK{c.http.Transport},
		CheckRedirect: c.http.CheckRedirect,
		Timeout:       c.http.Timeout,
	}
	c.discoveryURL = discoveryURL(cfg)
	return c
}

// discoveryURL returns the URL of the discovery document, or "" when
// everything needed is configured.
func discoveryURL(cfg Config) string {
	if cfg.Discovery != "" || !cfg.OpenID || cfg.Issuer == "" {
		return cfg.Discovery
	}
	needsKeys := len(cfg.IDTokenAlgorithms) == 0 || slices.ContainsFunc(cfg.IDTokenAlgorithms, func(name string) bool {
		return !strings.HasPrefix(name, "HS")
	})
	if cfg.Authorization.URL != "" && cfg.Token.URL != "" && (cfg.JWKS != "" || !needsKeys) {
		return ""
	}
	return strings.TrimSuffix(cfg.Issuer, "/") + "/.well-known/openid-configuration"
}

// Exchange checks the provider's answer, redeems its code, verifies the ID
// token and gets the profile. The code is sent at most once.
//
// With StrictV4 an error in the answer is reported before the state is checked,
// only the status 200 and JSON are accepted from the token endpoint, its
// access token and token type are not checked, and a plain OAuth provider that
// returns an ID token is refused.
func (c *Client) Exchange(ctx context.Context, a Answer) (*Result, error) {
	if err := c.checkState(a); err != nil {
		return nil, err
	}
	p, err := c.provider(ctx)
	if err != nil {
		return nil, err
	}
	code, err := c.checkAnswer(p, a)
	if err != nil {
		return nil, err
	}
	if err := c.checkFrontIDToken(ctx, p, a, code); err != nil {
		return nil, err
	}
	tokens, err := c.requestToken(ctx, p, a, code)
	if err != nil {
		return nil, err
	}
	result := &Result{Tokens: tokens}
	if c.cfg.OpenID {
		if result.Claims, err = c.tokenClaims(ctx, p, a, tokens); err != nil {
			return nil, err
		}
	}
	if result.Profile, err = c.profile(ctx, p, result); err != nil {
		return nil, err
	}
	return result, nil
}

// tokenClaims returns the claims of the ID token in a token response.
func (c *Client) tokenClaims(ctx context.Context, p *provider, a Answer, tokens map[string]any) (map[string]any, error) {
	raw, _ := tokens["id_token"].(string)
	if raw == "" {
		return nil, errors.New("oauth: id token: missing from the token response")
	}
	accessToken, _ := tokens["access_token"].(string)
	claims, err := c.verifyIDToken(ctx, p, raw, idTokenChecks{nonce: a.Nonce, accessToken: accessToken})
	if err != nil {
		return nil, err
	}
	// With many tenants the issuer in the answer can only be compared now.
	if iss := a.Params.Get("iss"); iss != "" && c.cfg.IssuerTemplate != "" && claims["iss"] != iss {
		return nil, errors.New("oauth: id token: issuer differs from that of the authorization answer")
	}
	return claims, nil
}

// profile returns the profile for a result that has its tokens and claims.
func (c *Client) profile(ctx context.Context, p *provider, r *Result) (map[string]any, error) {
	var profile map[string]any
	var err error
	switch {
	case c.cfg.FetchProfile != nil:
		profile, err = c.cfg.FetchProfile(ctx, &ProfileRequest{
			Tokens: maps.Clone(r.Tokens), Claims: maps.Clone(r.Claims), Client: c.http, ClientID: c.cfg.ClientID,
		})
		if err != nil {
			return nil, stageError("profile", withoutURL(err))
		}
	case c.cfg.OpenID && c.cfg.ProfileFromUserinfo:
		profile, err = c.requestUserinfo(ctx, p, r.Tokens)
		if err != nil {
			return nil, err
		}
		if _, ok := profile["sub"]; !ok {
			return nil, errNoSubject
		}
	case c.cfg.OpenID && (c.cfg.StrictV4 || !c.lacksClaims(p, r.Claims)):
		return maps.Clone(r.Claims), nil
	case c.cfg.OpenID:
		return c.completeClaims(ctx, p, r)
	default:
		profile, err = c.requestUserinfo(ctx, p, r.Tokens)
		if err != nil {
			return nil, err
		}
	}
	if err := sameSubject(r.Claims, profile); err != nil {
		return nil, err
	}
	return profile, nil
}

// errNoSubject refuses a userinfo answer that does not say of whom it speaks.
var errNoSubject = errors.New("oauth: profile: the userinfo answer has no subject")

// sameSubject compares the subjects of an ID token and of a profile, when both
// have one (OpenID Connect Core 1.0, section 5.3.2).
func sameSubject(claims, profile map[string]any) error {
	claimed, both := claims["sub"]
	if sub, ok := profile["sub"]; both && ok && sub != claimed {
		return errors.New("oauth: profile: subject differs from that of the id token")
	}
	return nil
}
