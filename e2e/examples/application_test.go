package examples_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
)

// application is a running example as a visitor sees it.
type application struct {
	url string
	// server writes the mails.
	server *program
	// Paths of the pages.
	signIn, signOut, checkMail, failure, newUser string
	// scripted says that the page itself sends the forms, as soon as it has
	// come to life.
	scripted bool
}

// The forms of the sign-in page.
const (
	openIDForm   = `form[action$="/signin/example-id"]`
	emailForm    = "form:has([name=email])"
	passwordForm = "form:has([name=password])"
)

// walk takes visitors through everything that both examples do.
func walk(t *testing.T, browser *chromium.Browser, app *application) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *application, *chromium.Tab)
	}{
		{"OpenID provider", testOpenID},
		{"mailed link", testEmail},
		{"bad mail address", testBadEmail},
		{"password", testPassword},
		{"signed in already", testSignedIn},
		{"callback URL of somebody else", testForeignCallbackURL},
		{"sign-out page", testSignOutPage},
		{"error page", testErrorPage},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, app, browser.Visitor(t)) })
	}
}

// open opens a page of the application.
func (app *application) open(b *chromium.Tab, path string) {
	b.T.Helper()
	b.Open(app.url + path)
}

// at waits until the tab shows a page of the application that can be used. One
// with scripts has come to life when it has asked for the session; to leave it any
// earlier would be a failed request.
func (app *application) at(b *chromium.Tab, path string) {
	b.T.Helper()
	b.At(app.url, path)
	if app.scripted {
		b.Wait(`performance.getEntriesByName(location.origin + "/api/auth/session").length > 0`)
	}
}

// submitPassword fills in the form for the password.
func submitPassword(b *chromium.Tab, password string) {
	b.T.Helper()
	b.Run(`document.querySelector("` + passwordForm + `").reset()`)
	b.Fill("[name=username]", "ada")
	b.Fill("[name=password]", password)
	b.Click(passwordForm + " button")
}

// signInWithPassword signs in as Ada Lovelace, and ends on the home page.
func (app *application) signInWithPassword(b *chromium.Tab) {
	b.T.Helper()
	app.open(b, app.signIn)
	app.at(b, app.signIn)
	submitPassword(b, "analytical-engine")
	app.at(b, "/")
	b.Shows("main", "You are signed in as Ada Lovelace")
}

// The first sign-in leads over the page for new users, the second does not. Both
// end where the visitor wanted to go.
func testOpenID(_ *testing.T, app *application, b *chromium.Tab) {
	app.open(b, "/private?page=2")
	app.at(b, app.signIn)
	b.Click(openIDForm + " button")
	app.at(b, app.newUser)
	b.Shows("h1", "Welcome")
	b.Click("main a")
	app.at(b, "/private")
	b.Shows("main", "Ida Provider")
	b.Wait(`location.search === "?page=2"`)

	app.open(b, app.signOut)
	app.at(b, app.signOut)
	b.Click("main button")
	app.at(b, "/")
	b.Shows("main", "You are not signed in")

	app.open(b, app.signIn+"?callbackUrl=/private")
	app.at(b, app.signIn)
	b.Click(openIDForm + " button")
	app.at(b, "/private")
	b.Shows("main", "Ida Provider")
}

func testEmail(t *testing.T, app *application, b *chromium.Tab) {
	app.open(b, app.signIn+"?callbackUrl=/private")
	app.at(b, app.signIn)
	b.Fill("[name=email]", "grace@example.com")
	b.Click(emailForm + " button")
	app.at(b, app.checkMail)
	b.Shows("h1", "Check your mail")

	link := app.server.link(t, "grace@example.com")
	b.Open(link)
	app.at(b, app.newUser)
	b.Click("main a")
	app.at(b, "/private")
	b.Shows("main", "grace@example.com")

	b.Expect(http.StatusForbidden, app.failure)
	b.Open(link) // a second time
	app.at(b, app.failure)
	b.Shows("h1", "The link does not work any more")
}

// A failed attempt ends on the sign-in page, which knows where the visitor wants
// to go.
func testBadEmail(_ *testing.T, app *application, b *chromium.Tab) {
	app.open(b, app.signIn+"?callbackUrl=/private")
	app.at(b, app.signIn)
	b.Fill("[name=email]", "grace@example.com,ada@example.com") // which browsers refuse
	b.Run(`document.querySelector("[name=email]").type = "text"`)
	b.Click(emailForm + " button")
	b.Shows("[role=alert]", "The mail could not be sent")
	app.at(b, app.signIn)
	submitPassword(b, "analytical-engine")
	app.at(b, "/private")
}

func testPassword(t *testing.T, app *application, b *chromium.Tab) {
	if app.scripted {
		b.Expect(http.StatusUnauthorized, "/api/auth/callback/credentials")
	}
	app.open(b, app.signIn+"?callbackUrl=/private")
	app.at(b, app.signIn)
	submitPassword(b, "wrong")
	b.Shows("[role=alert]", "do not belong together")
	app.at(b, app.signIn)
	if code := b.Parameter("error"); app.scripted != (code == "") {
		t.Errorf("error = %q", code)
	}
	if text := chromium.Evaluate[string](b, "document.body.innerText"); strings.Contains(text, "CredentialsSignin") {
		t.Errorf("the page shows the code:\n%s", text)
	}
	submitPassword(b, "analytical-engine")
	app.at(b, "/private")
	b.Shows("main", "Ada Lovelace")
}

// Whoever is signed in does not stay on the sign-in page, and is sent neither
// round in circles nor to another site.
func testSignedIn(t *testing.T, app *application, b *chromium.Tab) {
	app.signInWithPassword(b)
	for _, row := range []struct{ name, callbackURL, want string }{
		{"none", "", "/"},
		{"path", "/private", "/private"},
		{"address of the site", app.url + "/private", "/private"},
		{"sign-in page", app.signIn, "/"},
		{"sign-in page with a way on", app.url + app.signIn + "?callbackUrl=/private", "/"},
		{"sign-in page of the API", "/api/auth/signin", "/"},
		{"sign-in page of the API, written otherwise", "/api//auth/signin", "/"},
		{"other site", "https://evil.example/private", "/"},
		{"other site without a scheme", "//evil.example/private", "/"},
		{"other site that begins alike", app.url + ".evil.example/private", "/"},
		{"other site behind a user", app.url + "@evil.example/private", "/"},
		{"other port", "http://localhost:1/private", "/"},
		{"script", "javascript:alert(1)", "/"},
		{"not an address", "http://%", "/"},
	} {
		t.Run(row.name, func(t *testing.T) {
			b.T = t
			query := ""
			if row.callbackURL != "" {
				query = "?" + url.Values{"callbackUrl": {row.callbackURL}}.Encode()
			}
			app.open(b, app.signIn+query)
			app.at(b, row.want)
		})
	}
	b.T = t
	for _, path := range []string{app.signIn, "/api/auth/signin", "/api//auth/signin"} {
		// Here Gatehouse remembers the address in a cookie.
		app.open(b, "/api/auth/signin?"+url.Values{"callbackUrl": {path}}.Encode())
		app.at(b, "/")
	}
}

// Nobody is sent to another site after signing in.
func testForeignCallbackURL(_ *testing.T, app *application, b *chromium.Tab) {
	app.open(b, app.signIn+"?callbackUrl=https://evil.example/")
	app.at(b, app.signIn)
	submitPassword(b, "analytical-engine")
	app.at(b, "/")
	b.Shows("main", "You are signed in as Ada Lovelace")
	app.open(b, app.newUser+"?callbackUrl=https://evil.example/")
	app.at(b, app.newUser)
	b.Click("main a")
	app.at(b, "/")
}

func testSignOutPage(_ *testing.T, app *application, b *chromium.Tab) {
	app.signInWithPassword(b)
	app.open(b, "/api/auth/signout")
	app.at(b, app.signOut)
	b.Shows("h1", "Sign out")
	b.Click("main button")
	app.at(b, "/")
	b.Shows("main", "You are not signed in")
	app.open(b, "/private")
	app.at(b, app.signIn)
}

func testErrorPage(t *testing.T, app *application, b *chromium.Tab) {
	for _, row := range []struct {
		code   string
		status int
		want   string
	}{
		{"Configuration", http.StatusInternalServerError, "We have a problem"},
		{"AccessDenied", http.StatusForbidden, "No access"},
		{"Verification", http.StatusForbidden, "The link does not work any more"},
		{"Signout", http.StatusOK, "Signed out in this browser only"},
		{"Other", http.StatusOK, "Something went wrong"},
	} {
		t.Run(row.code, func(t *testing.T) {
			b.T = t
			if row.status >= 400 {
				b.Expect(row.status, app.failure+"?error="+row.code)
			}
			app.open(b, "/api/auth/error?error="+row.code)
			app.at(b, app.failure)
			b.Shows("h1", row.want)
		})
	}
	b.T = t
	b.Click("main a")
	app.at(b, app.signIn)
}
