package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// secretsOf collects what must stand in no log line.
type secretsOf struct {
	t     *testing.T
	texts map[string]string // by what they are
}

func (s *secretsOf) add(what, text string) {
	if text == "" {
		s.t.Errorf("there is no %s to look for", what)
	}
	s.texts[what+" "+text] = text
}

// cookies adds the values of a browser's cookies.
func (s *secretsOf) cookies(b *browser) {
	for _, c := range b.stolen() {
		if !strings.Contains(c.Name, "callback-url") {
			s.add("cookie "+c.Name, c.Value)
		}
	}
}

// parameters adds the secret parameters of an address.
func (s *secretsOf) parameters(address string) {
	u, err := url.Parse(address)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"code", "state", "nonce", "code_challenge", "token", "oauth_token", "oauth_verifier"} {
		if value := u.Query().Get(name); value != "" {
			s.add(name, value)
		}
	}
}

// WEB-09, MAIL-26 and FLOW-16: every flow and many failures at debug level, and
// no secret in the log.
func TestSecurityLogs(t *testing.T) {
	for _, strict := range []bool{false, true} {
		for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
			s := newTestSite(t, all(addPlain, addOAuth1("bird"), func(c *auth.Config) {
				c.Debug, c.StrictV4, c.Session.Strategy = true, strict, strategy
			}))
			found := &secretsOf{t: t, texts: map[string]string{}}
			found.add("client secret", fakeop.DefaultClient().Secret)
			found.add("our secret", secret)
			found.add("password", "wonderland")
			playFlows(s, found)
			playFailures(s, found)
			for _, r := range s.op.Requests() {
				for _, name := range []string{"code", "code_verifier"} {
					if value := r.Form.Get(name); value != "" {
						found.add(name, value)
					}
				}
				if value := r.Header.Get("Authorization"); value != "" {
					_, credentials, _ := strings.Cut(value, " ")
					found.add("Authorization", credentials)
				}
			}
			for _, account := range s.store.Dump().Accounts {
				for _, value := range []string{account.AccessToken, account.RefreshToken, account.IDToken} {
					if value != "" {
						found.add("token", value)
					}
				}
			}
			log := s.log.String()
			for what, text := range found.texts {
				if strings.Contains(log, text) || strings.Contains(log, url.QueryEscape(text)) {
					t.Errorf("StrictV4 %v, %s: the log has the %.80s", strict, strategy, what)
				}
			}
			if len(found.texts) < 30 || log == "" {
				t.Errorf("only %d secrets and %d bytes of log", len(found.texts), len(log))
			}
		}
	}
}

// playFlows signs in and out by every kind of provider.
func playFlows(s *testSite, found *secretsOf) {
	for _, provider := range []string{"op", "plain", "bird"} {
		b := s.browser()
		started := b.post("/api/auth/signin/"+provider, nil)
		found.cookies(b)
		found.parameters(started.location)
		callback := b.get(started.location).location
		found.parameters(callback)
		b.get(callback)
		found.cookies(b)
		b.get(callback) // once more
		b.post("/api/auth/signout", nil)
	}
	b := s.browser()
	link := b.requestLink("v@example.com")
	found.cookies(b)
	found.parameters(link)
	s.browser().get(link)
	b.get(link)
	found.cookies(b)
	b.get(link)
	b.post("/api/auth/session", url.Values{"data": {"x"}})
	b.post("/api/auth/signout", nil)
	b.signInWithCredentials()
	found.cookies(b)
}

// playFailures lets each flow fail.
func playFailures(s *testSite, found *secretsOf) {
	b := s.browser()
	b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"a-wrong-password"}})
	found.add("password", "a-wrong-password")
	for _, script := range []func(*fakeop.Behavior){
		func(b *fakeop.Behavior) { b.Token.Status = 500 },
		func(b *fakeop.Behavior) {
			b.Token.Body = []byte(`{"error":"invalid_grant","error_description":"tok-echo"}`)
		},
		func(b *fakeop.Behavior) { b.Token.Body = []byte(`{"access_token":"tok-echo"`) },
		func(b *fakeop.Behavior) { b.Userinfo.Body = []byte(`tok-echo`) },
		func(b *fakeop.Behavior) { b.OAuth1RequestToken.Body = []byte(`oauth_token=tok-echo`) },
		func(b *fakeop.Behavior) {
			b.OAuth1AccessToken.Status, b.OAuth1AccessToken.Body = 401, []byte("tok-echo")
		},
		func(b *fakeop.Behavior) { b.IDToken.Raw = "tok-echo.x.y" },
		func(b *fakeop.Behavior) { b.IDToken.BadSignature = true },
		func(b *fakeop.Behavior) { b.Discovery.Status = 500 },
		func(b *fakeop.Behavior) {
			// What an authorization endpoint says is meant for the log (RFC
			// 6749, section 4.1.2.1): see TestProviderErrorIsLogged.
			b.Authorize.Error, b.Authorize.ErrorDescription = "access_denied", "said no"
		},
	} {
		s.op.ResetScript()
		s.op.Script(script)
		for _, provider := range []string{"op", "plain", "bird"} {
			b := s.browser()
			started := b.post("/api/auth/signin/"+provider, nil)
			found.parameters(started.location)
			if strings.HasPrefix(started.location, s.opURL) {
				callback := b.get(started.location).location
				found.parameters(callback)
				b.get(callback)
			}
		}
	}
	s.op.ResetScript()
	found.add("answer of the provider", "tok-echo")
	b.get("/api/auth/callback/op?code=code-in-vain&state=state-in-vain&access_token=at-in-vain&id_token=idt-in-vain")
	b.get("/api/auth/callback/email?token=link-in-vain&email=x@example.com")
	b.do(http.MethodGet, "/api/auth/session", nil, http.Header{"Cookie": {sessionTokenName + "=session-in-vain"}})
	for _, text := range []string{"code-in-vain", "state-in-vain", "at-in-vain", "idt-in-vain", "link-in-vain", "session-in-vain"} {
		found.add("value", text)
	}
	s.mails.mu.Lock()
	s.mails.fail = errStore
	s.mails.mu.Unlock()
	b.post("/api/auth/signin/email", url.Values{"email": {"v@example.com"}})
}

// Configuration errors name the field, never a secret.
func TestSecurityConfigErrors(t *testing.T) {
	_, err := auth.New(auth.Config{
		URL: "https://user:url-password@a.test", Secrets: []string{"short-secret-value"},
		Providers: []auth.Provider{auth.OAuthProvider{ID: "a b", ClientSecret: "client-secret-value"}},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, text := range []string{"short-secret-value", "client-secret-value", "url-password"} {
		if strings.Contains(err.Error(), text) {
			t.Errorf("the error has %s: %v", text, err)
		}
	}
}

// OPS-09: what cannot work, or protects nothing, is refused at the start.
func TestSecurityBadConfiguration(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*auth.Config)
	}{
		{"no secret", func(c *auth.Config) { c.Secrets = nil }},
		{"JWE-14 short secret", func(c *auth.Config) { c.Secrets = []string{"changeme"} }},
		{"JWE-14 repeated character", func(c *auth.Config) { c.Secrets = []string{strings.Repeat("0", 64)} }},
		{"JWE-14 repeated sample", func(c *auth.Config) { c.Secrets = []string{strings.Repeat("changeme", 4)} }},
		{"second secret short", func(c *auth.Config) { c.Secrets = []string{secret, "x"} }},
		{"two providers with one id", func(c *auth.Config) { c.Providers = append(c.Providers, credentialsProvider()) }},
		{"provider without endpoints", func(c *auth.Config) {
			c.Providers = append(c.Providers, auth.OAuthProvider{ID: "x", Name: "X", ClientID: "c", ClientSecret: "s"})
		}},
		{"MIX-08 plain http", func(c *auth.Config) {
			c.Providers = append(c.Providers, auth.OAuthProvider{ID: "x", Name: "X", ClientID: "c", ClientSecret: "s", Authorization: auth.Endpoint{URL: "http://op.test/a"}, Token: auth.Endpoint{URL: "https://op.test/t"}, Userinfo: auth.Endpoint{URL: "https://op.test/u"}})
		}},
		{"plain http issuer", func(c *auth.Config) {
			c.Providers = append(c.Providers, auth.OAuthProvider{ID: "x", Name: "X", ClientID: "c", ClientSecret: "s", OpenID: true, Issuer: "http://op.test"})
		}},
		{"bad address", func(c *auth.Config) { c.URL = "https://a.test/?x=1" }},
		{"__Host- with a domain", func(c *auth.Config) { c.Cookies.CSRFToken.Domain = "a.test" }},
		{"__Host- with a path", func(c *auth.Config) { c.Cookies.CSRFToken.Path = "/x" }},
		{"insecure cookie with a secure name", func(c *auth.Config) { insecure := false; c.Cookies.SessionToken.Secure = &insecure }},
		{"SameSite=None without Secure", func(c *auth.Config) {
			off := false
			c.UseSecureCookies = &off
			c.Cookies.SessionToken.SameSite = http.SameSiteNoneMode
		}},
		{"two cookies with one name", func(c *auth.Config) { c.Cookies.State.Name, c.Cookies.SessionToken.Name = "same", "same" }},
		{"page with a script", func(c *auth.Config) { c.Pages.SignIn = "javascript:alert(1)" }},
		{"page on another site", func(c *auth.Config) { c.Pages.SignIn = "//evil.example" }},
		{"unknown strategy", func(c *auth.Config) { c.Session.Strategy = "redis" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := auth.Config{URL: "https://a.test", Secrets: []string{secret}, Providers: []auth.Provider{credentialsProvider()}}
			if _, err := auth.New(config); err != nil {
				t.Fatal(err)
			}
			test.change(&config)
			if _, err := auth.New(config); err == nil {
				t.Error("accepted")
			}
		})
	}
}
