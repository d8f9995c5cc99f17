package pages_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

var site = pages.Site{
	Origin:        "https://app.test",
	Host:          "app.test",
	BaseURL:       "https://app.test/api/auth",
	StyleSheetURL: "https://app.test/api/auth/style.css",
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

// form is what a visitor can post.
type form struct {
	Action string
	Inputs []string // name, type, value and further attributes
	Button string
}

func forms(t *testing.T, page []byte) []form {
	t.Helper()
	var all []form
	for _, f := range named(elements(t, page), "form") {
		got := form{Action: f.attrs["action"]}
		for _, e := range within(f.Node) {
			switch e.Data {
			case "input":
				s := e.attrs["name"] + " " + e.attrs["type"] + " " + e.attrs["value"]
				for _, name := range []string{"placeholder", "autocomplete"} {
					if e.attrs[name] != "" {
						s += " " + name + "=" + e.attrs[name]
					}
				}
				if _, ok := e.attrs["required"]; ok {
					s += " required"
				}
				got.Inputs = append(got.Inputs, s)
			case "button":
				got.Button = e.text()
			}
		}
		all = append(all, got)
	}
	return all
}

func TestSignInForms(t *testing.T) {
	v := signIn()
	v.Email = "joe@example.com"
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.SignIn(v))
	checkPage(t, page, "", false)
	token, callback := "csrfToken hidden "+csrf, "callbackUrl hidden /dashboard?a=1&b=2"
	want := []form{
		{"https://app.test/api/auth/signin/github", []string{token, callback}, "Continue with GitHub"},
		{"https://app.test/api/auth/signin/google", []string{token, callback}, "Continue with Google"},
		{"https://app.test/api/auth/signin/email", []string{token, callback,
			"email email joe@example.com autocomplete=email required"}, "Continue with Email"},
		{"https://app.test/api/auth/callback/credentials", []string{token, callback,
			"username text  placeholder=jsmith autocomplete=username",
			"password password  autocomplete=current-password",
			"pin number 1234",
			"tenant hidden t1",
			"code text  autocomplete=one-time-code",
		}, "Continue with Credentials"},
	}
	if d := cmp.Diff(want, forms(t, page)); d != "" {
		t.Errorf("forms (-want +got):\n%s", d)
	}
	var labels []string
	for _, e := range named(elements(t, page), "label") {
		labels = append(labels, e.text())
	}
	if d := cmp.Diff([]string{"Email address", "Username", "Password", "pin", "code"}, labels); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
	// One "or" before the mail form and one before the credentials.
	if got := strings.Count(string(page), `class="or"`); got != 2 {
		t.Errorf("page has %d separators, want 2", got)
	}
}

func TestSignInErrors(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	alert := func(code string) string {
		v := signIn()
		v.ErrorCode = code
		page := must(t)(r.SignIn(v))
		checkPage(t, page, "", code != "")
		return alertText(t, page)
	}
	if got := alert(""); got != "" {
		t.Errorf("alert without an error: %q", got)
	}
	general := alert("Unheard")
	seen := map[string]string{general: "Unheard"}
	for _, code := range []string{
		"Signin", "OAuthSignin", "OAuthCallback", "OAuthCreateAccount", "EmailCreateAccount",
		"Callback", "OAuthAccountNotLinked", "EmailSignin", "CredentialsSignin", "SessionRequired",
	} {
		got := alert(code)
		if other, ok := seen[got]; ok && code != other {
			if !(strings.HasSuffix(code, "CreateAccount") && strings.HasSuffix(other, "CreateAccount")) {
				t.Errorf("%s has the text of %s: %q", code, other, got)
			}
		}
		if strings.Contains(got, code) {
			t.Errorf("%s is shown raw: %q", code, got)
		}
		seen[got] = code
	}
	for _, code := range []string{"signin", "OAUTHSIGNIN", "<script>alert(1)</script>", strings.Repeat("x", 10<<10)} {
		if got := alert(code); got != general {
			t.Errorf("alert for %.40q is %q, want the general text", code, got)
		}
	}
}

func TestSignInReference(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	for _, row := range []struct {
		name      string
		code      string
		reference string
		want      string // how the alert ends
	}{
		{"failure", "OAuthCallback", "k3<x>", "mention the reference k3<x>."},
		{"unknown failure", "Unheard", "k3", "mention the reference k3."},
		{"no reference", "OAuthCallback", "", "or choose another way below."},
		{"no failure", "", "k3<x>", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			v := signIn()
			v.ErrorCode, v.Reference = row.code, row.reference
			page := must(t)(r.SignIn(v))
			checkPage(t, page, "", row.code != "")
			if got := alertText(t, page); !strings.HasSuffix(got, row.want) || row.want == "" && got != "" {
				t.Errorf("alert %q, want one that ends with %q", got, row.want)
			}
			if shown := strings.Contains(string(page), "eference"); shown != (row.code != "" && row.reference != "") {
				t.Errorf("the page has a reference: %v", shown)
			}
		})
	}
}

func TestSignInWithoutProviders(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.SignIn(pages.SignIn{Site: site}))
	checkPage(t, page, "", false)
	if len(forms(t, page)) != 0 || !strings.Contains(string(page), "no way to sign in") {
		t.Errorf("page does not say that there is no provider:\n%s", page)
	}
}

func TestSignOut(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.SignOut(pages.SignOut{Site: site, CSRFToken: csrf}))
	checkPage(t, page, "", false)
	want := []form{{"https://app.test/api/auth/signout", []string{"csrfToken hidden " + csrf}, "Sign out"}}
	if d := cmp.Diff(want, forms(t, page)); d != "" {
		t.Errorf("forms (-want +got):\n%s", d)
	}
}

func TestVerifyRequest(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.VerifyRequest(pages.VerifyRequest{Site: site}))
	checkPage(t, page, "", false)
	if d := cmp.Diff([]string{"https://app.test Back to app.test"}, links(t, page)); d != "" {
		t.Errorf("links (-want +got):\n%s", d)
	}
}

func links(t *testing.T, page []byte) []string {
	t.Helper()
	var all []string
	for _, e := range named(elements(t, page), "a") {
		all = append(all, e.attrs["href"]+" "+e.text())
	}
	return all
}

func TestConfirmLink(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.ConfirmLink(pages.ConfirmLink{
		Site: site, CSRFToken: csrf, Action: "https://app.test/api/auth/callback/email",
		Address: "m***@example.com",
		Hidden:  []pages.HiddenField{{Name: "token", Value: "t&1"}, {Name: "email", Value: "me@example.com"}},
	}))
	checkPage(t, page, "", false)
	want := []form{{"https://app.test/api/auth/callback/email", []string{
		"csrfToken hidden " + csrf, "token hidden t&1", "email hidden me@example.com"}, "Continue"}}
	if d := cmp.Diff(want, forms(t, page)); d != "" {
		t.Errorf("forms (-want +got):\n%s", d)
	}
	all := elements(t, page)
	if got := named(all, "h1")[0].text(); got != "Continue signing in as m***@example.com?" {
		t.Errorf("heading %q", got)
	}
	if got := named(all, "title")[0].text(); strings.Contains(got, "@") {
		t.Errorf("the title shows the address: %q", got)
	}
}

func TestError(t *testing.T) {
	const (
		toSite   = "https://app.test Back to app.test"
		toSignIn = "https://app.test/api/auth/signin Back to sign in"
	)
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
			checkPage(t, page, "", true)
			if got := pages.Status(tt.code); got != tt.wantStatus {
				t.Errorf("status %d, want %d", got, tt.wantStatus)
			}
			all := elements(t, page)
			if got := named(all, "h1")[0].text(); got != tt.wantTitle {
				t.Errorf("heading %q, want %q", got, tt.wantTitle)
			}
			if got := named(all, "title")[0].text(); got != tt.wantTitle+" – app.test" {
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
			checkPage(t, page, "", true)
			text := named(elements(t, page), "p")[0].text()
			if got := alertText(t, page); !strings.HasPrefix(got, text) || !strings.HasSuffix(got, "mention the reference k3.") {
				t.Errorf("alert %q, want the text %q and the reference", got, text)
			}
			plain := must(t)(r.Error(pages.Error{Site: site, Code: code, Reference: "k3", NoAlert: true}))
			checkPage(t, plain, "", false)
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

// TestHostileValues puts values that try to leave their place into every field.
func TestHostileValues(t *testing.T) {
	values := []string{
		`<img src=x onerror=alert(1)>`,
		`"><script>alert(1)</script>`,
		`' onfocus='alert(1)' autofocus='`,
		`javascript:alert(1)`,
		`</title><script>alert(1)</script>`,
		`--><svg onload=alert(1)>`,
		"{{.CSRFToken}} {host} {provider}",
		"\x00\xff\u2028\u202e",
		strings.Repeat(`<b a="`, 10<<10/6),
	}
	r := newRenderer(t, pages.Options{Buttons: []pages.Button{{ProviderID: `"><b>`, Background: "#fff"}}})
	for _, s := range values {
		t.Run(s[:min(len(s), 24)], func(t *testing.T) {
			v := signIn()
			v.CSRFToken, v.CallbackURL, v.Email, v.ErrorCode, v.Reference = s, s, s, s, s
			for i := range v.Providers {
				v.Providers[i].Name, v.Providers[i].ID = s, `"><b>`
			}
			for i := range v.Providers[3].Fields {
				v.Providers[3].Fields[i] = pages.Field{Name: s, Label: s, Type: s, Placeholder: s, Value: s, Autocomplete: s}
			}
			checkPage(t, must(t)(r.SignIn(v)), "", true)
			checkPage(t, must(t)(r.Error(pages.Error{Site: site, Code: s, Reference: s})), "", true)
			checkPage(t, must(t)(r.ConfirmLink(pages.ConfirmLink{
				Site: site, CSRFToken: s, Action: "/x", Address: s,
				Hidden: []pages.HiddenField{{Name: s, Value: s}},
			})), "", false)
			host := site
			host.Host = s
			checkPage(t, must(t)(r.VerifyRequest(pages.VerifyRequest{Site: host})), "", false)
		})
	}
}

func TestUnsafeURLs(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	const evil = "javascript:alert(1)"
	v := signIn()
	v.Providers = []pages.Provider{{ID: "x", Name: "X", SignInURL: evil}}
	bad := pages.Site{Origin: evil, Host: "app.test", BaseURL: evil, StyleSheetURL: evil}
	for name, page := range map[string][]byte{
		"provider": must(t)(r.SignIn(v)),
		"site":     must(t)(r.VerifyRequest(pages.VerifyRequest{Site: bad})),
		"sign out": must(t)(r.SignOut(pages.SignOut{Site: bad})),
		"confirm":  must(t)(r.ConfirmLink(pages.ConfirmLink{Site: site, Action: evil})),
	} {
		if strings.Contains(string(page), "javascript") {
			t.Errorf("%s: the page holds the URL", name)
		}
	}
}

func TestParallel(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	want := string(must(t)(r.SignIn(signIn())))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				got, err := r.SignIn(signIn())
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

func BenchmarkSignIn(b *testing.B) {
	r := newRenderer(b, pages.Options{})
	v := signIn()
	v.Providers[4] = pages.Provider{ID: "gitlab", Name: "GitLab", SignInURL: "https://app.test/api/auth/signin/gitlab"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.SignIn(v); err != nil {
			b.Fatal(err)
		}
	}
}
