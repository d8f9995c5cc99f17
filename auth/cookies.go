package auth

import (
	"net/http"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

// checkMaxAge is how long a sign-in at a provider may take.
const checkMaxAge = 15 * time.Minute

// cookieTemplate is a cookie's name and attributes.
type cookieTemplate struct{ http.Cookie }

// with returns the cookie with a value.
func (t cookieTemplate) with(value string) *http.Cookie {
	c := t.Cookie
	c.Value = cookie.Encode(value)
	return &c
}

// cookieSet has the cookies of a site, by what they hold.
type cookieSet struct {
	sessionToken     cookieTemplate
	callbackURL      cookieTemplate
	csrfToken        cookieTemplate
	pkceCodeVerifier cookieTemplate
	state            cookieTemplate
	nonce            cookieTemplate
	// flow is the prefix of the cookies that hold the checks of one sign-in
	// attempt; binding ties a mailed link to the browser that asked for it.
	flow    cookieTemplate
	binding cookieTemplate
	// language, lastProvider and typed are what remember.go is about.
	language     cookieTemplate
	lastProvider cookieTemplate
	typed        cookieTemplate

	// codecs seal the check cookies, by cookie name.
	codecs map[string]*token.Codec
}

// newCookieSet applies the configured changes to the names and attributes of
// NextAuth.js.
func newCookieSet(c Cookies, secure bool) cookieSet {
	prefix, hostPrefix := "", ""
	if secure {
		prefix, hostPrefix = "__Secure-", "__Host-"
	}
	template := func(name string, change Cookie) cookieTemplate {
		out := http.Cookie{Name: name, Path: "/", HttpOnly: !change.InsecureScriptAccess, SameSite: http.SameSiteLaxMode, Secure: secure}
		if change.Name != "" {
			out.Name = change.Name
		}
		if change.Path != "" {
			out.Path = change.Path
		}
		out.Domain = change.Domain
		if change.SameSite != 0 {
			out.SameSite = change.SameSite
		}
		if change.InsecureNoSameSite {
			out.SameSite = 0
		}
		if change.Secure != nil {
			out.Secure = *change.Secure
		}
		return cookieTemplate{out}
	}
	check := func(name string, change Cookie) cookieTemplate {
		out := template(name, change)
		out.MaxAge = int(checkMaxAge / time.Second)
		if change.MaxAge != 0 {
			out.MaxAge = int(change.MaxAge / time.Second)
		}
		return out
	}
	set := cookieSet{
		sessionToken:     template(prefix+"next-auth.session-token", c.SessionToken),
		callbackURL:      template(prefix+"next-auth.callback-url", c.CallbackURL),
		csrfToken:        template(hostPrefix+"next-auth.csrf-token", c.CSRFToken),
		pkceCodeVerifier: check(prefix+"next-auth.pkce.code_verifier", c.PKCECodeVerifier),
		state:            check(prefix+"next-auth.state", c.State),
		nonce:            check(prefix+"next-auth.nonce", c.Nonce),
		flow:             check(hostPrefix+"next-auth.flow", Cookie{MaxAge: c.State.MaxAge}),
		binding:          template(hostPrefix+"next-auth.email-binding", Cookie{}),
		language:         template(hostPrefix+"next-auth.language", Cookie{}),
		lastProvider:     template(hostPrefix+"next-auth.last-provider", Cookie{}),
		typed:            template(hostPrefix+"next-auth.typed", Cookie{}),
	}
	if c.Nonce.MaxAge == 0 {
		// NextAuth.js sends the nonce with Expires alone.
		set.nonce.MaxAge = 0
	}
	return set
}

// withCodecs derives the keys of the check cookies.
func (s cookieSet) withCodecs(codec *token.Codec) cookieSet {
	s.codecs = make(map[string]*token.Codec)
	for _, t := range []cookieTemplate{s.pkceCodeVerifier, s.state, s.nonce, s.flow, s.typed} {
		s.codecs[t.Name] = codec.ForCookie(t.Name)
	}
	return s
}

// own are the cookies that NextAuth.js does not have, whose names cannot be
// changed.
func (s *cookieSet) own() []cookieTemplate {
	return []cookieTemplate{s.flow, s.binding, s.language, s.lastProvider, s.typed}
}

// fields are the cookies that can be configured, by the name of their field.
func (s *cookieSet) fields() []cookieField {
	return []cookieField{
		{"SessionToken", s.sessionToken}, {"CallbackURL", s.callbackURL}, {"CSRFToken", s.csrfToken},
		{"PKCECodeVerifier", s.pkceCodeVerifier}, {"State", s.state}, {"Nonce", s.nonce},
	}
}

type cookieField struct {
	name string
	cookieTemplate
}

// seal returns a check cookie whose value is sealed under its own name.
func (s *cookieSet) seal(t cookieTemplate, name string, claims token.Claims, maxAge time.Duration) (*http.Cookie, error) {
	value, err := s.codecs[t.Name].Seal(claims, maxAge)
	if err != nil {
		return nil, err
	}
	c := t.with(value)
	c.Name = name
	c.Expires = time.Now().Add(maxAge)
	return c, nil
}

// cookieNames returns the cookies of a site.
func (a *Auth) cookieNames(s *site) *cookieSet {
	secure := s.https
	if a.config.UseSecureCookies != nil {
		secure = *a.config.UseSecureCookies
	}
	if secure {
		return &a.cookies[1]
	}
	return &a.cookies[0]
}
