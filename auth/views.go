package auth

import (
	"bytes"
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
	style, _ := a.pages.StyleSheet()
	icon, _ := a.pages.Icon()
	return pages.Site{
		Origin:        x.site.origin,
		Host:          x.site.host,
		BaseURL:       x.site.baseURL,
		StyleSheetURL: x.url(assetAction + "/" + style),
		IconURL:       x.url(assetAction + "/" + icon),
	}
}

// asset answers GET /_assets/:name.
func (a *Auth) asset(_ context.Context, x *exchange) *response {
	if name, css := a.pages.StyleSheet(); x.providerID == name {
		return &response{asset: &asset{contentType: "text/css; charset=utf-8", content: css}}
	}
	if name, svg := a.pages.Icon(); x.providerID == name {
		return &response{asset: &asset{contentType: "image/svg+xml", content: svg}}
	}
	return &response{status: http.StatusNotFound, text: "Not found.", noCookies: true}
}

// signInPage answers GET /signin.
func (a *Auth) signInPage(_ context.Context, x *exchange) *response {
	code := x.parameter("error")
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
	return a.page(x, http.StatusOK, func(s pages.Site) ([]byte, error) {
		return a.pages.SignIn(pages.SignIn{
			Site:        s,
			CSRFToken:   x.csrf.token,
			CallbackURL: callbackURL,
			Email:       x.parameter("email"),
			ErrorCode:   code,
			Reference:   x.reference(),
			Providers:   a.pageProviders(x),
		})
	})
}

// pageProviders are the ways to sign in as the page shows them.
func (a *Auth) pageProviders(x *exchange) []pages.Provider {
	out := make([]pages.Provider, len(a.providers))
	for i, p := range a.providers {
		out[i] = pages.Provider{
			ID: p.id, Name: p.name, Kind: p.pageKind(),
			SignInURL: x.url("signin/" + url.PathEscape(p.id)), CallbackURL: x.url("callback/" + url.PathEscape(p.id)),
		}
		if p.credentials != nil && p.credentials.Fields != nil {
			out[i].Fields = make([]pages.Field, len(p.credentials.Fields))
			for j, f := range p.credentials.Fields {
				out[i].Fields[j] = pages.Field(f)
			}
		}
	}
	return out
}

// verifyRequestPage answers GET /verify-request.
func (a *Auth) verifyRequestPage(_ context.Context, x *exchange) *response {
	if a.config.Pages.VerifyRequest != "" {
		return redirectTo(a.config.Pages.VerifyRequest)
	}
	return a.page(x, http.StatusOK, func(s pages.Site) ([]byte, error) {
		return a.pages.VerifyRequest(pages.VerifyRequest{Site: s})
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

// listProviders answers GET /providers.
func (a *Auth) listProviders(_ context.Context, x *exchange) *response {
	type clientProvider struct {
		ID          string      `json:"id"`
		Name        string      `json:"name"`
		Type        AccountType `json:"type"`
		SignInURL   string      `json:"signinUrl"`
		CallbackURL string      `json:"callbackUrl"`
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range a.providers {
		if slices.ContainsFunc(a.providers[i+1:], func(later *provider) bool { return later.id == p.id }) {
			continue // the last of several with one id counts
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(p.id) // text always has a JSON form
		value, _ := json.Marshal(clientProvider{p.id, p.name, p.kind, x.url("signin/" + p.id), x.url("callback/" + p.id)})
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return &response{json: b.Bytes(), noCookies: true}
}

// contentSecurityPolicy is the policy of a built-in page: nothing but its own
// style sheet and icon and the configured logo.
func (a *Auth) contentSecurityPolicy(x *exchange) string {
	img := "'self'"
	if origin := a.config.Theme.pages().LogoOrigin(); origin != "" {
		img += " " + origin
	}
	return "default-src 'none'; style-src 'self'; img-src " + img + "; form-action " + a.formAction(x) +
		"; frame-ancestors 'none'; base-uri 'none'"
}

// formAction lists where forms may lead. Browsers apply it to every redirect that
// follows a form: to the provider, to others that the provider redirects to, and
// to wherever the visitor is sent in the end. Those are not known beforehand, so
// that every https address is allowed, and every http one for a site that is
// itself on http.
func (a *Auth) formAction(x *exchange) string {
	if !x.site.https {
		return "'self' https: http:"
	}
	allowed := []string{"'self'", "https:"}
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
