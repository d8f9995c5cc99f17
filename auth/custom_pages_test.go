package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// The application's own pages get the visitor, with what they need to know.
func TestCustomPages(t *testing.T) {
	inBothModes(t, "redirects", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
			c.StrictV4 = strictV4
			c.Pages = auth.Pages{SignIn: "/login", SignOut: "/logout?x=y", Error: "/oops", VerifyRequest: "https://mail.example/look"}
		})
		for _, row := range []struct{ name, path, want, wantV4 string }{
			{"sign-in", "signin", "/login?callbackUrl=https%3A%2F%2Fapp.test", ""},
			{"sign-in with a way back", "signin?callbackUrl=/inside", "/login?callbackUrl=https%3A%2F%2Fapp.test%2Finside", ""},
			{"sign-in with an error", "signin?error=OAuthSignin", "/login?callbackUrl=https%3A%2F%2Fapp.test&error=OAuthSignin", ""},
			{"sign-in with details", "signin?error=AccessDenied&code=locked&ref=abcdefgh",
				"/login?callbackUrl=https%3A%2F%2Fapp.test&error=AccessDenied&code=locked&ref=abcdefgh",
				"/login?callbackUrl=https%3A%2F%2Fapp.test&error=AccessDenied"},
			{"sign-in of a provider", "signin/op", "/login?callbackUrl=https%3A%2F%2Fapp.test", "/login?callbackUrl=https%3A%2F%2Fapp.test&error=op"},
			{"sign-out", "signout", "/logout?x=y", ""},
			{"verify request", "verify-request?provider=email", "https://mail.example/look", ""},
			{"error", "error?error=AccessDenied", "/oops?error=AccessDenied", ""},
			{"error from the path", "error/Verification", "/oops?error=Verification", ""},
			{"code of the sign-in page", "error?error=Callback", "https://app.test/api/auth/signin?error=Callback", ""},
			{"code in another case", "error?error=callback", "/oops?error=callback", ""},
		} {
			t.Run(row.name, func(t *testing.T) {
				want := row.want
				if strictV4 && row.wantV4 != "" {
					want = row.wantV4
				}
				got := s.browser().get("/api/auth/" + row.path)
				if got.status != http.StatusFound || got.location != want {
					t.Errorf("answered %d %s, want 302 %s", got.status, got.location, want)
				}
			})
		}
	})
	inBothModes(t, "new user", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
			c.StrictV4, c.Pages.NewUser = strictV4, "/welcome?step=1"
		})
		b := s.browser()
		if got := b.signInWithOAuth("op").location; got != "/welcome?step=1&callbackUrl=https%3A%2F%2Fapp.test" {
			t.Errorf("the first sign-in leads to %s", got)
		}
		if got := b.signInWithOAuth("op").location; got != "https://app.test" {
			t.Errorf("the second sign-in leads to %s", got)
		}
	})
}

// Names and attributes of the cookies can be changed, and everything goes on.
func TestCustomCookies(t *testing.T) {
	no := false
	for _, row := range []struct {
		name   string
		cookie auth.Cookie
		want   http.Cookie
	}{
		{"default", auth.Cookie{}, http.Cookie{Name: secureSession, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}},
		{"name", auth.Cookie{Name: "sid"}, http.Cookie{Name: "sid", Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}},
		{"domain", auth.Cookie{Domain: "app.test"}, http.Cookie{Name: secureSession, Path: "/", Domain: "app.test", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}},
		{"path", auth.Cookie{Path: "/api"}, http.Cookie{Name: secureSession, Path: "/api", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}},
		{"strict", auth.Cookie{SameSite: http.SameSiteStrictMode}, http.Cookie{Name: secureSession, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode}},
		{"no SameSite", auth.Cookie{InsecureNoSameSite: true}, http.Cookie{Name: secureSession, Path: "/", HttpOnly: true, Secure: true}},
		{"not secure", auth.Cookie{Name: "sid", Secure: &no}, http.Cookie{Name: "sid", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}},
		{"for scripts", auth.Cookie{InsecureScriptAccess: true}, http.Cookie{Name: secureSession, Path: "/", Secure: true, SameSite: http.SameSiteLaxMode}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newOfflineSite(t, memory.New(), func(c *auth.Config) { c.Cookies.SessionToken = row.cookie })
			b := s.browser()
			got := b.signInWithCredentials().cookie(row.want.Name)
			if got == nil {
				t.Fatalf("there is no cookie %s", row.want.Name)
			}
			seen := http.Cookie{Name: got.Name, Path: got.Path, Domain: got.Domain, HttpOnly: got.HttpOnly, Secure: got.Secure, SameSite: got.SameSite}
			if seen.String() != row.want.String() || got.Expires.IsZero() {
				t.Errorf("the cookie is %s, want %s", got, &row.want)
			}
			if b.signedInAs() != "Alice" {
				t.Error("not signed in")
			}
			cleared := b.post("/api/auth/signout", nil).cookie(row.want.Name)
			if cleared == nil || cleared.MaxAge >= 0 || cleared.Path != row.want.Path || cleared.Domain != row.want.Domain || b.signedInAs() != "" {
				t.Errorf("the sign-out sets %v", cleared)
			}
		})
	}
	inBothModes(t, "all names", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
			c.StrictV4 = strictV4
			c.Cookies = auth.Cookies{
				SessionToken: auth.Cookie{Name: "a"}, CallbackURL: auth.Cookie{Name: "b"}, CSRFToken: auth.Cookie{Name: "c"},
				PKCECodeVerifier: auth.Cookie{Name: "d", MaxAge: time.Minute}, State: auth.Cookie{Name: "e", MaxAge: time.Minute}, Nonce: auth.Cookie{Name: "f"},
			}
			atProvider(func(p *auth.OAuthProvider) { p.Checks = []auth.Check{auth.CheckState, auth.CheckPKCE, auth.CheckNonce} })(c)
		})
		b := s.browser()
		started := b.post("/api/auth/signin/op", nil)
		names := map[string]bool{}
		for _, c := range started.cookies {
			names[c.Name] = true
			names["flow"] = names["flow"] || strings.HasPrefix(c.Name, "__Host-next-auth.flow.") && c.MaxAge == 60
		}
		if strictV4 != (names["d"] && names["e"] && names["f"]) || strictV4 == names["flow"] {
			t.Errorf("the check cookies are %v", names)
		}
		b.get(b.get(started.location).location)
		if b.cookie("a") == nil || b.cookie("b") == nil || b.cookie("c") == nil || b.signedInAs() != "Ida Provider" {
			t.Errorf("the sign-in failed:\n%s", s.log)
		}
	})
}

// Misconfigured keeps a program running whose configuration New refused.
func TestMisconfigured(t *testing.T) {
	bad := auth.Config{URL: "https://app.test"}
	if _, err := auth.New(bad); err == nil {
		t.Fatal("the configuration is good")
	}
	for _, row := range []struct {
		name, method, path string
		pages              auth.Pages
		wantStatus         int
		want               string // in the body or the Location
	}{
		{"session", http.MethodGet, "session", auth.Pages{}, http.StatusInternalServerError, `{"message":`},
		{"providers", http.MethodGet, "providers", auth.Pages{}, http.StatusInternalServerError, `{"message":`},
		{"unknown action", http.MethodGet, "x", auth.Pages{}, http.StatusInternalServerError, `{"message":`},
		{"POST", http.MethodPost, "signin/op", auth.Pages{}, http.StatusInternalServerError, `{"message":`},
		{"sign-in page", http.MethodGet, "signin", auth.Pages{}, http.StatusInternalServerError, "<h1>"},
		{"error page", http.MethodGet, "error", auth.Pages{}, http.StatusInternalServerError, "<h1>"},
		{"own error page", http.MethodGet, "signin", auth.Pages{Error: "/oops"}, http.StatusFound, "/oops?error=Configuration"},
		{"no loop", http.MethodGet, "signin?callbackUrl=/oops", auth.Pages{Error: "/oops"}, http.StatusInternalServerError, "<h1>"},
		{"own page that is bad as well", http.MethodGet, "signin", auth.Pages{Error: "javascript:x"}, http.StatusInternalServerError, "<h1>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			config := bad
			config.Pages = row.pages
			got := serve(auth.Misconfigured(config), row.method, "https://app.test/api/auth/"+row.path, nil)
			text := got.Body.String() + got.Header().Get("Location")
			if got.Code != row.wantStatus || !strings.Contains(text, row.want) || len(got.Result().Cookies()) > 0 {
				t.Errorf("answered %d %s, want %d %s", got.Code, text, row.wantStatus, row.want)
			}
		})
	}
	t.Run("bad address", func(t *testing.T) {
		got := serve(auth.Misconfigured(auth.Config{URL: "::"}), http.MethodGet, "/api/auth/signin", nil)
		if got.Code != http.StatusInternalServerError {
			t.Errorf("answered %d", got.Code)
		}
	})
}

// Two Auth values in one process do not see each other.
func TestTwoAuths(t *testing.T) {
	one := newOfflineSite(t, memory.New(), func(c *auth.Config) { c.URL = "https://app.test/one" })
	two := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.URL, c.Secrets, c.Cookies.SessionToken.Name = "https://app.test/two", []string{newSecret}, "two-session"
		c.Callbacks.Redirect = nil
	})
	for _, s := range []*offlineSite{one, two} {
		mux := http.NewServeMux()
		mux.Handle("/one/", one.auth)
		mux.Handle("/two/", two.auth)
		s.network["app.test"] = mux
	}
	b := one.browser()
	csrf := func(at string) string {
		_, rest, _ := strings.Cut(b.get("/"+at+"/csrf").body, `"csrfToken":"`)
		return strings.TrimSuffix(rest, `"}`)
	}
	signIn := func(at string) *answer {
		form := url.Values{"csrfToken": {csrf(at)}, "username": {"alice"}, "password": {"wonderland"}}
		return b.do(http.MethodPost, "/"+at+"/callback/credentials", strings.NewReader(form.Encode()), formHeader())
	}
	signIn("one")
	if got := b.get("/one/session").body; !strings.Contains(got, "Alice") {
		t.Fatalf("not signed in: %s", got)
	}
	if got := b.get("/two/session").body; got != "{}" {
		t.Errorf("the other one knows the session: %s", got)
	}
	one.auth.RevokeAll(t.Context(), "alice-id")
	if got := b.get("/one/session").body; got != "{}" {
		t.Errorf("the session was not withdrawn: %s", got)
	}
	if got := signIn("two"); got.cookie("two-session") == nil {
		t.Errorf("the withdrawal reached the other one: %d %s", got.status, got.location)
	}
	if got := b.get("/two/session").body; !strings.Contains(got, "Alice") {
		t.Errorf("not signed in at the other one: %s", got)
	}
	if strings.Contains(one.log.String(), "two") || strings.Contains(two.log.String(), "one") {
		t.Error("the logs are mixed")
	}
}
