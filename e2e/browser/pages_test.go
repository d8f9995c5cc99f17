package browser_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// formOf is the form of the sign-in page that has an input of this name.
func formOf(input string) string { return "form:has([name=" + input + "])" }

// The built-in pages work under the content security policy that they are sent
// with; whatever it blocks fails the test.
func TestPages(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *site, *tab)
	}{
		{"provider of another origin", testProviderButton("op")},
		{"provider that answers with a cross-site POST", testProviderButton("post")},
		{"mailed link", testMailedLink},
		{"keyboard alone", testKeyboard},
		{"wrong password", testWrongPassword},
		{"sign-out page", testSignOutPage},
		{"error pages", testErrorPages},
	} {
		t.Run(test.name, func(t *testing.T) {
			// Each gets a server that knows nothing of its provider yet.
			s := newSite(t, options{strategy: auth.StrategyDatabase})
			test.run(t, s, browser.visitor(t))
		})
	}
	t.Run("provider that redirects to another one", func(t *testing.T) { testBroker(t, browser) })
	t.Run("front end of another origin", func(t *testing.T) { testFrontEnd(t, browser) })
	t.Run("mailed link in another browser", func(t *testing.T) {
		s := newSite(t, options{strategy: auth.StrategyDatabase})
		testConfirmLink(t, s, browser.visitor(t), browser.visitor(t))
	})
}

// signInPage opens the built-in sign-in page, which leads back to the app.
func signInPage(s *site, b *tab) {
	b.t.Helper()
	b.open(s.url + "/api/auth/signin?callbackUrl=%2F")
	b.shows("h1", "Sign in")
}

func testProviderButton(id string) func(*testing.T, *site, *tab) {
	return func(t *testing.T, s *site, b *tab) {
		signInPage(s, b)
		b.click(`form[action$="/signin/` + id + `"] button`)
		b.shows("#name", "Ida Provider")
		b.at(s.url, "/")
		asked := s.ops[id].RequestsTo("authorize")
		if len(asked) != 1 {
			t.Fatalf("the provider was asked %d times, want once", len(asked))
		}
		if mode := asked[0].Query.Get("response_mode"); (mode == "form_post") != (id == "post") {
			t.Errorf("response_mode = %q", mode)
		}
	}
}

// newBroker serves a provider that does not ask the visitor itself but sends the
// browser on to a server of another site, which sends it back.
func newBroker(t *testing.T) openIDProvider {
	t.Helper()
	upstream := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("back"), http.StatusSeeOther)
	}), false)
	var broker openIDProvider
	broker = serveOpenID(t, "127.0.0.1", false, func(w http.ResponseWriter, r *http.Request, a fakeop.AuthorizationRequest) {
		if a.Params.Has("done") {
			broker.Approve(w, r, a, fakeop.DefaultUser())
			return
		}
		back := url.Values{"back": {broker.issuer + r.URL.RequestURI() + "&done=1"}}
		http.Redirect(w, r, strings.Replace(upstream, "127.0.0.1", "localhost", 1)+"/?"+back.Encode(), http.StatusSeeOther)
	})
	return broker
}

// Chromium applies form-action to every redirect that follows a form, so that
// the policy has to let pass what a provider redirects to.
func testBroker(t *testing.T, browser *chromium) {
	s := newSite(t, options{strategy: auth.StrategyDatabase, more: []auth.Provider{newBroker(t).client("broker", "")}})
	b := browser.visitor(t)
	signInPage(s, b)
	b.click(`form[action$="/signin/broker"] button`)
	b.shows("#name", "Ida Provider")
	b.at(s.url, "/")
}

func testMailedLink(t *testing.T, s *site, b *tab) {
	signInPage(s, b)
	b.fill(formOf("email")+" [type=email]", "grace@example.com")
	b.click(formOf("email") + " button")
	b.at(s.url, "/api/auth/verify-request")
	b.shows("h1", "Check your mail")

	link := s.mails.link(t, "grace@example.com")
	b.open(link)
	b.at(s.url, "/")
	b.shows("#name", "grace@example.com")

	b.expect(http.StatusForbidden, "/api/auth/error")
	b.open(link) // a second time
	b.at(s.url, "/api/auth/error")
	b.shows("h1", "does not work any more")
}

func testConfirmLink(t *testing.T, s *site, asking, other *tab) {
	signInPage(s, asking)
	asking.fill(formOf("email")+" [type=email]", "grace@example.com")
	asking.click(formOf("email") + " button")
	asking.at(s.url, "/api/auth/verify-request")

	other.open(s.mails.link(t, "grace@example.com"))
	other.shows("h1", "Continue signing in as")
	app := other.another()
	openApp(s, app) // opening the link is not enough
	other.click("main form button")
	other.at(s.url, "/")
	other.shows("#name", "grace@example.com")

	openApp(s, asking)
}

// The redirect that follows a form may lead to a front end of another origin,
// where the Redirect callback allows it.
func testFrontEnd(t *testing.T, browser *chromium) {
	front := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Front end</title><link rel="icon" href="data:,"><h1>Front end</h1></html>`)
	}), false)
	s := newSite(t, options{strategy: auth.StrategyJWT, frontEnd: front})
	back := "?" + url.Values{"callbackUrl": {front + "/home"}}.Encode()
	b := browser.visitor(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, b *tab)
	}{
		{"signing in", func(_ *testing.T, b *tab) {
			b.open(s.url + "/api/auth/signin" + back)
			b.fill("[name=username]", "alice")
			b.fill("[name=password]", "wonderland")
			b.click(formOf("password") + " button")
		}},
		{"signing out", func(_ *testing.T, b *tab) {
			b.open(s.url + "/api/auth/signout" + back)
			b.click("main form button")
		}},
		{"confirming a mailed link", func(t *testing.T, b *tab) {
			b.open(s.url + "/api/auth/signin" + back)
			b.fill(formOf("email")+" [type=email]", "grace@example.com")
			b.click(formOf("email") + " button")
			b.at(s.url, "/api/auth/verify-request")
			other := browser.visitor(t)
			other.open(s.mails.link(t, "grace@example.com"))
			other.click("main form button")
			other.at(front, "/home")
			b.open(front + "/home")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.t = t
			test.run(t, b)
			b.at(front, "/home")
		})
	}
	b.t = t
}

func testKeyboard(_ *testing.T, s *site, b *tab) {
	signInPage(s, b)
	for range 20 {
		if evaluate[string](b, `document.activeElement.name ?? ""`) == "username" {
			break
		}
		b.press(kb.Tab)
	}
	b.wait(`document.activeElement.name === "username"`)
	b.press("alice")
	b.press(kb.Tab)
	b.wait(`document.activeElement.name === "password"`)
	b.press("wonderland")
	b.press(kb.Enter)
	b.at(s.url, "/")
	b.shows("#name", "Alice")
}

func testWrongPassword(t *testing.T, s *site, b *tab) {
	signInPage(s, b)
	b.fill("[name=username]", "alice")
	b.fill("[name=password]", "wrong")
	b.click(formOf("password") + " button")
	b.shows("[role=alert]", "does not match our records")
	b.at(s.url, "/api/auth/signin")
	if code := b.parameter("error"); code != "CredentialsSignin" {
		t.Errorf("error = %q", code)
	}
	b.fill("[name=username]", "alice")
	b.fill("[name=password]", "wonderland")
	b.click(formOf("password") + " button")
	b.at(s.url, "/")
	b.shows("#name", "Alice")
}

func testSignOutPage(_ *testing.T, s *site, b *tab) {
	openApp(s, b)
	signInAsAlice(b)
	b.open(s.url + "/api/auth/signout")
	b.shows("h1", "Sign out")
	b.click("main form button")
	b.at(s.url, "/")
	b.shows("#status", "unauthenticated")
}

func testErrorPages(t *testing.T, s *site, b *tab) {
	for _, test := range []struct {
		code   string
		status int
		want   string
	}{
		{"Configuration", http.StatusInternalServerError, "The server needs attention"},
		{"AccessDenied", http.StatusForbidden, "No access"},
		{"Verification", http.StatusForbidden, "This link does not work any more"},
		{"Default", http.StatusOK, "Something went wrong"},
	} {
		t.Run(test.code, func(t *testing.T) {
			if test.status >= 400 {
				b.expect(test.status, "error?error="+test.code)
			}
			b.open(s.url + "/api/auth/error?error=" + test.code)
			b.shows("h1", test.want)
			if styled := evaluate[bool](b, `[...document.styleSheets].some((sheet) => sheet.cssRules.length > 0)`); !styled {
				t.Error("the style sheet is missing")
			}
			if evaluate[bool](b, `document.querySelector(".back a") !== null`) {
				b.click(".back a")
				b.wait(`location.pathname !== "/api/auth/error"`)
			}
		})
	}
}
