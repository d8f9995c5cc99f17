package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// markup are texts that would become elements, attributes or scripts on a page
// that does not escape.
var markup = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onfocus=alert(1) autofocus='`, `javascript:alert(1)`, `</title><script>alert(1)</script>`,
	`{{.Secret}}`, `${7*7}`, "\x00<script>alert(1)</script>", "\u2028alert(1)", `--><svg onload=alert(1)>`, `&lt;script&gt;`, `__proto__`, `constructor`, `toString`,
}

// formsScript is the one script of the pages, and revealIcon a picture in it.
var (
	formsScript = regexp.MustCompile(`<script src="[^"<>]*/_assets/forms\.[0-9a-f]{16}\.js" defer></script>`)
	revealIcon  = regexp.MustCompile(`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="[^"<>]*"/><circle [^<>]*/></svg>`)
)

// injected reports what of a text stands on a page as markup.
func injected(page string) string {
	lower := strings.ToLower(revealIcon.ReplaceAllString(formsScript.ReplaceAllString(page, ""), ""))
	for _, sign := range []string{"<script", "<img src=x", "<svg", " onerror=alert(1)>", `href="javascript:`, `action="javascript:`, "' onfocus=alert(1) autofocus='\""} {
		if strings.Contains(lower, sign) {
			return sign
		}
	}
	return ""
}

// WEB-01 and REDIR-03: nothing in a URL becomes markup on a page, and no error
// text is taken from it.
func TestSecurityReflection(t *testing.T) {
	for _, strict := range []bool{false, true} {
		s := newTestSite(t, strictly(strict))
		for _, text := range append(markup, strings.Repeat("x", 10<<10)) {
			escaped := url.QueryEscape(text)
			for _, target := range []string{
				"error?error=" + escaped, "error/" + url.PathEscape(text), "error?ref=" + escaped, "error?code=" + escaped, "signin?error=" + escaped, "signin?email=" + escaped,
				"signin/" + url.PathEscape(text), "signin?callbackUrl=" + escaped, "signin?callbackUrl=" + url.QueryEscape("/"+text), "signin?csrfToken=" + escaped, "signin?providers=" + escaped,
				"signout?callbackUrl=" + escaped, "verify-request?provider=" + escaped, "callback/email?token=" + escaped + "&email=" + escaped, "callback/email?token=x&email=" + escaped + "&callbackUrl=" + escaped,
				"callback/op?error=" + escaped, url.PathEscape(text),
			} {
				got := attack(s.auth, http.MethodGet, s.url+"/api/auth/"+target, "", nil)
				if strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
					if sign := injected(got.body); sign != "" {
						t.Errorf("%.80s: %s on the page", target, sign)
					}
				}
				if got.status >= 500 && (!strict || !strings.Contains(target, "callbackUrl")) {
					t.Errorf("%.80s: %d", target, got.status)
				}
			}
		}
		for code, want := range map[string]int{"AccessDenied": 403, "Verification": 403, "Configuration": 500, "x": 200, "__proto__": 200} {
			if got := s.browser().get("/api/auth/error?error=" + code); got.status != want {
				t.Errorf("error %s: status %d, want %d", code, got.status, want)
			}
		}
	}
}

// WEB-03: names from the configuration and from providers stay text.
func TestSecurityForeignNames(t *testing.T) {
	for _, text := range markup {
		s := newTestSite(t, func(c *auth.Config) {
			op := onlyOP(c)
			op.Name = "N" + text
			c.Providers[0] = op
			p := credentialsProvider()
			p.Name = "N" + text
			p.Fields = []auth.Field{{Name: "a" + text, Label: text, Type: text, Placeholder: text, Value: text, Autocomplete: text}}
			c.Providers[2] = p
		})
		for _, path := range []string{"signin", "signin?error=OAuthSignin", "error?error=AccessDenied"} {
			if sign := injected(s.browser().get("/api/auth/" + path).body); sign != "" {
				t.Errorf("%q in the configuration: %s on %s", text, sign, path)
			}
		}
		s.op.Script(func(b *fakeop.Behavior) {
			b.IDToken.Claims = map[string]any{"name": text, "picture": text, "email": text}
		})
		b := s.browser()
		b.signInWithOAuth("op")
		session := b.get("/api/auth/session")
		if strings.Contains(session.body, "<") || session.header.Get("X-Content-Type-Options") != "nosniff" || session.header.Get("Content-Type") != "application/json" {
			t.Errorf("%q in a profile: %v %s", text, session.header, session.body)
		}
		for _, path := range []string{"signin", "signout"} {
			if sign := injected(b.get("/api/auth/" + path).body); sign != "" {
				t.Errorf("%q in a profile: %s on %s", text, sign, path)
			}
		}
	}
}

// WEB-04: a theme that is no theme is refused at the start.
func TestSecurityThemes(t *testing.T) {
	for _, theme := range []auth.Theme{
		{BrandColor: "red}</style><script>"}, {BrandColor: "#12345g"}, {ButtonText: "url(x)"}, {Logo: "javascript:alert(1)"}, {Logo: "data:image/svg+xml,x"},
		{Logo: `/x" onerror="alert(1)` + "\n"}, {ColorScheme: "x;}"},
	} {
		config := auth.Config{URL: "https://a.test", Secrets: []string{secret}, Providers: []auth.Provider{credentialsProvider()}, Theme: theme}
		a, err := auth.New(config)
		if err == nil {
			page := attack(a, http.MethodGet, "https://a.test/api/auth/signin", "", nil)
			t.Errorf("theme %+v was accepted: %s", theme, page.header.Get("Content-Security-Policy"))
		}
	}
}

// WEB-06: no page can be framed, run a script that is not ours or load something
// from elsewhere.
func TestSecurityPageHeaders(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.Redirect = func(_ context.Context, asked, _ string) (string, error) { return asked, nil }
	})
	for _, path := range []string{"signin", "signin?callbackUrl=" + url.QueryEscape("https://a.test; script-src *"), "signin?callbackUrl=" + url.QueryEscape("https://a.test/;script-src *"), "signout", "verify-request", "error?error=Configuration", "error", "callback/email?token=x&email=a@b.test"} {
		got := s.browser().get("/api/auth/" + path)
		policy := got.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy lacks %s: %s", path, part, policy)
			}
		}
		script := strings.HasPrefix(path, "signin") || strings.HasPrefix(path, "callback/email")
		if script != strings.Contains(policy, "; script-src 'self'; ") || script != strings.Contains(policy, "script-src") ||
			script != formsScript.MatchString(got.body) || strings.Contains(policy, "unsafe") || got.header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %s", path, policy)
		}
	}
}

// WEB-11: neither the text of an error nor a panic reaches a browser.
func TestSecurityErrorDetail(t *testing.T) {
	const detail = "pq: password authentication failed for user \"gatehouse\" at 10.1.2.3"
	boom := errors.New(detail)
	for _, test := range []struct {
		name   string
		change func(*auth.Config)
	}{
		{"SignIn fails", func(c *auth.Config) {
			c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) { return auth.Allow(), boom }
		}},
		{"SignIn panics", func(c *auth.Config) {
			c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) { panic(detail) }
		}},
		{"public error with a text", func(c *auth.Config) {
			c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) {
				return auth.Deny(), &auth.PublicError{Code: "a&b=<x>", Err: boom}
			}
		}},
		{"Profile fails", func(c *auth.Config) {
			op := onlyOP(c)
			op.Profile = func(auth.Profile, auth.Tokens) (auth.User, error) { return auth.User{}, boom }
			c.Providers[0] = op
		}},
		{"Profile panics", func(c *auth.Config) {
			op := onlyOP(c)
			op.Profile = func(auth.Profile, auth.Tokens) (auth.User, error) { panic(boom) }
			c.Providers[0] = op
		}},
		{"JWT fails", func(c *auth.Config) {
			c.Callbacks.JWT = func(context.Context, auth.JWTParams) (token.Claims, error) { return nil, boom }
		}},
		{"Redirect fails", func(c *auth.Config) {
			c.Callbacks.Redirect = func(context.Context, string, string) (string, error) { return "//evil", boom }
		}},
		{"Redirect panics", func(c *auth.Config) {
			c.Callbacks.Redirect = func(context.Context, string, string) (string, error) { panic(detail) }
		}},
		{"store down", func(c *auth.Config) {
			store := watch(memory.New())
			store.breakDown("SignIn", "UserByEmail", "UserByAccount", "CreateVerificationToken", "VerificationToken")
			c.Adapter = store
		}},
		{"Sender panics", func(c *auth.Config) {
			p, _ := c.Providers[1].(auth.EmailProvider)
			p.Sender = panicking{}
			c.Providers[1] = p
		}},
		{"Authorize panics", func(c *auth.Config) {
			p := credentialsProvider()
			p.Authorize = func(context.Context, auth.Credentials, *http.Request) (*auth.User, error) { panic(boom) }
			c.Providers[2] = p
		}},
		{"an event panics", func(c *auth.Config) {
			c.Events.SignIn = func(context.Context, auth.SignInEvent) { panic(detail) }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, test.change)
			answers := []*answer{}
			visit := func(got *answer) {
				answers = append(answers, got)
				if strings.HasPrefix(got.location, s.url) {
					answers = append(answers, s.browser().get(got.location))
				}
			}
			b := s.browser()
			visit(b.get("/api/auth/signin?callbackUrl=/x"))
			visit(s.browser().signInWithCredentials())
			if started := b.post("/api/auth/signin/op", nil); strings.HasPrefix(started.location, s.opURL) {
				visit(b.get(b.get(started.location).location))
			}
			visit(b.post("/api/auth/signin/email", url.Values{"email": {"v@example.com"}}))
			visit(b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}, "json": {"true"}, "callbackUrl": {"/x"}}))
			for _, got := range answers {
				shown := got.body + got.location
				if strings.Contains(shown, "10.") && strings.Contains(shown, "password authentication") || strings.Contains(shown, "10.9.8.7") || strings.Contains(shown, "goroutine") || strings.Contains(shown, ".go:") || strings.Contains(shown, "<x>") {
					t.Errorf("%d shows the detail: %s", got.status, shown)
				}
			}
			// DOS-11: the process goes on.
			if got := s.browser().get("/api/auth/csrf"); got.status != http.StatusOK {
				t.Errorf("afterwards GET /csrf answers %d", got.status)
			}
		})
	}
}

type panicking struct{}

func (panicking) SendVerificationRequest(context.Context, auth.VerificationRequest) error {
	panic("pq: password authentication failed at 10.1.2.3")
}

// WEB-08: what a stranger reports is no log line of their own making.
func TestSecurityClientLog(t *testing.T) {
	s := newTestSite(t, nil)
	before := len(s.log.String())
	for _, body := range []string{
		`{"level":"constructor","code":"x"}`, `{"level":"__proto__","code":"x"}`, `{"level":"info","code":"x"}`, `{"level":["error"],"code":"x"}`, `[]`, `null`, `"error"`, `{`,
	} {
		got := attack(s.auth, http.MethodPost, s.url+"/api/auth/_log", body, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
		if got.status >= 500 || len(got.cookies) != 0 {
			t.Errorf("%s: %d", body, got.status)
		}
	}
	if log := s.log.String()[before:]; log != "" {
		t.Errorf("logged: %s", log)
	}
	evil := url.Values{"level": {"error"}, "code": {"a\r\nlevel=ERROR msg=\"admin signed in\"\x1b[2J\u202e"}, "x\r\ny": {strings.Repeat("z", 100<<10)}}
	for range 500 {
		attack(s.auth, http.MethodPost, s.url+"/api/auth/_log", evil.Encode(), nil)
	}
	log := s.log.String()[before:]
	if strings.Contains(log, "\nlevel=ERROR") || strings.Contains(log, "\x1b") || strings.Contains(log, "\u202e") {
		t.Error("a control character reached the log")
	}
	if len(log) > 100<<10 || strings.Count(log, "\n") > 100 || log == "" {
		t.Errorf("%d bytes were logged", len(log))
	}
}

// WEB-14: the form of the credentials.
func TestSecurityPasswordField(t *testing.T) {
	page := newTestSite(t, nil).browser().get("/api/auth/signin").body
	for _, part := range []string{`type="password"`, `autocomplete="current-password"`, `autocomplete="username"`, `autocomplete="email"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if strings.Contains(page, "onpaste") || strings.Count(page, "<script") != len(formsScript.FindAllString(page, -1)) {
		t.Error("the page has another script than the one that shows the password")
	}
}
