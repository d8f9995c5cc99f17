package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// sessionOf signs in as a user of the crowd and returns the session's cookie.
func sessionOf(s *testSite, hint string) string {
	s.t.Helper()
	b := s.browser()
	b.get(b.startAs("op", hint))
	c := b.cookie(sessionTokenName)
	if c == nil {
		s.t.Fatalf("%s cannot sign in\n%s", hint, s.log)
	}
	return c.Value
}

// whoWith is the body of GET /session with a Cookie header.
func whoWith(s *testSite, pairs ...string) string {
	return attack(s.auth, http.MethodGet, s.url+"/api/auth/session", "", withCookies(pairs...)).body
}

// SESS-01: a session that was planted before does not become the victim's.
func TestSecurityFixation(t *testing.T) {
	_, useCrowd := crowd(t, crowdOf(2))
	s := newTestSite(t, all(useCrowd, databaseSessions))
	sessionOf(s, "sub-1") // the victim has been here before
	theirs := sessionOf(s, "sub-0")
	for _, planted := range []string{theirs, "attacker-chosen", strings.Repeat("0", 64)} {
		victim := s.browser()
		victim.setCookie(&http.Cookie{Name: sessionTokenName, Value: planted})
		got := victim.get(victim.startAs("op", "sub-1"))
		if planted == theirs {
			// The victim counts as the attacker, to whom the account does not
			// belong; signing out helps.
			if got.errorCode() != string(auth.ErrorOAuthAccountNotLinked) {
				t.Errorf("the victim goes on to %s", got.location)
			}
			victim.post("/api/auth/signout", nil)
			victim.get(victim.startAs("op", "sub-1"))
		}
		if c := victim.cookie(sessionTokenName); c == nil || c.Value == planted || victim.signedInAs() != "User 1" {
			t.Fatalf("the victim has the session %v as %q", c, victim.signedInAs())
		}
		if got := whoWith(s, sessionTokenName, planted); got != "{}" {
			t.Errorf("the planted session opens %s", got)
		}
	}
}

// SESS-03: session tokens are long and random, and not what the store holds.
func TestSecurityTokenEntropy(t *testing.T) {
	s := newTestSite(t, databaseSessions)
	seen := map[string]bool{}
	for range 50 {
		b := s.browser()
		b.signInWithOAuth("op")
		value := b.cookie(sessionTokenName).Value
		if len(value) < 43 || seen[value] {
			t.Fatalf("token %q", value)
		}
		seen[value] = true
	}
	for _, record := range s.store.Dump().Sessions {
		if seen[record.Token] {
			t.Fatal("the store holds a token as it is")
		}
		if got := whoWith(s, sessionTokenName, record.Token); got != "{}" {
			t.Fatal("what the store holds opens a session")
		}
	}
}

// SESS-04: chunks that are none.
func TestSecurityChunks(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	b.signInWithCredentials()
	whole := b.cookie(sessionTokenName).Value
	half := len(whole) / 2
	n := sessionTokenName
	for _, test := range []struct {
		name  string
		pairs []string
		want  bool
	}{
		{"two parts", []string{n + ".0", whole[:half], n + ".1", whole[half:]}, true},
		{"parts out of order", []string{n + ".1", whole[half:], n + ".0", whole[:half]}, true},
		{"gap", []string{n + ".0", whole[:half], n + ".2", whole[half:]}, false},
		{"no first part", []string{n + ".1", whole}, false},
		{"large number", []string{n + ".0", whole[:half], n + ".1", whole[half:], n + ".9999999999", "x"}, true},
		{"negative", []string{n + ".-1", whole}, false},
		{"no number", []string{n + ".NaN", whole}, false},
		{"hexadecimal", []string{n + ".0x1", whole}, false},
		{"two digits", []string{n + ".00", whole}, false},
		{"plus", []string{n + ".+0", whole}, false},
		{"prefix alone", []string{n + "x", whole}, false},
		{"other separator", []string{n + "-0", whole}, false},
		{"upper case", []string{strings.ToUpper(n), whole}, false},
		{"underscores", []string{"next_auth.session_token", whole}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := whoWith(s, test.pairs...); strings.Contains(got, "Alice") != test.want {
				t.Errorf("GET /session: %s", got)
			}
		})
	}
	many := make([]string, 0, 1000)
	for i := range 500 {
		many = append(many, n+"."+strconv.Itoa(i), strings.Repeat("x", 2000))
	}
	if got := whoWith(s, many...); got != "{}" {
		t.Errorf("500 parts: %s", got)
	}
}

// SESS-21: of several cookies with one name none is trusted, unless one alone is
// valid. Nobody gets a session that was planted beside the visitor's own.
func TestSecurityDoubleCookies(t *testing.T) {
	_, useCrowd := crowd(t, crowdOf(2))
	for _, strategy := range []func(*auth.Config){func(*auth.Config) {}, databaseSessions} {
		s := newTestSite(t, all(useCrowd, strategy))
		mine, theirs := sessionOf(s, "sub-0"), sessionOf(s, "sub-1")
		n, cut := sessionTokenName, len(mine)/2
		for _, test := range []struct {
			name  string
			pairs []string
			want  string
		}{
			{"mine and junk", []string{n, mine, n, "junk"}, "User 0"},
			{"junk and mine", []string{n, "junk", n, mine}, "User 0"},
			{"mine and theirs", []string{n, mine, n, theirs}, "{}"},
			{"theirs and mine", []string{n, theirs, n, mine}, "{}"},
			{"mine twice", []string{n, mine, n, mine}, "User 0"},
			{"theirs beside my parts", []string{n, theirs, n + ".0", mine[:cut], n + ".1", mine[cut:]}, "{}"},
			{"their parts beside mine", []string{n, mine, n + ".0", theirs[:cut], n + ".1", theirs[cut:]}, "{}"},
			{"a mixture of parts", []string{n + ".0", mine[:cut], n + ".1", theirs[cut:]}, "{}"},
			{"junk beside my parts", []string{n, "junk", n + ".0", mine[:cut], n + ".1", mine[cut:]}, "User 0"},
		} {
			t.Run(test.name, func(t *testing.T) {
				got := whoWith(s, test.pairs...)
				if got != test.want && !strings.Contains(got, `"`+test.want+`"`) {
					t.Errorf("GET /session: %s, want %s", got, test.want)
				}
			})
		}
	}
}

// SESS-08, SESS-09 and SESS-16: the cookie's attributes, and caching.
func TestSecurityCookieAttributes(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	b := s.browser()
	got := b.signInWithCredentials()
	c := got.cookie("__Secure-" + sessionTokenName)
	if c == nil || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Expires.Before(time.Now().Add(29*24*time.Hour)) {
		t.Fatalf("the session cookie is %v", c)
	}
	for _, name := range []string{sessionTokenName, "__Host-" + sessionTokenName, "__secure-" + sessionTokenName} {
		if body := whoWith(s.testSite, name, c.Value); body != "{}" {
			t.Errorf("%s: %s", name, body)
		}
	}
	for _, request := range []struct{ method, path string }{
		{"GET", "session"}, {"POST", "session"}, {"GET", "csrf"}, {"GET", "providers"}, {"GET", "signin"}, {"GET", "signout"}, {"GET", "error"},
		{"GET", "verify-request"}, {"GET", "callback/op"}, {"POST", "callback/credentials"}, {"POST", "signin/op"}, {"GET", "callback/email"},
		{"PUT", "session"}, {"GET", "nothing"}, {"POST", "_log"}, {"GET", "_assets/x"},
	} {
		got := attack(s.auth, request.method, s.url+"/api/auth/"+request.path, "", nil)
		if !strings.Contains(got.header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s %s: Cache-Control %q", request.method, request.path, got.header.Get("Cache-Control"))
		}
	}
}

// SESS-18 and SESS-19: a client cannot promote itself, and its session travels in
// the cookie alone.
func TestSecuritySelfPromotion(t *testing.T) {
	s := newTestSite(t, nil)
	b := s.browser()
	b.signInWithCredentials()
	before := b.session()
	b.do(http.MethodPost, "/api/auth/session", strings.NewReader(`{"csrfToken":"`+b.csrfToken()+
		`","data":{"role":"admin","sub":"1","email":"v@x","name":"Root","exp":9e9,"user":{"name":"Root"}},"sub":"1","user":{"name":"Root"}}`),
		http.Header{"Content-Type": {"application/json"}})
	after := b.session()
	delete(before, "expires")
	delete(after, "expires")
	if b.signedInAs() != "Alice" || len(after) != len(before) {
		t.Errorf("the session became %v", after)
	}
	claims, err := mustCodec(t).Open(b.cookie(sessionTokenName).Value)
	if err != nil || claims.Subject() != "alice-id" || claims["role"] != nil || claims.Expires().After(time.Now().Add(31*24*time.Hour)) {
		t.Errorf("the token became %v: %v", claims, err)
	}
	value := b.cookie(sessionTokenName).Value
	for _, request := range []func(*http.Request){
		func(r *http.Request) { r.URL.RawQuery = "sessionToken=" + value },
		func(r *http.Request) { r.Header.Set("X-Session-Token", value) },
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+value) },
	} {
		if got := attack(s.auth, http.MethodGet, s.url+"/api/auth/session", "", request); got.body != "{}" {
			t.Errorf("another channel opens %s", got.body)
		}
	}
}

func mustCodec(t *testing.T) *token.Codec {
	t.Helper()
	codec, err := token.New(token.Options{Secrets: []string{secret}})
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

// SESS-25: whatever goes wrong while a session is checked, nobody passes.
func TestSecurityMiddlewareFailsClosed(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*auth.Config)
	}{
		{"Session callback fails", func(c *auth.Config) {
			c.Callbacks.Session = func(context.Context, auth.SessionParams) error { return errors.New("boom") }
		}},
		{"Session callback panics", func(c *auth.Config) {
			c.Callbacks.Session = func(context.Context, auth.SessionParams) error { panic("boom") }
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, test.change)
			b := s.browser()
			b.signInWithCredentials()
			for _, guard := range []func(http.Handler) http.Handler{s.auth.Require, s.auth.Load} {
				got := attack(guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("somebody passed") })),
					http.MethodGet, s.url+"/private", "", withCookies(sessionTokenName, b.cookie(sessionTokenName).Value))
				if got.status != http.StatusServiceUnavailable || strings.Contains(got.body, "boom") {
					t.Errorf("answered %d %s", got.status, got.body)
				}
			}
		})
	}
	store := watch(memory.New())
	s := newTestSite(t, func(c *auth.Config) { c.Adapter = store; c.Session.Strategy = auth.StrategyDatabase })
	b := s.browser()
	b.signInWithOAuth("op")
	store.breakDown("SessionAndUser")
	if got := b.get("/private"); got.status != http.StatusServiceUnavailable || strings.Contains(got.body, errStore.Error()) {
		t.Errorf("store down: %d %s", got.status, got.body)
	}
	store.breakDown()
	if got := b.get("/private"); got.status != http.StatusOK {
		t.Errorf("store back: %d", got.status)
	}
}

// SESS-26 and HOST-16: spellings of a guarded path.
func TestSecurityMiddlewarePaths(t *testing.T) {
	s := newTestSite(t, nil)
	h := s.auth.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s passed", r.URL) }))
	for _, path := range []string{"/private", "/Private", "//private", "/private%2f", "/%70rivate", "/x/../private", "/_next/../private", "/private?x=/pub/", "/private%23/pub/", "/api/auth/session", "/private;x", "/private/."} {
		got := attack(h, http.MethodGet, s.url+path, "", func(r *http.Request) {
			r.Header.Set("X-Middleware-Subrequest", "middleware")
			r.Header.Set("X-Original-URL", "/")
		})
		if got.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// JWE-01, JWE-04, JWE-06 and JWE-13 over HTTP: what is no session token of ours is
// nobody, on every route.
func TestSecurityForeignTokens(t *testing.T) {
	s := newTestSite(t, nil)
	for _, value := range []string{
		"eyJhbGciOiJQQkVTMi1IUzUxMitBMjU2S1ciLCJlbmMiOiJBMjU2R0NNIiwicDJjIjoyMTQ3NDgzNjQ3LCJwMnMiOiJBQUFBIn0.AAAA.AAAA.AAAA.AAAA",
		"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.AAAA", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..AAAA.AAAA.AAAA",
		strings.Repeat(".", 3900), "....", "a.b.c.d", "a.b.c.d.e.f", "{}", "null", "%", "%zz", "%00", "\"", strings.Repeat("A", 4000) + ".." + "A.A.A", `{"protected":"x"}`,
	} {
		for _, path := range []string{"/api/auth/session", "/api/auth/signin", "/private"} {
			got := attack(handlerOf(s), http.MethodGet, s.url+path, "", withCookies(sessionTokenName, value))
			if got.status >= 500 || got.setsSession() || strings.Contains(got.body, "hello") {
				t.Errorf("%s with %.40q: %d %s", path, value, got.status, got.body)
			}
			got = attack(handlerOf(s), http.MethodGet, s.url+path, "", func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+value) })
			if got.status >= 500 || strings.Contains(got.body, "hello") {
				t.Errorf("%s with the bearer token %.40q: %d %s", path, value, got.status, got.body)
			}
		}
	}
}

// handlerOf serves a site's API and its guarded page without a socket.
func handlerOf(s *testSite) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", s.auth)
	mux.Handle("/private", s.auth.Require(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) })))
	return mux
}

// SESS-14 and the absolute limit: a session does not outlive its user or its time.
func TestSecuritySessionLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) { c.Session.AbsoluteMaxAge = 40 * 24 * time.Hour })
		b := s.browser()
		b.signInWithCredentials()
		time.Sleep(time.Hour)
		for day := range 45 {
			time.Sleep(24 * time.Hour)
			if got := b.signedInAs() != ""; got != (day < 39) {
				t.Fatalf("day %d: signed in %v", day+1, got)
			}
		}
	})
	s := newTestSite(t, databaseSessions)
	b := s.browser()
	b.signInWithOAuth("op")
	record := s.store.Dump().Sessions[0]
	ghosts := memory.New()
	record.UserID = "gone"
	if err := ghosts.Insert(memory.Data{Sessions: []auth.SessionRecord{record}}); err != nil {
		t.Fatal(err)
	}
	other := newTestSite(t, func(c *auth.Config) { c.Adapter = ghosts; c.Session.Strategy = auth.StrategyDatabase })
	if got := whoWith(other, sessionTokenName, b.cookie(sessionTokenName).Value); got != "{}" {
		t.Errorf("the session of a user who is gone: %s", got)
	}
}

// SESS-11: reading a session in parallel extends it once.
func TestSecurityParallelReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch(memory.New())
		s := newOfflineSite(t, store.Adapter, func(c *auth.Config) { c.Adapter = store; c.Session.Strategy = auth.StrategyDatabase })
		b := s.browser()
		b.signInWithOAuth("op")
		value := b.cookie("__Secure-" + sessionTokenName).Value
		read := func() string { return whoWith(s.testSite, "__Secure-"+sessionTokenName, value) }
		time.Sleep(23 * time.Hour)
		if read(); store.count("UpdateSession") != 0 {
			t.Error("extended too early")
		}
		time.Sleep(2 * time.Hour)
		var wait sync.WaitGroup
		for range 50 {
			wait.Go(func() {
				if got := read(); !strings.Contains(got, "Ida") {
					t.Errorf("GET /session: %s", got)
				}
			})
		}
		wait.Wait()
		if got := read(); store.count("UpdateSession") == 0 || !strings.Contains(got, "Ida") {
			t.Errorf("not extended: %s", got)
		}
	})
}

// OPS-01: with a new secret in front everything that is under way goes on; without
// the old one it stops.
func TestSecuritySecretRotation(t *testing.T) {
	store := memory.New()
	before := newOfflineSite(t, store, nil)
	b := before.browser()
	b.signInWithCredentials()
	csrf := b.csrfToken()
	link := b.requestLink("v@example.com")
	started := b.post("/api/auth/signin/op", nil)
	next := strings.Repeat("the-next-secret-", 3)
	for _, test := range []struct {
		secrets []string
		want    bool
	}{{[]string{next, secret}, true}, {[]string{next}, false}} {
		after := newOfflineSite(t, store, func(c *auth.Config) { c.Secrets = test.secrets })
		after.op, after.network["op.test"] = before.op, before.op
		r := after.browserWith(b.client.Jar)
		if got := r.signedInAs() != ""; got != test.want {
			t.Errorf("session with %d secrets: %v", len(test.secrets), got)
		}
		fresh := after.browserWith(b.client.Jar)
		if got := fresh.csrfToken() == csrf; got != test.want {
			t.Errorf("csrf token with %d secrets: %v", len(test.secrets), got)
		}
		if test.want {
			if got := r.get(r.get(started.location).location); !got.setsSession() {
				t.Errorf("attempt: %d %s", got.status, got.location)
			}
			if got := r.get(link); !got.setsSession() {
				t.Errorf("mailed link: %d %s", got.status, got.location)
			}
			b.signInWithCredentials()
			link = b.requestLink("v@example.com")
			started = b.post("/api/auth/signin/op", nil)
			continue
		}
		if got := r.post(link, url.Values{}); got.setsSession() {
			t.Error("a mailed link outlives its secret")
		}
		if got := r.get(r.get(started.location).location); got.setsSession() {
			t.Error("an attempt outlives its secret")
		}
	}
}
