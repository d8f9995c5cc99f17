package auth

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

// This file has what a browser remembers for the comfort of the visitor: the
// language, the provider that was used last, and what was typed into a form. None
// of it decides who is signed in, and with StrictV4 there is none of it, because
// NextAuth.js v4 has no such cookies.

// How long it is remembered.
const (
	languageMaxAge     = 365 * 24 * time.Hour
	lastProviderMaxAge = 365 * 24 * time.Hour
	typedMaxAge        = 15 * time.Minute
)

// chosenLanguage is the language of an exchange.
type chosenLanguage struct {
	*language.Catalogue
	// asked says that the visitor chose it, with a parameter or earlier.
	asked bool
}

// languageOf decides the language of an exchange: the parameter lang or
// ui_locales, else the cookie, else Accept-Language, else the default. A
// parameter is remembered.
func (a *Auth) languageOf(x *exchange) chosenLanguage {
	if x.language.Catalogue != nil {
		return x.language
	}
	remembered := ""
	if !a.config.StrictV4 {
		remembered = x.cookies.Get(x.names.language.Name)
	}
	asked := []string{x.parameter("lang"), x.parameter("ui_locales"), remembered}
	x.language.Catalogue, x.language.asked = a.languages.Match(asked...)
	if !x.language.asked {
		x.language.Catalogue, _ = a.languages.Match(strings.Join(x.request.Header.Values("Accept-Language"), ","))
	}
	if tag := x.language.Tag(); x.language.asked && tag != remembered && !a.config.StrictV4 {
		x.setCookie(x.names.language.lasting(tag, languageMaxAge))
	}
	return x.language
}

// Language returns the language that a visitor wants, for a page that the
// application renders itself: what the built-in pages would be in. It remembers
// nothing.
func (a *Auth) Language(r *http.Request) *language.Catalogue {
	s, ok := a.sites.of(r)
	if !ok {
		return a.languages.Default()
	}
	x := &exchange{request: r, site: s, names: a.cookieNames(s), cookies: cookie.Of(r), query: r.URL.Query()}
	return a.languageOf(x).Catalogue
}

// lasting returns the cookie with a value that is kept for some time.
func (t cookieTemplate) lasting(value string, maxAge time.Duration) *http.Cookie {
	c := t.with(value)
	c.MaxAge = int(maxAge / time.Second)
	return c
}

// lastProvider is the id of the provider that this browser used last, or "".
func (a *Auth) lastProvider(x *exchange) string {
	if a.config.StrictV4 || a.config.HideLastProvider {
		return ""
	}
	id, proof, _ := strings.Cut(x.cookies.Get(x.names.lastProvider.Name), "|")
	for _, key := range a.keys.lastProvider {
		if constantTimeEqual(proof, key.sum(id)) {
			return id
		}
	}
	return ""
}

// rememberProvider returns the cookies after a sign-in: the provider is
// remembered, and what was typed is forgotten.
func (a *Auth) rememberProvider(x *exchange) []*http.Cookie {
	if a.config.StrictV4 {
		return nil
	}
	var cookies []*http.Cookie
	if id := x.provider.id; !a.config.HideLastProvider && a.lastProvider(x) != id {
		cookies = append(cookies, x.names.lastProvider.lasting(id+"|"+a.keys.lastProvider[0].sum(id), lastProviderMaxAge))
	}
	// This request's own form was remembered before it was known to succeed.
	x.setCookies = slices.DeleteFunc(x.setCookies, func(c *http.Cookie) bool { return c.Name == x.names.typed.Name })
	if x.cookies.Get(x.names.typed.Name) != "" {
		cookies = append(cookies, cookie.Clear(x.names.typed.Cookie, x.names.typed.Name))
	}
	return cookies
}

// typed is what the visitor typed into the form of a provider, without secrets.
type typed struct {
	providerID string
	fields     map[string]string
}

// email is the mail address that was typed.
func (t typed) email() string { return t.fields["email"] }

// maxTyped bounds each value that is remembered, and maxTypedFields their number.
const (
	maxTyped       = 320 // the longest mail address
	maxTypedFields = 3
)

// typedInForm picks what may be remembered of a posted form: the mail address of
// an e-mail provider; of credentials what the page asks a user's name with.
func typedInForm(x *exchange) typed {
	t := typed{providerID: x.provider.id, fields: map[string]string{}}
	keep := func(name string) {
		if value := x.body.text(name); value != "" && len(value) <= maxTyped && len(t.fields) < maxTypedFields {
			t.fields[name] = value
		}
	}
	if x.provider.email != nil {
		keep("email")
		return t
	}
	named := false
	for _, f := range x.provider.credentials.Fields {
		kind := strings.ToLower(f.Type)
		if kind == "password" || kind == "hidden" || kind == "checkbox" {
			continue
		}
		first := !named && f.Autocomplete == ""
		named = true
		if first || kind == "email" || f.Autocomplete == "username" || f.Autocomplete == "email" {
			keep(f.Name)
		}
	}
	return t
}

// rememberTyped keeps what was typed for the next page: the form again after a
// failure, or the one that tells to look for a mail.
func (a *Auth) rememberTyped(x *exchange) {
	if a.config.StrictV4 {
		return
	}
	a.keepTyped(x, typedInForm(x))
}

// rememberAddress keeps the mail address of a link for the form that asks for
// another one.
func (a *Auth) rememberAddress(x *exchange, address string) {
	if len(address) <= maxTyped {
		a.keepTyped(x, typed{x.provider.id, map[string]string{"email": address}})
	}
}

func (a *Auth) keepTyped(x *exchange, t typed) {
	if len(t.fields) == 0 {
		return
	}
	fields := make(map[string]any, len(t.fields))
	for name, value := range t.fields {
		fields[name] = value
	}
	name := x.names.typed.Name
	sealed, err := x.names.seal(x.names.typed, name, token.Claims{"provider": t.providerID, "fields": fields}, typedMaxAge)
	if err != nil || len(sealed.Value) > cookie.ChunkSize {
		return // a comfort: the visitor types it once more
	}
	x.setCookie(sealed)
}

// recallTyped is what the visitor typed a moment ago.
func (a *Auth) recallTyped(x *exchange) typed {
	sealed := x.cookies.Get(x.names.typed.Name)
	if sealed == "" || a.config.StrictV4 {
		return typed{}
	}
	claims, err := x.names.codecs[x.names.typed.Name].Open(sealed)
	if err != nil {
		return typed{}
	}
	t := typed{fields: map[string]string{}}
	t.providerID, _ = claims["provider"].(string)
	fields, _ := claims["fields"].(map[string]any)
	for name, value := range fields {
		t.fields[name], _ = value.(string)
	}
	return t
}
