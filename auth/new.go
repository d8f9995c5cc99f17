package auth

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/clientip"
	"github.com/gatehouse-auth/gatehouse/internal/loopback"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// The defaults of NextAuth.js v4, and those that it has no option for.
const (
	defaultMaxAge         = 30 * 24 * time.Hour
	defaultUpdateAge      = 24 * time.Hour
	defaultAbsoluteMaxAge = 90 * 24 * time.Hour
)

// provider is a configured provider, ready to use.
type provider struct {
	providerInfo
	oauth       *OAuthProvider
	client      *oauth.Client
	oauth1      *oauth.OAuth1Client
	email       *EmailProvider
	credentials *CredentialsProvider
}

// New checks a configuration and returns an Auth for it. The error joins a
// [ConfigError] for every problem that was found.
//
// New makes no network or database call: a provider or a database that is down
// does not keep a program from starting.
func New(config Config) (*Auth, error) {
	madeSecret := len(config.Secrets) == 0
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, err
	}
	if madeSecret {
		config.Logger.Warn("Config.Secrets is empty: a random one was made, and everybody is signed out when this program ends", "code", "NO_SECRET")
	}
	a := &Auth{config: config, log: config.Logger}
	a.sites = config.sites()
	var err error
	if a.languages, err = language.New(config.Languages); err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	if a.pages, err = pages.New(pages.Options{Theme: config.Theme.pages(), Languages: a.languages, Buttons: config.buttons()}); err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	a.warnPages()
	if err := a.deriveKeys(); err != nil {
		return nil, err
	}
	if a.store, err = newStore(config); err != nil {
		return nil, err
	}
	emails := 0
	for _, p := range config.Providers {
		a.providers = append(a.providers, newProvider(p, config.StrictV4))
		if p.common().kind == AccountEmail {
			emails++
		}
	}
	a.severalEmail = emails > 1
	if revoker, ok := config.Adapter.(Revoker); ok && config.Session.Strategy == StrategyJWT && !config.StrictV4 {
		a.revocations = &revocations{store: revoker, log: a.log, sessions: map[string]time.Time{}, users: map[string]Revocation{}}
	}
	config.warn()
	return a, nil
}

// warnPages logs what the pages cannot show as they were asked to: colours that
// nobody could read, and texts that an added language lacks.
func (a *Auth) warnPages() {
	for _, warning := range a.pages.Warnings() {
		a.log.Warn("a colour of the pages was replaced: "+warning, "code", "THEME_CONTRAST")
	}
	for _, one := range a.languages.Offered() {
		if missing := one.Missing(); len(missing) > 0 {
			a.log.Warn("a language lacks texts, which are shown in another one", "code", "MISSING_TEXTS", "language", one.Tag(), "keys", missing)
		}
	}
}

// withDefaults fills in what is empty.
func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.URL == "" && c.StrictV4 && !c.DangerousTrustHost && len(c.AllowedHosts) == 0 {
		c.URL = "http://localhost:3000" // as NextAuth.js v4 without NEXTAUTH_URL
	}
	if c.Session.Strategy == "" {
		c.Session.Strategy = StrategyJWT
		if c.Adapter != nil {
			c.Session.Strategy = StrategyDatabase
		}
	}
	setDefault(&c.Session.MaxAge, defaultMaxAge)
	setDefault(&c.Session.UpdateAge, defaultUpdateAge)
	setDefault(&c.Session.AbsoluteMaxAge, defaultAbsoluteMaxAge)
	if c.StrictV4 {
		setDefault(&c.JWT.MaxAge, defaultMaxAge)
	}
	if c.Session.MaxAge > 0 {
		setDefault(&c.JWT.MaxAge, c.Session.MaxAge)
	}
	if s, ok := parseSite(c.URL); ok && len(c.Secrets) == 0 && !s.https && loopback.Is(s.hostname()) && !c.StrictV4 {
		c.Secrets = []string{randomHex(32)}
	}
	return c
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// sites are the public addresses; check has made sure that they parse.
func (c Config) sites() sites {
	var s sites
	for _, entry := range c.TrustedProxies {
		if prefix, err := clientip.ParsePrefix(entry); err == nil {
			s.proxies = append(s.proxies, prefix)
		}
	}
	if c.URL != "" {
		s.fixed, _ = parseSite(c.URL)
		return s
	}
	s.allowed, s.trustHost = make(map[string]*site), c.DangerousTrustHost
	for _, entry := range c.AllowedHosts {
		if allowed, ok := parseAllowedHost(entry); ok {
			s.allowed[allowed.host] = allowed
		}
	}
	return s
}

// deriveKeys derives a key for each purpose from each secret, so that what is
// made for one is useless for another.
func (a *Auth) deriveKeys() error {
	sessionSecrets := a.config.Secrets
	if len(a.config.JWT.Secrets) > 0 {
		sessionSecrets = a.config.JWT.Secrets
	}
	codec, err := token.New(token.Options{Secrets: sessionSecrets, InsecureAllowMissingExpiry: a.config.StrictV4})
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	a.sessions = codec
	for i := range a.cookies {
		a.cookies[i] = newCookieSet(a.config.Cookies, i == 1).withCodecs(codec)
	}
	a.keys, err = newKeys(a.config.Secrets)
	return err
}

// newProvider makes a provider ready to use.
func newProvider(p Provider, strictV4 bool) *provider {
	out := &provider{providerInfo: p.common()}
	switch p := p.(type) {
	case OAuthProvider:
		out.oauth = &p
		if p.OAuth1 != nil {
			out.oauth1 = oauth.NewOAuth1(p.oauth1Config())
		} else {
			out.client = oauth.New(p.oauthConfig(strictV4))
		}
	case EmailProvider:
		setDefault(&p.MaxAge, linkMaxAge)
		if p.GenerateToken == nil {
			p.GenerateToken = func() (string, error) { return randomHex(32), nil }
		}
		out.email = &p
	case CredentialsProvider:
		out.credentials = &p
	}
	return out
}

// oauthConfig is what the relying party needs to know.
func (p OAuthProvider) oauthConfig(strictV4 bool) oauth.Config {
	config := oauth.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, ClientSecretFunc: p.ClientSecretFunc,
		ClientAuthentication: string(p.ClientAuthentication),
		ClientIDParameter:    p.ClientIDParameter, ClientSecretParameter: p.ClientSecretParameter,
		Issuer: p.Issuer, Discovery: p.Discovery, JWKS: p.JWKS, IssuerTemplate: p.IssuerTemplate,
		Authorization: oauth.Endpoint(p.Authorization), Token: oauth.Endpoint(p.Token), Userinfo: oauth.Endpoint(p.Userinfo),
		Scopes: p.Scopes, ScopeSeparator: p.ScopeSeparator, ResponseMode: p.ResponseMode,
		ResponseType: p.ResponseType, CodeParameter: p.CodeParameter, AuthorizationFragment: p.AuthorizationFragment,
		TokenInQuery: p.TokenInQuery, TokenForm: p.TokenForm,
		UserinfoTokenParameter: p.UserinfoTokenParameter, SignedUserinfo: p.SignedUserinfo,
		ProfilePath: p.ProfilePath, ProfileFromUserinfo: p.ProfileFromUserinfo,
		OpenID: p.OpenID, IDTokenAlgorithms: p.IDTokenAlgorithms,
		Timeout: p.Timeout, HTTPClient: p.HTTPClient, StrictV4: strictV4,
	}
	if len(p.EmailVerifiedPath) > 0 {
		config.EmailVerifiedClaim = p.EmailVerifiedPath[0]
	}
	if fix := p.FixTokens; fix != nil {
		config.FixTokens = func(tokens map[string]any) { fix(tokens) }
	}
	if fetch := p.FetchTokens; fetch != nil {
		config.FetchTokens = func(ctx context.Context, r *oauth.TokenRequest) (map[string]any, error) {
			request := TokenRequest(*r)
			return fetch(ctx, &request)
		}
	}
	if fetch := p.FetchProfile; fetch != nil {
		config.FetchProfile = func(ctx context.Context, r *oauth.ProfileRequest) (map[string]any, error) {
			return fetch(ctx, &ProfileRequest{Tokens: r.Tokens, Claims: r.Claims, Client: r.Client, ClientID: r.ClientID})
		}
	}
	return config
}

// oauth1Config is what the relying party needs to know about OAuth 1.0a.
func (p OAuthProvider) oauth1Config() oauth.OAuth1Config {
	return oauth.OAuth1Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret,
		RequestTokenURL: p.OAuth1.RequestTokenURL, AccessTokenURL: p.OAuth1.AccessTokenURL, ProfileURL: p.OAuth1.ProfileURL,
		Authorization: oauth.Endpoint(p.Authorization), Timeout: p.Timeout, HTTPClient: p.HTTPClient,
	}
}

// provider finds a provider by id. Of several with one id the first counts.
func (a *Auth) provider(id string) *provider {
	for _, p := range a.providers {
		if p.id == id && id != "" {
			return p
		}
	}
	return nil
}

// checks reports whether NextAuth.js v4 uses a check for this provider.
func (p *provider) checks(check Check) bool {
	switch {
	case p.oauth1 != nil:
		return false
	case p.oauth.Checks == nil:
		return check == CheckState
	}
	return slices.Contains(p.oauth.Checks, check)
}

func (p *provider) pageKind() pages.Kind {
	switch p.kind {
	case AccountEmail:
		return pages.Email
	case AccountCredentials:
		return pages.Credentials
	}
	return pages.OAuth
}

// pages is the theme of the built-in pages.
func (t Theme) pages() pages.Theme {
	return pages.Theme{
		ColorScheme: string(t.ColorScheme), BrandColor: t.BrandColor, ButtonText: t.ButtonText, Logo: t.Logo,
		Properties: t.Properties, DarkProperties: t.DarkProperties, StyleSheet: t.StyleSheet, Templates: t.Templates,
	}
}

// buttons are the looks of the providers' buttons on the sign-in page.
func (c Config) buttons() []pages.Button {
	var all []pages.Button
	for _, p := range c.Providers {
		switch p.(type) {
		case OAuthProvider, EmailProvider, CredentialsProvider:
		default:
			continue // checkProviders says that it is none
		}
		if info := p.common(); info.style != (Style{}) {
			all = append(all, pages.Button{
				ProviderID: info.id, Icon: info.style.Icon, Color: info.style.Color,
				Background: info.style.Background, Text: info.style.Text,
			})
		}
	}
	return all
}
