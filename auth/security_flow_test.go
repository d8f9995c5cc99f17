package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// changed returns a callback URL with some parameters replaced; an empty value
// removes one.
func changed(t *testing.T, callbackURL string, pairs ...string) string {
	t.Helper()
	u, err := url.Parse(callbackURL)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			query.Del(pairs[i])
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// FLOW-01, FLOW-02, FLOW-03, FLOW-08 and FLOW-16: answers that do not belong to
// the attempt, or carry no code. The token endpoint is never called, and the
// right answer does not work afterwards.
func TestSecurityWrongAnswers(t *testing.T) {
	swapCase := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r - 'a' + 'A'
			}
			return r
		}, s)
	}
	for _, test := range []struct {
		name   string
		change func(t *testing.T, callback, state string) string
	}{
		{"no state", func(t *testing.T, u, _ string) string { return changed(t, u, "state", "") }},
		{"other state", func(t *testing.T, u, _ string) string { return changed(t, u, "state", "x") }},
		{"state in capitals", func(t *testing.T, u, state string) string { return changed(t, u, "state", swapCase(state)) }},
		{"state cut", func(t *testing.T, u, state string) string { return changed(t, u, "state", state[:len(state)-1]) }},
		{"state doubled", func(t *testing.T, u, state string) string { return changed(t, u, "state", state+state) }},
		{"state twice", func(_ *testing.T, u, state string) string { return u + "&state=" + state }},
		{"padding", func(_ *testing.T, u, state string) string { return strings.Replace(u, state, state+"%3D", 1) }},
		{"no code", func(t *testing.T, u, _ string) string { return changed(t, u, "code", "") }},
		{"code twice", func(_ *testing.T, u, _ string) string { return u + "&code=other" }},
		{"implicit", func(t *testing.T, u, _ string) string {
			return changed(t, u, "code", "", "access_token", "at-stolen", "id_token", "e30.e30.e30")
		}},
		{"nothing", func(_ *testing.T, u, _ string) string { u, _, _ = strings.Cut(u, "?"); return u }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, nil)
			b := s.browser()
			before := s.store.Dump()
			right := b.startOAuth("op")
			u, err := url.Parse(right)
			if err != nil {
				t.Fatal(err)
			}
			b.wantRefused(b.get(test.change(t, right, u.Query().Get("state"))), auth.ErrorOAuthCallback)
			if n := len(s.op.RequestsTo("token")); n != 0 {
				t.Errorf("the token endpoint was called %d times", n)
			}
			wantRows(t, s.store, before)
			for _, c := range b.stolen() {
				if strings.Contains(c.Name, "flow") {
					t.Errorf("the cookie %s survives", c.Name)
				}
			}
			b.wantRefused(b.get(right), auth.ErrorOAuthCallback)
		})
	}
}

// FLOW-01: a callback in a browser that began nothing (login CSRF).
func TestSecurityForeignCallback(t *testing.T) {
	s := newTestSite(t, addSecondOP)
	attacker, victim := s.browser(), s.browser()
	theirs := attacker.startOAuth("op")
	victim.wantRefused(victim.get(theirs), auth.ErrorOAuthCallback)
	victim.startOAuth("op") // an attempt of the victim's own does not help
	victim.wantRefused(victim.get(theirs), auth.ErrorOAuthCallback)
	if n := len(s.op.RequestsTo("token")); n != 0 {
		t.Errorf("the token endpoint was called %d times", n)
	}
	// The attacker's own browser is unaffected.
	if got := attacker.get(theirs); got.location != s.url {
		t.Errorf("the attacker's own sign-in: %d %s", got.status, got.location)
	}
}

// FLOW-04 and MIX-06: what was begun at one provider cannot end at another.
func TestSecurityProvidersMixedUp(t *testing.T) {
	for _, strict := range []bool{false, true} {
		s := newTestSite(t, all(addSecondOP, addPlain, strictly(strict)))
		seen := map[string]bool{}
		for _, began := range []string{"op", "op2", "plain"} {
			for _, ends := range []string{"op", "op2", "plain"} {
				if began == ends {
					continue
				}
				b := s.browser()
				s.op.ClearRequests()
				right := b.startOAuth(began)
				seen[strings.SplitN(right, "?", 2)[0]] = true
				b.wantRefused(b.get(strings.Replace(right, "/callback/"+began, "/callback/"+ends, 1)), auth.ErrorOAuthCallback)
				if n := len(s.op.RequestsTo("token")); n != 0 {
					t.Errorf("%s answered at %s: the token endpoint was called", began, ends)
				}
			}
		}
		if len(seen) != 3 {
			t.Errorf("%d callback URLs for three providers", len(seen))
		}
	}
}

// FLOW-06: an attempt that took too long.
func TestSecurityExpiredAttempt(t *testing.T) {
	for _, test := range []struct {
		name string
		wait time.Duration
		want bool
	}{
		{"in time", 14 * time.Minute, true},
		{"too late", 15*time.Minute + 16*time.Second, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), nil)
				b := s.browser()
				started := b.post("/api/auth/signin/op", nil)
				flow := b.cookiePairs()
				time.Sleep(test.wait) // synctest's clock
				target := b.get(started.location).location
				// An attacker's browser keeps its cookies for as long as it likes.
				got := attack(s.auth, http.MethodGet, target, "", withCookies(flow...))
				if got.setsSession() != test.want {
					t.Errorf("after %v: %d %s", test.wait, got.status, got.location)
				}
				if !test.want && got.errorCode() != string(auth.ErrorOAuthCallback) {
					t.Errorf("error %q", got.errorCode())
				}
			})
		})
	}
}

// FLOW-09 and FLOW-11: every attempt has a challenge and a state of its own,
// also where the preset turns checks off.
func TestSecurityChallenges(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		op := onlyOP(c)
		op.Checks = []auth.Check{auth.CheckState}
		c.Providers[0] = op
	})
	seen := map[string]bool{}
	b := s.browser()
	b.csrfToken()
	for range 200 {
		started := b.post("/api/auth/signin/op", nil)
		u, err := url.Parse(started.location)
		if err != nil {
			t.Fatal(err)
		}
		query := u.Query()
		if query.Get("code_challenge_method") != "S256" {
			t.Fatalf("challenge method %q", query.Get("code_challenge_method"))
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			value := query.Get(name)
			if len(value) < 43 || seen[value] {
				t.Fatalf("%s is %q", name, value)
			}
			seen[value] = true
		}
	}
	callback := b.startOAuth("op")
	challenge := s.op.RequestsTo("authorize")[0].Query.Get("code_challenge")
	b.get(callback)
	verifier := s.op.RequestsTo("token")[0].Form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	if len(verifier) < 43 || len(verifier) > 128 || base64.RawURLEncoding.EncodeToString(sum[:]) != challenge {
		t.Errorf("the verifier %q does not fit", verifier)
	}
	if strings.Contains(callback, verifier) {
		t.Error("the verifier is in the address")
	}
	_, err := auth.New(auth.Config{URL: "https://a.test", Secrets: []string{secret}, Providers: []auth.Provider{auth.OAuthProvider{
		ID: "x", Name: "X", ClientID: "c", ClientSecret: "s", Issuer: "https://op.test", OpenID: true, Checks: []auth.Check{},
	}}})
	if err == nil || !strings.Contains(err.Error(), "Checks") {
		t.Errorf("a provider without checks: %v", err)
	}
}

// FLOW-12: a request cannot change what protects the flow.
func TestSecurityParameterOverride(t *testing.T) {
	for _, strict := range []bool{false, true} {
		s := newTestSite(t, all(addOAuth1("bird"), strictly(strict), func(c *auth.Config) {
			op := onlyOP(c)
			op.AuthorizationParams = []string{"redirect_uri", "state", "request_uri", "audience"}
			op.Checks = []auth.Check{auth.CheckState, auth.CheckPKCE, auth.CheckNonce}
			c.Providers[0] = op
		}))
		const evil = "evil.test"
		attempt := "?redirect_uri=https://evil.test&client_id=evil.test&response_type=evil.test&response_mode=evil.test&request_uri=https://evil.test&request=evil.test&requested=evil.test" +
			"&state=evil.test&nonce=evil.test&code_challenge=evil.test&code_challenge_method=plain&client_assertion=evil.test&client_assertion_type=evil.test&audience=a&prompt=login" +
			"&login_hint=one&login_hint=evil.test&oauth_callback=https://evil.test&oauth_token=evil.test"
		got := s.browser().post("/api/auth/signin/op"+attempt, nil)
		u, err := url.Parse(got.location)
		if err != nil || !strings.HasPrefix(got.location, s.opURL+"/authorize?") {
			t.Fatalf("leads to %s", got.location)
		}
		query := u.Query()
		for _, name := range []string{"redirect_uri", "client_id", "response_type", "response_mode", "request_uri", "request", "requested", "state", "nonce", "code_challenge", "client_assertion", "client_assertion_type", "login_hint"} {
			if strings.Contains(strings.Join(query[name], " "), evil) {
				t.Errorf("StrictV4 %v: %s became %q", strict, name, query[name])
			}
		}
		if query.Get("code_challenge_method") != "S256" || query.Get("prompt") != "login" || query.Get("audience") != "a" {
			t.Errorf("StrictV4 %v: %v", strict, query)
		}
		if strict {
			continue
		}
		if other := s.browser().post("/api/auth/signin/op?scope=admin&claims=x&registration=x", nil); strings.Contains(other.location, "admin") || strings.Contains(other.location, "claims=") {
			t.Errorf("unlisted parameters passed: %s", other.location)
		}
	}
}

// FLOW-12 for OAuth 1.0a, where parameters go into the body of the signed
// request.
func TestSecurityOAuth1ParameterOverride(t *testing.T) {
	for _, strict := range []bool{false, true} {
		s := newTestSite(t, all(addOAuth1("bird"), strictly(strict)))
		s.browser().post("/api/auth/signin/bird?oauth_callback=https://evil.test&oauth_token=evil.test&oauth_verifier=evil.test", nil)
		requests := s.op.RequestsTo("oauth1/request_token")
		if len(requests) != 1 {
			t.Fatalf("%d requests", len(requests))
		}
		for name, values := range requests[0].Form {
			if strings.HasPrefix(name, "oauth_") {
				t.Errorf("StrictV4 %v: the visitor set %s to %q", strict, name, values)
			}
		}
	}
}

// FLOW-14: an error in the answer is no way to sign anybody in, out or to say
// something on our pages.
func TestSecurityErrorAnswers(t *testing.T) {
	s := newTestSite(t, nil)
	victim := s.browser()
	pending := victim.startOAuth("op")
	stranger := s.browser()
	for _, code := range []string{"server_error", "access_denied", "<script>alert(1)</script>", strings.Repeat("x", 4000), "a\r\nb", "AccessDenied"} {
		got := stranger.get("/api/auth/callback/op?error=" + url.QueryEscape(code) + "&error_description=" + url.QueryEscape("call 555-evil"))
		stranger.wantRefused(got, auth.ErrorCallback)
		if page := stranger.get(got.location); strings.Contains(page.body, "555-evil") || strings.Contains(page.body, "alert(1)") {
			t.Error("the page shows the provider's text")
		}
	}
	if log := s.log.String(); strings.Contains(log, "a\r\nb") || strings.Contains(log, strings.Repeat("x", 200)) {
		t.Error("the code stands in the log as it came")
	}
	if got := victim.get(pending); got.location != s.url {
		t.Errorf("another visitor's sign-in was disturbed: %d %s", got.status, got.location)
	}
}

// FLOW-19: two attempts in one browser do not disturb each other.
func TestSecurityTwoTabs(t *testing.T) {
	s := newTestSite(t, addSecondOP)
	b := s.browser()
	first, second, third := b.startOAuth("op"), b.startOAuth("op2"), b.startOAuth("op")
	for i, callback := range []string{third, first, second} {
		if got := b.get(callback); got.location != s.url || !got.setsSession() {
			// op2 has the same address as the user of op, who is signed in but
			// was not when the attempt began.
			if i == 2 && got.errorCode() == string(auth.ErrorOAuthAccountNotLinked) {
				continue
			}
			t.Errorf("tab %d: %d %s", i, got.status, got.location)
		}
	}
	// The wrong code at the right state is refused.
	one, two := b.startOAuth("op"), b.startOAuth("op")
	u, _ := url.Parse(two)
	if got := b.get(changed(t, one, "code", u.Query().Get("code"))); got.errorCode() != string(auth.ErrorOAuthCallback) {
		t.Errorf("a code of another tab: %d %s", got.status, got.location)
	}
}

// FLOW-24 and JWE-09: no cookie of ours opens in the place of another.
func TestSecurityCookieConfusion(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	b.signInWithCredentials()
	session := b.cookie(sessionTokenName).Value
	b.clearCookies()
	callback := b.startOAuth("op")
	var flow *http.Cookie
	for _, c := range b.stolen() {
		if strings.Contains(c.Name, "flow") {
			flow = c
		}
	}
	if flow == nil {
		t.Fatal("no flow cookie")
	}
	for _, name := range []string{"next-auth.state", "next-auth.pkce.code_verifier", "next-auth.nonce", flow.Name} {
		got := attack(s.auth, http.MethodGet, callback, "", withCookies(name, session))
		if got.setsSession() || got.errorCode() != string(auth.ErrorOAuthCallback) {
			t.Errorf("a session token as %s: %d %s", name, got.status, got.location)
		}
	}
	for _, name := range []string{"next-auth.state", "next-auth.flow", "next-auth.flow.x"} {
		if got := attack(s.auth, http.MethodGet, callback, "", withCookies(name, flow.Value)); got.setsSession() {
			t.Errorf("a flow cookie as %s was accepted", name)
		}
	}
	if got := attack(s.auth, http.MethodGet, s.url+"/api/auth/session", "", withCookies(sessionTokenName, flow.Value)); got.body != "{}" {
		t.Errorf("a flow cookie as session: %s", got.body)
	}
	if n := len(s.op.RequestsTo("token")); n != 0 {
		t.Errorf("the token endpoint was called %d times", n)
	}
}

// FLOW-28: half-finished attempts planted in another browser link nothing to its
// user.
func TestSecurityPlantedAttempt(t *testing.T) {
	op, useCrowd := crowd(t, crowdOf(3))
	for _, strategy := range []func(*auth.Config){func(*auth.Config) {}, databaseSessions} {
		s := newTestSite(t, all(useCrowd, strategy))
		victim, attacker := s.browser(), s.browser()
		victim.get(victim.startAs("op", "sub-0"))
		before := s.store.Dump()
		// Begun signed out, and begun signed in as the attacker.
		for _, begin := range []func(){func() {}, func() { attacker.get(attacker.startAs("op", "sub-1")) }} {
			begin()
			callback := attacker.startAs("op", "sub-2")
			if victim.plant(attacker, "flow") == 0 {
				t.Fatal("nothing to plant")
			}
			victim.get(callback)
			victimID := before.Users[0].ID
			for _, account := range s.store.Dump().Accounts {
				if account.UserID == victimID && account.ProviderAccountID != "sub-0" {
					t.Errorf("the account %s was linked to the victim", account.ProviderAccountID)
				}
			}
		}
	}
	if len(op.RequestsTo("token")) == 0 {
		t.Error("the planted attempts never got anywhere, so that nothing was tested")
	}
}

// The cookies that decide whose sign-in a browser completes cannot be planted by
// a neighbouring subdomain when their names begin with __Host-.
func TestSecurityFlowCookiesCannotBeTossed(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	b := s.browser()
	for _, c := range append(b.post("/api/auth/signin/op", nil).cookies, b.post("/api/auth/signin/email", url.Values{"email": {"v@example.com"}}).cookies...) {
		if !strings.Contains(c.Name, "flow") && !strings.Contains(c.Name, "binding") {
			continue
		}
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" {
			t.Errorf("a subdomain can plant the cookie %s", c.Name)
		}
	}
}
