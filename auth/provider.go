package auth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

// Provider is a way to sign in: an [OAuthProvider], an [EmailProvider] or a
// [CredentialsProvider]. A provider is data; package providers has a function
// for each that is known, whose result may be changed before it is passed on.
type Provider interface {
	common() providerInfo
}

// providerInfo is what every kind of provider has.
type providerInfo struct {
	id, name string
	kind     AccountType
	style    Style
}

// Style is how a provider's button looks. The zero value is a button in the
// colours of the page with the first letter of the provider's name.
type Style struct {
	// Icon is the provider's mark: the path data of an icon that is 24 units
	// wide and high, as in the d attribute of an SVG path element.
	Icon string
	// Color is the colour of the mark. It gives way to the colour of the text
	// where it would be hard to tell from the button (WCAG 2.2, 1.4.11).
	Color string
	// Background and Text colour the whole button. Without them it has the
	// colours of the page. Text gives way to black or white where it would be
	// hard to read (WCAG 2.2, 1.4.3), with a warning from [New].
	//
	// All colours are of the form #rgb or #rrggbb, or CSS colour names.
	Background string
	Text       string
}

// OAuthProvider is a provider that speaks OAuth 2.0, OpenID Connect or
// OAuth 1.0a. The zero value of every optional field is the safe choice.
type OAuthProvider struct {
	// ID appears in the provider's URLs and is stored with its accounts; it
	// must not change once accounts exist. Required, unique.
	ID string
	// Name is what the sign-in page shows. Required.
	Name  string
	Style Style

	// ClientID and ClientSecret are what the provider's console gave out. A
	// public client has no secret and ClientAuthentication "none".
	ClientID     string
	ClientSecret string
	// ClientSecretFunc makes the client secret, for providers whose secret is
	// a token with a short life. It is called for each token request and wins
	// over ClientSecret.
	ClientSecretFunc func(ctx context.Context) (string, error)
	// ClientAuthentication is how the client proves itself at the token
	// endpoint. Empty means ClientSecretBasic, or ClientSecretPost when a
	// discovery document lists that alone.
	ClientAuthentication ClientAuthentication
	// ClientIDParameter and ClientSecretParameter are the names under which
	// the client id and secret are sent, for providers that have names of
	// their own for client_id and client_secret. The secret has a name only
	// with ClientSecretPost.
	ClientIDParameter, ClientSecretParameter string

	// Issuer is the provider's issuer identifier. It is required for OpenID
	// Connect unless Discovery names a document, whose issuer then counts.
	Issuer string
	// Discovery is the URL of the discovery document. For OpenID providers it
	// defaults to Issuer followed by /.well-known/openid-configuration when
	// the endpoints below are empty. Endpoints given here win over those in
	// the document.
	Discovery string
	// Authorization, Token and Userinfo are the endpoints. Parameters are
	// added to what the engine sends: to the authorization URL, to the form of
	// the token request (not with StrictV4, as NextAuth.js drops them; a query
	// in the URL and TokenForm stay) and to the query of the userinfo request.
	//
	// In Userinfo.URL and in the values of Userinfo.Header, {name} stands for
	// the member of that name in the token response; in the URL it is escaped,
	// so that it stays within its segment of the path. A sign-in whose token
	// response lacks the member fails. When {access_token} is used there, no
	// Authorization header is sent.
	Authorization Endpoint
	Token         Endpoint
	Userinfo      Endpoint
	// JWKS is the URL of the provider's signing keys, when there is no
	// discovery document to name it.
	JWKS string

	// Scopes are requested at sign-in, joined by ScopeSeparator (a space when
	// empty). Without any the parameter is "openid" for OpenID providers and
	// left out for others; StrictV4 sends "openid" to all, as NextAuth.js
	// does. To send an empty scope parameter, set Authorization.Params.
	Scopes         []string
	ScopeSeparator string
	// AuthorizationParams lists further parameters that POST /signin/:id may
	// pass to this provider, beyond prompt, login_hint, ui_locales,
	// acr_values, max_age, hd and display.
	AuthorizationParams []string
	// ResponseMode is sent as response_mode; "form_post" makes the provider
	// answer with a POST.
	ResponseMode string
	// ResponseType is sent as response_type. Empty means "code".
	ResponseType string
	// CodeParameter is the name under which the provider returns the code,
	// when that is not "code". It works with answers by GET alone.
	CodeParameter string
	// AuthorizationFragment is appended to the authorization URL, behind a
	// "#".
	AuthorizationFragment string

	// TokenInQuery puts the parameters of the token request, the client secret
	// among them, into its query instead of its body. With Token.Method "GET"
	// the request has no body.
	TokenInQuery bool
	// TokenForm changes the parameters of the token request, after all others
	// have been added to them, for grants that are not standard.
	TokenForm func(form url.Values)
	// FetchTokens replaces the token request for providers that need more than
	// one request, or one without a form. What it returns counts as the token
	// response.
	FetchTokens func(ctx context.Context, r *TokenRequest) (Tokens, error)
	// FixTokens changes the members of the token response before they are
	// checked: it adds what the provider leaves out or names otherwise. An
	// access_token is required, a token_type other than Bearer refused, and
	// expires_in, in seconds, becomes expires_at; a member "error" makes the
	// sign-in fail with that code.
	FixTokens func(t Tokens)

	// UserinfoTokenParameter is the name of the query parameter in which the
	// access token travels to the userinfo endpoint, for providers that do not
	// accept the Authorization header.
	UserinfoTokenParameter string
	// ProfilePath leads to the profile inside the userinfo answer: names of
	// members, and positions in lists ("0" is the first). Without it the whole
	// answer is the profile.
	ProfilePath []string
	// SignedUserinfo says that the userinfo answer is a JWT. Its signature, by
	// IDTokenAlgorithms, its issuer and its audience are verified like those
	// of an ID token.
	SignedUserinfo bool
	// ProfileFromUserinfo makes the userinfo answer the profile of an OpenID
	// provider, whose ID token is verified but says too little. Both must be
	// about the same subject.
	ProfileFromUserinfo bool

	// OpenID says that the provider answers with an ID token, which is then
	// verified and whose claims are the profile. Of the name and the address,
	// when asked for by Scopes, those that it lacks come from the userinfo
	// endpoint; StrictV4 leaves them out, as NextAuth.js does.
	OpenID bool
	// IDTokenAlgorithms are the signature algorithms that are accepted; empty
	// means RS256. HS256 is verified with the client secret.
	IDTokenAlgorithms []string
	// IssuerTemplate is an issuer with the placeholder {tenantid}, for
	// providers with many tenants: the claim "tid" fills it in.
	IssuerTemplate string
	// Checks are the protections NextAuth.js v4 uses for this provider. They
	// count only with Config.StrictV4; otherwise state is always on, PKCE too
	// unless PKCEUnsupported is set, and the nonce with OpenID. Nil means
	// state alone; StrictV4 with an empty, non-nil list turns all off.
	Checks []Check
	// PKCEUnsupported marks a provider that refuses PKCE parameters.
	PKCEUnsupported bool

	// FetchProfile replaces the userinfo request for providers that need more
	// than one, such as a list of addresses or a picture behind the access
	// token. The client in the request has the engine's timeouts and limits.
	FetchProfile func(ctx context.Context, r *ProfileRequest) (Profile, error)
	// Profile makes a user of what the provider said. The user's ID is
	// required: a sign-in without one is refused. Nil reads sub, name, email
	// and picture, the claims of OpenID Connect.
	Profile func(p Profile, t Tokens) (User, error)
	// UserFromCallback is the name of a form field that the provider adds to
	// its answer and that is JSON; it is added to the profile as "user".
	UserFromCallback string

	// EmailTrust says how far an address from this provider is believed.
	EmailTrust EmailTrust
	// EmailVerifiedPath leads to the member of the profile that says whether
	// the address is verified, for providers that do not call it
	// email_verified: names of members, and positions in lists. That member
	// alone counts then.
	EmailVerifiedPath []string
	// AllowDangerousEmailAccountLinking signs a visitor in to an existing user
	// who has the same address but no account of this provider. Unless
	// Config.StrictV4 is set, it does so only for an address that EmailTrust
	// says is verified.
	AllowDangerousEmailAccountLinking bool

	// OAuth1 makes this an OAuth 1.0a provider; the fields for OAuth 2.0 are
	// then unused, except Authorization and Profile.
	OAuth1 *OAuth1

	// Timeout bounds each request to the provider. Zero means 10 seconds.
	Timeout time.Duration
	// HTTPClient replaces the client for requests to the provider, for proxies
	// and private certificate authorities. Bodies stay bounded.
	HTTPClient *http.Client
}

// OAuth1 has the endpoints of an OAuth 1.0a provider (RFC 5849). The
// authorization URL is OAuthProvider.Authorization.
type OAuth1 struct {
	RequestTokenURL string
	AccessTokenURL  string
	// ProfileURL is fetched with a signed GET.
	ProfileURL string
}

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

// ClientAuthentication is a client authentication method by its registered name
// (OpenID Connect Core 1.0, section 9).
type ClientAuthentication string

// The client authentication methods.
const (
	ClientSecretBasic ClientAuthentication = "client_secret_basic"
	ClientSecretPost  ClientAuthentication = "client_secret_post"
	ClientAuthNone    ClientAuthentication = "none"
)

// Check is a protection of the authorization code flow.
type Check string

// The checks.
const (
	CheckState Check = "state"
	CheckPKCE  Check = "pkce"
	CheckNonce Check = "nonce"
)

// EmailTrust says when a mail address from a provider counts as verified.
type EmailTrust int

// The degrees of trust. The zero value trusts no address.
const (
	// EmailNeverVerified trusts no address.
	EmailNeverVerified EmailTrust = iota
	// EmailVerifiedByClaim trusts an address when the profile's email_verified,
	// or what EmailVerifiedPath leads to, is the JSON value true.
	EmailVerifiedByClaim
	// EmailVerifiedByTextClaim also accepts the text "true", as some providers send it.
	EmailVerifiedByTextClaim
	// EmailAlwaysVerified trusts every address: the provider gives out proven
	// addresses only.
	EmailAlwaysVerified
)

// Tokens is the answer of a token endpoint: every member by its JSON name, with
// expires_at (seconds since 1970) computed from expires_in.
type Tokens map[string]any

// Text returns a member that is text, or "".
func (t Tokens) Text(name string) string {
	s, _ := t[name].(string)
	return s
}

// Int returns a member that is a whole number, or 0.
func (t Tokens) Int(name string) int64 {
	switch v := t[name].(type) {
	case json.Number:
		n, _ := v.Int64()
		return n
	case int64:
		return v
	case float64:
		return int64(v)
	}
	return 0
}

// TokenRequest is what [OAuthProvider.FetchTokens] gets.
type TokenRequest struct {
	// Code is what the provider sent through the browser. It is good for one
	// use.
	Code string
	// RedirectURI is the callback URL that the provider was told. CodeVerifier
	// is empty without PKCE.
	RedirectURI, CodeVerifier string
	// ClientID and ClientSecret are those of the provider. There is no secret
	// with ClientAuthNone.
	ClientID, ClientSecret string
	// Client sends requests with the provider's timeout; answers are cut off
	// at 1 MiB.
	Client *http.Client
}

// ProfileRequest is what [OAuthProvider.FetchProfile] gets.
type ProfileRequest struct {
	Tokens Tokens
	// Claims are those of the verified ID token, if there is one.
	Claims Profile
	// Client sends requests with the provider's timeout; answers are cut off
	// at 1 MiB.
	Client *http.Client
	// ClientID is the provider's client id.
	ClientID string
}

func (p OAuthProvider) common() providerInfo {
	return providerInfo{p.ID, p.Name, AccountOAuth, p.Style}
}

// EmailProvider signs people in by a link that is sent to their mailbox. It
// needs an adapter.
type EmailProvider struct {
	// ID is "email" when empty. Name is "Email" when empty; the built-in page
	// then shows a text in the visitor's language that goes without a name.
	ID, Name string
	Style    Style
	// From is the sender's address, "Name <address>" or the address alone.
	From string
	// InboxURL is where the mails can be read while developing, as an absolute
	// URL or a path. The page that tells to look for a mail then has a link
	// there.
	InboxURL string
	// Sender delivers the mail. Required.
	Sender VerificationSender
	// MaxAge is how long a link works. Zero means 24 hours.
	MaxAge time.Duration
	// GenerateToken makes the token of a link. Nil makes 256 random bits.
	GenerateToken func() (string, error)
	// Secret is mixed into the stored hash instead of Config.Secrets[0].
	Secret string
	// NormalizeIdentifier turns what the visitor typed into the address that
	// is stored, or refuses it. Nil accepts exactly one plain address, in
	// lower case with its domain in punycode.
	NormalizeIdentifier func(identifier string) (string, error)
}

func (p EmailProvider) common() providerInfo {
	id, name := p.ID, p.Name
	if id == "" {
		id = "email"
	}
	if name == "" {
		name = "Email"
	}
	return providerInfo{id, name, AccountEmail, p.Style}
}

// VerificationSender delivers sign-in links. Package mail has one for SMTP.
type VerificationSender interface {
	SendVerificationRequest(ctx context.Context, r VerificationRequest) error
}

// VerificationRequest is a link to deliver.
type VerificationRequest struct {
	// Identifier is the address to send to: one plain addr-spec.
	Identifier string
	// URL is the link. It is a secret: it must not be logged.
	URL string
	// Host is the site's host and port, for the wording.
	Host string
	// Token is the part of the link that proves the mailbox, for senders that
	// write their own text.
	Token   string
	Expires time.Time
	// From is EmailProvider.From.
	From string
	// Theme is Config.Theme.
	Theme Theme
	// Language has the texts in the language of the visitor. Nil means
	// English.
	Language *language.Catalogue
	// ProviderID is the e-mail provider's id.
	ProviderID string
}

// CredentialsProvider signs people in with fields of a form, such as a name and
// a password, that the application checks.
type CredentialsProvider struct {
	// ID is "credentials" when empty. Name is "Credentials" when empty; the
	// built-in page then shows a text in the visitor's language that goes
	// without a name.
	ID, Name string
	Style    Style
	// Fields are the inputs of the form on the built-in page, in order. A
	// provider whose Fields are nil is not shown there; an empty list shows a
	// button alone.
	Fields []Field
	// Authorize returns the user whose credentials these are. It returns
	// [ErrInvalidCredentials] (or a nil user) when they are wrong; any other
	// error is logged and the visitor sees the same message. Required.
	Authorize func(ctx context.Context, credentials Credentials, r *http.Request) (*User, error)
}

func (p CredentialsProvider) common() providerInfo {
	id, name := p.ID, p.Name
	if id == "" {
		id = "credentials"
	}
	if name == "" {
		name = "Credentials"
	}
	return providerInfo{id, name, AccountCredentials, p.Style}
}

// Field is an input of a credentials form.
type Field struct {
	// Name is the form field. Required, unique within the provider.
	Name string
	// Label is shown beside the input. When it is empty, a field named
	// "username" or "password" has a label in the visitor's language, and any
	// other one its Name.
	Label string
	// Type is the input's type, "text" when empty.
	Type string
	// Placeholder and Value are attributes of the input.
	Placeholder string
	Value       string
	// Autocomplete is the input's autocomplete attribute. Empty means
	// "current-password" for a password and "username" for the first other
	// field.
	Autocomplete string
}

// Credentials are the posted fields by name, without those that belong to the
// protocol (csrfToken, callbackUrl, json, redirect). Of a field that was posted
// several times the first value counts.
type Credentials map[string]string
