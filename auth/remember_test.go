package auth_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/language"
	"golang.org/x/net/html"
)

// lang is the language of a page.
func lang(t *testing.T, a *answer) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "html" {
			for _, attr := range n.Attr {
				if attr.Key == "lang" {
					return attr.Val
				}
			}
		}
	}
	return ""
}

// A visitor's choice wins over what the browser says, and is remembered.
func TestLanguage(t *testing.T) {
	for _, test := range []struct {
		name     string
		options  language.Options
		query    string
		cookie   string
		accept   []string
		want     string
		remember string // the cookie that is set
	}{
		{"nothing", language.Options{}, "", "", nil, "en", ""},
		{"default", language.Options{Default: "sv"}, "", "", nil, "sv", ""},
		{"browser", language.Options{}, "", "", []string{"fr-CA,fr;q=0.9,en;q=0.8"}, "fr", ""},
		{"browser in two headers", language.Options{}, "", "", []string{"eo", "it"}, "it", ""},
		{"cookie", language.Options{}, "", "ja", []string{"fr"}, "ja", ""},
		{"parameter", language.Options{}, "?lang=ko", "ja", []string{"fr"}, "ko", "ko"},
		{"parameter that is remembered already", language.Options{}, "?lang=ko", "ko", []string{"fr"}, "ko", ""},
		{"OpenID parameter", language.Options{}, "?ui_locales=xx+pt+en", "", []string{"fr"}, "pt-BR", "pt-BR"},
		{"both parameters", language.Options{}, "?ui_locales=de&lang=tr", "", nil, "tr", "tr"},
		{"unknown parameter", language.Options{}, "?lang=eo", "ja", []string{"fr"}, "ja", ""},
		{"repeated parameter", language.Options{}, "?lang=ko&lang=de", "", []string{"fr"}, "fr", ""},
		{"hostile parameter", language.Options{}, "?lang=%22%3E%3Cb%3E", "", []string{"fr"}, "fr", ""},
		{"hostile cookie", language.Options{}, "", `"><b>`, []string{"fr"}, "fr", ""},
		{"not offered", language.Options{Offered: []string{"en", "de"}}, "?lang=ko", "ja", []string{"fr,de;q=0.1"}, "de", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) { c.Languages = test.options })
			for _, page := range []string{"signin", "signout", "verify-request", "error"} {
				b := s.browser()
				if test.cookie != "" {
					b.setCookie(&http.Cookie{Name: "next-auth.language", Value: url.QueryEscape(test.cookie)})
				}
				header := http.Header{}
				if test.accept != nil {
					header["Accept-Language"] = test.accept
				}
				got := b.do(http.MethodGet, "/api/auth/"+page+test.query, nil, header)
				if lang(t, got) != test.want {
					t.Errorf("%s is in %q, want %q", page, lang(t, got), test.want)
				}
				set := ""
				if c := got.cookie("next-auth.language"); c != nil {
					set = c.Value
					if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge < 300*24*3600 {
						t.Errorf("the cookie is %v", c)
					}
				}
				if set != test.remember {
					t.Errorf("%s remembers %q, want %q", page, set, test.remember)
				}
				if vary := got.header.Get("Vary"); !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") {
					t.Errorf("Vary: %s", vary)
				}
			}
		})
	}
}

// The language goes with the visitor through the whole flow: to the next pages,
// to the provider and into the mail.
func TestLanguageIsKept(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	b.get("/api/auth/signin?lang=ko")
	if got := lang(t, b.get("/api/auth/error?error=AccessDenied")); got != "ko" {
		t.Errorf("the error page is in %q", got)
	}
	started := b.post("/api/auth/signin/op", nil)
	if got := started.parameter("ui_locales"); got != "ko" {
		t.Errorf("the provider is told ui_locales=%q", got)
	}
	started = b.post("/api/auth/signin/op?ui_locales=fr-CA+fr", nil)
	if got := started.parameter("ui_locales"); got != "fr-CA fr" {
		t.Errorf("the provider is told ui_locales=%q instead of what was asked", got)
	}
	b.get("/api/auth/signin?lang=ko")
	b.requestLink("visitor@example.com")
	if got := s.mails.last(t).Language; got.Tag() != "ko" {
		t.Errorf("the mail is in %q", got.Tag())
	}
	// Whoever has chosen nothing: the mail follows the browser, and the provider
	// decides for itself.
	other := s.browser()
	if got := other.post("/api/auth/signin/op", nil).parameter("ui_locales"); got != "" {
		t.Errorf("the provider is told ui_locales=%q, which nobody chose", got)
	}
	if got := s.browser(); got.requestLink("visitor@example.com") == "" || s.mails.last(t).Language.Tag() != "en" {
		t.Errorf("the mail is in %q", s.mails.last(t).Language.Tag())
	}
}

// comforts are the cookies that NextAuth.js v4 does not have.
var comforts = []string{"next-auth.language", "next-auth.last-provider", "next-auth.typed"}

func TestStrictV4RemembersNothing(t *testing.T) {
	s := newTestSite(t, strictly(true))
	b := s.browser()
	b.get("/api/auth/signin?lang=ko")
	b.post("/api/auth/signin/email", url.Values{"email": {"nobody"}})
	b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wrong"}})
	if b.signInWithCredentials(); b.signedInAs() != "Alice" {
		t.Fatal("not signed in")
	}
	for _, name := range comforts {
		if c := b.cookie(name); c != nil {
			t.Errorf("the browser has the cookie %s", c)
		}
	}
}

// marked is the name on the button that says "Last used", or "".
func marked(page string) string {
	before, _, found := strings.Cut(page, `<span class="badge">Last used</span>`)
	if !found {
		return ""
	}
	button := before[strings.LastIndex(before, "<span>")+len("<span>"):]
	name, _, _ := strings.Cut(button, "</span>")
	return name
}

func TestLastProvider(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	if got := marked(b.get("/api/auth/signin").body); got != "" {
		t.Errorf("%q is marked before any sign-in", got)
	}
	b.signInWithOAuth("op")
	if got := marked(b.get("/api/auth/signin").body); got != "Sign in with Test op" {
		t.Errorf("%q is marked", got)
	}
	b.post("/api/auth/signout", nil)
	if got := marked(b.get("/api/auth/signin").body); got != "Sign in with Test op" {
		t.Errorf("%q is marked after signing out", got)
	}
	if got := b.signInWithOAuth("op").cookie("next-auth.last-provider"); got != nil {
		t.Errorf("the same provider sets the cookie %s again", got)
	}
	b.signInWithCredentials()
	if got := marked(b.get("/api/auth/signin").body); got != "Sign in" {
		t.Errorf("%q is marked", got)
	}

	for _, forged := range []string{"op", "op|", "op|0000", "|", "op|" + strings.Repeat("0", 64)} {
		other := s.browser()
		other.setCookie(&http.Cookie{Name: "next-auth.last-provider", Value: url.QueryEscape(forged)})
		if got := marked(other.get("/api/auth/signin").body); got != "" {
			t.Errorf("the forged cookie %q marks %q", forged, got)
		}
	}

	hidden := newTestSite(t, func(c *auth.Config) { c.HideLastProvider = true }).browser()
	if got := hidden.signInWithOAuth("op").cookie("next-auth.last-provider"); got != nil {
		t.Errorf("HideLastProvider sets the cookie %s", got)
	}
}

// inputValue is the value of an input on a page.
func inputValue(t *testing.T, page, name string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		attrs := map[string]string{}
		for _, attr := range n.Attr {
			attrs[attr.Key] = attr.Val
		}
		if n.Data == "input" && attrs["name"] == name {
			return attrs["value"]
		}
	}
	return ""
}

// followError follows the redirects of a failure to the page that shows it.
func (b *browser) followError(a *answer) *answer {
	b.t.Helper()
	for range 5 {
		if a.location == "" {
			return a
		}
		a = b.get(a.location)
	}
	b.t.Fatal("too many redirects")
	return nil
}

// What was typed and where the visitor wants to go survive every failure.
func TestTypedSurvives(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		p := c.Providers[2].(auth.CredentialsProvider)
		p.Fields = []auth.Field{
			{Name: "username"}, {Name: "contact", Type: "email"}, {Name: "pin", Type: "number"},
			{Name: "password", Type: "password"}, {Name: "tenant", Type: "hidden", Value: "t1"},
		}
		c.Providers[2] = p
	})
	b := s.browser()
	b.get("/api/auth/signin?callbackUrl=/inside")

	page := b.followError(b.post("/api/auth/signin/email", url.Values{"email": {"visitor@example"}}))
	if got := inputValue(t, page.body, "email"); got != "visitor@example" || !strings.Contains(page.body, `role="alert"`) {
		t.Errorf("the typed address became %q:\n%s", got, page.body)
	}
	if got := inputValue(t, page.body, "callbackUrl"); got != s.url+"/inside" {
		t.Errorf("the destination became %q", got)
	}

	page = b.followError(b.post("/api/auth/callback/credentials", url.Values{
		"username": {"alice"}, "contact": {"a@b.test"}, "pin": {"1234"}, "password": {"wrong"}, "tenant": {"t2"},
	}))
	for name, want := range map[string]string{"username": "alice", "contact": "a@b.test", "pin": "", "password": "", "tenant": "t1", "email": ""} {
		if got := inputValue(t, page.body, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := inputValue(t, page.body, "callbackUrl"); got != s.url+"/inside" {
		t.Errorf("the destination became %q", got)
	}
	if strings.Contains(page.body, "wrong") {
		t.Error("the password is on the page")
	}

	if b.signInWithCredentials(); b.cookie("next-auth.typed") != nil {
		t.Error("what was typed is still there after signing in")
	}
	long := b.post("/api/auth/callback/credentials", url.Values{"username": {strings.Repeat("x", 400)}, "password": {"wrong"}})
	if long.cookie("next-auth.typed") != nil {
		t.Error("a value of 400 bytes is remembered")
	}
	b.setCookie(&http.Cookie{Name: "next-auth.typed", Value: "forged"})
	if got := b.get("/api/auth/signin"); got.status != http.StatusOK || inputValue(t, got.body, "username") != "" {
		t.Errorf("with a forged cookie: %d", got.status)
	}
}

// The page that tells to look for a mail knows the address in the browser that
// asked, and the first link still works at once when somebody asks twice.
func TestVerifyRequestPage(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		p := c.Providers[1].(auth.EmailProvider)
		p.InboxURL = "/inbox"
		c.Providers[1] = p
	})
	b := s.browser()
	first := b.requestLink("visitor@example.com")
	page := b.get("/api/auth/verify-request?provider=email&type=email").body
	if !strings.Contains(page, "v***@example.com") || !strings.Contains(page, `href="/inbox"`) {
		t.Errorf("the page lacks the masked address or the inbox:\n%s", page)
	}
	if got := inputValue(t, page, "email"); got != "visitor@example.com" {
		t.Errorf("the form asks for a link for %q", got)
	}
	second := b.requestLink(inputValue(t, page, "email"))
	if got := b.get(first); got.status != http.StatusFound || got.errorCode() != "" || b.signedInAs() != "visitor@example.com" {
		t.Errorf("the first link answers %d %s after a second one", got.status, got.location)
	}
	if got := b.get(second); got.errorCode() != "Verification" {
		t.Errorf("the second link answers %d %s after the first one was used", got.status, got.location)
	}
	if got := b.get(b.requestLink("visitor@example.com")); got.errorCode() != "" {
		t.Errorf("the latest link answers %d %s", got.status, got.location)
	}
	for name, path := range map[string]string{
		"another browser": "verify-request?provider=email", "another provider": "verify-request?provider=op", "no provider": "verify-request",
	} {
		if page := s.browser().get("/api/auth/" + path).body; strings.Contains(page, "@example.com") || strings.Contains(page, "<form method=\"post\"") {
			t.Errorf("%s: the page shows an address or a form:\n%s", name, page)
		}
	}
}

// Pressing a button twice does no harm, whatever the form.
func TestDoubleSubmit(t *testing.T) {
	s := newTestSite(t, nil)
	twice := func(submit func() *answer) []*answer {
		answers := make([]*answer, 2)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = submit() })
		}
		wg.Wait()
		return answers
	}
	b := s.browser()
	b.csrfToken()
	for _, got := range twice(b.signInWithCredentials) {
		if got.status != http.StatusFound || got.errorCode() != "" || b.signedInAs() != "Alice" {
			t.Errorf("credentials: %d %s", got.status, got.location)
		}
	}
	for _, got := range twice(func() *answer { return b.post("/api/auth/signout", nil) }) {
		if got.status != http.StatusFound || got.errorCode() != "" || b.signedInAs() != "" {
			t.Errorf("sign-out: %d %s", got.status, got.location)
		}
	}
	for i, got := range twice(func() *answer { return b.post("/api/auth/signin/op", nil) }) {
		if done := b.get(b.get(got.location).location); done.errorCode() != "" || b.signedInAs() == "" {
			t.Errorf("provider, attempt %d: %s", i, done.location)
		}
	}
	other := s.browser()
	other.csrfToken()
	for _, got := range twice(func() *answer {
		return other.post("/api/auth/signin/email", url.Values{"email": {"twice@example.com"}})
	}) {
		if got.errorCode() != "" {
			t.Errorf("mail: %s", got.location)
		}
	}
	if s.mails.last(t); other.followError(other.get(s.mails.last(t).URL)).status != http.StatusOK {
		t.Error("the last link does not work")
	}
}

// A token that is not valid costs the visitor nothing but another click.
func TestTypedSurvivesOldToken(t *testing.T) {
	s := newTestSite(t, nil)
	old := url.Values{"csrfToken": {"old"}, "email": {"visitor@example.com"}, "username": {"alice"}, "password": {"wonderland"}}
	for _, test := range []struct{ path, field, want string }{
		{"signin/email", "email", "visitor@example.com"}, {"callback/credentials", "username", "alice"},
	} {
		b := s.browser()
		page := b.followError(b.post("/api/auth/"+test.path, old))
		if got := inputValue(t, page.body, test.field); got != test.want || !strings.Contains(page.body, `role="alert"`) {
			t.Errorf("%s: %s is %q:\n%s", test.path, test.field, got, page.body)
		}
	}
}

// Whoever was refused is asked with what was typed.
func TestTypedSurvivesRefusal(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.SignIn = func(_ context.Context, p auth.SignInParams) (auth.Decision, error) {
			if p.User.Email == "grace@example.com" {
				return auth.Allow(), nil
			}
			return auth.Deny(), nil
		}
	})
	b := s.browser()
	b.signInWithCredentials()
	if got := inputValue(t, b.get("/api/auth/signin").body, "username"); got != "alice" {
		t.Errorf("the name is %q", got)
	}
	// The cookie has gone, as after a quarter of an hour; the link knows the address.
	link := b.requestLink("grace@example.com")
	b.setCookie(&http.Cookie{Name: "next-auth.typed", Value: "x", MaxAge: -1})
	b.get(strings.Replace(link, "token=", "token=x", 1)) // asks first
	b.get(link)
	if got := b.get(link); got.errorCode() != "Verification" {
		t.Errorf("the second use answers %d %s", got.status, got.location)
	}
	if got := inputValue(t, b.get("/api/auth/signin").body, "email"); got != "grace@example.com" {
		t.Errorf("the address is %q", got)
	}
}

func TestLanguageOfRequest(t *testing.T) {
	s := newTestSite(t, nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/login?lang=ko", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.auth.Language(r).Tag(); got != "ko" {
		t.Errorf("Language = %s", got)
	}
	r.URL.RawQuery = ""
	r.Header.Set("Accept-Language", "sv")
	if got := s.auth.Language(r).Tag(); got != "sv" {
		t.Errorf("Language = %s", got)
	}
	r.AddCookie(&http.Cookie{Name: "next-auth.language", Value: "ja"})
	if got := s.auth.Language(r).Tag(); got != "ja" {
		t.Errorf("Language = %s", got)
	}
}

// A language that is asked for is remembered on the way to the application's own
// pages and in forms, and a link carries it to another browser.
func TestLanguageWithOwnPages(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) { c.Pages.SignIn = "/login" })
	b := s.browser()
	if c := b.get("/api/auth/signin?lang=ko").cookie("next-auth.language"); c == nil || c.Value != "ko" {
		t.Errorf("the cookie is %v", c)
	}
	link := b.requestLink("visitor@example.com")
	if got := lang(t, s.browser().get(link)); got != "ko" {
		t.Errorf("another browser sees the question in %q", got)
	}
	other := s.browser()
	if c := other.post("/api/auth/callback/credentials?lang=de", url.Values{"username": {"x"}}).cookie("next-auth.language"); c == nil || c.Value != "de" {
		t.Errorf("the cookie is %v", c)
	}
}
