package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// Every code of the sign-in and error pages happens in a flow, and the visitor
// ends up on the page with its text. SessionRequired is not here: it comes from
// the client of NextAuth.js, which the browser tests in e2e run.
func TestCodesInFlows(t *testing.T) {
	for _, test := range []struct {
		code   string // the text's key, as the pages spell it
		status int
		change func(*auth.Config)
		fail   func(t *testing.T, s *testSite, store *watchedStore, b *browser) *answer
	}{
		{"signin.error.Signin", 200, nil, func(_ *testing.T, _ *testSite, _ *watchedStore, b *browser) *answer {
			return b.post("/api/auth/signin/op", url.Values{"csrfToken": {"of a page that was open for too long"}})
		}},
		{"signin.error.OAuthSignin", 200, nil, func(_ *testing.T, s *testSite, _ *watchedStore, b *browser) *answer {
			s.op.Script(func(o *fakeop.Behavior) { o.Discovery.Status = http.StatusServiceUnavailable })
			return b.post("/api/auth/signin/op", nil)
		}},
		{"signin.error.OAuthCallback", 200, nil, func(_ *testing.T, s *testSite, _ *watchedStore, b *browser) *answer {
			s.op.Script(func(o *fakeop.Behavior) { o.IDToken.BadSignature = true })
			return b.signInWithOAuth("op")
		}},
		{"signin.error.OAuthCreateAccount", 200, nil, func(_ *testing.T, _ *testSite, store *watchedStore, b *browser) *answer {
			store.breakStep(auth.StepCreateUser)
			return b.signInWithOAuth("op")
		}},
		{"signin.error.EmailCreateAccount", 200, nil, func(_ *testing.T, _ *testSite, store *watchedStore, b *browser) *answer {
			store.breakStep(auth.StepCreateUser)
			return b.get(b.requestLink("new@example.com"))
		}},
		{"signin.error.Callback", 200, nil, func(_ *testing.T, s *testSite, _ *watchedStore, b *browser) *answer {
			s.op.Script(func(o *fakeop.Behavior) { o.Authorize.Error = "access_denied" })
			return b.signInWithOAuth("op")
		}},
		{"signin.error.OAuthAccountNotLinked", 200, nil, func(_ *testing.T, s *testSite, _ *watchedStore, b *browser) *answer {
			// The address belongs to somebody who came by mail.
			owner := s.browser()
			owner.get(owner.requestLink("owner@example.com"))
			s.op.Script(func(o *fakeop.Behavior) {
				o.IDToken.Claims = map[string]any{"email": "owner@example.com", "email_verified": false}
			})
			return b.signInWithOAuth("op")
		}},
		{"signin.error.EmailSignin", 200, nil, func(_ *testing.T, s *testSite, _ *watchedStore, b *browser) *answer {
			s.mails.fail = errors.New("the mail server is down")
			return b.post("/api/auth/signin/email", url.Values{"email": {"visitor@example.com"}})
		}},
		{"signin.error.CredentialsSignin", 200, nil, func(_ *testing.T, _ *testSite, _ *watchedStore, b *browser) *answer {
			return b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wrong"}})
		}},
		{"error.configuration.text", 500, func(c *auth.Config) {
			c.Callbacks.Redirect = func(context.Context, string, string) (string, error) { panic("a mistake of the application") }
		}, func(_ *testing.T, _ *testSite, _ *watchedStore, b *browser) *answer {
			return b.get("/api/auth/signin?callbackUrl=/x")
		}},
		{"error.accessdenied.text", 403, func(c *auth.Config) {
			c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) { return auth.Deny(), nil }
		}, func(_ *testing.T, _ *testSite, _ *watchedStore, b *browser) *answer { return b.signInWithOAuth("op") }},
		{"error.verification.text", 403, nil, func(t *testing.T, _ *testSite, _ *watchedStore, b *browser) *answer {
			link := b.requestLink("visitor@example.com")
			if first := b.get(link); first.errorCode() != "" {
				t.Errorf("the first use of the link leads to %s", first.location)
			}
			return b.get(link)
		}},
		{"error.signout.text", 200, func(c *auth.Config) { c.Session.Strategy = auth.StrategyDatabase }, func(_ *testing.T, _ *testSite, store *watchedStore, b *browser) *answer {
			b.signInWithOAuth("op")
			store.breakDown("DeleteSession")
			return b.post("/api/auth/signout", nil)
		}},
		{"error.default.text", 200, nil, func(t *testing.T, _ *testSite, _ *watchedStore, b *browser) *answer {
			large := b.post("/api/auth/callback/credentials", url.Values{"username": {strings.Repeat("x", 300<<10)}})
			var answered struct{ URL string }
			if err := json.Unmarshal([]byte(large.body), &answered); err != nil || large.status != http.StatusRequestEntityTooLarge {
				t.Errorf("answered %d %s", large.status, large.body)
			}
			return b.get(answered.URL)
		}},
	} {
		t.Run(test.code, func(t *testing.T) {
			store := watch(memory.New())
			s := newTestSite(t, func(c *auth.Config) {
				c.Adapter = store
				if test.change != nil {
					test.change(c)
				}
			})
			b := s.browser()
			page := b.followError(test.fail(t, s, store, b))
			want, err := language.English().Text(test.code)
			if err != nil {
				t.Fatal(err)
			}
			if page.status != test.status || !strings.Contains(page.body, ">"+want+"<") {
				t.Errorf("answered %d, want %d, with %q:\n%s", page.status, test.status, want, page.body)
			}
			if !strings.Contains(page.body, `role="alert"`) {
				t.Error("the failure is not announced")
			}
		})
	}
}

// After a sign-out by our page the visitor is told so, and an address that was
// asked for is where they go at once, as with NextAuth.js v4.
func TestSignedOutPage(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	if page := b.get("/api/auth/signout").body; !strings.Contains(page, "You are signed out") {
		t.Errorf("somebody without a session sees:\n%s", page)
	}
	b.get("/api/auth/signin?callbackUrl=/inside")
	b.signInWithCredentials()
	page := b.get("/api/auth/signout").body
	if !strings.Contains(page, "Sign out of ") || inputValue(t, page, "signedOutPage") != "true" {
		t.Errorf("somebody with a session sees:\n%s", page)
	}
	answered := b.post("/api/auth/signout", url.Values{"signedOutPage": {"true"}})
	if answered.location != s.url+"/api/auth/signout" {
		t.Errorf("the sign-out leads to %s", answered.location)
	}
	page = b.followError(answered).body
	if !strings.Contains(page, "You are signed out") || !strings.Contains(page, `href="`+s.url+`/inside"`) || !strings.Contains(page, `role="status"`) {
		t.Errorf("after signing out:\n%s", page)
	}
	// The page that says so is not where the next sign-in leads.
	if got := b.signInWithCredentials().location; got != s.url+"/inside" {
		t.Errorf("the next sign-in leads to %s", got)
	}

	page = b.get("/api/auth/signout?callbackUrl=/bye").body
	if inputValue(t, page, "signedOutPage") != "" {
		t.Errorf("with an address that was asked for the form has signedOutPage:\n%s", page)
	}
	if got := b.post("/api/auth/signout", nil).location; got != s.url+"/bye" {
		t.Errorf("the sign-out leads to %s", got)
	}

	strict := newTestSite(t, strictly(true)).browser()
	if page := strict.get("/api/auth/signout").body; inputValue(t, page, "signedOutPage") != "" || strings.Contains(page, "You are signed out") {
		t.Errorf("StrictV4 shows:\n%s", page)
	}
}

// The back link of the signed-out page names where it leads.
func TestSignedOutPageFrontEnd(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.Redirect = func(_ context.Context, target, _ string) (string, error) { return target, nil }
	})
	page := s.browser().get("/api/auth/signout?callbackUrl=" + url.QueryEscape("https://front.example/home")).body
	if !strings.Contains(page, `<a href="https://front.example/home">Back to front.example</a>`) {
		t.Errorf("the page shows:\n%s", page)
	}
}

// Providers tells a page of the application's own what GET /providers tells a
// client.
func TestProviders(t *testing.T) {
	s := newTestSite(t, nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	base := s.url + "/api/auth"
	want := []auth.ProviderInfo{
		{ID: "op", Name: "Test op", Type: auth.AccountOAuth, SignInURL: base + "/signin/op", CallbackURL: base + "/callback/op"},
		{ID: "email", Name: "Email", Type: auth.AccountEmail, SignInURL: base + "/signin/email", CallbackURL: base + "/callback/email"},
		{ID: "credentials", Name: "Credentials", Type: auth.AccountCredentials, SignInURL: base + "/signin/credentials", CallbackURL: base + "/callback/credentials"},
	}
	if diff := cmp.Diff(want, s.auth.Providers(r)); diff != "" {
		t.Errorf("Providers (-want +got):\n%s", diff)
	}
	hosts, err := auth.New(auth.Config{AllowedHosts: []string{"a.test"}, Secrets: []string{secret}, Providers: []auth.Provider{credentialsProvider()}})
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "b.test"
	if got := hosts.Providers(r); len(got) != 0 {
		t.Errorf("a host that is not served has the providers %v", got)
	}
	r.Host = "a.test"
	if got := hosts.Providers(r); len(got) != 1 || got[0].CallbackURL != "https://a.test/api/auth/callback/credentials" {
		t.Errorf("a host that is served has the providers %v", got)
	}
}

// Mistakes in the options of the pages are found by New, each with its field.
func TestPageOptionErrors(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*auth.Config)
		want   string
	}{
		{"language", func(c *auth.Config) { c.Languages.Default = "xx" }, "auth: Languages: Default"},
		{"text", func(c *auth.Config) { c.Languages.Texts = map[string]map[string]string{"en": {"signin.titel": "x"}} }, `there is no text "signin.titel"`},
		{"property", func(c *auth.Config) { c.Theme.Properties = map[string]string{"--colour": "red"} }, `there is no property "--colour"`},
		{"template", func(c *auth.Config) { c.Theme.Templates = fstest.MapFS{"login.html": {}} }, `there is no template "login.html"`},
		{"block", func(c *auth.Config) {
			c.Theme.Templates = fstest.MapFS{"signin.html": {Data: []byte(`{{define "side"}}x{{end}}`)}}
		}, `the block "side"`},
		{"icon", func(c *auth.Config) {
			p := c.Providers[0].(auth.OAuthProvider)
			p.Style.Icon = `M0 0"/><script>`
			c.Providers[0] = p
		}, "Icon"},
		{"colour of a button", func(c *auth.Config) {
			p := c.Providers[0].(auth.OAuthProvider)
			p.Style.Background = "reddish"
			c.Providers[0] = p
		}, "Background"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := auth.Config{URL: "https://a.test", Secrets: []string{secret}, Providers: []auth.Provider{auth.OAuthProvider{
				ID: "op", Name: "OP", Issuer: "https://op.test", OpenID: true, ClientID: "id", ClientSecret: "secret",
			}}}
			test.change(&config)
			if _, err := auth.New(config); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// Text that nobody could read is replaced, with one warning.
func TestThemeWarning(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) { c.Theme = auth.Theme{BrandColor: "#ffe066", ButtonText: "#ffffff"} })
	if n := strings.Count(s.log.String(), "THEME_CONTRAST"); n != 1 {
		t.Errorf("%d warnings:\n%s", n, s.log)
	}
	s = newTestSite(t, func(c *auth.Config) { c.Theme = auth.Theme{BrandColor: "#ffe066", ButtonText: "#000"} })
	if strings.Contains(s.log.String(), "THEME_CONTRAST") {
		t.Errorf("a readable colour is warned of:\n%s", s.log)
	}
	s = newTestSite(t, func(c *auth.Config) {
		c.Languages.Texts = map[string]map[string]string{"eo": {"language.name": "Esperanto"}}
	})
	if n := strings.Count(s.log.String(), "MISSING_TEXTS"); n != 1 {
		t.Errorf("%d warnings about an incomplete language:\n%s", n, s.log)
	}
}

// A person who waits for an answer gets a page, and a script gets JSON.
func TestFailuresArePages(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		p := c.Providers[2].(auth.CredentialsProvider)
		p.Authorize = func(context.Context, auth.Credentials, *http.Request) (*auth.User, error) { panic("a mistake") }
		c.Providers[2] = p
	})
	for _, test := range []struct {
		name   string
		status int
		send   func(b *browser, header http.Header) *answer
	}{
		{"panic", 500, func(b *browser, h http.Header) *answer {
			form := url.Values{"csrfToken": {b.csrfToken()}, "username": {"alice"}}
			return b.do(http.MethodPost, "/api/auth/callback/credentials", strings.NewReader(form.Encode()), h)
		}},
		{"too large", 413, func(b *browser, h http.Header) *answer {
			return b.do(http.MethodPost, "/api/auth/callback/credentials", strings.NewReader("x="+strings.Repeat("x", 300<<10)), h)
		}},
		{"another origin", 403, func(b *browser, h http.Header) *answer {
			h.Set("Origin", "https://evil.example")
			return b.do(http.MethodPost, "/api/auth/signout", strings.NewReader(""), h)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			const form = "application/x-www-form-urlencoded"
			page := test.send(s.browser(), http.Header{"Content-Type": {form}, "Accept": {"text/html,*/*"}})
			if page.status != test.status || !strings.Contains(page.body, "<h1>") {
				t.Errorf("a person gets %d %s", page.status, page.body)
			}
			data := test.send(s.browser(), http.Header{"Content-Type": {form}, "Accept": {"*/*"}})
			var answered struct{ URL string }
			if err := json.Unmarshal([]byte(data.body), &answered); err != nil || data.status != test.status || answered.URL == "" {
				t.Errorf("a script gets %d %s", data.status, data.body)
			}
		})
	}
	if log := s.log.String(); !strings.Contains(log, "https://evil.example, expected "+s.url) {
		t.Errorf("the log does not name the two origins:\n%s", log)
	}
}

// The forms say so when their token was refused.
func TestExpiredForms(t *testing.T) {
	const want = "This page had been open for too long"
	s := newTestSite(t, nil)
	b := s.browser()
	b.signInWithCredentials()
	old := url.Values{"csrfToken": {"old"}}
	if page := b.followError(b.post("/api/auth/signout", old)).body; !strings.Contains(page, want) {
		t.Errorf("sign-out:\n%s", page)
	}
	link := b.requestLink("visitor@example.com")
	other := s.browser()
	if page := other.get(link).body; strings.Contains(page, want) {
		t.Errorf("the question at first:\n%s", page)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	form := u.Query()
	form.Set("csrfToken", "old")
	if page := other.post("/api/auth/callback/email", form); page.status != http.StatusOK || !strings.Contains(page.body, want) || other.signedInAs() != "" {
		t.Errorf("the question again: %d\n%s", page.status, page.body)
	}
	own := newTestSite(t, func(c *auth.Config) { c.Pages.SignIn = "/login" }).browser()
	if got := own.get(own.post("/api/auth/signin/op", old).location); got.errorCode() != "Signin" {
		t.Errorf("the own page gets %s", got.location)
	}
}

// CSRFToken may be called for each form of a page.
func TestCSRFTokenTwice(t *testing.T) {
	s := newTestSite(t, nil)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, s.url+"/login", nil)
	first, second := s.auth.CSRFToken(w, r), s.auth.CSRFToken(w, r)
	if first != second || first == "" || len(w.Header()["Set-Cookie"]) != 1 {
		t.Errorf("tokens %q and %q, cookies %q", first, second, w.Header()["Set-Cookie"])
	}
}

// The pages of a broken configuration have their style.
func TestMisconfiguredHasStyle(t *testing.T) {
	h := auth.Misconfigured(auth.Config{URL: "https://app.test"})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://app.test"+path, nil))
		return w
	}
	_, link, _ := strings.Cut(get("/api/auth/signin").Body.String(), `<link rel="stylesheet" href="`)
	if got := get(strings.Split(link, `"`)[0]); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "--brand") {
		t.Errorf("the style sheet answers %d %s", got.Code, got.Body)
	}
}
