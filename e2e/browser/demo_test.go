package browser_test

import (
	"bufio"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

var update = flag.Bool("update", false, "write the screenshots of the demo to e2e/testdata/screens")

// A visitor of the demo signs in by each of the three kinds and signs out again.
func TestDemo(t *testing.T) {
	t.Parallel()
	browser := startChromium(t)
	home := startDemo(t)
	b := browser.visitor(t)
	b.open(home)
	b.shows("#you", "You are not signed in")
	b.screenshot("home")

	for _, test := range []struct {
		name   string
		signIn func(b *tab)
		want   string
	}{
		{"OpenID provider", demoOpenID, "Katherine Johnson"},
		{"mailed link", func(b *tab) { demoMail(b, home) }, "visitor@example.com"},
		{"password", demoPassword, "Ada Lovelace"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.t = t
			b.click("#you ~ p a") // Sign in
			b.at(home, "/api/auth/signin")
			test.signIn(b)
			b.at(home, "/")
			b.shows("#you", "You are signed in")
			b.shows("#you ~ dl", test.want)
			b.screenshot("home-signed-in")

			b.click(`form[action="/api/auth/signout"] button`)
			b.at(home, "/")
			b.shows("#you", "You are not signed in")
		})
	}
	b.t = t
}

func demoOpenID(b *tab) {
	b.t.Helper()
	b.screenshot("signin")
	b.click(`form[action$="/signin/demo-id"] button`)
	b.shows("h1", "Who are you?")
	b.screenshot("consent")
	b.click(`[name="continue-as"]`)
}

func demoMail(b *tab, home string) {
	b.t.Helper()
	b.fill("[type=email]", "visitor@example.com")
	b.click(formOf("email") + " button")
	b.shows("h1", "Check your mail")
	b.screenshot("verify-request")
	b.open(home + "/inbox")
	b.screenshot("inbox")
	b.click(`.mail a[href*="/api/auth/callback/email"]`)
}

func demoPassword(b *tab) {
	b.t.Helper()
	b.fill("[name=username]", "ada")
	b.fill("[name=password]", "analytical-engine")
	b.click(formOf("password") + " button")
}

// startDemo builds the program, runs "gatehouse demo" and returns the address of
// the home page. At the end of the test it is interrupted and has to end well.
func startDemo(t *testing.T) (home string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "gatehouse")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir = filepath.FromSlash("../../cmd/gatehouse")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*patience)
	t.Cleanup(cancel)
	demo := exec.CommandContext(ctx, program, "demo", "--port", "0")
	demo.Stderr = t.Output()
	stdout, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	t.Cleanup(func() {
		if err := demo.Process.Signal(os.Interrupt); err != nil {
			t.Errorf("interrupt: %v", err)
		}
		for lines.Scan() { // until it closes its output
		}
		if err := demo.Wait(); err != nil {
			t.Errorf("the demo did not end well: %v", err)
		}
	})
	address := regexp.MustCompile(`^\s*Open\s+(http://\S+)$`)
	for lines.Scan() {
		if match := address.FindStringSubmatch(lines.Text()); match != nil {
			return match[1]
		}
	}
	t.Fatal("the demo did not say what to open")
	return ""
}

// maxScreenshot keeps the repository small.
const maxScreenshot = 60 << 10

// screenshot writes what the tab shows, if the flag -update is given.
func (b *tab) screenshot(name string) {
	b.t.Helper()
	if !*update {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if len(picture) > maxScreenshot {
		b.t.Errorf("the screenshot %s has %d bytes, more than %d", name, len(picture), maxScreenshot)
		return
	}
	dir := filepath.FromSlash("../testdata/screens")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
