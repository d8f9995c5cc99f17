package pages_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

var site = pages.Site{
	Origin:    "https://app.test",
	Host:      "app.test",
	BaseURL:   "https://app.test/api/auth",
	AssetsURL: "https://app.test/api/auth/_assets",
}

const csrf = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// signIn is a sign-in page with every kind of provider.
func signIn() pages.SignIn {
	const base = "https://app.test/api/auth"
	return pages.SignIn{
		Site: site, CSRFToken: csrf, CallbackURL: "/dashboard?a=1&b=2",
		Providers: []pages.Provider{
			{ID: "github", Name: "GitHub", SignInURL: base + "/signin/github"},
			{ID: "google", Name: "Google", SignInURL: base + "/signin/google"},
			{ID: "email", Name: "Email", Kind: pages.Email, SignInURL: base + "/signin/email"},
			{ID: "credentials", Name: "Credentials", Kind: pages.Credentials,
				CallbackURL: base + "/callback/credentials",
				Fields: []pages.Field{
					{Name: "username", Label: "Username", Placeholder: "jsmith"},
					{Name: "password", Label: "Password", Type: "password"},
					{Name: "pin", Type: "Number", Value: "1234"},
					{Name: "tenant", Type: "hidden", Value: "t1"},
					{Name: "code", Type: "file", Autocomplete: "one-time-code"},
					{Name: "remember", Label: "Stay signed in", Type: "checkbox", Value: "1"},
				}},
			{ID: "machines", Name: "Machines", Kind: pages.Credentials, CallbackURL: base + "/callback/machines"},
		},
	}
}

func newRenderer(t testing.TB, o pages.Options) *pages.Renderer {
	t.Helper()
	r, err := pages.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// must returns a page and fails the test on an error: must(t)(r.SignIn(v)).
func must(t testing.TB) func(page []byte, err error) []byte {
	return func(page []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
}

// asset returns the file that the pages link to with a name that begins with a
// stem.
func asset(t testing.TB, r *pages.Renderer, stem string) (name string, file pages.Asset) {
	t.Helper()
	v := pages.SignIn{Site: site, Providers: []pages.Provider{{ID: "x", Kind: pages.Credentials, Fields: []pages.Field{{Name: "password", Type: "password"}}}}}
	for _, e := range elements(t, must(t)(r.SignIn(v))) {
		name, ok := strings.CutPrefix(e.attrs["href"]+e.attrs["src"], site.AssetsURL+"/")
		if !ok || !strings.HasPrefix(name, stem+".") {
			continue
		}
		file, ok := r.Asset(name)
		if !ok {
			t.Fatalf("the pages load %s, which is missing", name)
		}
		return name, file
	}
	t.Fatalf("no page loads %q", stem)
	return "", pages.Asset{}
}

func styleSheet(t testing.TB, r *pages.Renderer) string {
	t.Helper()
	_, file := asset(t, r, "style")
	return string(file.Content)
}

// TestHostileValues puts values that try to leave their place into every field.
func TestHostileValues(t *testing.T) {
	values := []string{
		`<img src=x onerror=alert(1)>`,
		`"><script>alert(1)</script>`,
		`' onfocus='alert(1)' autofocus='`,
		`javascript:alert(1)`,
		`</title><script src="//evil.test/x.js"></script>`,
		`--><svg onload=alert(1)>`,
		"{{.CSRFToken}} {host} {provider}",
		"\x00\xff\u2028\u202e",
		strings.Repeat(`<b a="`, 10<<10/6),
	}
	r := newRenderer(t, pages.Options{
		Languages: languages(t, "en", "ar"),
		Buttons:   []pages.Button{{ProviderID: `"><b>`, Background: "#fff"}},
	})
	for _, s := range values {
		t.Run(s[:min(len(s), 24)], func(t *testing.T) {
			hidden := []pages.HiddenField{{Name: s, Value: s}}
			hostile := site
			hostile.Host, hostile.Query = s, hidden
			v := signIn()
			v.Site, v.CSRFToken, v.CallbackURL, v.Email, v.ErrorCode, v.Reference = hostile, s, s, s, s, s
			v.LastProviderID = `"><b>`
			for i := range v.Providers {
				v.Providers[i].Name, v.Providers[i].ID = s, `"><b>`
			}
			fields := v.Providers[3].Fields
			for i := range fields {
				fields[i] = pages.Field{Name: s, Label: s, Type: s, Placeholder: s, Value: s, Autocomplete: s}
			}
			// With a password there is a script, so that the policy allows one.
			fields[0] = pages.Field{Name: s, Type: "password", Value: s}
			checkPage(t, must(t)(r.SignIn(v)), wanted{alert: true})
			checkPage(t, must(t)(r.Error(pages.Error{Site: hostile, Code: s, Reference: s})), wanted{alert: true})
			checkPage(t, must(t)(r.SignOut(pages.SignOut{Site: hostile, CSRFToken: s, ShowSignedOut: true})), wanted{})
			checkPage(t, must(t)(r.SignedOut(pages.SignedOut{Site: hostile, BackURL: "/" + s, BackHost: s})), wanted{})
			checkPage(t, must(t)(r.ConfirmLink(pages.ConfirmLink{
				Site: hostile, CSRFToken: s, Action: "/x", Address: s, Hidden: hidden,
			})), wanted{})
			page := must(t)(r.VerifyRequest(pages.VerifyRequest{
				Site: hostile, Address: s, InboxURL: "/" + s,
				Resend: &pages.Resend{Action: "/x", CSRFToken: s, CallbackURL: s, Email: s},
			}))
			checkPage(t, page, wanted{})
			if policy := r.ContentSecurityPolicy(page, ""); strings.Contains(policy, "script-src") {
				t.Errorf("a value allows scripts: %s", policy)
			}
		})
	}
}

func TestUnsafeURLs(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	const evil = "javascript:alert(1)"
	v := signIn()
	v.Providers = []pages.Provider{{ID: "x", Name: "X", SignInURL: evil}}
	bad := pages.Site{Origin: evil, Host: "app.test", BaseURL: evil, AssetsURL: evil}
	for name, page := range map[string][]byte{
		"provider":   must(t)(r.SignIn(v)),
		"site":       must(t)(r.VerifyRequest(pages.VerifyRequest{Site: bad})),
		"inbox":      must(t)(r.VerifyRequest(pages.VerifyRequest{Site: site, InboxURL: evil})),
		"resend":     must(t)(r.VerifyRequest(pages.VerifyRequest{Site: site, Resend: &pages.Resend{Action: evil}})),
		"sign out":   must(t)(r.SignOut(pages.SignOut{Site: bad})),
		"signed out": must(t)(r.SignedOut(pages.SignedOut{Site: site, BackURL: evil})),
		"confirm":    must(t)(r.ConfirmLink(pages.ConfirmLink{Site: site, Action: evil})),
		"error":      must(t)(r.Error(pages.Error{Site: bad, Code: "AccessDenied"})),
	} {
		if strings.Contains(string(page), "javascript") {
			t.Errorf("%s: the page holds the URL", name)
		}
	}
}

func TestParallel(t *testing.T) {
	r := newRenderer(t, pages.Options{Languages: languages(t)})
	v := signIn()
	v.Site.Query = []pages.HiddenField{}
	want := string(must(t)(r.SignIn(v)))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				got, err := r.SignIn(v)
				if err != nil || string(got) != want {
					t.Errorf("two renderings differ, error %v", err)
				}
				if _, err := r.Error(pages.Error{Site: site}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
