package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

const sessionName = "next-auth.session-token"

// onlyAdapter hides that a store can withdraw sessions.
type onlyAdapter struct{ auth.Adapter }

func withStore(store auth.Adapter, strictV4 bool, strategy auth.SessionStrategy) func(*auth.Config) {
	return func(c *auth.Config) { c.Adapter, c.StrictV4, c.Session.Strategy = store, strictV4, strategy }
}

func TestContractSessionCookie(t *testing.T) {
	inBothModes(t, "session cookie name", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, strictly(strictV4))
		signedIn := s.browser()
		signedIn.signInWithCredentials()
		sealed := signedIn.cookie(sessionName).Value
		half := len(sealed) / 2
		for _, row := range []struct {
			name    string
			cookies [][2]string
			want    string
		}{
			{"exactly the name", [][2]string{{"", sealed}}, "Alice"},
			{"two parts", [][2]string{{".0", sealed[:half]}, {".1", sealed[half:]}}, "Alice"},
			{"parts in another order", [][2]string{{".1", sealed[half:]}, {".0", sealed[:half]}}, "Alice"},
			{"one part", [][2]string{{".0", sealed}}, "Alice"},
			{"a name that begins alike", [][2]string{{"", sealed}, {"-planted", "x"}, {"2", "y"}}, "Alice"},
			{"a suffix that is no digit", [][2]string{{".0", sealed[:half]}, {".1", sealed[half:]}, {".x", "evil"}}, "Alice"},
			{"two digits", [][2]string{{".0", sealed[:half]}, {".1", sealed[half:]}, {".10", "evil"}}, "Alice"},
			{"a gap", [][2]string{{".0", sealed[:half]}, {".2", sealed[half:]}}, ""},
			{"the first part missing", [][2]string{{".1", sealed[:half]}, {".2", sealed[half:]}}, ""},
			{"only a name that begins alike", [][2]string{{"-planted", sealed}}, ""},
			{"a part too many", [][2]string{{".0", sealed[:half]}, {".1", sealed[half:]}, {".2", "evil"}}, ""},
		} {
			t.Run(row.name, func(t *testing.T) {
				b := s.browser()
				for _, c := range row.cookies {
					b.setCookie(&http.Cookie{Name: sessionName + c[0], Value: c[1]})
				}
				if got := b.signedInAs(); got != row.want {
					t.Errorf("signed in as %q, want %q", got, row.want)
				}
			})
		}
	})
}

func TestContractJWTSessionAfterSignOut(t *testing.T) {
	inBothModes(t, "JWT session after sign-out", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name         string
			adapter      auth.Adapter
			want, wantV4 bool // whether the copy still opens
		}{
			{"adapter that withdraws", memory.New(), false, true},
			{"adapter that cannot", onlyAdapter{memory.New()}, true, true},
			{"no adapter", nil, true, true},
		} {
			t.Run(row.name, func(t *testing.T) {
				s := newTestSite(t, withStore(row.adapter, strictV4, auth.StrategyJWT))
				b := s.browser()
				b.signInWithCredentials()
				stolen := b.cookie(sessionName)
				b.post("/api/auth/signout", nil)
				thief := s.browser()
				thief.setCookie(stolen)
				want := row.want
				if strictV4 {
					want = row.wantV4
				}
				if got := thief.get("/private").status == http.StatusOK; got != want {
					t.Errorf("the copy opens: %v, want %v", got, want)
				}
				if got := thief.signedInAs() != ""; got != want {
					t.Errorf("the copy is a session: %v, want %v", got, want)
				}
			})
		}
	})
}

func TestContractReissue(t *testing.T) {
	inBothModes(t, "re-issue of the JWT on GET /session", func(t *testing.T, strictV4 bool) {
		b := newTestSite(t, strictly(strictV4)).browser()
		b.signInWithCredentials()
		before := b.cookie(sessionName).Value
		got := b.get("/api/auth/session")
		if reissued := got.cookie(sessionName) != nil; reissued != strictV4 {
			t.Errorf("re-issued: %v, want %v", reissued, strictV4)
		}
		if changed := b.cookie(sessionName).Value != before; changed != strictV4 {
			t.Errorf("another token: %v, want %v", changed, strictV4)
		}
	})
}

func TestContractSessionToken(t *testing.T) {
	inBothModes(t, "session token", func(t *testing.T, strictV4 bool) {
		store := memory.New()
		s := newTestSite(t, withStore(store, strictV4, auth.StrategyDatabase))
		b := s.browser()
		b.get(b.requestLink("grace@example.com"))
		first := b.cookie(sessionName).Value
		stored := store.Dump().Sessions[0].Token
		if strictV4 {
			if len(first) != 36 || strings.Count(first, "-") != 4 || first[14] != '4' || stored != first {
				t.Errorf("the token is %q and stored as %q, want a UUID as it is", first, stored)
			}
		} else if len(first) != 64 || stored == first || len(stored) != 64 {
			t.Errorf("the token is %q and stored as %q, want 256 bits and a hash", first, stored)
		}
		linked := b.signInWithOAuth("op")
		if linked.errorCode() != "" || len(store.Dump().Accounts) != 1 {
			t.Fatalf("linking failed: %s\n%s", linked.location, s.log)
		}
		if kept := b.cookie(sessionName).Value == first; kept != strictV4 {
			t.Errorf("the token was kept when linking: %v, want %v", kept, strictV4)
		}
		if n := len(store.Dump().Sessions); n != 1 {
			t.Errorf("%d session rows, want 1", n)
		}
		again := b.get(b.requestLink("grace@example.com"))
		if again.errorCode() != "" || b.cookie(sessionName).Value == first {
			t.Errorf("signing in again kept the token")
		}
	})
}

func TestContractDatabaseFaultOnGETSession(t *testing.T) {
	inBothModes(t, "database fault on GET /session", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name, method string
			strategy     auth.SessionStrategy
		}{
			{"finding the session", "SessionAndUser", auth.StrategyDatabase},
			{"extending the session", "UpdateSession", auth.StrategyDatabase},
		} {
			t.Run(row.name, func(t *testing.T) {
				store := watch(memory.New())
				s := newTestSite(t, func(c *auth.Config) {
					withStore(store, strictV4, row.strategy)(c)
					c.Session.UpdateAge = -1
				})
				b := s.browser()
				b.get(b.requestLink("grace@example.com"))
				store.breakDown(row.method)
				got := b.get("/api/auth/session")
				wantStatus := http.StatusServiceUnavailable
				if strictV4 {
					wantStatus = http.StatusOK
				}
				if got.status != wantStatus || strictV4 && got.body != "{}" {
					t.Errorf("answered %d %s, want %d", got.status, got.body, wantStatus)
				}
				if len(got.cookies) > 0 && !strictV4 || b.cookie(sessionName) == nil {
					t.Errorf("the answer changes cookies: %v", got.cookies)
				}
				if strings.Contains(got.body, "10.9.8.7") || !strings.Contains(s.log.String(), "10.9.8.7") {
					t.Errorf("the cause belongs into the log alone: %s", got.body)
				}
				store.breakDown()
				if b.signedInAs() != "grace@example.com" {
					t.Error("the session did not survive the fault")
				}
			})
		}
	})
}

func TestContractDatabaseFaultOnGETSessionFirstRevocations(t *testing.T) {
	inBothModes(t, "database fault on GET /session: first revocations", func(t *testing.T, strictV4 bool) {
		store := watch(memory.New())
		store.breakDown("Revocations")
		s := newTestSite(t, withStore(store, strictV4, auth.StrategyJWT))
		b := s.browser()
		b.signInWithCredentials()
		got := b.get("/api/auth/session")
		want := http.StatusServiceUnavailable
		if strictV4 {
			want = http.StatusOK
		}
		if got.status != want || b.cookie(sessionName) == nil {
			t.Errorf("answered %d %s, want %d and the cookie kept", got.status, got.body, want)
		}
	})
}

func TestContractDatabaseFaultOnSignOut(t *testing.T) {
	inBothModes(t, "database fault on sign-out", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name, method string
			strategy     auth.SessionStrategy
			callsV4      int
		}{
			{"database session", "DeleteSession", auth.StrategyDatabase, 1},
			{"JWT session", "Revoke", auth.StrategyJWT, 0},
		} {
			t.Run(row.name, func(t *testing.T) {
				store := watch(memory.New())
				s := newTestSite(t, withStore(store, strictV4, row.strategy))
				b := s.browser()
				b.get(b.requestLink("grace@example.com"))
				store.breakDown(row.method)
				store.forget()
				got := b.post("/api/auth/signout", url.Values{"json": {"true"}})
				wantStatus, wantCode, wantCalls := http.StatusServiceUnavailable, "Signout", 3
				if strictV4 {
					wantStatus, wantCode, wantCalls = http.StatusOK, "", row.callsV4
				}
				if got.status != wantStatus || got.errorCode() != wantCode {
					t.Errorf("answered %d %s, want %d and error=%s", got.status, got.body, wantStatus, wantCode)
				}
				if n := store.count(row.method); n != wantCalls {
					t.Errorf("%s was called %d times, want %d", row.method, n, wantCalls)
				}
				if b.cookie(sessionName) != nil {
					t.Error("the cookie was not cleared")
				}
			})
		}
	})
}
