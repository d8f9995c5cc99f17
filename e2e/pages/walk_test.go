// Package pages_test walks the built-in pages in a real browser, as "gatehouse
// pages" serves them: every page in every language, light and dark.
package pages_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/program"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

// languages are those of Gatehouse.
func languages(t *testing.T) []*language.Catalogue {
	t.Helper()
	c, err := language.New(language.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Offered()
}

// schemes are the ways in which a page can be dark or not.
var schemes = []string{"light", "dark"}

// address is that of a page.
func address(server, name, tag, scheme string) string {
	return server + "/page/" + name + "?" + url.Values{"lang": {tag}, "scheme": {scheme}}.Encode()
}

// accessible runs axe on the page with all of its rules for WCAG 2.2 AA and for
// good practice, and returns what it complains about.
const accessible = `axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then((found) => found.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.target + " " + n.failureSummary).join("; ")))`

// fits looks at a page that is as wide as a phone, or as a desktop at 400 %: what
// is wider than that, what is too small for a finger, and what has moved.
const fits = `(() => {
	const wrong = [];
	const width = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > width) wrong.push("scrolls sideways by " + (document.documentElement.scrollWidth - width));
	for (const e of document.querySelectorAll("a, button, select, input:not([type=hidden])")) {
		const box = e.getBoundingClientRect();
		if (box.width === 0) continue; // hidden
		const what = e.tagName + " " + (e.name || e.textContent.trim());
		if (box.height < 44 || box.width < 44) wrong.push(what + " is " + box.width + " by " + box.height);
		if (box.left < 0 || box.right > width) wrong.push(what + " is cut off");
	}
	return wrong;
})()`

// shifted is how much the layout has moved while the page was loading.
const shifted = `new Promise((done) => {
	let sum = 0;
	const o = new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; });
	o.observe({type: "layout-shift", buffered: true});
	requestAnimationFrame(() => setTimeout(() => { done(sum); o.disconnect(); }));
})`

// maxShift is a tenth of the layout shift that counts as good. A page that arrives
// in pieces on a busy machine breaks a line anew.
const maxShift = 0.01

// Every page in every language, light and dark: axe has nothing to say, the
// console is silent, nothing is asked of another host, nothing moves while it
// loads, and it can be used at 320 pixels, which is 1280 at 400 %.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	need.NPM(t, ".")
	axe, err := os.ReadFile(filepath.FromSlash("node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	server := program.Gatehouse(t, "pages", "--port", "0") // ends after the browser
	browser := chromium.Start(t)
	for _, c := range languages(t) {
		t.Run(c.Tag(), func(t *testing.T) {
			t.Parallel()
			b := browser.Visitor(t)
			b.Resize(320, 640)
			for _, page := range story.Pages() {
				for _, scheme := range schemes {
					b.Open(address(server, page.Name, c.Tag(), scheme))
					for _, wrong := range chromium.Evaluate[[]string](b, fits) {
						t.Errorf("%s, %s: %s", page.Name, scheme, wrong)
					}
					if moved := chromium.Evaluate[float64](b, shifted); moved > maxShift {
						t.Errorf("%s, %s: the layout moved by %v", page.Name, scheme, moved)
					}
					b.Run(string(axe))
					for _, wrong := range chromium.Evaluate[[]string](b, accessible) {
						t.Errorf("%s, %s: %s", page.Name, scheme, wrong)
					}
				}
			}
			checkHosts(t, b, server)
		})
	}
}

// checkHosts fails the test for a request to anybody but the server.
func checkHosts(t *testing.T, b *chromium.Tab, server string) {
	t.Helper()
	requests := b.Requests()
	if len(requests) == 0 {
		t.Error("no request was seen")
	}
	for _, request := range requests {
		if !strings.HasPrefix(request, server+"/") {
			t.Errorf("the page asks for %s", request)
		}
	}
}

// A visitor of forced colours sees the marks, borders and focus in them.
func TestForcedColors(t *testing.T) {
	t.Parallel()
	server := program.Gatehouse(t, "pages", "--port", "0")
	b := chromium.Start(t).Visitor(t)
	b.Prefer(map[string]string{"forced-colors": "active", "prefers-color-scheme": "dark"})
	b.Open(address(server, "signin-error-CredentialsSignin", "en", "auto"))
	for _, test := range []struct{ name, css, property, want string }{
		{"mark", ".button-google .mark", "color", "buttontext"},
		{"monogram", ".monogram", "color", "buttontext"},
		{"button", ".provider", "background-color", "buttonface"},
		{"main button", ".primary", "background-color", "buttonface"},
		{"border of the main button", ".primary", "border-top-color", "buttontext"},
		{"alert", ".alert", "color", "canvastext"},
		{"card", "main", "background-color", "canvas"},
	} {
		got := chromium.Evaluate[[]string](b, fmt.Sprintf(`(() => {
			const probe = document.createElement("i");
			probe.style.cssText = "forced-color-adjust: none; color: %s";
			document.body.append(probe);
			const colors = [getComputedStyle(document.querySelector(%s))[%q], getComputedStyle(probe).color];
			probe.remove();
			return colors;
		})()`, test.want, quote(t, test.css), test.property))
		if got[0] != got[1] {
			t.Errorf("%s: the %s is %s, want %s (%s)", test.name, test.property, got[0], got[1], test.want)
		}
	}
	if !chromium.Evaluate[bool](b, `document.querySelector(".button-google .mark path").getBoundingClientRect().width > 10`) {
		t.Error("the mark of Google is not drawn")
	}
}

// quote writes a text as JavaScript.
func quote(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The button for another mail appears after a pause, without a script.
func TestResendAppears(t *testing.T) {
	t.Parallel()
	server := program.Gatehouse(t, "pages", "--port", "0")
	b := chromium.Start(t).Visitor(t)
	b.DisableScripts()
	b.Open(address(server, "verify-request", "en", "light"))
	visible := `getComputedStyle(document.querySelector(".resend button")).visibility`
	if got := chromium.Evaluate[string](b, visible); got != "hidden" {
		t.Errorf("at first the button is %s", got)
	}
	delay := chromium.Evaluate[float64](b, `document.querySelector(".resend button").getAnimations()[0].effect.getTiming().delay`)
	if delay < 20_000 || delay > 60_000 {
		t.Errorf("the pause is %v ms", delay)
	}
	b.Run(`document.querySelector(".resend button").getAnimations()[0].finish()`)
	if got := chromium.Evaluate[string](b, visible); got != "visible" {
		t.Errorf("after the pause the button is %s", got)
	}
}

// The password can be shown and hidden with a button, which is not there without
// scripts.
func TestShowPassword(t *testing.T) {
	t.Parallel()
	server := program.Gatehouse(t, "pages", "--port", "0")
	browser := chromium.Start(t)
	b := browser.Visitor(t)
	b.Open(address(server, "signin-password", "de", "light"))
	b.Fill("[name=password]", "wonderland")
	state := `[document.querySelector("[name=password]").type, document.querySelector(".reveal").getAttribute("aria-label")].join(" ")`
	for i, want := range []string{"password Passwort anzeigen", "text Passwort ausblenden", "password Passwort anzeigen"} {
		if i > 0 {
			b.Click(".reveal")
		}
		if got := chromium.Evaluate[string](b, state); got != want {
			t.Errorf("after %d clicks: %q, want %q", i, got, want)
		}
	}
	b.Click(".reveal")
	b.Run(`document.forms[0].addEventListener("submit", (e) => e.preventDefault())`)
	b.Click("[type=submit]")
	if got := chromium.Evaluate[string](b, `document.querySelector("[name=password]").type`); got != "password" {
		t.Errorf("what is sent is a field of the type %q", got)
	}
	if got := chromium.Evaluate[string](b, `document.querySelector("[name=password]").value`); got != "wonderland" {
		t.Errorf("the password became %q", got)
	}

	plain := browser.Visitor(t)
	plain.DisableScripts()
	plain.Open(address(server, "signin-password", "de", "light"))
	if got := chromium.Evaluate[string](plain, `getComputedStyle(document.querySelector(".reveal")).display`); got != "none" {
		t.Errorf("without scripts the button has display: %s", got)
	}
}
