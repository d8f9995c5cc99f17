package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// redirectCorpus generates addresses that lead, or seem to lead, from the site
// host to another one.
func redirectCorpus(host string) []string {
	const evil = "evil.example"
	var corpus []string
	slashes := []string{"/", `\`, "%2f", "%5c", "/\t", "/%09", "/\r\n", "/ ", "/./", "/;/", "\u2215", "\uff0f", "\uff3c", "\u29f8", "\x00", "/@", "%252f", "/\u200b"}
	for _, a := range slashes {
		for _, b := range slashes {
			corpus = append(corpus, a+b+evil, a+b+evil+"/%2f..", a+b+"a@"+evil)
		}
	}
	schemes := []string{"http:", "https:", "HTTPS:", "ht\ttps:", "\x01https:", " https:", "//https:", "https%3a", "javascript:", "JaVaScRiPt:", "java\tscript:", "data:", "vbscript:", "file:", "ftp:", "ws:", "blob:https:", "view-source:https:", "intent:"}
	authorities := []string{
		evil, evil + "%00" + host, host + "@" + evil, host + "%40" + evil, evil + "#" + host, evil + "?" + host, evil + `\@` + host, evil + `\.` + host,
		host + "." + evil, host + ":443@" + evil, host + ":x@" + evil, host + "%2e" + evil, host + "\u3002" + evil, host + "\\" + evil, "." + host, host + ".",
		host + ":444", host + ":0443", host + ":65979", "user@" + host, "user:pass@" + host, "[::1]", "2130706433", "0x7f.1", host + "\t." + evil, host + "%09." + evil,
		strings.Replace(host, "i", "\u0130", 1), strings.Replace(host, "i", "\u0131", 1), strings.Replace(host, "s", "\u015f", 1), strings.Replace(host, "e", "\u0435", 1), host + "\u0307",
	}
	for _, scheme := range schemes {
		for _, separator := range []string{"//", `\\`, "/", "", "///"} {
			for _, authority := range authorities {
				corpus = append(corpus, scheme+separator+authority)
			}
		}
	}
	return append(corpus, "javascript:alert(1)", "javascript://"+host+"/%0aalert(1)", "data:text/html,<script>alert(1)</script>", "evil.example", "@"+evil, ":@"+evil, "?next=//"+evil, "#"+evil, ".", "..", "", "*", "null", "undefined")
}

// leaves reports whether a browser that reads an address ends up outside an
// origin. It asks for more than the WHATWG URL Standard: without control
// characters, the address has to begin with the origin, with or without its
// default port, followed by what ends a host for every parser.
func leaves(address, origin string) bool {
	if strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return true
	}
	lower := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, address)
	for _, spelling := range []string{origin, origin + ":443", origin + ":0443"} {
		if rest, ok := strings.CutPrefix(lower, spelling); ok && (rest == "" || strings.IndexByte("/?#", rest[0]) >= 0) {
			return false
		}
	}
	return true
}

// REDIR-01 and REDIR-03: none of many addresses takes a visitor elsewhere, given
// in the query, in the body or in the cookie.
func TestSecurityOpenRedirects(t *testing.T) {
	const origin = "https://site.example"
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) { c.URL = origin })
	api := origin + "/api/auth"
	token, c := csrfPair(t, s.auth, api)
	corpus := redirectCorpus("site.example")
	if len(corpus) < 550 {
		t.Fatalf("only %d addresses", len(corpus))
	}
	t.Logf("%d addresses", len(corpus))
	for _, payload := range corpus {
		form := url.Values{"csrfToken": {token}, "username": {"alice"}, "password": {"wonderland"}}
		posted := url.Values{"callbackUrl": {payload}}
		for name, values := range form {
			posted[name] = values
		}
		query := "?callbackUrl=" + url.QueryEscape(payload)
		planted := withCookies(c.Name, c.Value, "__Secure-next-auth.callback-url", url.PathEscape(payload))
		only := withCookies(c.Name, c.Value)
		for name, got := range map[string]*answer{
			"body":         attack(s.auth, http.MethodPost, api+"/callback/credentials", posted.Encode(), only),
			"query":        attack(s.auth, http.MethodPost, api+"/callback/credentials"+query, form.Encode(), only),
			"cookie":       attack(s.auth, http.MethodPost, api+"/callback/credentials", form.Encode(), planted),
			"sign-out":     attack(s.auth, http.MethodPost, api+"/signout", posted.Encode(), only),
			"sign-in page": attack(s.auth, http.MethodGet, api+"/signin"+query, "", only),
		} {
			if name == "sign-in page" {
				got.location = formOf(got.body).Get("callbackUrl")
			} else if got.status != http.StatusFound {
				t.Errorf("%s %q: status %d", name, payload, got.status)
			}
			if name != "sign-out" && name != "sign-in page" && !got.setsSession() {
				t.Errorf("%s %q: the sign-in was refused", name, payload)
			}
			if leaves(got.location, origin) {
				t.Errorf("%s %q leads to %q", name, payload, got.location)
			}
			if remembered := got.cookie("__Secure-next-auth.callback-url"); remembered != nil {
				if value, err := url.PathUnescape(remembered.Value); err != nil || leaves(value, origin) {
					t.Errorf("%s %q is remembered as %q", name, payload, value)
				}
			}
		}
	}
}

// REDIR-04: broken addresses count as absent, quickly.
func TestSecurityBrokenCallbackURL(t *testing.T) {
	s := newTestSite(t, nil)
	for _, payload := range []string{"http://[::1", ":::", "%", "http://a b", "\x00", "http://%zz", "http://\xff\xfe", "http://a:99999", strings.Repeat("//", 20000), strings.Repeat("%2f", 9000)} {
		for _, target := range []string{"/signin?callbackUrl=", "/csrf?callbackUrl=", "/session?callbackUrl=", "/error?callbackUrl="} {
			got := attack(s.auth, http.MethodGet, s.url+"/api/auth"+target+url.QueryEscape(payload), "", nil)
			if got.status >= 500 {
				t.Errorf("%s%.20q answered %d", target, payload, got.status)
			}
		}
	}
}

// REDIR-06: a hostile callback-url cookie is replaced and not followed.
func TestSecurityHostileCallbackCookie(t *testing.T) {
	for _, value := range []string{":::", "https://evil.test", "https://evil.test/" + strings.Repeat("x", 5000), "%0d%0aSet-Cookie:%20a=b", `"https://evil.test"`, "%", "\\\\evil.test"} {
		s := newTestSite(t, nil)
		b := s.browser()
		b.setCookie(&http.Cookie{Name: "next-auth.callback-url", Value: value})
		if got := b.signInWithOAuth("op"); got.location != s.url || b.signedInAs() == "" {
			t.Errorf("cookie %.40q: %d %s", value, got.status, got.location)
		}
		if c := b.cookie("next-auth.callback-url"); c == nil || decoded(t, c) != s.url {
			t.Errorf("cookie %.40q was not replaced", value)
		}
	}
}

// REDIR-08: a code on the application's own error page stays one parameter.
func TestSecurityErrorParameter(t *testing.T) {
	for _, page := range []string{"/err", "/err?x=1"} {
		s := newTestSite(t, func(c *auth.Config) { c.Pages.Error, c.Pages.SignIn = page, page })
		for _, target := range []string{"/api/auth/error?error=", "/api/auth/signin?error="} {
			const code = "x\r\nSet-Cookie: a=b&foo=1#y"
			got := s.browser().get(target + url.QueryEscape(code))
			u, err := url.Parse(got.location)
			if err != nil || u.Query().Get("error") != code || u.Query().Has("foo") || u.Fragment != "" || u.Host != "" {
				t.Errorf("%s with %s leads to %q", target, page, got.location)
			}
			if got.cookie("a") != nil {
				t.Error("the code became a header")
			}
		}
	}
}

// REDIR-09: the way back survives the page for new users unchanged.
func TestSecurityNewUserPage(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) { c.Pages.NewUser = "/welcome" })
	b := s.browser()
	const way = "/x?y=1&z=//evil#f"
	started := b.post("/api/auth/signin/op", url.Values{"callbackUrl": {way}})
	got := b.get(b.get(started.location).location)
	u, err := url.Parse(got.location)
	if err != nil || u.Path != "/welcome" || u.Host != "" || len(u.Query()) != 1 || u.Query().Get("callbackUrl") != s.url+way {
		t.Errorf("a new user is sent to %q", got.location)
	}
}

// REDIR-11 and REDIR-13: slashes in the path, and the same host without TLS.
func TestSecurityOffOriginLocations(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	for name, h := range map[string]http.Handler{"handler": s.auth, "behind a mux": s.network["app.test"]} {
		for _, path := range []string{
			"//evil.test/api/auth/signin/", "/api/auth//signin", "/api/auth/signin/", "/api/auth///evil.test", "/api/auth/signin//evil.test/..",
			`/api/auth/\evil.test`, "/api/auth/callback//evil.test", "/api/auth/error/%2f%2fevil.test", "/private//evil.test", "/private/..//evil.test",
		} {
			got := attack(h, http.MethodGet, "https://app.test/", "", func(r *http.Request) {
				r.Host, r.Header = "evil.test", http.Header{"Accept": {"text/html"}}
				r.URL = &url.URL{Path: path}
				r.RequestURI = path
			})
			if strings.HasPrefix(got.location, "//") || strings.Contains(got.location, `\`) || strings.HasPrefix(got.location, "http") && !strings.HasPrefix(got.location, s.url+"/") {
				t.Errorf("%s, %s: %d leads to %q", path, name, got.status, got.location)
			}
		}
	}
	token, c := csrfPair(t, s.auth, s.url+"/api/auth")
	form := url.Values{"csrfToken": {token}, "username": {"alice"}, "password": {"wonderland"}, "callbackUrl": {"http://app.test/x"}}
	if got := attack(s.auth, http.MethodPost, s.url+"/api/auth/callback/credentials", form.Encode(), withCookies(c.Name, c.Value)); got.location != s.url {
		t.Errorf("https site, http callbackUrl: leads to %q", got.location)
	}
}

// The middleware sends a visitor to the sign-in page of the site, and back to a
// path of the site, whatever the request looks like.
func TestSecurityMiddlewareRedirect(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	guarded := s.auth.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a stranger passed") }))
	for _, target := range []string{"//evil.test", `/\evil.test`, "/%5cevil.test", "///evil.test/%2f..", "/x?callbackUrl=//evil.test", "/\t/evil.test", "http://evil.test/x", "/@evil.test", "*"} {
		got := attack(guarded, http.MethodGet, "https://app.test/", "", func(r *http.Request) {
			r.Header.Set("Accept", "text/html")
			r.Host = "evil.test"
			u, err := url.Parse(target)
			if err != nil {
				u = &url.URL{Path: target}
			}
			r.URL, r.RequestURI = u, target
		})
		u, err := url.Parse(got.location)
		if err != nil || !strings.HasPrefix(got.location, "https://app.test/api/auth/signin?callbackUrl=") || leaves(u.Query().Get("callbackUrl"), "https://app.test") {
			t.Errorf("%q leads to %q", target, got.location)
		}
	}
}

// REDIR-14: the application's own rule decides on app schemes, on exactly what
// was asked for.
func TestSecurityAppSchemes(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.Redirect = func(_ context.Context, asked, base string) (string, error) {
			if asked == "myapp://callback" {
				return asked, nil
			}
			return base, nil
		}
	})
	for asked, want := range map[string]string{
		"myapp://callback": "myapp://callback", "myapp://callback.attacker.tld": s.url, "myapp:callback": s.url, "MYAPP://callback": s.url,
		"myapp://callback\t": s.url, "\u00a0myapp://callback": s.url, "myapp://callback@evil": s.url, "javascript:alert(1)//myapp://callback": s.url,
	} {
		got := s.browser().post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}, "callbackUrl": {asked}})
		if got.location != want {
			t.Errorf("%q leads to %q, want %q", asked, got.location, want)
		}
	}
}

// A Redirect callback that lets paths pass as they are, which is how many are
// written, must not send anybody to "//evil.example".
func TestSecurityRedirectCallbackReturnsPath(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.Redirect = func(_ context.Context, asked, base string) (string, error) {
			if strings.HasPrefix(asked, "/") {
				return asked, nil
			}
			return base, nil
		}
	})
	for _, asked := range []string{"//evil.example", `/\evil.example`, "///evil.example", "/x"} {
		got := s.browser().post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}, "callbackUrl": {asked}})
		if strings.HasPrefix(strings.ReplaceAll(got.location, `\`, "/"), "//") {
			t.Errorf("%q leads to %q", asked, got.location)
		}
	}
}

// REDIR-16: a very long address is not stored and does no harm.
func TestSecurityLongCallbackURL(t *testing.T) {
	s := newTestSite(t, nil)
	for _, size := range []int{3900, 4096, 5000, 64 << 10} {
		path := "/" + strings.Repeat("a", size)
		b := s.browser()
		for name, got := range map[string]*answer{
			"query": b.get("/api/auth/signin?callbackUrl=" + path),
			"body":  b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}, "callbackUrl": {path}}),
		} {
			if got.status >= 500 {
				t.Errorf("%s of %d bytes answered %d", name, size, got.status)
			}
			for _, line := range got.header.Values("Set-Cookie") {
				if len(line) > 4096 {
					t.Errorf("%s of %d bytes: a Set-Cookie line of %d bytes", name, size, len(line))
				}
			}
		}
	}
}

// REDIR-18: nothing of the flow is left in the address that it ends on.
func TestSecurityCleanEnd(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	started := b.post("/api/auth/signin/op", url.Values{"callbackUrl": {"/x#frag"}})
	got := b.get(b.get(started.location).location)
	if got.location != s.url+"/x#frag" {
		t.Errorf("the sign-in ends on %q", got.location)
	}
	for _, path := range []string{"signin", "signout", "error", "verify-request", "session", "csrf", "providers", "unknown", "callback/op?code=x&state=y", "callback/email?token=x&email=a@b.test"} {
		if policy := b.get("/api/auth/" + path).header.Get("Referrer-Policy"); policy != "no-referrer" {
			t.Errorf("%s: Referrer-Policy %q", path, policy)
		}
	}
}

// Header injection: line breaks in whatever ends up in a header stay out of it.
func TestSecurityHeaderInjection(t *testing.T) {
	const evil = "x\r\nSet-Cookie: injected=1\r\n\r\n<script>"
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) {
			return auth.RedirectTo("/denied?why=" + evil), nil
		}
	})
	for _, path := range []string{"signin/", "error/", "callback/op/", "signin?callbackUrl=/", "error?error=", "signin?error=", "error?ref=", "error?error=Signin&code=", "callback/op?state=", "callback/op?error="} {
		b := s.browser()
		got := b.get("/api/auth/" + path + url.QueryEscape(evil))
		if got.cookie("injected") != nil || strings.Contains(fmt.Sprint(got.header), "\n") {
			t.Errorf("%s: %v", path, got.header)
		}
	}
	got := s.browser().signInWithCredentials()
	if got.cookie("injected") != nil || !strings.HasPrefix(got.location, "/denied?why=x%0D%0A") {
		t.Errorf("the decision's address became %q", got.location)
	}
}
