package auth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// DB-01: whatever fails while a sign-in is looked up and written, nothing of it
// is stored, and the next try succeeds.
func TestSecurityEachWriteFails(t *testing.T) {
	reads := func(method string) func(*watchedStore) {
		return func(s *watchedStore) { s.breakDown(method) }
	}
	writes := func(step auth.Step) func(*watchedStore) {
		return func(s *watchedStore) { s.breakStep(step) }
	}
	for _, test := range []struct {
		name     string
		provoke  func(*watchedStore)
		want     auth.ErrorCode
		onlyRows bool // with database sessions
	}{
		{"looking for the account", reads("UserByAccount"), auth.ErrorCallback, false},
		{"looking for the address", reads("UserByEmail"), auth.ErrorCallback, false},
		{"writing anything", reads("SignIn"), auth.ErrorCallback, false},
		{"creating the user", writes(auth.StepCreateUser), auth.ErrorOAuthCreateAccount, false},
		{"linking the account", writes(auth.StepLinkAccount), auth.ErrorCallback, false},
		{"creating the session", writes(auth.StepCreateSession), auth.ErrorCallback, true},
	} {
		for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
			if test.onlyRows && strategy == auth.StrategyJWT {
				continue
			}
			t.Run(test.name+" "+string(strategy), func(t *testing.T) {
				store := watch(memory.New())
				s := newOfflineSite(t, store.Adapter, withStore(store, false, strategy))
				b := s.browser()
				callback := b.startOAuth("op")
				test.provoke(store)
				got := b.get(callback)
				if got.errorCode() != string(test.want) || got.setsSession() {
					t.Errorf("answered %d %s, want error=%s and no session", got.status, got.location, test.want)
				}
				wantRows(t, store.Adapter, memory.Data{})
				store.breakDown()
				store.breakStep("")
				if who := b.signedInAs(); who != "" {
					t.Errorf("signed in as %q after a failure", who)
				}
				if b.signInWithOAuth("op"); b.signedInAs() != "Ida Provider" {
					t.Errorf("the next try does not sign in\n%s", s.log)
				}
				if data := store.Dump(); len(data.Users) != 1 || len(data.Accounts) != 1 {
					t.Errorf("%d users and %d accounts, want one of each", len(data.Users), len(data.Accounts))
				}
			})
		}
	}
}

// DB-09: a database that is down signs nobody out.
func TestSecurityStoreDownOnSessionRead(t *testing.T) {
	store := watch(memory.New())
	s := newOfflineSite(t, store.Adapter, withStore(store, false, auth.StrategyDatabase))
	b := s.browser()
	b.signInWithOAuth("op")
	kept := b.cookie(secureSession).Value
	store.breakDown("SessionAndUser", "UpdateSession", "DeleteSession", "User")
	for range 3 {
		if got := b.get("/api/auth/session"); got.status != http.StatusServiceUnavailable || len(got.cookies) > 0 {
			t.Errorf("answered %d with the cookies %v, want 503 and none", got.status, got.cookies)
		}
	}
	store.breakDown()
	if c := b.cookie(secureSession); c == nil || c.Value != kept || b.signedInAs() != "Ida Provider" {
		t.Error("the visitor is not back when the database is")
	}
}

// slowRoute is a request that needs the store.
type slowRoute struct {
	name string
	// prepare is done while the store is fast; what it returns makes the request.
	prepare func(b *browser) func() *answer
	// pause is how long nothing happens in between.
	pause time.Duration
	// dispensable are the calls with JWT sessions that it can do without.
	dispensable []string
}

func slowRoutes() []slowRoute {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	get := func(path string, header http.Header) func(*browser) func() *answer {
		return func(b *browser) func() *answer {
			return func() *answer { return b.do(http.MethodGet, path, nil, header) }
		}
	}
	post := func(path string, fields url.Values) func(*browser) func() *answer {
		return func(b *browser) func() *answer {
			posted := url.Values{"csrfToken": {b.csrfToken()}, "json": {"true"}}
			for name, values := range fields {
				posted[name] = values
			}
			return func() *answer { return b.do(http.MethodPost, path, strings.NewReader(posted.Encode()), form) }
		}
	}
	link := func(of func(*browser) string) func(*browser) func() *answer {
		return func(b *browser) func() *answer {
			target := of(b)
			return func() *answer { return b.get(target) }
		}
	}
	// What a server knows of revocations is enough for some minutes.
	const recent, old = 10 * time.Minute, time.Hour
	revocations := []string{"Revocations"}
	return []slowRoute{
		{"session", get("/api/auth/session", nil), old, nil},
		{"session, nothing withdrawn lately", get("/api/auth/session", nil), recent, revocations},
		{"session update", post("/api/auth/session", nil), old, nil},
		{"guarded page", get("/private", http.Header{"Accept": {"text/html"}}), old, nil},
		{"guarded data", get("/private", nil), old, nil},
		{"page for signing out", get("/api/auth/signout", nil), old, nil},
		{"signing out", post("/api/auth/signout", nil), old, nil},
		{"to the provider", post("/api/auth/signin/op", nil), recent, revocations},
		{"mailing a link", post("/api/auth/signin/email", url.Values{"email": {"new@example.com"}}), recent, nil},
		{"callback of the provider", link(func(b *browser) string { return b.startOAuth("op") }), recent, nil},
		{"callback of a mailed link", link(func(b *browser) string { return b.requestLink("new@example.com") }), recent, nil},
		{"callback of credentials", post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}}), recent, nil},
	}
}

// DB-11: a slow database costs a request at most five seconds, however many calls
// it makes. It is told to try again, and nobody is signed in or out.
func TestSecuritySlowStore(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		for _, delay := range []time.Duration{30 * time.Second, 2 * time.Second} {
			for _, route := range slowRoutes() {
				t.Run(strings.Join([]string{string(strategy), delay.String(), route.name}, " "), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { checkSlow(t, strategy, delay, route) })
				})
			}
		}
	}
}

func checkSlow(t *testing.T, strategy auth.SessionStrategy, delay time.Duration, route slowRoute) {
	store := watch(memory.New())
	if err := store.Insert(memory.Data{Users: []auth.User{{ID: "alice-id", Name: "Alice"}}}); err != nil {
		t.Fatal(err)
	}
	s := newOfflineSite(t, store.Adapter, withStore(store, false, strategy))
	b := s.browser()
	b.get(b.requestLink("grace@example.com"))
	request := route.prepare(b)
	time.Sleep(route.pause) // of the bubble's clock
	before, cookies := store.Dump(), b.cookiePairs()
	store.slowDown(delay)
	store.forget()
	began := time.Now()
	got := request()
	took := time.Since(began)
	if took > 5*time.Second {
		t.Errorf("took %v, want at most 5s", took)
	}
	if got.status == http.StatusServiceUnavailable {
		if took != 5*time.Second {
			t.Errorf("gave up after %v, want 5s", took)
		}
		if len(got.cookies) > 0 || !slices.Equal(b.cookiePairs(), cookies) {
			t.Errorf("changes the cookies: %v", got.cookies)
		}
		wantUnavailable(t, s, got, route)
	} else if delay > 5*time.Second && !slices.Equal(store.called(), route.dispensable) {
		t.Errorf("answered %d %s after the calls %q, want 503", got.status, got.body, store.called())
	}
	time.Sleep(time.Hour)
	store.slowDown(0)
	if got.status != http.StatusServiceUnavailable {
		return
	}
	if data := store.Dump(); len(data.Users) != len(before.Users) || len(data.Sessions) != len(before.Sessions) {
		t.Errorf("the request that gave up left %d users and %d sessions, before %d and %d",
			len(data.Users), len(data.Sessions), len(before.Users), len(before.Sessions))
	}
	if who := b.signedInAs(); who != "grace@example.com" {
		t.Errorf("afterwards signed in as %q, want who it was before", who)
	}
}

// wantUnavailable checks the body of a 503: the client of NextAuth.js reads a URL
// in every answer to a sign-in, and nobody is told the cause.
func wantUnavailable(t *testing.T, s *offlineSite, got *answer, route slowRoute) {
	t.Helper()
	if strings.Contains(got.body, "deadline") || !strings.Contains(s.log.String(), "did not answer in time") {
		t.Errorf("the cause belongs into the log alone: %s\n%s", got.body, s.log)
	}
	if strings.HasPrefix(route.name, "guarded") {
		return
	}
	var body struct{ URL string }
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || !strings.HasPrefix(body.URL, s.url+"/api/auth/error") {
		t.Errorf("body %s, want one with an absolute url", got.body)
	}
}

// A person who comes back from a provider sees a page.
func TestSlowStorePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch(memory.New())
		s := newOfflineSite(t, store.Adapter, withStore(store, false, auth.StrategyDatabase))
		b := s.browser()
		callback := b.startOAuth("op")
		store.slowDown(time.Minute)
		got := b.do(http.MethodGet, callback, nil, http.Header{"Accept": {"text/html"}})
		if got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "<html") || len(got.cookies) > 0 {
			t.Errorf("answered %d with the cookies %v: %s", got.status, got.cookies, got.body)
		}
	})
}

// With StrictV4 a slow database looks like a signed-out visitor, as a failing one
// does, but not for longer than five seconds.
func TestSlowStoreStrictV4(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch(memory.New())
		s := newOfflineSite(t, store.Adapter, withStore(store, true, auth.StrategyDatabase))
		b := s.browser()
		b.signInWithOAuth("op")
		store.slowDown(time.Minute)
		began := time.Now()
		got := b.get("/api/auth/session")
		if took := time.Since(began); got.status != http.StatusOK || got.body != "{}" || b.cookie(secureSession) == nil || took != 5*time.Second {
			t.Errorf("answered %d %s after %v", got.status, got.body, took)
		}
		if got := b.get(b.startOAuth("op")); got.status != http.StatusServiceUnavailable || len(got.cookies) > 0 {
			t.Errorf("the callback answered %d with the cookies %v, want 503 and none", got.status, got.cookies)
		}
	})
}

// What a provider takes does not count.
func TestSlowProviderWithFastStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch(memory.New())
		s := newOfflineSite(t, store.Adapter, withStore(store, false, auth.StrategyDatabase))
		s.op.Script(func(o *fakeop.Behavior) {
			o.Token.Hook = func(*http.Request) { time.Sleep(9 * time.Second) }
		})
		store.slowDown(900 * time.Millisecond)
		b := s.browser()
		began := time.Now()
		got := b.signInWithOAuth("op")
		if took := time.Since(began); took < 9*time.Second || !got.setsSession() {
			t.Errorf("answered %d %s after %v, want a session\n%s", got.status, got.location, took, s.log)
		}
	})
}

// DB-11: a visitor who goes away frees the connection at once.
func TestSecurityAbortedRequestFreesStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch(memory.New())
		s := newOfflineSite(t, store.Adapter, withStore(store, false, auth.StrategyDatabase))
		b := s.browser()
		b.signInWithOAuth("op")
		store.slowDown(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, s.url+"/api/auth/session", nil)
		r.AddCookie(b.cookie(secureSession))
		began := time.Now()
		s.auth.ServeHTTP(httptest.NewRecorder(), r)
		if took := time.Since(began); took != time.Second {
			t.Errorf("the call went on for %v, want 1s", took)
		}
	})
}
