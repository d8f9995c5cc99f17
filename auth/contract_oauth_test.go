package auth_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// atProvider changes the OpenID provider of a test site.
func atProvider(change func(*auth.OAuthProvider)) func(*auth.Config) {
	return func(c *auth.Config) {
		p := c.Providers[0].(auth.OAuthProvider)
		change(&p)
		c.Providers[0] = p
	}
}

// query is the query of a URL.
func query(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// cookieNames are the names of the cookies of the site that begin with a prefix.
func (b *browser) cookieNames(prefix string) []string {
	b.t.Helper()
	u, err := url.Parse(b.site.url + "/api/auth/")
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, c := range b.client.Jar.Cookies(u) {
		if strings.HasPrefix(c.Name, prefix) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestContractQueryOfSignIn(t *testing.T) {
	inBothModes(t, "query of POST /signin/:id", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, func(c *auth.Config) {
			c.StrictV4 = strictV4
			atProvider(func(p *auth.OAuthProvider) { p.AuthorizationParams = []string{"audience"} })(c)
		})
		for _, name := range []string{"prompt", "login_hint", "ui_locales", "acr_values", "max_age", "hd", "display", "audience"} {
			t.Run(name, func(t *testing.T) {
				got := query(t, s.browser().post("/api/auth/signin/op?"+name+"=mine", nil).location)
				if got.Get(name) != "mine" {
					t.Errorf("%s was not passed on: %v", name, got)
				}
			})
		}
		for _, name := range []string{"scope", "access_type"} {
			t.Run(name, func(t *testing.T) {
				got := query(t, s.browser().post("/api/auth/signin/op?"+name+"=mine", nil).location)
				if passed := got.Get(name) == "mine"; passed != strictV4 {
					t.Errorf("%s was passed on: %v, want %v", name, passed, strictV4)
				}
			})
		}
		for _, name := range []string{
			"redirect_uri", "client_id", "response_type", "response_mode", "state", "nonce", "code_challenge",
			"code_challenge_method", "request", "request_uri",
		} {
			t.Run(name, func(t *testing.T) {
				got := query(t, s.browser().post("/api/auth/signin/op?"+name+"=mine", nil).location)
				if got.Get("client_id") == "" || slices.Contains(got[name], "mine") {
					t.Errorf("%s was passed on: %v", name, got)
				}
			})
		}
		t.Run("repeated", func(t *testing.T) {
			got := query(t, s.browser().post("/api/auth/signin/op?prompt=login&prompt=none", nil).location)
			if got.Has("prompt") {
				t.Errorf("prompt was passed on: %v", got)
			}
		})
	})
}

func TestContractChecks(t *testing.T) {
	inBothModes(t, "checks", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name         string
			change       func(*auth.OAuthProvider)
			want, wantV4 string // what protects the request
		}{
			{"OpenID preset without checks", func(*auth.OAuthProvider) {}, "state pkce nonce", "state"},
			{"OpenID, all", func(p *auth.OAuthProvider) { p.Checks = []auth.Check{auth.CheckState, auth.CheckPKCE, auth.CheckNonce} }, "state pkce nonce", "state pkce nonce"},
			{"OpenID, PKCE alone", func(p *auth.OAuthProvider) { p.Checks = []auth.Check{auth.CheckPKCE} }, "state pkce nonce", "pkce"},
			{"OpenID, nonce alone", func(p *auth.OAuthProvider) { p.Checks = []auth.Check{auth.CheckNonce} }, "state pkce nonce", "nonce"},
			{"plain OAuth", plainOAuth, "state pkce", "state"},
			{"PKCE unsupported", func(p *auth.OAuthProvider) { p.PKCEUnsupported = true }, "state nonce", "state"},
		} {
			t.Run(row.name, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), func(c *auth.Config) { c.StrictV4 = strictV4; atProvider(row.change)(c) })
				b := s.browser()
				started := b.post("/api/auth/signin/op", nil)
				sent := query(t, started.location)
				var got []string
				for _, check := range []struct{ name, parameter string }{{"state", "state"}, {"pkce", "code_challenge"}, {"nonce", "nonce"}} {
					if value := sent.Get(check.parameter); len(value) >= 22 {
						got = append(got, check.name)
					}
				}
				if sent.Has("code_challenge") && sent.Get("code_challenge_method") != "S256" {
					t.Errorf("code_challenge_method %q", sent.Get("code_challenge_method"))
				}
				want := row.want
				if strictV4 {
					want = row.wantV4
				}
				if strings.Join(got, " ") != want {
					t.Errorf("protected by %q, want %q", got, want)
				}
				b.get(b.get(started.location).location)
				if b.signedInAs() != "Ida Provider" {
					t.Errorf("the sign-in failed:\n%s", s.log)
				}
			})
		}
	})
}

// plainOAuth makes a provider that answers without an ID token.
func plainOAuth(p *auth.OAuthProvider) {
	issuer := p.Issuer
	p.OpenID, p.Issuer, p.Scopes = false, "", []string{"profile"}
	p.Authorization.URL, p.Token.URL, p.Userinfo.URL = issuer+"/authorize", issuer+"/token", issuer+"/userinfo"
}

// flowPrefix begins the names of the cookies of sign-in attempts.
const flowPrefix = "__Host-next-auth.flow."

// v4CheckNames are the check cookies of NextAuth.js v4.
func v4CheckNames() []string {
	return []string{"__Secure-next-auth.nonce", "__Secure-next-auth.pkce.code_verifier", "__Secure-next-auth.state"}
}

// allChecks turns all checks of v4 on for the OpenID provider.
func allChecks(strictV4 bool) func(*auth.Config) {
	return func(c *auth.Config) {
		c.StrictV4 = strictV4
		atProvider(func(p *auth.OAuthProvider) { p.Checks = []auth.Check{auth.CheckState, auth.CheckPKCE, auth.CheckNonce} })(c)
	}
}

// checkCookies are the names of the cookies of sign-in attempts.
func (b *browser) checkCookies() []string {
	b.t.Helper()
	names := slices.DeleteFunc(b.cookieNames("__Secure-next-auth."), func(n string) bool {
		return n == "__Secure-next-auth.callback-url" || n == secureSession
	})
	return append(names, b.cookieNames(flowPrefix)...)
}

func TestContractCheckCookiesNames(t *testing.T) {
	inBothModes(t, "check cookies: names", func(t *testing.T, strictV4 bool) {
		b := newOfflineSite(t, memory.New(), allChecks(strictV4)).browser()
		b.startOAuth("op")
		b.startOAuth("op")
		got := b.checkCookies()
		if strictV4 {
			if diff := cmp.Diff(v4CheckNames(), got); diff != "" {
				t.Errorf("cookies (-want +got):\n%s", diff)
			}
			return
		}
		if len(got) != 2 || len(got[0]) != len(flowPrefix)+8 || got[0] == got[1] || !strings.HasPrefix(got[0], flowPrefix) || !strings.HasPrefix(got[1], flowPrefix) {
			t.Errorf("two attempts have the cookies %q", got)
		}
	})
}

func TestContractCheckCookiesTwoTabs(t *testing.T) {
	inBothModes(t, "check cookies: two tabs", func(t *testing.T, strictV4 bool) {
		b := newOfflineSite(t, memory.New(), allChecks(strictV4)).browser()
		first := b.startOAuth("op")
		b.startOAuth("op")
		if got := b.get(first); (got.errorCode() == "") == strictV4 {
			t.Errorf("the first tab's answer: %s, want success by default alone", got.location)
		}
	})
}

func TestContractCheckCookiesKeptOrBurnt(t *testing.T) {
	inBothModes(t, "check cookies: kept or burnt", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name     string
			callback func(string) string
			wantCode string
			kept     bool // with StrictV4
		}{
			{"success", func(u string) string { return u }, "", false},
			{"wrong code", func(u string) string { return strings.Replace(u, "code=", "code=x", 1) }, "OAuthCallback", true},
			{"wrong state", func(u string) string { return strings.Replace(u, "state=", "state=x", 1) }, "OAuthCallback", true},
			{"no state", func(u string) string { return strings.Split(u, "?")[0] + "?code=x" }, "OAuthCallback", true},
			{"error", func(u string) string { return strings.Replace(u, "code=", "error=access_denied&x=", 1) }, "Callback", true},
		} {
			t.Run(row.name, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), allChecks(strictV4))
				b := s.browser()
				got := b.get(row.callback(b.startOAuth("op")))
				if got.errorCode() != row.wantCode {
					t.Errorf("error=%q, want %q\n%s", got.errorCode(), row.wantCode, s.log)
				}
				left := b.checkCookies()
				var want []string
				if strictV4 && row.kept {
					want = v4CheckNames()
				}
				if diff := cmp.Diff(want, slices.Clip(left), cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
					t.Errorf("check cookies left (-want +got):\n%s", diff)
				}
			})
		}
	})
}

func TestContractCheckCookiesBounded(t *testing.T) {
	t.Run("check cookies: bounded", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newOfflineSite(t, memory.New(), nil)
			b := s.browser()
			callbacks := make([]string, 0, 12)
			for range 12 {
				callbacks = append(callbacks, b.startOAuth("op"))
				time.Sleep(2 * time.Second) // of the bubble's clock
				size := 0
				names := b.cookieNames(flowPrefix)
				for _, name := range names {
					size += len(name) + len(b.cookie(name).Value)
				}
				if len(names) > 5 || size > 2048 {
					t.Fatalf("%d attempts take %d bytes", len(names), size)
				}
			}
			kept := len(b.cookieNames(flowPrefix))
			if kept < 2 {
				t.Fatalf("only %d attempts are kept", kept)
			}
			if got := b.get(callbacks[len(callbacks)-kept]); got.errorCode() != "" {
				t.Errorf("the oldest attempt that is kept failed: %s", got.location)
			}
			if got := b.get(callbacks[len(callbacks)-kept-1]); got.errorCode() != "OAuthCallback" {
				t.Errorf("an attempt that was dropped answered %q", got.location)
			}
		})
	})
}

func TestContractCheckCookiesUnSuffixedNames(t *testing.T) {
	inBothModes(t, "check cookies: un-suffixed names", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), allChecks(strictV4))
		codec, err := token.New(token.Options{Secrets: []string{secret}})
		if err != nil {
			t.Fatal(err)
		}
		const verifier = "a-verifier-that-a-node-server-made-and-kept-in-its-cookie"
		b := s.browser()
		values := map[string]string{v4CheckNames()[0]: "node-nonce", v4CheckNames()[1]: verifier, v4CheckNames()[2]: "node-state"}
		for name, value := range values {
			sealed, err := codec.ForCookie(name).Seal(token.Claims{"value": value, "provider": "op"}, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			b.setCookie(&http.Cookie{Name: name, Value: sealed, Secure: true})
		}
		authorize := url.Values{
			"client_id": {fakeop.DefaultClient().ID}, "response_type": {"code"}, "scope": {"openid"}, "state": {"node-state"}, "nonce": {"node-nonce"},
			"redirect_uri": {s.url + "/api/auth/callback/op"}, "code_challenge": {challenge(verifier)}, "code_challenge_method": {"S256"},
		}
		b.get(b.get(s.opURL + "/authorize?" + authorize.Encode()).location)
		if b.signedInAs() != "Ida Provider" {
			t.Errorf("the sign-in failed:\n%s", s.log)
		}
		if left := b.cookieNames("__Secure-next-auth.state"); left != nil {
			t.Errorf("the state cookie is left")
		}
	})
}

func TestContractFormPost(t *testing.T) {
	inBothModes(t, "form_post providers (Apple)", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, func(c *auth.Config) {
			c.StrictV4 = strictV4
			atProvider(func(p *auth.OAuthProvider) { p.ResponseMode = "form_post" })(c)
		})
		b := s.browser()
		started := b.post("/api/auth/signin/op", nil)
		if mode := query(t, started.location).Get("response_mode"); mode != "form_post" {
			t.Fatalf("response_mode=%q", mode)
		}
		page := b.get(started.location).body
		form := url.Values{"code": {hidden(t, page, "code")}, "state": {hidden(t, page, "state")}}
		// A browser posts from the provider's page without Lax cookies.
		bare := s.browser()
		header := formHeader()
		header["Origin"], header["Sec-Fetch-Site"] = []string{"null"}, []string{"cross-site"}
		posted := bare.do(http.MethodPost, "/api/auth/callback/op", strings.NewReader(form.Encode()), header)
		if posted.status != http.StatusFound || !strings.HasPrefix(posted.location, s.url+"/api/auth/callback/op?") {
			t.Fatalf("the POST answered %d %s, want the hop to the same address as a GET", posted.status, posted.location)
		}
		if len(posted.cookies) > 0 {
			t.Errorf("the hop sets cookies: %v", posted.cookies)
		}
		b.get(posted.location)
		if b.signedInAs() != "Ida Provider" {
			t.Errorf("the sign-in failed:\n%s", s.log)
		}
	})
}

// speaksOAuth1 makes the provider one of OAuth 1.0a.
func speaksOAuth1(p *auth.OAuthProvider) {
	p.OpenID = false
	p.OAuth1 = &auth.OAuth1{
		RequestTokenURL: p.Issuer + "/oauth1/request_token", AccessTokenURL: p.Issuer + "/oauth1/access_token", ProfileURL: p.Issuer + "/oauth1/profile",
	}
	p.Authorization.URL = p.Issuer + "/oauth1/authorize"
	p.Checks = []auth.Check{} // as the preset of v4 has it
}

func TestContractOAuth1(t *testing.T) {
	inBothModes(t, "OAuth 1.0a token secret", func(t *testing.T, strictV4 bool) {
		change := all(strictly(strictV4), atProvider(speaksOAuth1))
		s := newOfflineSite(t, memory.New(), change)
		b := s.browser()
		started := b.post("/api/auth/signin/op", nil)
		if got := query(t, started.location); got.Has("oauth_token_secret") || !got.Has("oauth_token") || len(got) != 1 {
			t.Errorf("the authorization URL is %s", started.location)
		}
		if names := b.cookieNames(flowPrefix); (len(names) == 1) == strictV4 {
			t.Errorf("attempt cookies: %q", names)
		}
		callback := b.get(started.location).location
		// Another server of the same application finishes what the cookie holds.
		other := newOfflineSite(t, s.store, change)
		other.network["op.test"] = s.op
		got := other.browserWith(b.client.Jar).get(callback)
		if finished := got.errorCode() == ""; finished == strictV4 {
			t.Errorf("another server finished: %v, want %v (%s)\n%s", finished, !strictV4, got.location, other.log)
		}
		if !strictV4 {
			return
		}
		if got := b.get(callback); got.errorCode() != "" {
			t.Errorf("the same server failed: %s\n%s", got.location, s.log)
		}
		if got := b.get(callback); got.errorCode() == "" {
			t.Error("the request token was accepted twice")
		}
	})
}

// A visitor who denies, and an answer to no attempt, end where v4 sends them. The
// provider is not asked for tokens.
func TestContractOAuth1Denied(t *testing.T) {
	inBothModes(t, "OAuth 1.0a denial", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), all(strictly(strictV4), atProvider(speaksOAuth1)))
		s.op.Script(func(b *fakeop.Behavior) { b.Authorize.Error = "access_denied" })
		b := s.browser()
		denied := b.startOAuth("op")
		if !query(t, denied).Has("denied") {
			t.Fatalf("the provider answered %s", denied)
		}
		if got := b.get(denied); got.errorCode() != string(auth.ErrorCallback) || !strings.Contains(got.location, "/api/auth/error?") {
			t.Errorf("the browser was sent to %s", got.location)
		}
		if names := b.cookieNames(flowPrefix); len(names) > 0 {
			t.Errorf("the attempt goes on: %q", names)
		}
		if logged := s.log.String(); !strings.Contains(logged, "refused the sign-in") || strings.Contains(logged, "sign-in failed") {
			t.Errorf("the log has:\n%s", logged)
		}
		if asked := s.op.RequestsTo("oauth1/access_token"); len(asked) > 0 {
			t.Errorf("the provider was asked for tokens %d times", len(asked))
		}
		s.op.ResetScript()
		stranger := s.browser()
		if got := stranger.get(b.startOAuth("op")); got.errorCode() != string(auth.ErrorCallback) {
			t.Errorf("an answer to no attempt leads to %s", got.location)
		}
	})
}

// An attempt is over whatever its answer leads to, also a panic of the
// application.
func TestPanicBurnsAttempt(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*auth.Config)
	}{
		{"SignIn callback", func(c *auth.Config) {
			c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) { panic("oops") }
		}},
		{"profile function", atProvider(func(p *auth.OAuthProvider) {
			p.Profile = func(auth.Profile, auth.Tokens) (auth.User, error) { panic("oops") }
		})},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := newOfflineSite(t, memory.New(), row.change).browser()
			failed := b.signInWithOAuth("op")
			if failed.status != http.StatusInternalServerError {
				t.Fatalf("answered %d to %q", failed.status, failed.location)
			}
			burnt := slices.ContainsFunc((&http.Response{Header: failed.header}).Cookies(), func(c *http.Cookie) bool {
				return strings.HasPrefix(c.Name, flowPrefix) && c.MaxAge < 0
			})
			if !burnt {
				t.Errorf("the attempt goes on: %q", failed.header.Values("Set-Cookie"))
			}
		})
	}
}
