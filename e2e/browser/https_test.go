package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// With https each kind of provider signs in, and the browser accepts every cookie
// with the prefix that its attributes have to match.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	for _, test := range []struct {
		name   string
		signIn func(*site, *tab)
		want   string
	}{
		{"OpenID", func(_ *site, b *tab) { b.click(`form[action$="/signin/op"] button`) }, "Ida Provider"},
		{"OpenID with a cross-site POST", func(_ *site, b *tab) { b.click(`form[action$="/signin/post"] button`) }, "Ida Provider"},
		{"mailed link", func(s *site, b *tab) {
			b.fill("[type=email]", "grace@example.com")
			b.click(formOf("email") + " button")
			b.at(s.url, "/api/auth/verify-request")
			b.open(s.mails.link(b.t, "grace@example.com"))
		}, "grace@example.com"},
		{"credentials", func(_ *site, b *tab) {
			b.fill("[name=username]", "alice")
			b.fill("[name=password]", "wonderland")
			b.click(formOf("password") + " button")
		}, "Alice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, options{strategy: auth.StrategyJWT, https: true})
			b := browser.visitor(t)
			signInPage(s, b)
			test.signIn(s, b)
			b.at(s.url, "/")
			b.shows("#name", test.want)
			wantSecureCookies(b)
		})
	}
}

// wantSecureCookies looks at every cookie that the browser keeps for the site.
func wantSecureCookies(b *tab) {
	b.t.Helper()
	kept, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	found := map[string]bool{}
	for _, c := range kept.Cookies {
		found[c.Name] = true
		if !strings.HasPrefix(c.Name, "__Secure-") && !strings.HasPrefix(c.Name, "__Host-") {
			b.t.Errorf("the cookie %s has no prefix", c.Name)
		}
		if !c.Secure || !c.HTTPOnly || c.SameSite != network.CookieSameSiteLax {
			b.t.Errorf("the cookie %s: Secure %v, HttpOnly %v, SameSite %q", c.Name, c.Secure, c.HTTPOnly, c.SameSite)
		}
	}
	for _, name := range []string{"__Secure-next-auth.session-token", "__Secure-next-auth.callback-url", "__Host-next-auth.csrf-token"} {
		if !found[name] {
			b.t.Errorf("the browser has no cookie %s", name)
		}
	}
}
