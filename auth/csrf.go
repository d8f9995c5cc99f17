package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

// csrfState is the double-submit token of an exchange.
type csrfState struct {
	token string
	// verified: a POST carried the token of its cookie.
	verified bool
	// crossOrigin: the browser says that another site sent the request.
	crossOrigin bool
}

// readCSRF reads the token of the cookie, or makes one and its cookie. The
// cookie holds the token and a hash that only the server can make, so that a
// cookie planted by somebody else does not verify.
func (a *Auth) readCSRF(x *exchange) csrfState {
	state := csrfState{crossOrigin: x.method == http.MethodPost && !a.config.StrictV4 && crossOrigin(x.request, x.site.origin)}
	tokenInCookie, rest, ok := strings.Cut(x.cookies.Get(x.names.csrfToken.Name), "|")
	if ok {
		hash, _, _ := strings.Cut(rest, "|")
		for i := range a.config.Secrets {
			if constantTimeEqual(hash, a.csrfHash(tokenInCookie, i)) {
				state.token = tokenInCookie
				posted := x.body.text("csrfToken")
				state.verified = x.method == http.MethodPost && !state.crossOrigin &&
					constantTimeEqual(posted, tokenInCookie)
				return state
			}
		}
	}
	state.token = randomHex(32)
	x.setCookie(x.names.csrfToken.with(state.token + "|" + a.csrfHash(state.token, 0)))
	return state
}

// csrfHash is the part of the cookie that proves the token, under secret i.
func (a *Auth) csrfHash(token string, i int) string {
	if a.config.StrictV4 {
		sum := sha256.Sum256([]byte(token + a.config.Secrets[i]))
		return hex.EncodeToString(sum[:])
	}
	return a.keys.csrf[i].sum(token)
}

// crossOrigin reports whether the browser says that a page of another origin
// sent the request. The scheme counts: it is compared with the configured
// address, not with the connection. Clients that send neither header are not
// browsers, and are left to the token.
func crossOrigin(r *http.Request, publicOrigin string) bool {
	origin := r.Header.Get("Origin")
	if origin == publicOrigin {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "":
		// A browser sends Sec-Fetch-Site to https sites and this machine only.
		// A page of ours on a plain http site then posts "Origin: null", which
		// is left to the token as well.
		return origin != "" && (origin != "null" || strings.HasPrefix(publicOrigin, "https://"))
	case "same-origin", "none":
		return false
	}
	return true
}

// foreignPost reports whether a POST from another site is expected: a provider
// posts its answer to the callback, which has its own checks.
func (x *exchange) foreignPost() bool {
	return x.action == "_log" || x.action == "callback" && x.provider != nil && x.provider.oauth != nil
}

// refuseCrossOrigin answers a POST from another site.
func (a *Auth) refuseCrossOrigin(ctx context.Context, x *exchange) *response {
	sent := cmp.Or(x.request.Header.Get("Origin"), "Sec-Fetch-Site: "+x.request.Header.Get("Sec-Fetch-Site"))
	a.logRefusal(ctx, x, "CSRF_CROSS_ORIGIN", "a page of another origin sent this request: "+printable(sent, 200)+
		", expected "+x.site.origin+" (if that is not the site's address, mend Config.URL)")
	if x.wantsPage() {
		return a.errorPageWith(x, http.StatusForbidden, ErrorDefault, "")
	}
	body := appendJSONText([]byte(`{"message":"Cross-origin request refused","url":`), x.url("signin?csrf=true"))
	return &response{status: http.StatusForbidden, json: append(body, '}')}
}

// csrfToken answers GET /csrf.
func (a *Auth) csrfToken(_ context.Context, x *exchange) *response {
	body := appendJSONText([]byte(`{"csrfToken":`), x.csrf.token)
	return &response{json: append(body, '}'), sessionHeaders: true}
}

// CSRFToken returns the CSRF token for a form that a page of the application's
// own renders, and sets its cookie when the browser has none. The form posts it
// as csrfToken. Call it before the page is written; to call it for each of several
// forms is fine.
func (a *Auth) CSRFToken(w http.ResponseWriter, r *http.Request) string {
	s, ok := a.sites.of(r)
	if !ok {
		return ""
	}
	x := &exchange{request: r, method: http.MethodGet, site: s, names: a.cookieNames(s), cookies: cookie.Of(r)}
	for _, line := range w.Header()["Set-Cookie"] { // of an earlier call
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == x.names.csrfToken.Name {
			earlier, _, _ := strings.Cut(c.Value, cookie.Encode("|"))
			return earlier
		}
	}
	state := a.readCSRF(x)
	for _, c := range x.setCookies {
		http.SetCookie(w, c)
	}
	return state.token
}

// randomHex returns n random bytes in hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails: it crashes the program instead
	return hex.EncodeToString(b)
}
