package examples_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// startNextjsPages builds and starts examples/nextjs-pages: the Go server knows
// the address of Next.js, and Next.js is built with the address of the Go server.
func startNextjsPages(t *testing.T) *application {
	t.Helper()
	dir := filepath.FromSlash(examples + "/nextjs-pages")
	node := need.NPM(t, dir)
	// The listener keeps the port until Next.js is ready to take it.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	app := &application{
		url:    "http://localhost:" + port,
		signIn: "/auth/signin", signOut: "/auth/signout", checkMail: "/auth/verify-request", failure: "/auth/error", newUser: "/auth/new-user",
		scripted: true,
	}
	app.server = startGo(t, "./nextjs-pages/server", "NEXTAUTH_URL="+app.url)
	next := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), node, append([]string{filepath.FromSlash("node_modules/next/dist/bin/next")}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "NEXT_TELEMETRY_DISABLED=1", "NEXTAUTH_URL="+app.url,
			"NEXTAUTH_URL_INTERNAL="+app.server.wrote(t, `at (http://\S+)\n`))
		return cmd
	}
	if out, err := next("build").CombinedOutput(); err != nil {
		t.Fatalf("next build: %v\n%s", err, out)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, next("start", "--hostname", "127.0.0.1", "--port", port)).wrote(t, `(Ready) in`)
	return app
}

func TestNextjsPages(t *testing.T) {
	t.Parallel()
	browser := chromium.Start(t)
	app := startNextjsPages(t)
	walk(t, browser, app)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *application, *chromium.Tab)
	}{
		{"session required", testSessionRequired},
		{"signIn of the client", testSignInOfClient},
		{"form for a mailed link", testEmailForm},
		{"form for a password", testPasswordForm},
		{"backslash", testBackslash},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, app, browser.Visitor(t)) })
	}
}

func testSessionRequired(_ *testing.T, app *application, b *chromium.Tab) {
	app.open(b, "/private")
	app.at(b, app.signIn)
	b.Shows("[role=alert]", "Sign in to see this page")
}

// The sign-in page is its own callback URL when the client has none.
func testSignInOfClient(_ *testing.T, app *application, b *chromium.Tab) {
	app.open(b, "/")
	app.at(b, "/")
	b.Shows("main", "You are not signed in")
	b.Click("main button")
	app.at(b, app.signIn)
	submitPassword(b, "analytical-engine")
	app.at(b, "/")
	b.Shows("main", "You are signed in as Ada Lovelace")
}

// find waits for an element and returns its text. It is for pages without scripts,
// whose timers do not run either.
func find(b *chromium.Tab, css string) string {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Context, chromium.Patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(css))); err != nil {
		b.T.Fatalf("there is no %s: %v", css, err)
	}
	return chromium.Evaluate[string](b, fmt.Sprintf("document.querySelector(%q).textContent", css))
}

// The forms on pages of their own need no scripts, and no visit before.
func testEmailForm(t *testing.T, app *application, b *chromium.Tab) {
	b.DisableScripts()
	app.open(b, "/auth/email-signin?callbackUrl=/private")
	b.Fill("[name=email]", "lin@example.com")
	b.Click("form button")
	if text := find(b, "main > p"); !strings.Contains(text, "We have sent you a link") {
		t.Errorf("the page says %q", text)
	}
	b.Open(app.server.link(t, "lin@example.com"))
	if text := find(b, "main > p"); !strings.Contains(text, "Good to have you here") {
		t.Errorf("the page says %q", text)
	}
}

func testPasswordForm(t *testing.T, app *application, b *chromium.Tab) {
	b.DisableScripts()
	for _, row := range []struct{ password, wait, want string }{
		{"wrong", "[role=alert]", "do not belong together"},
		{"analytical-engine", "main > p", "Home"},
	} {
		app.open(b, "/auth/credentials-signin?callbackUrl=/private")
		b.Fill("[name=username]", "ada")
		b.Fill("[name=password]", row.password)
		b.Click("form button")
		if text := find(b, row.wait); !strings.Contains(text, row.want) {
			t.Errorf("after %q the page says %q", row.password, text)
		}
	}
}

// Browsers read a backslash as a slash.
func testBackslash(_ *testing.T, app *application, b *chromium.Tab) {
	app.signInWithPassword(b)
	app.open(b, app.signIn+`?callbackUrl=/%5Cevil.example`)
	app.at(b, "/")
}
