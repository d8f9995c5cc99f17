package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/gatehouse-auth/gatehouse/auth"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
)

// With https each kind of provider signs in, and the browser accepts every cookie
// with the prefix that its attributes have to match.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	browser := chromium.Start(t)
	for _, test := range []struct {
		name   string
		signIn func(*site, *chromium.Tab)
		want   string
	}{
		{"OpenID", func(_ *site, b *chromium.Tab) { b.Click(`form[action$="/signin/op"] button`) }, "Ida Provider"},
		{"OpenID with a cross-site POST", func(_ *site, b *chromium.Tab) { b.Click(`form[action$="/signin/post"] button`) }, "Ida Provider"},
		{"mailed link", func(s *site, b *chromium.Tab) {
			b.Fill("[type=email]", "grace@example.com")
			b.Click(formOf("email") + " [type=submit]")
			b.At(s.url, "/api/auth/verify-request")
			b.Open(s.mails.link(b.T, "grace@example.com"))
		}, "grace@example.com"},
		{"credentials", func(_ *site, b *chromium.Tab) {
			b.Fill("[name=username]", "alice")
			b.Fill("[name=password]", "wonderland")
			b.Click(formOf("password") + " [type=submit]")
		}, "Alice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, options{strategy: auth.StrategyJWT, https: true})
			b := browser.Visitor(t)
			signInPage(s, b)
			test.signIn(s, b)
			b.At(s.url, "/")
			b.Shows("#name", test.want)
			wantSecureCookies(b)
		})
	}
}

// wantSecureCookies looks at every cookie that the browser keeps for the site.
func wantSecureCookies(b *chromium.Tab) {
	b.T.Helper()
	kept, err := chromedp.Call(b.Context, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		b.T.Fatal(err)
	}
	found := map[string]bool{}
	for _, c := range kept.Cookies {
		found[c.Name] = true
		if !strings.HasPrefix(c.Name, "__Secure-") && !strings.HasPrefix(c.Name, "__Host-") {
			b.T.Errorf("the cookie %s has no prefix", c.Name)
		}
		if !c.Secure || !c.HTTPOnly || c.SameSite != network.CookieSameSiteLax {
			b.T.Errorf("the cookie %s: Secure %v, HttpOnly %v, SameSite %q", c.Name, c.Secure, c.HTTPOnly, c.SameSite)
		}
	}
	for _, name := range []string{"__Secure-next-auth.session-token", "__Secure-next-auth.callback-url", "__Host-next-auth.csrf-token"} {
		if !found[name] {
			b.T.Errorf("the browser has no cookie %s", name)
		}
	}
}
