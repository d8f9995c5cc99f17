package auth

import (
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

// Config says how people sign in. Only Secrets, Providers and URL are needed to
// begin with. [New] checks all of it and reports every problem at once.
type Config struct {
	// URL is the address under which browsers reach the site, for example
	// "https://example.com". A path in it is the base path of the API; without
	// one the base path is /api/auth, as in NextAuth.js. Without a scheme it
	// means https.
	//
	// It may be empty when AllowedHosts lists the hosts instead.
	URL string
	// AllowedHosts lists the hosts ("example.com", "localhost:3000") that a
	// server with several addresses answers for, when URL is empty. The
	// request's Host header chooses among them; any other host is refused. An
	// entry may have a scheme and a base path, as URL has.
	AllowedHosts []string
	// TrustedProxies lists the addresses or networks ("10.0.0.0/8") of the
	// reverse proxies in front of this server. Their X-Forwarded-For says whose
	// browser a session belongs to, see [SessionRecord], and their
	// X-Forwarded-Host chooses among AllowedHosts. The headers from anybody else
	// are ignored, and X-Forwarded-Proto always is: a host is reached by https,
	// one on this machine by http, unless its entry in AllowedHosts begins with
	// a scheme.
	TrustedProxies []string
	// DangerousTrustHost believes the forwarded host and protocol of every
	// request, as AUTH_TRUST_HOST does in NextAuth.js. It needs StrictV4.
	DangerousTrustHost bool

	// Secrets protect cookies and tokens, and the tokens of providers in the
	// Adapter. The first seals; all open, so that a secret is replaced by putting
	// the new one in front. A database session is found under the secret it began
	// with for as long as it lives: when that is removed, its user has to sign in
	// again. Each has at least 32 bytes; "openssl rand -base64 33" makes one.
	// Required, except while developing: for an http URL on this machine a random
	// one is made, with a warning.
	Secrets []string

	// Providers are the ways to sign in, in the order of the sign-in page.
	Providers []Provider
	// Adapter stores users. Without one sessions are JWTs and nothing is kept.
	Adapter Adapter

	Session SessionConfig
	JWT     JWTConfig
	Pages   Pages
	Theme   Theme
	// Languages are those of the built-in pages and mails.
	Languages language.Options
	// HideLastProvider leaves out the mark at the provider that the visitor
	// used last time on the built-in sign-in page, and the cookie that
	// remembers it.
	HideLastProvider bool
	Cookies          Cookies
	// UseSecureCookies forces the Secure attribute and the __Secure- and
	// __Host- prefixes on or off. Nil derives it from the URL's scheme.
	UseSecureCookies *bool

	Callbacks Callbacks
	Events    Events

	// Logger receives what an operator needs to know. Nil means slog.Default.
	Logger *slog.Logger
	// Debug also logs every step of a flow, without secrets.
	Debug bool

	// StrictV4 restores the visible behaviour of NextAuth.js v4 where Gatehouse
	// is safer by default, for a fleet in which a Node server and this one
	// share cookies or a database. Each weakness that it restores is logged
	// once. See docs/compatibility.md.
	StrictV4 bool
}

// SessionStrategy is where sessions live.
type SessionStrategy string

// The strategies.
const (
	// StrategyJWT keeps the session in an encrypted cookie.
	StrategyJWT SessionStrategy = "jwt"
	// StrategyDatabase keeps the session in the adapter; the cookie holds a
	// random token.
	StrategyDatabase SessionStrategy = "database"
)

// SessionConfig says how long sessions live.
type SessionConfig struct {
	// Strategy is StrategyDatabase with an adapter and StrategyJWT without
	// when it is empty.
	Strategy SessionStrategy
	// MaxAge is how long a session lives after it was last extended. Zero
	// means 30 days.
	MaxAge time.Duration
	// UpdateAge is how old a session must be before reading it extends it.
	// Zero means 24 hours; a negative value extends it on every read.
	UpdateAge time.Duration
	// AbsoluteMaxAge is how long a JWT session can live however often it is
	// extended. Zero means 90 days; a negative value means for ever. It counts
	// only where sessions can be withdrawn, that is with an adapter that is a
	// [Revoker], and not with StrictV4.
	AbsoluteMaxAge time.Duration
}

// JWTConfig changes how session tokens are sealed.
type JWTConfig struct {
	// Secrets replace Config.Secrets for session tokens.
	Secrets []string
	// MaxAge is how long the token made at sign-in is valid, whatever the
	// cookie says. Zero means SessionConfig.MaxAge; StrictV4: 30 days, as in
	// NextAuth.js.
	MaxAge time.Duration
}

// Pages are the application's own pages, as paths or URLs. An empty one means
// the built-in page.
type Pages struct {
	// SignIn gets the parameters callbackUrl and error.
	SignIn  string
	SignOut string
	// Error gets the parameter error.
	Error         string
	VerifyRequest string
	// NewUser is visited after the first sign-in of a user. It gets the
	// parameter callbackUrl.
	NewUser string
}

// ColorScheme chooses the colours of the built-in pages.
type ColorScheme string

// The colour schemes.
const (
	// ColorSchemeAuto follows the visitor's system.
	ColorSchemeAuto  ColorScheme = "auto"
	ColorSchemeLight ColorScheme = "light"
	ColorSchemeDark  ColorScheme = "dark"
)

// Theme changes the looks of the built-in pages and mails. The first four fields
// are those of NextAuth.js. See docs/pages.md for pictures.
type Theme struct {
	// ColorScheme is ColorSchemeAuto when empty.
	ColorScheme ColorScheme
	// BrandColor is the colour of the main buttons and ButtonText that of the
	// text on them, of the form #rgb or #rrggbb, or a CSS colour name. Text
	// that could not be read on BrandColor (a contrast below 4.5:1, WCAG 2.2)
	// is black or white instead, with a warning.
	BrandColor string
	ButtonText string
	// Logo is the URL or path of a picture on top of the card.
	Logo string

	// Properties changes custom properties of the style sheet, such as
	// "--radius" or "--font"; DarkProperties changes them in the dark colour
	// scheme alone. [pages.Properties] lists them.
	Properties     map[string]string
	DarkProperties map[string]string
	// StyleSheet is CSS that is added to the style sheet of the pages.
	StyleSheet string
	// Templates has blocks of HTML that replace those of the pages; see
	// [pages.Theme].
	Templates fs.FS
}

// Cookies change names and attributes of the cookies.
type Cookies struct {
	// SessionToken holds the session.
	SessionToken Cookie
	// CallbackURL remembers where the visitor wants to go.
	CallbackURL Cookie
	// CSRFToken holds the CSRF token.
	CSRFToken Cookie
	// State, PKCECodeVerifier and Nonce are the check cookies of NextAuth.js
	// v4. They are written with StrictV4 alone; otherwise each sign-in at a
	// provider has one cookie of its own, whose life is that of State. They
	// are read in both modes, so that a sign-in that a Node server began can
	// be finished.
	State            Cookie
	PKCECodeVerifier Cookie
	Nonce            Cookie
}

// Cookie changes a cookie. Empty fields keep the default: NextAuth.js's name,
// path /, HttpOnly, SameSite=Lax, and Secure when the site uses https.
type Cookie struct {
	Name   string
	Path   string
	Domain string
	// SameSite is http.SameSiteLaxMode when zero.
	SameSite http.SameSite
	// Secure forces the Secure attribute on or off. Nil follows the site.
	Secure *bool
	// InsecureScriptAccess leaves out HttpOnly, so that scripts can read the
	// cookie.
	InsecureScriptAccess bool
	// InsecureNoSameSite leaves out SameSite.
	InsecureNoSameSite bool
	// MaxAge is the life of a check cookie. Zero means 15 minutes. It has no
	// effect on other cookies.
	MaxAge time.Duration
}
