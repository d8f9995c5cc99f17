package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
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
	browser := startChromium(t)
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			s := newSite(t, options{strategy: strategy})
			for _, test := range []struct {
				name string
				run  func(*testing.T, *site, *tab)
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
					b := browser.visitor(t)
					openApp(s, b)
					test.run(t, s, b)
				})
			}
		})
	}
}

// openApp opens the page of app.jsx, signed out, and waits until it knows that.
// To leave it any earlier would be a failed request.
func openApp(s *site, b *tab) {
	b.t.Helper()
	b.open(s.url)
	b.shows("#status", "unauthenticated")
}

// signInAsAlice signs in without leaving the page.
func signInAsAlice(b *tab) result {
	b.t.Helper()
	r := evaluate[result](b, `nextAuth.signIn("credentials", {username: "alice", password: "wonderland", redirect: false})`)
	b.shows("#status", "authenticated")
	b.shows("#name", "Alice")
	return r
}

// wantStatuses compares what useSession said since the page was loaded. The page
// may render the last of it only after the call that caused it has returned.
func wantStatuses(b *tab, want ...string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`seen.length >= %d`, len(want)))
	if diff := cmp.Diff(want, evaluate[[]string](b, "seen")); diff != "" {
		b.t.Errorf("useSession went through other statuses (-want +got):\n%s", diff)
	}
}

func testSignedOut(t *testing.T, s *site, b *tab) {
	wantStatuses(b, "loading", "unauthenticated")
	if session := evaluate[map[string]any](b, `nextAuth.getSession()`); session != nil {
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
	if diff := cmp.Diff(want, evaluate[map[string]provider](b, `nextAuth.getProviders()`)); diff != "" {
		t.Errorf("getProviders (-want +got):\n%s", diff)
	}
	first, second := evaluate[string](b, `nextAuth.getCsrfToken()`), evaluate[string](b, `nextAuth.getCsrfToken()`)
	if len(first) != 64 || first != second {
		t.Errorf("getCsrfToken = %q, then %q, want the same 64 digits", first, second)
	}
}

func testOAuth(t *testing.T, s *site, b *tab) {
	b.click("#oauth")
	b.shows("#name", "Ida Provider")
	b.at(s.url, "/")
	wantStatuses(b, "loading", "authenticated")
	if from := b.parameter("from"); from != "op" {
		t.Errorf("the callbackUrl of signIn got lost: from = %q", from)
	}
}

func testAuthorizationParameters(_ *testing.T, s *site, b *tab) {
	b.run(`nextAuth.signIn("op", {}, {login_hint: "bob"})`)
	b.shows("#name", "Bob Provider")
	b.at(s.url, "/")
}

func testEmail(t *testing.T, s *site, b *tab) {
	b.fill("#email input", "Grace@example.com")
	b.click("#email button")
	b.at(s.url, "/api/auth/verify-request")
	b.open(s.mails.link(t, "grace@example.com"))
	b.shows("#name", "grace@example.com")
	b.at(s.url, "/")
	wantStatuses(b, "loading", "authenticated")
}

func testCredentials(t *testing.T, s *site, b *tab) {
	b.expect(http.StatusUnauthorized, "/api/auth/callback/credentials")
	b.fill("#credentials [name=username]", "alice")
	b.fill("#credentials [name=password]", "wrong")
	b.click("#credentials button")
	b.at(s.url, "/api/auth/signin")
	if code := b.parameter("error"); code != "CredentialsSignin" {
		t.Errorf("error = %q after a wrong password", code)
	}

	openApp(s, b)
	b.fill("#credentials [name=username]", "alice")
	b.fill("#credentials [name=password]", "wonderland")
	b.click("#credentials button")
	b.shows("#name", "Alice")
}

func testNoSuchProvider(_ *testing.T, s *site, b *tab) {
	for _, call := range []string{`nextAuth.signIn()`, `nextAuth.signIn("nobody")`} {
		openApp(s, b)
		b.run(call)
		b.at(s.url, "/api/auth/signin")
	}
}

func testResults(t *testing.T, s *site, b *tab) {
	b.expect(http.StatusUnauthorized, "/api/auth/callback/credentials")
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
		if diff := cmp.Diff(test.want, evaluate[result](b, test.call)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	b.shows("#status", "unauthenticated")

	if diff := cmp.Diff(result{OK: true, Status: 200, URL: new(s.url + "/")}, signInAsAlice(b)); diff != "" {
		t.Errorf("right password (-want +got):\n%s", diff)
	}
	wantStatuses(b, "loading", "unauthenticated", "authenticated")
}

// updated is the name in the session that update returns; fields that the
// callback does not ask for must have no effect.
func updated(b *tab, fields string) string {
	b.t.Helper()
	session := evaluate[struct{ User map[string]any }](b, `update(`+fields+`)`)
	for name := range session.User {
		if name != "name" && name != "email" {
			b.t.Errorf("the update put %q into the session", name)
		}
	}
	name, _ := session.User["name"].(string)
	return name
}

func testUpdate(t *testing.T, s *site, b *tab) {
	b.run(`nextAuth.signIn("op", {callbackUrl: "/"}, {login_hint: "bob"})`)
	b.shows("#name", "Bob Provider")
	b.fill("#rename input", "Bobby")
	b.click("#rename button")
	b.shows("#name", "Bobby")
	b.shows("#status", "authenticated")
	wantStatuses(b, "loading", "authenticated", "loading", "authenticated")

	for _, refused := range []string{`{name: ""}`, `{name: 7}`, `{name: "a name that is far too long"}`, `{role: "admin"}`, `"text"`, `null`} {
		if got := updated(b, refused); got != "Bobby" {
			t.Errorf("update(%s) made the name %q, want it unchanged", refused, got)
		}
	}
	if got := updated(b, `{name: "Bob Provider", role: "admin"}`); got != "Bob Provider" {
		t.Errorf("update returned the name %q", got)
	}
	b.open(s.url)
	b.shows("#name", "Bob Provider")
}

func testSignOut(t *testing.T, s *site, b *tab) {
	signInAsAlice(b)
	b.click("#signout")
	b.wait(`window.seen?.join() === "loading,unauthenticated"`) // on a new page

	signInAsAlice(b)
	answer := evaluate[map[string]string](b, `nextAuth.signOut({redirect: false, callbackUrl: "/bye"})`)
	if diff := cmp.Diff(map[string]string{"url": s.url + "/bye"}, answer); diff != "" {
		t.Errorf("signOut (-want +got):\n%s", diff)
	}
	b.shows("#status", "unauthenticated")
	wantStatuses(b, "loading", "unauthenticated", "authenticated", "unauthenticated")
	if session := evaluate[map[string]any](b, `nextAuth.getSession()`); session != nil {
		t.Errorf("getSession = %v after signing out, want null", session)
	}
}

// messagesDiffer waits until the client's next message to other tabs differs from
// the last one: it is written to the local storage with the time in seconds, and
// browsers tell nobody about a value that stays the same.
func messagesDiffer(b *tab) {
	b.t.Helper()
	b.wait(`JSON.parse(localStorage["nextauth.message"]).timestamp < Math.floor(Date.now() / 1000)`)
}

func testTwoTabs(_ *testing.T, s *site, b *tab) {
	other := b.another()
	openApp(s, other)

	// The client tells other tabs about a sign-in when the page is loaded anew.
	messagesDiffer(b)
	b.fill("#credentials [name=username]", "alice")
	b.fill("#credentials [name=password]", "wonderland")
	b.click("#credentials button")
	b.shows("#name", "Alice")
	other.shows("#name", "Alice")

	messagesDiffer(b)
	other.fill("#rename input", "Ally")
	other.click("#rename button")
	b.shows("#name", "Ally")
	other.shows("#status", "authenticated")

	messagesDiffer(b)
	evaluate[map[string]string](other, `nextAuth.signOut({redirect: false})`)
	b.shows("#status", "unauthenticated")
	wantStatuses(other, "loading", "unauthenticated", "authenticated", "loading", "authenticated", "unauthenticated")
}

func testSessionRequired(t *testing.T, s *site, b *tab) {
	b.open(s.url + "/required?page=2")
	b.at(s.url, "/api/auth/signin")
	if code := b.parameter("error"); code != "SessionRequired" {
		t.Errorf("error = %q, want SessionRequired", code)
	}
	b.shows("[role=alert]", "only for people who are signed in")
	b.fill("[name=username]", "alice")
	b.fill("[name=password]", "wonderland")
	b.click("form:has([name=password]) button")
	b.at(s.url, "/required")
	b.shows("#status", "authenticated")
	if page := b.parameter("page"); page != "2" {
		t.Errorf("the way back lost its query: page = %q", page)
	}
}
