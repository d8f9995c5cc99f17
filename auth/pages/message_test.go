package pages_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

// toSite is the link back to the site.
const toSite = "https://app.test Back to app.test"

// heading returns the heading of a page.
func heading(t *testing.T, page []byte) string {
	t.Helper()
	return named(elements(t, page), "h1")[0].text()
}

func TestSignOut(t *testing.T) {
	token := "csrfToken hidden " + csrf
	for _, test := range []struct {
		name        string
		view        pages.SignOut
		want        form
		wantHeading string
	}{
		{
			"callback of the application", pages.SignOut{Site: site, CSRFToken: csrf},
			form{"https://app.test/api/auth/signout", []string{token}, "Sign out"}, "Sign out of app.test?",
		},
		{
			"our page afterwards", pages.SignOut{Site: site, CSRFToken: csrf, ShowSignedOut: true},
			form{"https://app.test/api/auth/signout", []string{token, "signedOutPage hidden true"}, "Sign out"}, "Sign out of app.test?",
		},
		{"no host", pages.SignOut{CSRFToken: csrf}, form{"/signout", []string{token}, "Sign out"}, "Sign out"},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := must(t)(newRenderer(t, pages.Options{}).SignOut(test.view))
			if d := cmp.Diff([]form{test.want}, forms(t, page)); d != "" {
				t.Errorf("forms (-want +got):\n%s", d)
			}
			if got := heading(t, page); got != test.wantHeading {
				t.Errorf("heading %q, want %q", got, test.wantHeading)
			}
			var wantLinks []string
			if test.view.Site.Origin != "" {
				checkPage(t, page, wanted{})
				wantLinks = []string{toSite}
			}
			if d := cmp.Diff(wantLinks, links(t, page)); d != "" {
				t.Errorf("links (-want +got):\n%s", d)
			}
		})
	}
}

func TestSignedOut(t *testing.T) {
	const again = "https://app.test/api/auth/signin Sign in again"
	for _, test := range []struct {
		name string
		view pages.SignedOut
		want []string
	}{
		{"to the site", pages.SignedOut{Site: site}, []string{again, toSite}},
		{"to a page", pages.SignedOut{Site: site, BackURL: "https://app.test/bye?a=1&b=2"}, []string{again, "https://app.test/bye?a=1&b=2 Back to app.test"}},
		{"to a page elsewhere", pages.SignedOut{Site: site, BackURL: "https://app.test/x", BackHost: "www.app.test"}, []string{again, "https://app.test/x Back to www.app.test"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := must(t)(newRenderer(t, pages.Options{}).SignedOut(test.view))
			checkPage(t, page, wanted{})
			if d := cmp.Diff(test.want, links(t, page)); d != "" {
				t.Errorf("links (-want +got):\n%s", d)
			}
			if !strings.Contains(string(page), `<p role="status">`) {
				t.Error("the message is not announced")
			}
		})
	}
}

func TestVerifyRequest(t *testing.T) {
	const (
		change = "https://app.test/api/auth/signin Use another address"
		inbox  = "https://app.test/inbox Open the inbox"
	)
	resend := &pages.Resend{Action: "https://app.test/api/auth/signin/email", CSRFToken: csrf, CallbackURL: "/x?a=1&b=2", Email: "joe@example.com"}
	again := form{"https://app.test/api/auth/signin/email", []string{
		"csrfToken hidden " + csrf, "callbackUrl hidden /x?a=1&b=2", "email hidden joe@example.com"}, "Send another link"}
	for _, test := range []struct {
		name      string
		view      pages.VerifyRequest
		wantText  string
		wantLinks []string
		wantForms []form
	}{
		{"nothing is known", pages.VerifyRequest{Site: site}, "is on its way to you.", []string{toSite}, nil},
		{"address", pages.VerifyRequest{Site: site, Address: "j…@example.com"}, "is on its way to j…@example.com.", []string{toSite}, nil},
		{"again", pages.VerifyRequest{Site: site, Resend: resend}, "to you.", []string{change, toSite}, []form{again}},
		{"inbox", pages.VerifyRequest{Site: site, InboxURL: "https://app.test/inbox"}, "to you.", []string{inbox, toSite}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRenderer(t, pages.Options{})
			page := must(t)(r.VerifyRequest(test.view))
			checkPage(t, page, wanted{})
			if got := named(elements(t, page), "p")[0].text(); !strings.Contains(got, test.wantText) {
				t.Errorf("text %q, want one with %q", got, test.wantText)
			}
			if d := cmp.Diff(test.wantLinks, links(t, page)); d != "" {
				t.Errorf("links (-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.wantForms, forms(t, page)); d != "" {
				t.Errorf("forms (-want +got):\n%s", d)
			}
		})
	}
}

func TestConfirmLink(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.ConfirmLink(pages.ConfirmLink{
		Site: site, CSRFToken: csrf, Action: "https://app.test/api/auth/callback/email",
		Address: "m***@example.com",
		Hidden:  []pages.HiddenField{{Name: "token", Value: "t&1"}, {Name: "email", Value: "me@example.com"}},
	}))
	checkPage(t, page, wanted{})
	want := []form{{"https://app.test/api/auth/callback/email", []string{
		"csrfToken hidden " + csrf, "token hidden t&1", "email hidden me@example.com"}, "Continue"}}
	if d := cmp.Diff(want, forms(t, page)); d != "" {
		t.Errorf("forms (-want +got):\n%s", d)
	}
	if got := heading(t, page); got != "Continue signing in as m***@example.com?" {
		t.Errorf("heading %q", got)
	}
	if got := named(elements(t, page), "title")[0].text(); strings.Contains(got, "@") {
		t.Errorf("the title shows the address: %q", got)
	}
}

func TestError(t *testing.T) {
	const toSignIn = "https://app.test/api/auth/signin Back to sign in"
	tests := []struct {
		name       string
		code       string
		wantStatus int
		wantTitle  string
		wantLink   string
	}{
		{"configuration", "Configuration", 500, "The server needs attention", toSite},
		{"configuration upper case", "CONFIGURATION", 500, "The server needs attention", toSite},
		{"access denied", "AccessDenied", 403, "No access", toSignIn},
		{"access denied lower case", "accessdenied", 403, "No access", toSignIn},
		{"verification", "vErIfIcAtIoN", 403, "This link does not work any more", toSignIn},
		{"sign-out", "Signout", 200, "Signed out in this browser", toSite},
		{"default", "Default", 200, "Something went wrong", toSite},
		{"none", "", 200, "Something went wrong", toSite},
		{"unknown", "<b>Unheard</b>", 200, "Something went wrong", toSite},
		{"sign-in code in another case", "signin", 200, "Something went wrong", toSite},
		{"letters that only fold to the code", "AcceſſDenied", 200, "Something went wrong", toSite},
	}
	r := newRenderer(t, pages.Options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := must(t)(r.Error(pages.Error{Site: site, Code: tt.code, Reference: "k3<x>"}))
			checkPage(t, page, wanted{alert: true})
			if got := pages.Status(tt.code); got != tt.wantStatus {
				t.Errorf("status %d, want %d", got, tt.wantStatus)
			}
			if got := heading(t, page); got != tt.wantTitle {
				t.Errorf("heading %q, want %q", got, tt.wantTitle)
			}
			if got := named(elements(t, page), "title")[0].text(); got != tt.wantTitle+" – app.test" {
				t.Errorf("title %q", got)
			}
			if d := cmp.Diff([]string{tt.wantLink}, links(t, page)); d != "" {
				t.Errorf("links (-want +got):\n%s", d)
			}
			if !strings.Contains(string(page), "the reference k3&lt;x&gt;.") {
				t.Error("the reference is missing")
			}
			if tt.code != "" && strings.Contains(string(page), "Unheard") {
				t.Error("the code is shown raw")
			}
		})
	}
}

// The alert holds the text and the reference, and NoAlert takes nothing but the
// role away.
func TestErrorAlert(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	for _, code := range []string{"Configuration", "AccessDenied", "Verification", "Signout", "Unheard"} {
		t.Run(code, func(t *testing.T) {
			page := must(t)(r.Error(pages.Error{Site: site, Code: code, Reference: "k3"}))
			checkPage(t, page, wanted{alert: true})
			text := named(elements(t, page), "p")[0].text()
			if got := alertText(t, page); !strings.HasPrefix(got, text) || !strings.HasSuffix(got, "mention the reference k3.") {
				t.Errorf("alert %q, want the text %q and the reference", got, text)
			}
			plain := must(t)(r.Error(pages.Error{Site: site, Code: code, Reference: "k3", NoAlert: true}))
			checkPage(t, plain, wanted{})
			if want := strings.Replace(string(page), ` role="alert"`, "", 1); string(plain) != want {
				t.Errorf("without the alert the page is\n%s\nwant\n%s", plain, want)
			}
		})
	}
}

func TestErrorWithoutSite(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.Error(pages.Error{Code: "Configuration"}))
	if len(links(t, page)) != 0 || strings.Contains(string(page), "eference") {
		t.Errorf("page has a link or a reference:\n%s", page)
	}
	if got := pages.Status("Configuration"); got != http.StatusInternalServerError {
		t.Errorf("status %d", got)
	}
}
