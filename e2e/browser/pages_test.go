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

	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
)

// formOf is the form of the sign-in page that has an input of this name.
func formOf(input string) string { return "form:has([name=" + input + "])" }

// The built-in pages work under the content security policy that they are sent
// with; whatever it blocks fails the test.
func TestPages(t *testing.T) {
	t.Parallel()
	browser := chromium.Start(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *site, *chromium.Tab)
	}{
		{"provider of another origin", testProviderButton("op")},
		{"provider that answers with a cross-site POST", testProviderButton("post")},
		{"mailed link", testMailedLink},
		{"keyboard alone", testKeyboard},
		{"wrong password", testWrongPassword},
		{"without scripts", testWithoutScripts},
		{"language menu", testLanguageMenu},
		{"another mail", testAnotherMail},
		{"sign-out page", testSignOutPage},
		{"error pages", testErrorPages},
	} {
		t.Run(test.name, func(t *testing.T) {
			// Each gets a server that knows nothing of its provider yet.
			s := newSite(t, options{strategy: auth.StrategyDatabase})
			test.run(t, s, browser.Visitor(t))
		})
	}
	t.Run("provider that redirects to another one", func(t *testing.T) { testBroker(t, browser) })
	t.Run("front end of another origin", func(t *testing.T) { testFrontEnd(t, browser) })
	t.Run("mailed link in another browser", func(t *testing.T) {
		s := newSite(t, options{strategy: auth.StrategyDatabase})
		testConfirmLink(t, s, browser.Visitor(t), browser.Visitor(t))
	})
}

// signInPage opens the built-in sign-in page, which leads back to the app.
func signInPage(s *site, b *chromium.Tab) {
	b.T.Helper()
	b.Open(s.url + "/api/auth/signin?callbackUrl=%2F")
	b.Shows("h1", "Sign in")
}

func testProviderButton(id string) func(*testing.T, *site, *chromium.Tab) {
	return func(t *testing.T, s *site, b *chromium.Tab) {
		signInPage(s, b)
		b.Click(`form[action$="/signin/` + id + `"] button`)
		b.Shows("#name", "Ida Provider")
		b.At(s.url, "/")
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
func testBroker(t *testing.T, browser *chromium.Browser) {
	s := newSite(t, options{strategy: auth.StrategyDatabase, more: []auth.Provider{newBroker(t).client("broker", "")}})
	b := browser.Visitor(t)
	signInPage(s, b)
	b.Click(`form[action$="/signin/broker"] button`)
	b.Shows("#name", "Ida Provider")
	b.At(s.url, "/")
}

func testMailedLink(t *testing.T, s *site, b *chromium.Tab) {
	signInPage(s, b)
	b.Fill(formOf("email")+" [type=email]", "grace@example.com")
	b.Click(formOf("email") + " [type=submit]")
	b.At(s.url, "/api/auth/verify-request")
	b.Shows("h1", "Check your mail")

	link := s.mails.link(t, "grace@example.com")
	b.Open(link)
	b.At(s.url, "/")
	b.Shows("#name", "grace@example.com")

	b.Expect(http.StatusForbidden, "/api/auth/error")
	b.Open(link) // a second time
	b.At(s.url, "/api/auth/error")
	b.Shows("h1", "does not work any more")
}

func testConfirmLink(t *testing.T, s *site, asking, other *chromium.Tab) {
	signInPage(s, asking)
	asking.Fill(formOf("email")+" [type=email]", "grace@example.com")
	asking.Click(formOf("email") + " [type=submit]")
	asking.At(s.url, "/api/auth/verify-request")

	other.Open(s.mails.link(t, "grace@example.com"))
	other.Shows("h1", "Continue signing in as")
	app := other.Another()
	openApp(s, app) // opening the link is not enough
	other.Click("main form button")
	other.At(s.url, "/")
	other.Shows("#name", "grace@example.com")

	openApp(s, asking)
}

// The redirect that follows a form may lead to a front end of another origin,
// where the Redirect callback allows it.
func testFrontEnd(t *testing.T, browser *chromium.Browser) {
	front := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Front end</title><link rel="icon" href="data:,"><h1>Front end</h1></html>`)
	}), false)
	s := newSite(t, options{strategy: auth.StrategyJWT, frontEnd: front})
	back := "?" + url.Values{"callbackUrl": {front + "/home"}}.Encode()
	b := browser.Visitor(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, b *chromium.Tab)
	}{
		{"signing in", func(_ *testing.T, b *chromium.Tab) {
			b.Open(s.url + "/api/auth/signin" + back)
			b.Fill("[name=username]", "alice")
			b.Fill("[name=password]", "wonderland")
			b.Click(formOf("password") + " [type=submit]")
		}},
		{"signing out", func(_ *testing.T, b *chromium.Tab) {
			b.Open(s.url + "/api/auth/signout" + back)
			b.Click("main form button")
		}},
		{"confirming a mailed link", func(t *testing.T, b *chromium.Tab) {
			b.Open(s.url + "/api/auth/signin" + back)
			b.Fill(formOf("email")+" [type=email]", "grace@example.com")
			b.Click(formOf("email") + " [type=submit]")
			b.At(s.url, "/api/auth/verify-request")
			other := browser.Visitor(t)
			other.Open(s.mails.link(t, "grace@example.com"))
			other.Click("main form button")
			other.At(front, "/home")
			b.Open(front + "/home")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.T = t
			test.run(t, b)
			b.At(front, "/home")
		})
	}
	b.T = t
}

func testKeyboard(_ *testing.T, s *site, b *chromium.Tab) {
	signInPage(s, b)
	for range 20 {
		if chromium.Evaluate[string](b, `document.activeElement.name ?? ""`) == "username" {
			break
		}
		b.Press(kb.Tab)
	}
	b.Wait(`document.activeElement.name === "username"`)
	b.Press("alice")
	b.Press(kb.Tab)
	b.Wait(`document.activeElement.name === "password"`)
	b.Press("wonderland")
	b.Press(kb.Enter)
	b.At(s.url, "/")
	b.Shows("#name", "Alice")
}

func testWrongPassword(t *testing.T, s *site, b *chromium.Tab) {
	signInPage(s, b)
	b.Fill("[name=username]", "alice")
	b.Fill("[name=password]", "wrong")
	b.Click(formOf("password") + " [type=submit]")
	b.Shows("[role=alert]", "does not match our records")
	b.At(s.url, "/api/auth/signin")
	if code := b.Parameter("error"); code != "CredentialsSignin" {
		t.Errorf("error = %q", code)
	}
	b.Wait(`document.querySelector("[name=username]").value === "alice"`) // still there
	b.Fill("[name=password]", "wonderland")
	b.Click(formOf("password") + " [type=submit]")
	b.At(s.url, "/")
	b.Shows("#name", "Alice")
}

// Everything works in a browser that runs no scripts.
func testWithoutScripts(t *testing.T, s *site, b *chromium.Tab) {
	b.DisableScripts()
	signInPage(s, b)
	b.Fill("[name=username]", "alice")
	b.Fill("[name=password]", "wonderland")
	b.Click(formOf("password") + " [type=submit]")
	b.At(s.url, "/")
	b.Open(s.url + "/api/auth/signout")
	b.Shows("h1", "Sign out of")
	b.Click("main form button")
	b.Shows("h1", "You are signed out")

	b.Open(s.url + "/api/auth/signin?callbackUrl=%2F")
	b.Fill(formOf("email")+" [type=email]", "grace@example.com")
	b.Click(formOf("email") + " [type=submit]")
	b.Shows("main p", "g***@example.com")
	b.Open(s.mails.link(t, "grace@example.com"))
	b.At(s.url, "/")
	b.Open(s.url + "/api/auth/signin")
	b.Shows(formOf("email")+" .badge", "Last used")
}

// The language that is chosen from the menu stays: after a failure, on other
// pages, and with the destination of the visitor.
func testLanguageMenu(t *testing.T, s *site, b *chromium.Tab) {
	signInPage(s, b)
	b.Run(`document.querySelector("#language").value = "ar"`)
	b.Click(".language button")
	b.Wait(`document.documentElement.lang === "ar" && document.documentElement.dir === "rtl"`)
	if got := b.Parameter("callbackUrl"); got != "/" {
		t.Errorf("the destination became %q", got)
	}
	b.Fill("[name=username]", "alice")
	b.Fill("[name=password]", "wrong")
	b.Click(formOf("password") + " [type=submit]")
	b.Wait(`document.querySelector("[role=alert]") !== null && document.documentElement.lang === "ar"`)
	b.Run(`document.querySelector("#language").value = "ko"`)
	b.Click(".language button")
	b.Wait(`document.querySelector("[role=alert]") !== null && document.documentElement.lang === "ko"`)
	b.Fill("[name=password]", "wonderland")
	b.Click(formOf("password") + " [type=submit]")
	b.At(s.url, "/")
	b.Open(s.url + "/api/auth/signout")
	b.Shows("h1", "로그아웃")
}

// Another mail can be asked for, and the first link still works at once.
func testAnotherMail(t *testing.T, s *site, b *chromium.Tab) {
	signInPage(s, b)
	b.Fill(formOf("email")+" [type=email]", "grace@example.com")
	b.Click(formOf("email") + " [type=submit]")
	b.Shows("main p", "g***@example.com")
	first := s.mails.link(t, "grace@example.com")
	b.Run(`document.querySelector(".resend button").getAnimations()[0].finish()`)
	b.Run(`window.before = true`)
	b.Click(".resend button")
	b.Wait(`window.before === undefined && document.readyState === "complete"`) // on a new page
	b.Shows("main p", "g***@example.com")
	if s.mails.link(t, "grace@example.com") == first {
		t.Error("no other mail was sent")
	}
	b.Open(first)
	b.At(s.url, "/")
	b.Shows("#name", "grace@example.com")
}

func testSignOutPage(_ *testing.T, s *site, b *chromium.Tab) {
	openApp(s, b)
	signInAsAlice(b)
	b.Open(s.url + "/api/auth/signout")
	b.Shows("h1", "Sign out")
	b.Click("main form button")
	b.Shows("h1", "You are signed out")
	b.Click("main p:last-child a") // back to the app
	b.At(s.url, "/")
	b.Shows("#status", "unauthenticated")
}

func testErrorPages(t *testing.T, s *site, b *chromium.Tab) {
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
				b.Expect(test.status, "error?error="+test.code)
			}
			b.Open(s.url + "/api/auth/error?error=" + test.code)
			b.Shows("h1", test.want)
			if styled := chromium.Evaluate[bool](b, `[...document.styleSheets].some((sheet) => sheet.cssRules.length > 0)`); !styled {
				t.Error("the style sheet is missing")
			}
			if chromium.Evaluate[bool](b, `document.querySelector(".back a") !== null`) {
				b.Click(".back a")
				b.Wait(`location.pathname !== "/api/auth/error"`)
			}
		})
	}
}
