package auth

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/cookie"
	"github.com/gatehouse-auth/gatehouse/internal/weburl"
)

// resolveCallbackURL decides where the visitor goes in the end: the posted
// parameter, else the query's, else the cookie's, else the origin; the Redirect
// callback has the last word on the first three. It adds the cookie that
// remembers the decision when it differs from the one that came in.
func (a *Auth) resolveCallbackURL(ctx context.Context, x *exchange) string {
	remembered := x.cookies.Get(x.names.callbackURL.Name)
	asked := x.body.text("callbackUrl")
	if !x.body.has("callbackUrl") {
		asked = x.parameter("callbackUrl")
	}
	decided, ok := a.allowedRedirect(ctx, x, asked)
	if !ok {
		decided, ok = a.allowedRedirect(ctx, x, remembered)
	}
	if !ok {
		decided = x.site.origin
	}
	if decided != remembered {
		c := x.names.callbackURL.with(decided)
		if len(c.Value) > cookie.ChunkSize {
			return x.site.origin // no browser would keep the cookie
		}
		x.setCookie(c)
	}
	return decided
}

// allowedRedirect asks the Redirect callback, or applies the rule that stands in
// for it. An error counts as a refusal. A text that is no URL counts as absent:
// then ok is false.
func (a *Auth) allowedRedirect(ctx context.Context, x *exchange, asked string) (decided string, ok bool) {
	if asked == "" {
		return "", false
	}
	if a.config.Callbacks.Redirect == nil && a.sameOrigin(asked, x.site.origin) {
		return absoluteURL(asked, x.site.origin), true
	}
	if !usableCallbackURL(asked) {
		return "", false
	}
	if a.config.Callbacks.Redirect == nil {
		return x.site.origin, true
	}
	decided, err := a.config.Callbacks.Redirect(ctx, asked, x.site.origin)
	if err != nil {
		a.logError(ctx, x, "REDIRECT_CALLBACK_ERROR", err)
	}
	switch {
	case err != nil, decided == "", hasControl(decided):
		return x.site.origin, true
	case a.config.StrictV4:
		return decided, true
	}
	// A path that begins with two slashes would lead to another host.
	return absoluteURL(decided, x.site.origin), true
}

// absoluteURL puts the origin in front of a path. A second slash stays in the
// path: "//evil.example" becomes "https://site//evil.example".
func absoluteURL(target, origin string) string {
	if strings.HasPrefix(target, "/") {
		return origin + target
	}
	return target
}

// sameOrigin reports whether an address stays on the site, as a browser reads it:
// a path, or an http(s) URL with the origin of the site. By default an address
// with user information is none of ours.
func (a *Auth) sameOrigin(target, origin string) bool {
	rest, ok := strings.CutPrefix(target, origin)
	switch {
	case hasControl(target):
		return false
	case strings.HasPrefix(target, "/"):
		return true
	case ok && (rest == "" || strings.IndexByte("/?#", rest[0]) >= 0):
		return true
	}
	if !a.config.StrictV4 {
		u, err := url.Parse(target)
		if err != nil || u.User != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return false
		}
	}
	of, ok := weburl.Origin(target)
	return ok && of == origin
}

// hasControl reports whether a text has control characters, which browsers
// remove from addresses.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// usableCallbackURL reports whether a text is worth passing to the Redirect
// callback: a path or an absolute URL, without control characters. Anything
// else counts as absent.
func usableCallbackURL(target string) bool {
	if hasControl(target) {
		return false
	}
	if strings.HasPrefix(target, "/") {
		return true
	}
	_, ok := weburl.Scheme(target)
	return ok
}

// checkCallbackURLs restores, with StrictV4, the answer of NextAuth.js v4 to a
// callbackUrl that is no URL: 500 for one in the query or the cookie that is
// neither a path nor http(s). One in the body makes v4 crash; it is refused.
func (a *Auth) checkCallbackURLs(x *exchange) *response {
	if !a.config.StrictV4 || x.action == assetAction {
		return nil
	}
	for _, target := range []string{x.parameter("callbackUrl"), x.cookies.Get(x.names.callbackURL.Name)} {
		if target != "" && !strings.HasPrefix(target, "/") && !isHTTP(target) {
			return a.misconfigured(x)
		}
	}
	if target := x.body.text("callbackUrl"); target != "" && a.config.Callbacks.Redirect == nil && !usableCallbackURL(target) {
		body := appendJSONText([]byte(`{"message":"callbackUrl is not a URL","url":`), x.url("error?error=Default"))
		return &response{status: http.StatusBadRequest, json: append(body, '}'), noCookies: true}
	}
	return nil
}

// isHTTP reports whether a browser takes a text for an http(s) URL.
func isHTTP(target string) bool {
	scheme, ok := weburl.Scheme(target)
	return ok && (scheme == "http" || scheme == "https")
}

// withParameter appends a query parameter to a page that may have a query.
func withParameter(page, name, value string) string {
	separator := "?"
	if strings.Contains(page, "?") {
		separator = "&"
	}
	return page + separator + name + "=" + cookie.Encode(value)
}
