package auth

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/weburl"
)

// assetAction is where the files of the built-in pages are served.
const assetAction = "_assets"

// page renders a built-in page.
func (a *Auth) page(x *exchange, status int, render func(pages.Site) ([]byte, error)) *response {
	html, err := render(a.pageSite(x))
	if err != nil {
		// A template that fails is a fault of ours; there is no page to show.
		a.logError(x.request.Context(), x, "PAGE_ERROR", err)
		return &response{status: http.StatusInternalServerError, text: "Internal Server Error"}
	}
	return &response{status: status, html: html}
}

func (a *Auth) pageSite(x *exchange) pages.Site {
	s := pages.Site{
		Origin:    x.site.origin,
		Host:      x.site.host,
		BaseURL:   x.site.baseURL,
		AssetsURL: x.site.basePath + "/" + assetAction, // also under another name of the host
		Language:  a.languageOf(x).Catalogue,
	}
	if x.method == http.MethodGet && !a.config.StrictV4 { // which remembers no language
		s.Query = x.pageQuery()
	}
	return s
}

// pageParameters are what a page is asked for with, beside its language.
var pageParameters = []string{"callbackUrl", "error", "code", "ref", "csrf", "email", "provider", "type", "token"}

// pageQuery is what has to stay in the address of a page when the visitor changes
// its language.
func (x *exchange) pageQuery() []pages.HiddenField {
	fields := []pages.HiddenField{}
	for _, name := range pageParameters {
		if value := x.parameter(name); value != "" {
			fields = append(fields, pages.HiddenField{Name: name, Value: value})
		}
	}
	return fields
}

// asset answers GET /_assets/:name.
func (a *Auth) asset(_ context.Context, x *exchange) *response {
	if asset, ok := a.pages.Asset(x.providerID); ok {
		return &response{asset: &asset}
	}
	return &response{status: http.StatusNotFound, text: "Not found.", noCookies: true}
}

// signInPage answers GET /signin.
func (a *Auth) signInPage(_ context.Context, x *exchange) *response {
	code := x.parameter("error")
	if code == "" && x.parameter("csrf") != "" && !a.config.StrictV4 {
		code = string(ErrorSignin) // what was posted had no valid token
	}
	if page := a.config.Pages.SignIn; page != "" {
		if code == "" && a.config.StrictV4 {
			code = x.providerID
		}
		target := withParameter(page, "callbackUrl", x.callbackURL)
		if code != "" {
			target = withParameter(target, "error", code)
		}
		return redirectTo(a.withDetails(x, target))
	}
	callbackURL := x.callbackURL
	if raw := x.parameter("callbackUrl"); raw != "" && a.config.StrictV4 {
		callbackURL = raw // as NextAuth.js v4 prints it
	}
	typed := a.recallTyped(x)
	view := pages.SignIn{
		CSRFToken:      x.csrf.token,
		CallbackURL:    callbackURL,
		Email:          cmp.Or(x.parameter("email"), typed.email()),
		ErrorCode:      code,
		Reference:      x.reference(),
		LastProviderID: a.lastProvider(x),
		Providers:      a.pageProviders(x, typed),
	}
	if code == string(ErrorEmailSignin) || code == string(ErrorCredentialsSignin) {
		view.ErrorProviderID = typed.providerID
	}
	return a.page(x, http.StatusOK, func(s pages.Site) ([]byte, error) {
		view.Site = s
		return a.pages.SignIn(view)
	})
}

// pageProviders are the ways to sign in as the page shows them, with what was
// typed into one of them before.
func (a *Auth) pageProviders(x *exchange, t typed) []pages.Provider {
	out := make([]pages.Provider, len(a.providers))
	for i, p := range a.providers {
		out[i] = pages.Provider{
			ID: p.id, Name: p.shownName(a.config.StrictV4), Kind: p.pageKind(),
			SignInURL: x.url("signin/" + url.PathEscape(p.id)), CallbackURL: x.url("callback/" + url.PathEscape(p.id)),
		}
		if p.credentials == nil || p.credentials.Fields == nil {
			continue
		}
		out[i].Fields = make([]pages.Field, len(p.credentials.Fields))
		for j, f := range p.credentials.Fields {
			out[i].Fields[j] = pages.Field(f)
			if value := t.fields[f.Name]; value != "" && t.providerID == p.id {
				out[i].Fields[j].Value = value
			}
		}
	}
	return out
}

// shownName is the name on the button. A name that nobody has chosen gives way to
// a text in the visitor's language.
func (p *provider) shownName(strictV4 bool) string {
	switch {
	case strictV4:
		return p.name
	case p.email != nil:
		return p.email.Name
	case p.credentials != nil:
		return p.credentials.Name
	}
	return p.name
}

// verifyRequestPage answers GET /verify-request.
func (a *Auth) verifyRequestPage(_ context.Context, x *exchange) *response {
	if a.config.Pages.VerifyRequest != "" {
		return redirectTo(a.config.Pages.VerifyRequest)
	}
	return a.page(x, http.StatusOK, func(s pages.Site) ([]byte, error) {
		view := pages.VerifyRequest{Site: s}
		p := a.provider(x.parameter("provider"))
		if p == nil || p.email == nil || a.config.StrictV4 {
			return a.pages.VerifyRequest(view)
		}
		view.InboxURL = p.email.InboxURL
		if t := a.recallTyped(x); t.providerID == p.id && t.email() != "" {
			view.Address = maskAddress(t.email())
			view.Resend = &pages.Resend{
				Action: x.url("signin/" + url.PathEscape(p.id)), CSRFToken: x.csrf.token, CallbackURL: x.callbackURL, Email: t.email(),
			}
		}
		return a.pages.VerifyRequest(view)
	})
}

// errorPage answers GET /error: codes of the sign-in page go there, others to the
// application's error page or the built-in one.
func (a *Auth) errorPage(_ context.Context, x *exchange) *response {
	code := x.parameter("error")
	if code == "" {
		code = x.providerID
	}
	if signInErrors[ErrorCode(code)] {
		return redirectTo(a.withDetails(x, x.url("signin?error="+code)))
	}
	if page := a.config.Pages.Error; page != "" {
		if code == "" {
			return redirectTo(page)
		}
		if a.config.StrictV4 {
			return redirectTo(withRawParameter(page, "error", code))
		}
		return redirectTo(a.withDetails(x, withParameter(page, "error", code)))
	}
	return a.renderError(x, code, x.reference())
}

// withDetails hands on what a page may show beside the code: that of a
// [PublicError] and the reference of the log line.
func (a *Auth) withDetails(x *exchange, page string) string {
	if a.config.StrictV4 {
		return page
	}
	for _, name := range []string{"code", "ref"} {
		if value := x.parameter(name); value != "" {
			page = withParameter(page, name, value)
		}
	}
	return page
}

// withRawParameter appends a parameter as NextAuth.js v4 does: without encoding,
// but never with a line break.
func withRawParameter(page, name, value string) string {
	marked := withParameter(page, name, "")
	return marked + strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, value)
}

// reference is the parameter "ref", when it can be one of our references.
func (x *exchange) reference() string {
	if ref := x.parameter("ref"); isReference(ref) {
		return ref
	}
	return ""
}

// renderError shows the built-in error page.
func (a *Auth) renderError(x *exchange, code, ref string) *response {
	return a.page(x, pages.Status(code), func(s pages.Site) ([]byte, error) {
		return a.pages.Error(pages.Error{Site: s, Code: code, Reference: ref, NoAlert: a.config.StrictV4})
	})
}

// errorPageWith shows the built-in error page with another status than its own.
func (a *Auth) errorPageWith(x *exchange, status int, code ErrorCode, ref string) *response {
	answer := a.renderError(x, string(code), ref)
	answer.status, answer.noCookies = status, true
	return answer
}

// isReference reports whether a text can be one of our log references, so that
// nothing else is shown as one.
func isReference(s string) bool {
	if len(s) != 8 {
		return false
	}
	for i := range len(s) {
		if !isAlphanumeric(s[i]) {
			return false
		}
	}
	return true
}

// ProviderInfo is what a sign-in page of the application's own needs to know of a
// provider. It is what GET /providers tells of each.
type ProviderInfo struct {
	ID   string      `json:"id"`
	Name string      `json:"name"`
	Type AccountType `json:"type"`
	// SignInURL is what a form for a provider of the type "oauth" or "email" is
	// posted to, with csrfToken, callbackUrl and, for "email", email.
	SignInURL string `json:"signinUrl"`
	// CallbackURL is what a form for a provider of the type "credentials" is
	// posted to, with csrfToken, callbackUrl and the provider's fields.
	CallbackURL string `json:"callbackUrl"`
}

// Providers returns the ways to sign in, in their order, for a sign-in page that
// the application renders itself. It is empty for a request to a host that is
// not served. The forms need [Auth.CSRFToken] as well.
func (a *Auth) Providers(r *http.Request) []ProviderInfo {
	s, ok := a.sites.of(r)
	if !ok {
		return nil
	}
	return a.providerInfos(s)
}

func (a *Auth) providerInfos(s *site) []ProviderInfo {
	all := make([]ProviderInfo, 0, len(a.providers))
	for i, p := range a.providers {
		if slices.ContainsFunc(a.providers[i+1:], func(later *provider) bool { return later.id == p.id }) {
			continue // the last of several with one id counts
		}
		all = append(all, ProviderInfo{p.id, p.name, p.kind, s.baseURL + "/signin/" + p.id, s.baseURL + "/callback/" + p.id})
	}
	return all
}

// listProviders answers GET /providers: an object by id, in the order of the
// providers.
func (a *Auth) listProviders(_ context.Context, x *exchange) *response {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, info := range a.providerInfos(x.site) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(info.ID) // text always has a JSON form
		value, _ := json.Marshal(info)
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return &response{json: b.Bytes(), noCookies: true}
}

// formAction lists where forms may lead. Browsers apply it to every redirect that
// follows a form: to the provider, to others that the provider redirects to, and
// to wherever the visitor is sent in the end. Those are not known beforehand, so
// that every https address is allowed, and every http one for a site that is
// itself on http.
func (a *Auth) formAction(x *exchange) string {
	if !x.site.https {
		return "https: http:"
	}
	allowed := []string{"https:"}
	add := func(address string) {
		origin, ok := weburl.Origin(address)
		fit := ok && !strings.ContainsAny(origin, " ;,'\"") // for a directive
		if fit && strings.HasPrefix(origin, "http:") && !slices.Contains(allowed, origin) {
			allowed = append(allowed, origin)
		}
	}
	for _, p := range a.providers {
		if p.oauth != nil { // a provider on this machine
			add(p.oauth.Authorization.URL)
			add(p.oauth.Issuer)
			add(p.oauth.Discovery)
		}
	}
	add(x.callbackURL)
	return strings.Join(allowed, " ")
}
