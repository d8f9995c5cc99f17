package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/chromium"
)

// result is what signIn(..., {redirect: false}) resolves to.
type result struct {
	OK     bool
	Status int
	Error  *string
	URL    *string
}

// next-auth/react works with both kinds of session.
func TestClient(t *testing.T) {
	t.Parallel()
	browser := chromium.Start(t)
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			s := newSite(t, options{strategy: strategy})
			for _, test := range []struct {
				name string
				run  func(*testing.T, *site, *chromium.Tab)
			}{
				{"signed out", testSignedOut},
				{"OAuth", testOAuth},
				{"authorization parameters", testAuthorizationParameters},
				{"e-mail", testEmail},
				{"credentials", testCredentials},
				{"no such provider", testNoSuchProvider},
				{"results without redirect", testResults},
				{"update", testUpdate},
				{"sign out", testSignOut},
				{"two tabs", testTwoTabs},
				{"session required", testSessionRequired},
			} {
				t.Run(test.name, func(t *testing.T) {
					b := browser.Visitor(t)
					openApp(s, b)
					test.run(t, s, b)
				})
			}
		})
	}
}

// openApp opens the page of app.jsx, signed out, and waits until it knows that.
// To leave it any earlier would be a failed request.
func openApp(s *site, b *chromium.Tab) {
	b.T.Helper()
	b.Open(s.url)
	b.Shows("#status", "unauthenticated")
}

// signInAsAlice signs in without leaving the page.
func signInAsAlice(b *chromium.Tab) result {
	b.T.Helper()
	r := chromium.Evaluate[result](b, `nextAuth.signIn("credentials", {username: "alice", password: "wonderland", redirect: false})`)
	b.Shows("#status", "authenticated")
	b.Shows("#name", "Alice")
	return r
}

// wantStatuses compares what useSession said since the page was loaded. The page
// may render the last of it only after the call that caused it has returned.
func wantStatuses(b *chromium.Tab, want ...string) {
	b.T.Helper()
	b.Wait(fmt.Sprintf(`seen.length >= %d`, len(want)))
	if diff := cmp.Diff(want, chromium.Evaluate[[]string](b, "seen")); diff != "" {
		b.T.Errorf("useSession went through other statuses (-want +got):\n%s", diff)
	}
}

func testSignedOut(t *testing.T, s *site, b *chromium.Tab) {
	wantStatuses(b, "loading", "unauthenticated")
	if session := chromium.Evaluate[map[string]any](b, `nextAuth.getSession()`); session != nil {
		t.Errorf("getSession = %v, want null", session)
	}
	type provider struct{ ID, Name, Type, SigninURL, CallbackURL string }
	describe := func(id, name, kind string) provider {
		api := s.url + "/api/auth"
		return provider{id, name, kind, api + "/signin/" + id, api + "/callback/" + id}
	}
	want := map[string]provider{
		"op":          describe("op", "Provider op", "oauth"),
		"post":        describe("post", "Provider post", "oauth"),
		"email":       describe("email", "Email", "email"),
		"credentials": describe("credentials", "Password", "credentials"),
	}
	if diff := cmp.Diff(want, chromium.Evaluate[map[string]provider](b, `nextAuth.getProviders()`)); diff != "" {
		t.Errorf("getProviders (-want +got):\n%s", diff)
	}
	first, second := chromium.Evaluate[string](b, `nextAuth.getCsrfToken()`), chromium.Evaluate[string](b, `nextAuth.getCsrfToken()`)
	if len(first) != 64 || first != second {
		t.Errorf("getCsrfToken = %q, then %q, want the same 64 digits", first, second)
	}
}

func testOAuth(t *testing.T, s *site, b *chromium.Tab) {
	b.Click("#oauth")
	b.Shows("#name", "Ida Provider")
	b.At(s.url, "/")
	wantStatuses(b, "loading", "authenticated")
	if from := b.Parameter("from"); from != "op" {
		t.Errorf("the callbackUrl of signIn got lost: from = %q", from)
	}
}

func testAuthorizationParameters(_ *testing.T, s *site, b *chromium.Tab) {
	b.Run(`nextAuth.signIn("op", {}, {login_hint: "bob"})`)
	b.Shows("#name", "Bob Provider")
	b.At(s.url, "/")
}

func testEmail(t *testing.T, s *site, b *chromium.Tab) {
	b.Fill("#email input", "Grace@example.com")
	b.Click("#email button")
	b.At(s.url, "/api/auth/verify-request")
	b.Open(s.mails.link(t, "grace@example.com"))
	b.Shows("#name", "grace@example.com")
	b.At(s.url, "/")
	wantStatuses(b, "loading", "authenticated")
}

func testCredentials(t *testing.T, s *site, b *chromium.Tab) {
	b.Expect(http.StatusUnauthorized, "/api/auth/callback/credentials")
	b.Fill("#credentials [name=username]", "alice")
	b.Fill("#credentials [name=password]", "wrong")
	b.Click("#credentials button")
	b.At(s.url, "/api/auth/signin")
	if code := b.Parameter("error"); code != "CredentialsSignin" {
		t.Errorf("error = %q after a wrong password", code)
	}

	openApp(s, b)
	b.Fill("#credentials [name=username]", "alice")
	b.Fill("#credentials [name=password]", "wonderland")
	b.Click("#credentials button")
	b.Shows("#name", "Alice")
}

func testNoSuchProvider(_ *testing.T, s *site, b *chromium.Tab) {
	for _, call := range []string{`nextAuth.signIn()`, `nextAuth.signIn("nobody")`} {
		openApp(s, b)
		b.Run(call)
		b.At(s.url, "/api/auth/signin")
	}
}

func testResults(t *testing.T, s *site, b *chromium.Tab) {
	b.Expect(http.StatusUnauthorized, "/api/auth/callback/credentials")
	for _, test := range []struct {
		name, call string
		want       result
	}{
		{
			"wrong password", `nextAuth.signIn("credentials", {username: "alice", password: "wrong", redirect: false})`,
			result{OK: false, Status: 401, Error: new("CredentialsSignin")},
		}, {
			"bad address", `nextAuth.signIn("email", {email: "nobody", redirect: false})`,
			result{OK: true, Status: 200, Error: new("EmailSignin")},
		}, {
			"mail sent", `nextAuth.signIn("email", {email: "grace@example.com", redirect: false})`,
			result{OK: true, Status: 200, URL: new(s.url + "/api/auth/verify-request?provider=email&type=email")},
		},
	} {
		if diff := cmp.Diff(test.want, chromium.Evaluate[result](b, test.call)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	b.Shows("#status", "unauthenticated")

	if diff := cmp.Diff(result{OK: true, Status: 200, URL: new(s.url + "/")}, signInAsAlice(b)); diff != "" {
		t.Errorf("right password (-want +got):\n%s", diff)
	}
	wantStatuses(b, "loading", "unauthenticated", "authenticated")
}

// updated is the name in the session that update returns; fields that the
// callback does not ask for must have no effect.
func updated(b *chromium.Tab, fields string) string {
	b.T.Helper()
	session := chromium.Evaluate[struct{ User map[string]any }](b, `update(`+fields+`)`)
	for name := range session.User {
		if name != "name" && name != "email" {
			b.T.Errorf("the update put %q into the session", name)
		}
	}
	name, _ := session.User["name"].(string)
	return name
}

func testUpdate(t *testing.T, s *site, b *chromium.Tab) {
	b.Run(`nextAuth.signIn("op", {callbackUrl: "/"}, {login_hint: "bob"})`)
	b.Shows("#name", "Bob Provider")
	b.Fill("#rename input", "Bobby")
	b.Click("#rename button")
	b.Shows("#name", "Bobby")
	b.Shows("#status", "authenticated")
	wantStatuses(b, "loading", "authenticated", "loading", "authenticated")

	for _, refused := range []string{`{name: ""}`, `{name: 7}`, `{name: "a name that is far too long"}`, `{role: "admin"}`, `"text"`, `null`} {
		if got := updated(b, refused); got != "Bobby" {
			t.Errorf("update(%s) made the name %q, want it unchanged", refused, got)
		}
	}
	if got := updated(b, `{name: "Bob Provider", role: "admin"}`); got != "Bob Provider" {
		t.Errorf("update returned the name %q", got)
	}
	b.Open(s.url)
	b.Shows("#name", "Bob Provider")
}

func testSignOut(t *testing.T, s *site, b *chromium.Tab) {
	signInAsAlice(b)
	b.Click("#signout")
	b.Wait(`window.seen?.join() === "loading,unauthenticated"`) // on a new page

	signInAsAlice(b)
	answer := chromium.Evaluate[map[string]string](b, `nextAuth.signOut({redirect: false, callbackUrl: "/bye"})`)
	if diff := cmp.Diff(map[string]string{"url": s.url + "/bye"}, answer); diff != "" {
		t.Errorf("signOut (-want +got):\n%s", diff)
	}
	b.Shows("#status", "unauthenticated")
	wantStatuses(b, "loading", "unauthenticated", "authenticated", "unauthenticated")
	if session := chromium.Evaluate[map[string]any](b, `nextAuth.getSession()`); session != nil {
		t.Errorf("getSession = %v after signing out, want null", session)
	}
}

// messagesDiffer waits until the client's next message to other tabs differs from
// the last one: it is written to the local storage with the time in seconds, and
// browsers tell nobody about a value that stays the same.
func messagesDiffer(b *chromium.Tab) {
	b.T.Helper()
	b.Wait(`JSON.parse(localStorage["nextauth.message"]).timestamp < Math.floor(Date.now() / 1000)`)
}

func testTwoTabs(_ *testing.T, s *site, b *chromium.Tab) {
	other := b.Another()
	openApp(s, other)

	// The client tells other tabs about a sign-in when the page is loaded anew.
	messagesDiffer(b)
	b.Fill("#credentials [name=username]", "alice")
	b.Fill("#credentials [name=password]", "wonderland")
	b.Click("#credentials button")
	b.Shows("#name", "Alice")
	other.Shows("#name", "Alice")

	messagesDiffer(b)
	other.Fill("#rename input", "Ally")
	other.Click("#rename button")
	b.Shows("#name", "Ally")
	other.Shows("#status", "authenticated")

	messagesDiffer(b)
	chromium.Evaluate[map[string]string](other, `nextAuth.signOut({redirect: false})`)
	b.Shows("#status", "unauthenticated")
	wantStatuses(other, "loading", "unauthenticated", "authenticated", "loading", "authenticated", "unauthenticated")
}

func testSessionRequired(t *testing.T, s *site, b *chromium.Tab) {
	b.Open(s.url + "/required?page=2")
	b.At(s.url, "/api/auth/signin")
	if code := b.Parameter("error"); code != "SessionRequired" {
		t.Errorf("error = %q, want SessionRequired", code)
	}
	b.Shows("[role=alert]", "Please sign in to see that page")
	b.Fill("[name=username]", "alice")
	b.Fill("[name=password]", "wonderland")
	b.Click("form:has([name=password]) [type=submit]")
	b.At(s.url, "/required")
	b.Shows("#status", "authenticated")
	if page := b.Parameter("page"); page != "2" {
		t.Errorf("the way back lost its query: page = %q", page)
	}
}
