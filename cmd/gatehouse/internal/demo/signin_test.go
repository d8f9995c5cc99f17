package demo_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/demo"
)

func TestSignInAndOut(t *testing.T) {
	d := open(t)
	ada, katherine := demo.Users()[0], demo.People()[0]
	for _, kind := range []struct {
		name   string
		signIn func(b *browser)
		want   string // the name, or the address where there is none
		way    string
	}{
		{"openid", func(b *browser) {
			b.press("Sign in with Demo ID", nil)
			b.press("Continue as "+katherine.Name, nil)
		}, katherine.Name, "Demo ID"},
		{"email", func(b *browser) {
			b.press("Email me a sign-in link", map[string]string{"email": "visitor@example.com"})
			b.open("/inbox")
			b.follow(b.newestLink())
		}, "visitor@example.com", "Email"},
		{"password", func(b *browser) {
			b.press("Sign in", map[string]string{"username": ada.Username, "password": ada.Password})
		}, ada.Name, "Password"},
	} {
		t.Run(kind.name, func(t *testing.T) {
			b := newBrowser(t, d)
			b.expectSignedOut()
			b.open("/")
			b.follow("Sign in")
			kind.signIn(b)
			home := b.page
			if got := home.url.String(); got != d.URL+"/" && got != d.URL {
				t.Fatalf("the sign-in ended at %s:\n%s", got, home.text())
			}
			for _, want := range []string{"You are signed in", kind.want, "Last sign-in with " + kind.way} {
				if !strings.Contains(home.text(), want) {
					t.Errorf("the home page does not say %q:\n%s", want, home.text())
				}
			}
			b.expectShownSession(home)
			if got, want := b.open("/private").heading(), "Hello, "+kind.want; got != want {
				t.Errorf("the guarded page says %q, want %q", got, want)
			}
			b.open("/")
			b.press("Sign out", nil)
			if !strings.Contains(b.page.text(), "You are not signed in") {
				t.Errorf("after signing out the page says:\n%s", b.page.text())
			}
			b.expectSignedOut()
		})
	}
}

// newestLink is the link of the first mail in the inbox that is shown.
func (b *browser) newestLink() string {
	b.t.Helper()
	for _, a := range b.page.elements("a") {
		if text := textOf(a); strings.HasPrefix(text, b.site+"/api/auth/callback/email?") {
			if got := attribute(a, "href"); got != text {
				b.t.Errorf("the link %s leads to %s", text, got)
			}
			return text
		}
	}
	b.t.Fatalf("the inbox has no link:\n%s", b.page.text())
	return ""
}

// expectSignedOut makes sure that the API and the guard know nobody.
func (b *browser) expectSignedOut() {
	b.t.Helper()
	if got := b.open("/api/auth/session").body; got != "{}" {
		b.t.Errorf("the session is %s, want {}", got)
	}
	if got := b.open("/private").heading(); !strings.HasPrefix(got, "Sign in to ") {
		b.t.Errorf("the guarded page leads to %q, want the sign-in page", got)
	}
}

// expectShownSession makes sure that the home page shows what the API answers.
func (b *browser) expectShownSession(home *page) {
	b.t.Helper()
	var shown bytes.Buffer
	for _, pre := range home.elements("pre") {
		if err := json.Compact(&shown, []byte(textOf(pre))); err != nil {
			b.t.Fatal(err)
		}
	}
	if got := b.open("/api/auth/session").body; got != shown.String() {
		b.t.Errorf("GET /session answers\n%s, the home page shows\n%s", got, shown.String())
	}
}

func TestGuardedPageComesBack(t *testing.T) {
	d := open(t)
	grace := demo.Users()[1]
	b := newBrowser(t, d)
	b.open("/private")
	b.press("Sign in", map[string]string{"username": " " + strings.ToUpper(grace.Username), "password": grace.Password})
	if got, want := b.page.heading(), "Hello, "+grace.Name; got != want {
		t.Errorf("the visitor comes back to %q, want %q", got, want)
	}
}

func TestWrongPassword(t *testing.T) {
	d := open(t)
	ada, grace := demo.Users()[0], demo.Users()[1]
	for _, wrong := range []struct{ name, username, password string }{
		{"wrong password", ada.Username, "wrong"},
		{"password of somebody else", ada.Username, grace.Password},
		{"no password", ada.Username, ""},
		{"unknown name", "nobody", grace.Password},
		{"nothing", "", ""},
	} {
		t.Run(wrong.name, func(t *testing.T) {
			b := newBrowser(t, d)
			b.open("/api/auth/signin")
			b.press("Sign in", map[string]string{"username": wrong.username, "password": wrong.password})
			if got := b.page.url.Query().Get("error"); got != "CredentialsSignin" || b.page.alert() == "" {
				t.Errorf("error = %q with the alert %q, want CredentialsSignin and an alert", got, b.page.alert())
			}
			b.expectSignedOut()
		})
	}
}

func TestConsent(t *testing.T) {
	d := open(t)
	start := func(t *testing.T) *browser {
		b := newBrowser(t, d)
		b.open("/api/auth/signin")
		b.press("Sign in with Demo ID", nil)
		if got := originOf(b.page.url); got != d.ProviderURL {
			t.Fatalf("the sign-in leads to %s, want %s", got, d.ProviderURL)
		}
		return b
	}
	t.Run("cancelled", func(t *testing.T) {
		b := start(t)
		b.press("Cancel", nil)
		if got := b.page.url.Query().Get("error"); originOf(b.page.url) != d.URL || got != "Callback" || b.page.alert() == "" {
			t.Errorf("cancelling leads to %s with the alert %q", b.page.url, b.page.alert())
		}
		b.expectSignedOut()
	})
	t.Run("neither", func(t *testing.T) {
		b := start(t)
		for _, button := range b.page.elements("button") {
			for i := range button.Attr {
				if button.Attr[i].Key == "value" {
					button.Attr[i].Val = "somebody else"
				}
			}
		}
		b.press("Continue as", nil)
		if got := originOf(b.page.url); got != d.ProviderURL || b.page.alert() == "" {
			t.Errorf("an answer that was not offered leads to %s with the alert %q", got, b.page.alert())
		}
		b.press("Continue as "+demo.People()[1].Name, nil)
		if !strings.Contains(b.page.text(), demo.People()[1].Name) {
			t.Errorf("the second answer does not sign in:\n%s", b.page.text())
		}
	})
	t.Run("pressed by another site", func(t *testing.T) {
		b := start(t)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.page.url.String(), strings.NewReader("continue-as=1918"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://evil.example")
		if got := b.send(r); got.status != http.StatusForbidden {
			t.Errorf("status = %d, want 403", got.status)
		}
		b.expectSignedOut()
	})
}
