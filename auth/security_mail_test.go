package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// MAIL-01, MAIL-03, MAIL-04 and MAIL-06: what is not one plain address gets no
// mail, and its text reaches no page.
func TestSecurityHostileAddresses(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	for _, typed := range []string{
		"a@evil.test,v@victim.test", "a@evil.test;v@victim.test", "a@evil.test v@victim.test", "a@evil.test\uff20victim.test", "a\ufe6bvictim.test", "a@evil.test@victim.test",
		"a@x.test\r\nBcc: v@y.test", "a@x.test\nRCPT TO:<v@y.test>", "a@x.test%0d%0aBcc:v@y.test", "a@x.test\x00", "a@x.test, <a href=\"http://evil\">claim</a>", `"<img src=x>"@x.test`,
		"<a@x.test>", "A <a@x.test>", "a@x.test (comment)", "(comment)a@x.test", `"a b"@x.test`, `a\@b@x.test`, "a@[127.0.0.1]", "a@localhost", "a@x.test.", "a@.test", "a@x..test", ".a@x.test", "a.@x.test", "a..b@x.test",
		"@x.test", "a@", "a", "", " ", strings.Repeat("a", 65) + "@x.test", "a@" + strings.Repeat("x", 250) + ".test", "a@x_y.test", "a@-x.test", "\u202ea@x.test", "a\u200b@x.test", "a@x\u3002", "a@xn--\u0430.test", "a@ex\u0430mple.test\x7f",
	} {
		got := b.post("/api/auth/signin/email", url.Values{"email": {typed}})
		b.wantRefused(got, auth.ErrorEmailSignin)
		if strings.Contains(b.get(got.location).body, "evil") {
			t.Errorf("%q stands on the page", typed)
		}
	}
	if n := s.mails.count(); n != 0 {
		t.Errorf("%d mails were sent, the last to %q", n, s.mails.last(t).Identifier)
	}
	if links := s.store.Dump().VerificationTokens; len(links) != 0 {
		t.Errorf("links were stored: %v", links)
	}
	// MAIL-08: not text at all.
	token := b.csrfToken()
	for _, value := range []string{`["a@x.test","b@y.test"]`, `{"a":1}`, "1", "true", "null", `"a@x.test","email":"b@y.test"`} {
		got := b.do(http.MethodPost, "/api/auth/signin/email", strings.NewReader(`{"csrfToken":"`+token+`","email":`+value+`}`), http.Header{"Content-Type": {"application/json"}})
		if got.status >= 500 || s.mails.count() > 1 {
			t.Errorf("email %s: %d %s", value, got.status, got.location)
		}
	}
	b.post("/api/auth/signin/email", url.Values{"email": {"a@x.test", "b@y.test"}})
	if s.mails.count() > 1 {
		t.Error("two addresses in one form got a mail")
	}
}

// MAIL-09: one mailbox is one user, however its domain is written.
func TestSecurityInternationalDomain(t *testing.T) {
	s := newTestSite(t, nil)
	for _, typed := range []string{"a@b\u00fccher.test", "a@xn--bcher-kva.test", "A@B\u00dcCHER.test"} {
		b := s.browser()
		b.get(b.requestLink(typed))
		if who := b.signedInAs(); who != "a@xn--bcher-kva.test" {
			t.Errorf("%q signs in as %q", typed, who)
		}
	}
	if users := s.store.Dump().Users; len(users) != 1 {
		t.Errorf("%d users", len(users))
	}
}

// MAIL-11: a link that is too old.
func TestSecurityExpiredLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newOfflineSite(t, memory.New(), nil)
		b := s.browser()
		fresh := b.requestLink("v@example.com")
		time.Sleep(24*time.Hour - time.Second)
		if got := b.get(fresh); !got.setsSession() {
			t.Errorf("one second before: %d %s", got.status, got.location)
		}
		b.clearCookies()
		old := b.requestLink("v@example.com")
		time.Sleep(24*time.Hour + time.Second)
		b.wantRefused(b.post(old, nil), auth.ErrorVerification)
		if n := len(s.store.Dump().VerificationTokens); n != 0 {
			t.Errorf("%d links are left", n)
		}
	})
}

// MAIL-14 and MAIL-16: only the pair of link and address opens anything, at the
// provider that made it.
func TestSecurityLinkMismatch(t *testing.T) {
	second := &outbox{}
	s := newTestSite(t, func(c *auth.Config) {
		c.Providers = append(c.Providers, auth.EmailProvider{ID: "admin-email", Name: "Other", From: "x@example.com", Sender: second})
	})
	a, b := s.browser(), s.browser()
	linkA, linkB := a.requestLink("a@example.com"), b.requestLink("b@example.com")
	tokenOf := func(link string) string {
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("token")
	}
	for name, wrong := range map[string]string{
		"A's token for B":        changed(t, linkA, "email", "b@example.com"),
		"B's token for A":        changed(t, linkA, "token", tokenOf(linkB)),
		"unknown token":          changed(t, linkA, "token", "x"),
		"no token":               changed(t, linkA, "token", ""),
		"no address":             changed(t, linkA, "email", ""),
		"capitals":               changed(t, linkA, "token", strings.ToUpper(tokenOf(linkA))),
		"token twice":            linkA + "&token=x",
		"address twice":          linkA + "&email=b@example.com",
		"another mail provider":  strings.Replace(linkA, "/callback/email", "/callback/admin-email", 1),
		"hash instead of a link": changed(t, linkA, "token", s.store.Dump().VerificationTokens[0].Token),
	} {
		for _, method := range []func(string) *answer{a.get, func(u string) *answer { return a.post(u, nil) }} {
			if got := method(wrong); got.setsSession() {
				t.Errorf("%s: signed in", name)
				a.post("/api/auth/signout", nil)
			}
		}
	}
	if got := a.get(linkA); !got.setsSession() {
		t.Errorf("a wrong pairing used the link up: %d %s", got.status, got.location)
	}
}

// MAIL-17: fetching a link does not use it up.
func TestSecurityLinkScanner(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	link := b.requestLink("v@example.com")
	scanner := s.browser()
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
		for range 3 {
			if got := scanner.do(method, link, nil, http.Header{"User-Agent": {"Mozilla/5.0 (compatible; LinkScanner)"}}); got.setsSession() {
				t.Errorf("%s signs the scanner in", method)
			}
		}
	}
	for _, header := range []http.Header{{"Sec-Purpose": {"prefetch"}}, {"Sec-Purpose": {"prefetch;prerender"}}, {"Purpose": {"prefetch"}}, {"X-Moz": {"prefetch"}}} {
		if got := b.do(http.MethodGet, link, nil, header); got.setsSession() {
			t.Errorf("a prefetch signs in: %v", header)
			b.post("/api/auth/signout", nil)
			link = b.requestLink("v@example.com")
		}
	}
	// A page of another site cannot press the button for the visitor.
	page := scanner.get(link)
	form := formOf(page.body)
	if got := scanner.forge("/api/auth/callback/email", form, http.Header{"Origin": {"https://evil.example"}}); got.setsSession() {
		t.Error("another site pressed the button")
	}
	form.Set("csrfToken", "x")
	if got := scanner.forge("/api/auth/callback/email", form, nil); got.setsSession() {
		t.Error("the button works without a token")
	}
	if got := scanner.forge("/api/auth/callback/email", formOf(scanner.get(link).body), nil); !got.setsSession() || got.location != s.url {
		t.Errorf("the button itself: %d %s", got.status, got.location)
	}
	b.wantRefused(b.get(link), auth.ErrorVerification)
}

// MAIL-19: a stranger's link does not switch a visitor's account silently.
func TestSecurityLoginByForeignLink(t *testing.T) {
	s := newTestSite(t, nil)
	attacker, victim := s.browser(), s.browser()
	victim.signInWithCredentials()
	link := attacker.requestLink("mallory@example.com")
	page := victim.get(link)
	if page.setsSession() || victim.signedInAs() != "Alice" {
		t.Fatal("the account was switched")
	}
	if page.status != http.StatusOK || !strings.Contains(page.body, "m***@example.com") || strings.Contains(page.body, "mallory@example.com</") {
		t.Errorf("the page does not name the account: %s", page.body)
	}
	// The text of the address is the stranger's; a page must not repeat just
	// anything.
	for _, address := range []string{"x@your account is blocked, call 555 1234", "x@evil.example/<b>", "x@" + strings.Repeat("y", 2000), "no address"} {
		page := victim.get("/api/auth/callback/email?token=x&email=" + url.QueryEscape(address))
		_, shown, _ := strings.Cut(page.body, "<h1>")
		shown, _, _ = strings.Cut(shown, "</h1>")
		for _, foreign := range []string{"blocked", "evil.example", "yyyy"} {
			if strings.Contains(shown, foreign) {
				t.Errorf("the heading says %.100q", shown)
			}
		}
	}
}

// MAIL-21: the latest link makes the earlier ones worthless.
func TestSecurityOlderLinks(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	links := make([]string, 0, 3)
	for range 3 {
		links = append(links, b.requestLink("v@example.com"))
	}
	if got := b.get(links[2]); !got.setsSession() {
		t.Fatalf("the third link: %d %s", got.status, got.location)
	}
	for i, link := range links[:2] {
		other := s.browser()
		if got := other.post(link, nil); got.setsSession() {
			t.Errorf("link %d still signs in", i+1)
		}
	}
}

// MAIL-26 and RATE-09: a link leaves no trace in a Referer, and asking for one
// tells nothing about who is known.
func TestSecurityLinkPrivacy(t *testing.T) {
	s := newTestSite(t, nil)
	known := s.browser()
	known.get(known.requestLink("known@example.com"))
	page := s.browser().get(known.requestLink("known@example.com"))
	if page.header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("the page's headers: %v", page.header)
	}
	shape := func(address string) string {
		b := s.browser()
		got := b.post("/api/auth/signin/email", url.Values{"email": {address}})
		names := make([]string, 0, len(got.cookies))
		for _, c := range got.cookies {
			names = append(names, c.Name)
		}
		return got.location + " " + strings.Join(names, " ") + " " + got.body
	}
	if a, b := shape("known@example.com"), shape("unknown@example.com"); a != b {
		t.Errorf("a known address answers %q, an unknown one %q", a, b)
	}
}

// A link that could not be mailed works for nobody.
func TestSecurityUnsentLink(t *testing.T) {
	s := newTestSite(t, nil)
	s.mails.fail = errStore
	b := s.browser()
	b.wantRefused(b.post("/api/auth/signin/email", url.Values{"email": {"v@example.com"}}), auth.ErrorEmailSignin)
	if links := s.store.Dump().VerificationTokens; len(links) != 0 {
		t.Errorf("%d links are left", len(links))
	}
}
