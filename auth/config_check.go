package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/clientip"
	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

// problems collects what is wrong with a configuration.
type problems []error

func (p *problems) add(field, reason, fix string) {
	*p = append(*p, &ConfigError{Field: field, Reason: reason, Fix: fix})
}

// check finds every problem of a configuration.
func (c Config) check() error {
	var p problems
	c.checkAddress(&p)
	c.checkSecrets(&p, "Secrets", c.Secrets)
	if len(c.JWT.Secrets) > 0 {
		c.checkSecrets(&p, "JWT.Secrets", c.JWT.Secrets)
	}
	c.checkSession(&p)
	c.checkProviders(&p)
	c.checkPages(&p)
	c.checkCookies(&p)
	if _, err := pages.New(pages.Options{Theme: c.Theme.pages()}); err != nil {
		p.addTheme(err)
	}
	if _, err := pages.New(pages.Options{Buttons: c.buttons()}); err != nil {
		p.add("Providers", "the Style of a provider is wrong: "+withoutPrefix(err, "pages: "), "colours are written #rgb or #rrggbb, an icon is the path data of an SVG path")
	}
	if _, err := language.New(c.Languages); err != nil {
		p.add("Languages", withoutPrefix(err, "language: "), "docs/pages.md lists the languages, and auth/language/catalogues/en.json the keys of their texts")
	}
	return errors.Join(p...)
}

// addTheme adds the problems of a theme, one for each line "pages: Theme.Field: reason".
func (p *problems) addTheme(err error) {
	for line := range strings.Lines(err.Error()) {
		field, reason, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "pages: "), ": ")
		if !ok {
			field, reason = "Theme", field
		}
		fix := "docs/pages.md shows what it can be"
		switch field {
		case "Theme.BrandColor", "Theme.ButtonText":
			fix = "write it #rgb or #rrggbb, or by its CSS name"
		case "Theme.Logo":
			fix = `write it like "/logo.svg" or "https://example.com/logo.svg"`
		}
		p.add(field, reason, fix)
	}
}

// withoutPrefix is the text of a joined error without the prefix of its lines.
func withoutPrefix(err error, prefix string) string {
	return strings.ReplaceAll(strings.TrimPrefix(err.Error(), prefix), "\n"+prefix, "; ")
}

func (c Config) checkAddress(p *problems) {
	if c.URL == "" && len(c.AllowedHosts) == 0 && !c.DangerousTrustHost {
		p.add("URL", "is empty", `set it to the address that browsers use, for example "https://example.com", or list AllowedHosts`)
	}
	if c.URL != "" {
		if _, ok := parseSite(c.URL); !ok {
			p.add("URL", "is not an http or https address", `write it like "https://example.com" or "https://example.com/auth", without user, query and fragment`)
		}
		if len(c.AllowedHosts) > 0 {
			p.add("AllowedHosts", "has no effect beside URL", "remove one of the two")
		}
	}
	seen := map[string]int{}
	for i, entry := range c.AllowedHosts {
		field := fmt.Sprintf("AllowedHosts[%d]", i)
		allowed, ok := parseAllowedHost(entry)
		if !ok {
			p.add(field, fmt.Sprintf("%q is not a host", printable(entry, 100)), `write it like "example.com" or "localhost:3000"`)
			continue
		}
		if first, taken := seen[allowed.host]; taken {
			p.add(field, fmt.Sprintf("is the same host as AllowedHosts[%d]", first), "remove one of the two")
		}
		seen[allowed.host] = i
	}
	for i, entry := range c.TrustedProxies {
		if _, err := clientip.ParsePrefix(entry); err != nil {
			p.add(fmt.Sprintf("TrustedProxies[%d]", i), fmt.Sprintf("%q is not an address or network", printable(entry, 100)), `write it like "10.0.0.7" or "10.0.0.0/8"`)
		}
	}
	if c.DangerousTrustHost && !c.StrictV4 {
		p.add("DangerousTrustHost", "believes every forwarded host", "list AllowedHosts and TrustedProxies instead; it works only with StrictV4")
	}
}

// minSecret is the length below which a secret is refused.
const minSecret = 32

// wellKnownSecrets are beginnings of secrets that stand in documentation.
var wellKnownSecrets = regexp.MustCompile(`(?i)^(changeme|change-me|secret|your[-_ ]?secret|password|example|test)`)

func (c Config) checkSecrets(p *problems, field string, secrets []string) {
	const fix = `use the output of "openssl rand -base64 33"`
	if len(secrets) == 0 {
		p.add(field, "is empty", fix+"; only a site on this machine can do without")
	}
	for i, secret := range secrets {
		name := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case secret == "":
			p.add(name, "is empty", fix)
		case c.StrictV4:
		case len(secret) < minSecret:
			p.add(name, fmt.Sprintf("has %d bytes; at least %d are needed", len(secret), minSecret), fix)
		case strings.Count(secret, secret[:1]) == len(secret), wellKnownSecrets.MatchString(secret) && len(secret) < 2*minSecret:
			p.add(name, "can be guessed", fix)
		}
	}
}

func (c Config) checkSession(p *problems) {
	switch c.Session.Strategy {
	case StrategyJWT:
	case StrategyDatabase:
		if c.Adapter == nil {
			p.add("Session.Strategy", `"database" needs a place to store sessions`, `set Adapter, or use "jwt"`)
		}
	default:
		p.add("Session.Strategy", fmt.Sprintf("%q is unknown", printable(string(c.Session.Strategy), 32)), `use "jwt" or "database"`)
	}
	if c.Session.MaxAge < 0 {
		p.add("Session.MaxAge", "is negative", "leave it out for 30 days")
	}
	if c.JWT.MaxAge < 0 {
		p.add("JWT.MaxAge", "is negative", "leave it out to follow Session.MaxAge")
	}
}

// providerID is what may stand in a path and a cookie without encoding.
var providerID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$`)

func (c Config) checkProviders(p *problems) {
	if len(c.Providers) == 0 && !c.StrictV4 {
		p.add("Providers", "is empty", "add at least one way to sign in; package providers has them")
	}
	seen := map[string]int{}
	onlyCredentials := len(c.Providers) > 0
	for i, provider := range c.Providers {
		field := fmt.Sprintf("Providers[%d]", i)
		switch provider.(type) {
		case OAuthProvider, EmailProvider, CredentialsProvider:
		case nil:
			p.add(field, "is nil", "remove it")
			continue
		default:
			p.add(field, fmt.Sprintf("%T is not a provider", provider), "use OAuthProvider, EmailProvider or CredentialsProvider as values, not pointers")
			continue
		}
		info := provider.common()
		if !providerID.MatchString(info.id) {
			p.add(field+".ID", fmt.Sprintf("%q cannot stand in a path", printable(info.id, 64)), "use letters, digits, dots and hyphens")
		}
		if info.name == "" {
			p.add(field+".Name", "is empty", "set what the sign-in page shows")
		}
		if first, taken := seen[info.id]; taken && !c.StrictV4 {
			p.add(field+".ID", fmt.Sprintf("%q is taken by Providers[%d]", info.id, first), "give each provider an ID of its own")
		}
		seen[info.id] = i
		onlyCredentials = onlyCredentials && info.kind == AccountCredentials
		c.checkProvider(p, field, provider)
	}
	if c.StrictV4 && onlyCredentials && c.Session.Strategy == StrategyDatabase {
		p.add("Session.Strategy", "NextAuth.js v4 has no database sessions for credentials", `use "jwt", or leave StrictV4 off`)
	}
}

func (c Config) checkProvider(p *problems, field string, provider Provider) {
	switch provider := provider.(type) {
	case OAuthProvider:
		provider.check(p, field, c.StrictV4)
	case EmailProvider:
		if c.Adapter == nil {
			p.add("Adapter", fmt.Sprintf("is nil, but %s mails links, which have to be stored", field), "set Adapter, for example memory.New() while developing")
		}
		if provider.From == "" {
			p.add(field+".From", "is empty", `set the sender's address, for example "Example <sign-in@example.com>"`)
		} else if _, err := mail.ParseAddress(provider.From); err != nil {
			p.add(field+".From", fmt.Sprintf("%q is not a mail address", printable(provider.From, 100)), `write it like "Example <sign-in@example.com>"`)
		}
		if provider.MaxAge < 0 {
			p.add(field+".MaxAge", "is negative", "leave it out for 24 hours")
		}
		if provider.InboxURL != "" && !isPage(provider.InboxURL) {
			p.add(field+".InboxURL", "is neither a path nor an http(s) address", `write it like "/inbox" or "http://localhost:8025"`)
		}
		if provider.Sender == nil {
			p.add(field+".Sender", "is nil", "set what delivers the mail, for example mail.New(...)")
		}
	case CredentialsProvider:
		if provider.Authorize == nil {
			p.add(field+".Authorize", "is nil", "set the function that checks the credentials")
		}
		checkFields(p, field, provider.Fields)
	}
}

// checkFields finds the problems of a credentials form.
func checkFields(p *problems, field string, fields []Field) {
	taken := map[string]bool{}
	for i, f := range fields {
		name := fmt.Sprintf("%s.Fields[%d].Name", field, i)
		switch {
		case f.Name == "" || protocolFields[f.Name]:
			p.add(name, fmt.Sprintf("%q cannot be used", f.Name), "choose another name")
		case taken[f.Name]:
			p.add(name, fmt.Sprintf("%q is there twice", f.Name), "give each field a name of its own")
		}
		taken[f.Name] = true
	}
}

func (c Config) checkPages(p *problems) {
	for _, page := range []struct{ field, value string }{
		{"SignIn", c.Pages.SignIn}, {"SignOut", c.Pages.SignOut}, {"Error", c.Pages.Error},
		{"VerifyRequest", c.Pages.VerifyRequest}, {"NewUser", c.Pages.NewUser},
	} {
		if page.value == "" {
			continue
		}
		if !isPage(page.value) {
			p.add("Pages."+page.field, "is neither a path nor an http(s) address", `write it like "/auth/signin"`)
		}
		if own, ok := parseSite(c.URL); ok && !c.StrictV4 && strings.HasPrefix(strings.TrimPrefix(page.value, own.origin), own.basePath+"/") {
			p.add("Pages."+page.field, "is a built-in page, which would lead to itself", "leave it empty for the built-in page")
		}
	}
}

// isPage reports whether a text is a path or an http(s) address.
func isPage(s string) bool {
	foreign := strings.HasPrefix(s, "//") || strings.HasPrefix(s, `/\`)
	return !hasControl(s) && !foreign && (strings.HasPrefix(s, "/") || isHTTP(s))
}

// checkCookies looks at the cookies as browsers will see them, on every site that
// is served.
func (c Config) checkCookies(p *problems) {
	for _, age := range []struct {
		field  string
		maxAge time.Duration
	}{{"State", c.Cookies.State.MaxAge}, {"PKCECodeVerifier", c.Cookies.PKCECodeVerifier.MaxAge}, {"Nonce", c.Cookies.Nonce.MaxAge}} {
		if age.maxAge < 0 || age.maxAge > 0 && age.maxAge < time.Second {
			p.add("Cookies."+age.field+".MaxAge", "is shorter than a second", "leave it out for 15 minutes")
		}
	}
	for _, secure := range c.secureCookies() {
		set := newCookieSet(c.Cookies, secure)
		taken := map[string]string{}
		for _, t := range set.own() {
			taken[t.Name] = "a cookie of our own"
		}
		for _, f := range set.fields() {
			f.check(p, c.StrictV4, taken)
		}
	}
}

// secureCookies says for each kind of site that is served, https or not, whether
// its cookies are Secure.
func (c Config) secureCookies() []bool {
	if c.UseSecureCookies != nil {
		return []bool{*c.UseSecureCookies}
	}
	var kinds []bool
	add := func(s *site, ok bool) {
		if ok && !slices.Contains(kinds, s.https) {
			kinds = append(kinds, s.https)
		}
	}
	add(parseSite(c.URL))
	for _, entry := range c.AllowedHosts {
		add(parseAllowedHost(entry))
	}
	return kinds
}

// check finds the problems of one cookie. Taken has the names of those before it.
func (f cookieField) check(p *problems, strictV4 bool, taken map[string]string) {
	field := "Cookies." + f.name
	sample := f.Cookie
	sample.Value = "x"
	if err := sample.Valid(); err != nil {
		p.add(field, "is no cookie that a browser accepts ("+strings.TrimPrefix(err.Error(), "http: ")+")", "use letters, digits, dots and hyphens in the name, a host name as Domain and a path that begins with a slash")
		return
	}
	if strictV4 {
		return
	}
	for name, owner := range taken {
		if f.Name == name || strings.HasPrefix(f.Name, name+".") {
			p.add(field+".Name", fmt.Sprintf("%q is taken by %s", f.Name, owner), "give each cookie a name of its own")
		}
	}
	taken[f.Name] = field
	switch {
	case !strings.HasPrefix(f.Path, "/"):
		p.add(field+".Path", "does not begin with a slash", `leave it out for "/"`)
	case strings.HasPrefix(f.Name, "__Host-") && (f.Domain != "" || f.Path != "/"):
		p.add(field, f.Name+" begins with __Host-, which forbids Domain and any Path but /", "choose another name, or leave Domain and Path out")
	case strings.HasPrefix(f.Name, "__") && !f.Secure:
		p.add(field, f.Name+" is refused by browsers without Secure", "leave Secure out, or choose another name")
	case f.SameSite == http.SameSiteNoneMode && !f.Secure:
		p.add(field, "SameSite=None is refused by browsers without Secure", "use https, or another SameSite")
	}
}

// warn logs once what is weaker than it could be.
func (c Config) warn() {
	if c.Debug {
		c.Logger.Warn("debug logging is on", "code", "DEBUG_ENABLED")
	}
	if s, ok := parseSite(c.URL); ok && !s.https && !loopback.Is(s.hostname()) {
		c.Logger.Warn("URL is not https: whoever is on the way reads passwords, mailed links and sessions", "code", "INSECURE_URL", "url", c.URL)
	}
	if c.Session.Strategy == StrategyDatabase {
		for field, set := range map[string]bool{"Callbacks.JWT": c.Callbacks.JWT != nil, "JWT.Secrets": len(c.JWT.Secrets) > 0} {
			if set {
				c.Logger.Warn("a setting has no effect with database sessions", "code", "NO_EFFECT", "field", field)
			}
		}
	}
	if c.sharesStore() {
		c.Logger.Warn("the adapter's tables are those of a NextAuth.js server: session tokens and provider tokens are stored as they are, neither hashed nor encrypted", "code", "SHARED_STORE")
	}
	if !c.StrictV4 {
		return
	}
	for _, weakness := range strictV4Weaknesses {
		c.Logger.Warn("StrictV4 restores a weakness of NextAuth.js v4", "code", "STRICT_V4", "weakness", weakness)
	}
}

// strictV4Weaknesses says what Config.StrictV4 restores, a line for each.
var strictV4Weaknesses = []string{
	"the CSRF cookie is a plain SHA-256, and Origin is not checked",
	"the text of errors from callbacks reaches the browser as ?error=",
	"the error code is not encoded on a custom error page",
	"the query of POST /signin/:id sets authorization parameters",
	"only the checks of a provider's preset are used, and their cookies survive a failure",
	"tokens without exp are accepted",
	"JWT sessions cannot be withdrawn and are extended for ever",
	"GET /session seals a new token every time",
	"session tokens and provider tokens are stored as they are, and a session is kept when an account is linked",
	"a database fault looks like a signed-out visitor, and a failed sign-out like success",
	"a mailed link signs in whoever fetches it",
	"mail addresses are not checked strictly",
	"linking by e-mail trusts any address",
	"users without an id get a session",
	"a malformed callbackUrl makes every endpoint answer 500",
	"secrets may be short, and so may client secrets that verify ID tokens",
	"providers may have the same id, no client secret, or be missing altogether",
}
