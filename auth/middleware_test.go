package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// serve sends one request to a handler.
func serve(h http.Handler, method, target string, header http.Header, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// whoami writes who is signed in.
func whoami(w http.ResponseWriter, r *http.Request) {
	if s := auth.FromContext(r.Context()); s != nil {
		w.Write([]byte(s.User.Name))
		return
	}
	w.Write([]byte("nobody"))
}

// A page request is sent to the sign-in page, a script's request gets 401.
func TestRequirePageOrAPI(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	guarded := s.auth.Require(http.HandlerFunc(whoami))
	const html = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, row := range []struct {
		name, method string
		header       http.Header
		wantPage     bool
	}{
		{"navigation", http.MethodGet, http.Header{"Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}, "Accept": {html}}, true},
		{"old browser", http.MethodGet, http.Header{"Accept": {html}}, true},
		{"HEAD of an old browser", http.MethodHead, http.Header{"Accept": {html}}, true},
		{"fetch", http.MethodGet, http.Header{"Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}, "Accept": {"*/*"}}, false},
		{"fetch that accepts pages", http.MethodGet, http.Header{"Sec-Fetch-Mode": {"same-origin"}, "Accept": {html}}, false},
		{"image", http.MethodGet, http.Header{"Sec-Fetch-Mode": {"no-cors"}, "Sec-Fetch-Dest": {"image"}, "Accept": {"image/*"}}, false},
		{"curl", http.MethodGet, http.Header{"Accept": {"*/*"}}, false},
		{"no header", http.MethodGet, nil, false},
		{"JSON", http.MethodGet, http.Header{"Accept": {"application/json"}}, false},
		{"XMLHttpRequest", http.MethodGet, http.Header{"Accept": {html}, "X-Requested-With": {"XMLHttpRequest"}}, false},
		{"POST of a form", http.MethodPost, http.Header{"Sec-Fetch-Mode": {"navigate"}, "Accept": {html}}, false},
		{"DELETE", http.MethodDelete, http.Header{"Accept": {html}}, false},
		{"WebSocket", http.MethodGet, http.Header{"Accept": {html}, "Upgrade": {"websocket"}, "Connection": {"Upgrade"}}, false},
		{"WebSocket with Sec-Fetch-Mode", http.MethodGet, http.Header{"Sec-Fetch-Mode": {"websocket"}, "Upgrade": {"websocket"}}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := serve(guarded, row.method, "/private", row.header)
			if row.wantPage {
				const want = "https://app.test/api/auth/signin?callbackUrl=https%3A%2F%2Fapp.test%2Fprivate"
				if got.Code != http.StatusFound || got.Header().Get("Location") != want {
					t.Errorf("answered %d %s, want 302 %s", got.Code, got.Header().Get("Location"), want)
				}
				return
			}
			var body struct{ Error, Message string }
			if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil || got.Code != http.StatusUnauthorized || body.Error != http.StatusText(http.StatusUnauthorized) {
				t.Errorf("answered %d %s, want 401 with JSON", got.Code, got.Body)
			}
			if got.Header().Get("WWW-Authenticate") != "Bearer" || got.Header().Get("Location") != "" {
				t.Errorf("headers %v", got.Header())
			}
		})
	}
}

// The way back is made of the configured origin, whatever the request says.
func TestRequireCallbackURL(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	guarded := s.auth.Require(http.HandlerFunc(whoami))
	for _, row := range []struct{ name, target, want string }{
		{"path and query", "http://app.test/a/b?c=d&e=f", "https://app.test/a/b?c=d&e=f"},
		{"other host", "http://evil.example/a", "https://app.test/a"},
		{"two slashes", "http://app.test//evil.example/a", "https://app.test/evil.example/a"},
		{"backslash", "http://app.test/%5Cevil.example", "https://app.test/%5Cevil.example"},
		{"encoded", "http://app.test/%C3%BC%20x", "https://app.test/%C3%BC%20x"},
	} {
		t.Run(row.name, func(t *testing.T) {
			header := http.Header{"Sec-Fetch-Mode": {"navigate"}, "X-Forwarded-Host": {"evil.example"}}
			got := serve(guarded, http.MethodGet, row.target, header).Header().Get("Location")
			if back := query(t, got).Get("callbackUrl"); !strings.HasPrefix(got, "https://app.test/api/auth/signin?") || back != row.want {
				t.Errorf("Location %s leads back to %s, want %s", got, back, row.want)
			}
		})
	}
	t.Run("host that is not allowed", func(t *testing.T) {
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) { c.URL, c.AllowedHosts = "", []string{"app.test"} })
		guarded := s.auth.Require(http.HandlerFunc(whoami))
		header := http.Header{"Sec-Fetch-Mode": {"navigate"}}
		if got := serve(guarded, http.MethodGet, "http://evil.example/a", header); got.Code != http.StatusUnauthorized || got.Header().Get("Location") != "" {
			t.Errorf("answered %d %s, want 401", got.Code, got.Header().Get("Location"))
		}
		if got := serve(guarded, http.MethodGet, "http://app.test/a", header); got.Code != http.StatusFound {
			t.Errorf("the allowed host answered %d", got.Code)
		}
	})
}

// A session comes with the cookie or a Bearer header, in all of the middleware.
func TestMiddlewareSession(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			store := memory.New()
			s := newOfflineSite(t, store, withStore(store, false, strategy))
			b := s.browser()
			b.signInWithOAuth("op")
			c := b.cookie(secureSession)
			for _, row := range []struct {
				name   string
				header http.Header
				cookie *http.Cookie
				want   string
			}{
				{"nothing", nil, nil, "nobody"},
				{"cookie", nil, c, "Ida Provider"},
				{"Bearer", http.Header{"Authorization": {"Bearer " + c.Value}}, nil, "Ida Provider"},
				{"bearer in lower case", http.Header{"Authorization": {"bearer " + c.Value}}, nil, "Ida Provider"},
				{"percent-encoded", http.Header{"Authorization": {"Bearer " + strings.ReplaceAll(c.Value, ".", "%2E")}}, nil, "Ida Provider"},
				{"Basic", http.Header{"Authorization": {"Basic " + c.Value}}, nil, "nobody"},
				{"empty Bearer", http.Header{"Authorization": {"Bearer "}}, nil, "nobody"},
				{"broken Bearer", http.Header{"Authorization": {"Bearer %zz"}}, nil, "nobody"},
				{"garbage", http.Header{"Authorization": {"Bearer x.y.z"}}, nil, "nobody"},
				{"garbage in the cookie", nil, &http.Cookie{Name: secureSession, Value: "x.y.z"}, "nobody"},
				{"cookie of a plain site", nil, &http.Cookie{Name: sessionName, Value: c.Value}, "nobody"},
				{"cookie wins", http.Header{"Authorization": {"Bearer x"}}, c, "Ida Provider"},
			} {
				t.Run(row.name, func(t *testing.T) {
					var cookies []*http.Cookie
					if row.cookie != nil {
						cookies = append(cookies, row.cookie)
					}
					loaded := serve(s.auth.Load(http.HandlerFunc(whoami)), http.MethodPost, "/x", row.header, cookies...)
					if loaded.Code != http.StatusOK || loaded.Body.String() != row.want {
						t.Errorf("Load: %d %s, want %s", loaded.Code, loaded.Body, row.want)
					}
					required := serve(s.auth.Require(http.HandlerFunc(whoami)), http.MethodPost, "/x", row.header, cookies...)
					if passed := required.Code == http.StatusOK; passed != (row.want != "nobody") {
						t.Errorf("Require: %d %s", required.Code, required.Body)
					}
					if len(required.Result().Cookies())+len(loaded.Result().Cookies()) > 0 {
						t.Error("the middleware sets cookies")
					}
				})
			}
		})
	}
}

func TestSessionOfARequest(t *testing.T) {
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.Session = func(_ context.Context, p auth.SessionParams) error {
			p.Session.Extra = map[string]any{"role": "admin"}
			return nil
		}
	})
	b := s.browser()
	b.signInWithCredentials()
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	if got, err := s.auth.Session(r); got != nil || err != nil {
		t.Errorf("without a cookie: %v, %v", got, err)
	}
	r.AddCookie(b.cookie(secureSession))
	got, err := s.auth.Session(r)
	if err != nil || got == nil || got.User.ID != "alice-id" || got.User.Email != "alice@example.com" || got.Extra["role"] != "admin" || got.Expires.IsZero() {
		t.Errorf("with a cookie: %+v, %v", got, err)
	}
	if auth.FromContext(t.Context()) != nil {
		t.Error("a context without a session has one")
	}
}

// A fault lets nobody through and signs nobody out.
func TestMiddlewareFaults(t *testing.T) {
	for _, row := range []struct {
		name     string
		strategy auth.SessionStrategy
		fault    func(*watchedStore)
		session  func(context.Context, auth.SessionParams) error
	}{
		{"store is down", auth.StrategyDatabase, func(s *watchedStore) { s.breakDown("SessionAndUser") }, nil},
		{"Session callback fails", auth.StrategyJWT, nil, func(context.Context, auth.SessionParams) error { return errStore }},
		{"Session callback panics", auth.StrategyJWT, nil, func(context.Context, auth.SessionParams) error { panic(errStore) }},
		{"Session callback aborts", auth.StrategyJWT, nil, func(context.Context, auth.SessionParams) error { panic(http.ErrAbortHandler) }},
		{"Session callback removes the session", auth.StrategyDatabase, nil, func(_ context.Context, p auth.SessionParams) error { *p.Session = auth.Session{}; panic("gone") }},
	} {
		t.Run(row.name, func(t *testing.T) {
			inBothModes(t, "mode", func(t *testing.T, strictV4 bool) {
				store := watch(memory.New())
				s := newOfflineSite(t, store.Adapter, func(c *auth.Config) {
					withStore(store, strictV4, row.strategy)(c)
					c.Callbacks.Session = row.session
				})
				b := s.browser()
				b.signInWithOAuth("op")
				c := b.cookie(secureSession)
				if row.fault != nil {
					row.fault(store)
				}
				for name, guard := range map[string]func(http.Handler) http.Handler{"Require": s.auth.Require, "Load": s.auth.Load} {
					reached := false
					got := serve(guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })),
						http.MethodGet, "/x", http.Header{"Sec-Fetch-Mode": {"navigate"}}, c)
					if reached || got.Code != http.StatusServiceUnavailable {
						t.Errorf("%s answered %d and let through: %v, want 503", name, got.Code, reached)
					}
					if len(got.Result().Cookies()) > 0 || strings.Contains(got.Body.String(), "10.9.8.7") {
						t.Errorf("%s answered with cookies %v: %s", name, got.Result().Cookies(), got.Body)
					}
				}
				r := httptest.NewRequest(http.MethodGet, "/x", nil)
				r.AddCookie(c)
				if row.session == nil {
					if _, err := s.auth.Session(r); !errors.Is(err, auth.ErrUnavailable) {
						t.Errorf("Session: %v, want ErrUnavailable", err)
					}
				}
			})
		})
	}
	t.Run("the cause of a panic is logged", func(t *testing.T) {
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
			c.Callbacks.Session = func(context.Context, auth.SessionParams) error { panic("index out of range in profile.go") }
		})
		b := s.browser()
		b.signInWithCredentials()
		b.open()
		if !strings.Contains(s.log.String(), "index out of range in profile.go") {
			t.Errorf("the log does not say why:\n%s", s.log)
		}
	})
}

func TestCSRFToken(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	first := httptest.NewRecorder()
	csrf := s.auth.CSRFToken(first, httptest.NewRequest(http.MethodGet, "/login", nil))
	set := first.Result().Cookies()
	if len(csrf) != 64 || len(set) != 1 || set[0].Name != "__Host-next-auth.csrf-token" {
		t.Fatalf("the token is %q with the cookies %v", csrf, set)
	}
	again := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/login", nil)
	r.AddCookie(set[0])
	if got := s.auth.CSRFToken(again, r); got != csrf || len(again.Result().Cookies()) != 0 {
		t.Errorf("the second token is %q with the cookies %v, want %q and none", got, again.Result().Cookies(), csrf)
	}
	b := s.browser()
	b.setCookie(&http.Cookie{Name: set[0].Name, Value: set[0].Value, Secure: true})
	b.do(http.MethodPost, "/api/auth/callback/credentials", strings.NewReader("username=alice&password=wonderland&csrfToken="+csrf), formHeader())
	if b.signedInAs() != "Alice" {
		t.Error("a form with the token was refused")
	}
}

// What the Session callback cannot write as JSON is a fault, not a session.
func TestSessionWithoutJSONForm(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			store := memory.New()
			s := newOfflineSite(t, store, func(c *auth.Config) {
				withStore(store, false, strategy)(c)
				c.Callbacks.Session = func(_ context.Context, p auth.SessionParams) error {
					p.Session.Extra = map[string]any{"channel": make(chan int)}
					return nil
				}
			})
			b := s.browser()
			b.signInWithOAuth("op")
			if got := b.get("/api/auth/session"); got.status < 500 {
				t.Errorf("answered %d %s", got.status, got.body)
			}
		})
	}
}

// An error in a callback is a fault of the application: it does not sign the
// visitor out, except with StrictV4.
func TestSessionCallbackFaultKeepsTheSession(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*auth.Config, *bool)
	}{
		{"Session", func(c *auth.Config, broken *bool) {
			c.Callbacks.Session = func(context.Context, auth.SessionParams) error {
				if *broken {
					return errStore
				}
				return nil
			}
		}},
		{"JWT", func(c *auth.Config, broken *bool) {
			c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
				if *broken {
					return nil, errStore
				}
				return p.Token, nil
			}
		}},
	} {
		inBothModes(t, row.name, func(t *testing.T, strictV4 bool) {
			broken := false
			s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
				c.StrictV4 = strictV4
				row.change(c, &broken)
			})
			b := s.browser()
			b.signInWithCredentials()
			broken = true
			got := b.get("/api/auth/session")
			wantStatus := http.StatusServiceUnavailable
			if strictV4 {
				wantStatus = http.StatusOK
			}
			if got.status != wantStatus {
				t.Errorf("answered %d %s, want %d", got.status, got.body, wantStatus)
			}
			broken = false
			if signedIn := b.signedInAs() == "Alice"; signedIn == strictV4 {
				t.Errorf("still signed in: %v, want %v", signedIn, !strictV4)
			}
		})
	}
}
