package demo_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestInbox(t *testing.T) {
	d := open(t)
	const address = "reader@example.com"
	b := newBrowser(t, d)
	if got := b.open("/inbox").text(); !strings.Contains(got, "There is no mail yet.") {
		t.Fatalf("a new inbox says:\n%s", got)
	}
	b.open("/api/auth/signin")
	b.press("Email me a sign-in link", map[string]string{"email": address})
	if got := b.page.heading(); got != "Check your mail" {
		t.Fatalf("asking for a link leads to %q", got)
	}
	b.open("/inbox")
	for _, want := range []string{"To " + address, "From Gatehouse demo <sign-in@example.com>", "It works once"} {
		if !strings.Contains(b.page.text(), want) {
			t.Errorf("the inbox does not say %q:\n%s", want, b.page.text())
		}
	}
	link := b.newestLink()

	other := newBrowser(t, d)
	if got := other.open(link).text(); !strings.Contains(got, "opened in a browser that did not ask for it") {
		t.Fatalf("another browser is not asked first:\n%s", got)
	}
	other.expectSignedOut()
	other.open(link)
	other.press("Continue", nil)
	if got := other.page.text(); !strings.Contains(got, "You are signed in") || !strings.Contains(got, address) {
		t.Errorf("the link does not sign in after the question:\n%s", got)
	}

	if got := b.open(link); got.status != http.StatusForbidden || got.url.Query().Get("error") != "Verification" {
		t.Errorf("a used link answers %d at %s", got.status, got.url)
	}
	b.expectSignedOut()
}

func TestInboxShowsNewestFirst(t *testing.T) {
	d := open(t)
	b := newBrowser(t, d)
	const sent = 52 // two more than the inbox keeps
	for range sent - 1 {
		b.open("/api/auth/signin")
		b.press("Email me a sign-in link", map[string]string{"email": "first@example.com"})
	}
	b.open("/api/auth/signin")
	b.press("Email me a sign-in link", map[string]string{"email": "last@example.com"})
	mails := b.open("/inbox").elements("article")
	if len(mails) != 50 {
		t.Fatalf("the inbox shows %d mails, want 50", len(mails))
	}
	if got := textOf(mails[0]); !strings.Contains(got, "last@example.com") {
		t.Errorf("the first mail is:\n%s", got)
	}
}
