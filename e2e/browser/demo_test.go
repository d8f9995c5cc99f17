package browser_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/program"
)

var update = flag.Bool("update", false, "write the screenshots of the demo to e2e/testdata/screens")

// A visitor of the demo signs in by each of the three kinds and signs out again.
func TestDemo(t *testing.T) {
	t.Parallel()
	home := program.Gatehouse(t, "demo", "--port", "0")
	browser := chromium.Start(t)
	b := browser.Visitor(t)
	b.Open(home)
	b.Shows("#you", "You are not signed in")
	screenshot(b, "home")

	for _, test := range []struct {
		name   string
		signIn func(b *chromium.Tab)
		want   string
	}{
		{"OpenID provider", demoOpenID, "Katherine Johnson"},
		{"mailed link", func(b *chromium.Tab) { demoMail(b, home) }, "visitor@example.com"},
		{"password", demoPassword, "Ada Lovelace"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.T = t
			b.Click("#you ~ p a") // Sign in
			b.At(home, "/api/auth/signin")
			test.signIn(b)
			b.At(home, "/")
			b.Shows("#you", "You are signed in")
			b.Shows("#you ~ dl", test.want)
			screenshot(b, "home-signed-in")

			b.Click(`form[action="/api/auth/signout"] button`)
			b.At(home, "/")
			b.Shows("#you", "You are not signed in")
		})
	}
	b.T = t
}

func demoOpenID(b *chromium.Tab) {
	b.T.Helper()
	screenshot(b, "signin")
	b.Click(`form[action$="/signin/demo-id"] button`)
	b.Shows("h1", "Who are you?")
	screenshot(b, "consent")
	b.Click(`[name="continue-as"]`)
}

func demoMail(b *chromium.Tab, home string) {
	b.T.Helper()
	b.Fill("[type=email]", "visitor@example.com")
	b.Click(formOf("email") + " [type=submit]")
	b.Shows("h1", "Check your mail")
	screenshot(b, "verify-request")
	b.Open(home + "/inbox")
	screenshot(b, "inbox")
	b.Click(`.mail a[href*="/api/auth/callback/email"]`)
}

func demoPassword(b *chromium.Tab) {
	b.T.Helper()
	b.Fill("[name=username]", "ada")
	b.Fill("[name=password]", "analytical-engine")
	b.Click(formOf("password") + " [type=submit]")
}

// maxScreenshot keeps the repository small.
const maxScreenshot = 60 << 10

// screenshot writes what the tab shows, if the flag -update is given.
func screenshot(b *chromium.Tab, name string) {
	b.T.Helper()
	if !*update {
		return
	}
	picture := b.Screenshot()
	if len(picture) > maxScreenshot {
		b.T.Errorf("the screenshot %s has %d bytes, more than %d", name, len(picture), maxScreenshot)
		return
	}
	dir := filepath.FromSlash("../testdata/screens")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.T.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		b.T.Fatal(err)
	}
}
