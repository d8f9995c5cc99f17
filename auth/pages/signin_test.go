package pages_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

func TestSignInForms(t *testing.T) {
	v := signIn()
	v.Email = "joe@example.com"
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.SignIn(v))
	checkPage(t, page, wanted{})
	token, callback := "csrfToken hidden "+csrf, "callbackUrl hidden /dashboard?a=1&b=2"
	want := []form{
		{"https://app.test/api/auth/signin/github", []string{token, callback}, "Sign in with GitHub"},
		{"https://app.test/api/auth/signin/google", []string{token, callback}, "Sign in with Google"},
		{"https://app.test/api/auth/signin/email", []string{token, callback,
			"email email joe@example.com autocomplete=email required"}, "Sign in with Email"},
		{"https://app.test/api/auth/callback/credentials", []string{token, callback,
			"username text  placeholder=jsmith autocomplete=username",
			"password password  autocomplete=current-password",
			"pin number 1234",
			"tenant hidden t1",
			"code text  autocomplete=one-time-code",
			"remember checkbox 1",
		}, "Sign in with Credentials"},
	}
	if d := cmp.Diff(want, forms(t, page)); d != "" {
		t.Errorf("forms (-want +got):\n%s", d)
	}
	var labels []string
	for _, e := range named(elements(t, page), "label") {
		labels = append(labels, e.text())
	}
	if d := cmp.Diff([]string{"Email address", "Username", "Password", "pin", "code", "Stay signed in"}, labels); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
	// One "or" before the mail form and one before the credentials.
	if got := strings.Count(string(page), `class="or"`); got != 2 {
		t.Errorf("page has %d separators, want 2", got)
	}
}

// Without names and labels the page has texts of its own, in the visitor's
// language.
func TestSignInOwnTexts(t *testing.T) {
	r := newRenderer(t, pages.Options{Languages: languages(t)})
	for _, test := range []struct {
		tag  string
		want []string // the labels and buttons
	}{
		{"en", []string{"Email address", "Email me a sign-in link", "Username", "Password", "Sign in"}},
		{"ko", catalogueTexts(t, "ko", "signin.email", "signin.email.button", "signin.username", "signin.password", "signin.button")},
	} {
		t.Run(test.tag, func(t *testing.T) {
			v := signIn()
			v.Site.Language = languageOf(t, test.tag)
			v.Providers = []pages.Provider{
				{ID: "email", Kind: pages.Email, SignInURL: "/a"},
				{ID: "credentials", Kind: pages.Credentials, CallbackURL: "/b", Fields: []pages.Field{{Name: "username"}, {Name: "password", Type: "password"}}},
			}
			var got []string
			for _, e := range elements(t, must(t)(r.SignIn(v))) {
				if e.Data == "label" || e.Data == "button" && e.attrs["type"] == "submit" {
					got = append(got, e.text())
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("labels and buttons (-want +got):\n%s", d)
			}
		})
	}
}

func TestSignInErrors(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	alert := func(code string) string {
		v := signIn()
		v.ErrorCode = code
		page := must(t)(r.SignIn(v))
		checkPage(t, page, wanted{alert: code != ""})
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
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the text of %s: %q", code, other, got)
		}
		if strings.Contains(got, code) {
			t.Errorf("%s is shown raw: %q", code, got)
		}
		seen[got] = code
	}
	for _, code := range []string{"Default", "signin", "OAUTHSIGNIN", "<script>alert(1)</script>", strings.Repeat("x", 10<<10)} {
		if got := alert(code); got != general {
			t.Errorf("alert for %.40q is %q, want the general text", code, got)
		}
	}
}

// An error is tied to the fields that it is about.
func TestSignInInvalidFields(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	for _, test := range []struct {
		name, code, provider string
		want                 []string // names of the fields
	}{
		{"nothing failed", "", "", nil},
		{"not about a field", "OAuthCallback", "", nil},
		{"mail", "EmailSignin", "", []string{"email"}},
		{"credentials", "CredentialsSignin", "", []string{"username", "password", "tenant-code"}},
		{"mail of this provider", "EmailSignin", "email", []string{"email"}},
		{"mail of another provider", "EmailSignin", "post", nil},
		{"credentials of this provider", "CredentialsSignin", "staff", []string{"tenant-code"}},
		{"credentials of another provider", "CredentialsSignin", "email", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := pages.SignIn{Site: site, ErrorCode: test.code, ErrorProviderID: test.provider, Providers: []pages.Provider{
				{ID: "email", Kind: pages.Email, SignInURL: "/a"},
				{ID: "credentials", Kind: pages.Credentials, CallbackURL: "/b", Fields: []pages.Field{
					{Name: "username"}, {Name: "password", Type: "password"}, {Name: "realm", Type: "hidden"},
				}},
				{ID: "staff", Kind: pages.Credentials, CallbackURL: "/c", Fields: []pages.Field{{Name: "tenant-code"}}},
			}}
			page := must(t)(r.SignIn(v))
			checkPage(t, page, wanted{alert: test.code != ""})
			var got []string
			for _, e := range named(elements(t, page), "input") {
				if !e.has("aria-invalid") {
					continue
				}
				got = append(got, e.attrs["name"])
				if e.attrs["aria-invalid"] != "true" || e.attrs["aria-describedby"] != "alert" {
					t.Errorf("%s has aria-invalid=%q and aria-describedby=%q", e.attrs["name"], e.attrs["aria-invalid"], e.attrs["aria-describedby"])
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("invalid fields (-want +got):\n%s", d)
			}
		})
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
			checkPage(t, page, wanted{alert: row.code != ""})
			if got := alertText(t, page); !strings.HasSuffix(got, row.want) || row.want == "" && got != "" {
				t.Errorf("alert %q, want one that ends with %q", got, row.want)
			}
			if shown := strings.Contains(string(page), "eference"); shown != (row.code != "" && row.reference != "") {
				t.Errorf("the page has a reference: %v", shown)
			}
		})
	}
}

func TestSignInLastUsed(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	for _, test := range []struct {
		name, last string
		want       []string
	}{
		{"none", "", nil},
		{"unknown", "gitlab", nil},
		{"button", "google", []string{"Sign in with Google Last used"}},
		{"form", "credentials", []string{"Sign in with Credentials Last used"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := signIn()
			v.LastProviderID = test.last
			v.Providers = append(v.Providers, pages.Provider{Name: "Without an ID", SignInURL: "/x"})
			var got []string
			for _, f := range forms(t, must(t)(r.SignIn(v))) {
				if strings.Contains(f.Button, "Last used") {
					got = append(got, f.Button)
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("marked buttons (-want +got):\n%s", d)
			}
		})
	}
}

// The button that shows a password is there for the script alone.
func TestSignInRevealsPasswords(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.SignIn(signIn()))
	var reveal []element
	for _, e := range named(elements(t, page), "button") {
		if e.attrs["type"] == "button" {
			reveal = append(reveal, e)
		}
	}
	if len(reveal) != 1 || !reveal[0].has("hidden") || reveal[0].attrs["aria-label"] != "Show password" || reveal[0].attrs["data-hide"] != "Hide password" {
		t.Fatalf("buttons of the type button: %v", reveal)
	}
	before := reveal[0].PrevSibling
	for before != nil && before.Data != "input" {
		before = before.PrevSibling
	}
	if before == nil {
		t.Error("the button does not follow an input, which the script looks for")
	}
	_, script := asset(t, r, "forms")
	for _, name := range []string{".reveal", "data-hide", "aria-label"} {
		inScript := strings.Replace(name, "data-hide", "dataset.hide", 1)
		if !strings.Contains(string(script.Content), inScript) {
			t.Errorf("the script does not know %s", inScript)
		}
	}
}

func TestSignInWithoutProviders(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	for name, providers := range map[string][]pages.Provider{
		"none": nil, "one that is not shown": {{ID: "machines", Kind: pages.Credentials}},
	} {
		page := must(t)(r.SignIn(pages.SignIn{Site: site, Providers: providers}))
		checkPage(t, page, wanted{})
		if len(forms(t, page)) != 0 || !strings.Contains(string(page), "no way to sign in") {
			t.Errorf("%s: page does not say that there is no provider:\n%s", name, page)
		}
	}
}

// A provider with an empty list of fields is a button.
func TestSignInWithoutFields(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	page := must(t)(r.SignIn(pages.SignIn{Site: site, CSRFToken: csrf, Providers: []pages.Provider{
		{ID: "guest", Name: "Guest", Kind: pages.Credentials, CallbackURL: "/guest", Fields: []pages.Field{}},
	}}))
	checkPage(t, page, wanted{})
	want := []form{{"/guest", []string{"csrfToken hidden " + csrf, "callbackUrl hidden "}, "Sign in with Guest"}}
	if d := cmp.Diff(want, forms(t, page)); d != "" {
		t.Errorf("forms (-want +got):\n%s", d)
	}
}

// A field may be repeated by another provider: their labels stay apart.
func TestSignInTwoForms(t *testing.T) {
	r := newRenderer(t, pages.Options{})
	fields := []pages.Field{{Name: "username"}, {Name: "password", Type: "password"}}
	page := must(t)(r.SignIn(pages.SignIn{Site: site, ErrorCode: "CredentialsSignin", Providers: []pages.Provider{
		{ID: "a", Name: "A", Kind: pages.Credentials, CallbackURL: "/a", Fields: fields},
		{ID: "b", Name: "B", Kind: pages.Credentials, CallbackURL: "/b", Fields: slices.Clone(fields)},
	}}))
	checkPage(t, page, wanted{alert: true})
}
