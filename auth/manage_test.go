package auth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// onlyUser is the one user of a site.
func (s *testSite) onlyUser() auth.User {
	s.t.Helper()
	users := s.store.Dump().Users
	if len(users) != 1 {
		s.t.Fatalf("users = %+v, want one", users)
	}
	return users[0]
}

func TestSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newOfflineSite(t, memory.New(), databaseSessions)
		laptop, phone := s.browser(), s.browser()
		laptop.do(http.MethodGet, laptop.requestLink("ada@example.com"), nil, http.Header{"User-Agent": {"Laptop"}})
		time.Sleep(time.Minute) // of the bubble's clock
		phone.do(http.MethodGet, phone.requestLink("ada@example.com"), nil, http.Header{"User-Agent": {"Phone"}})
		ada := s.onlyUser().ID
		other := s.browser()
		other.get(other.requestLink("bob@example.com"))
		expired := auth.SessionRecord{Token: "expired", UserID: ada, Expires: time.Now()}
		if err := s.store.Insert(memory.Data{Sessions: []auth.SessionRecord{expired}}); err != nil {
			t.Fatal(err)
		}

		// What a page behind Load lists to the one who looks at it.
		list := func(b *browser) []auth.SessionInfo {
			t.Helper()
			var sessions []auth.SessionInfo
			var err error
			page := s.auth.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				sessions, err = s.auth.Sessions(r.Context(), ada)
			}))
			attack(page, http.MethodGet, s.url+"/account", "", withCookies(b.cookiePairs()...))
			if err != nil {
				t.Fatalf("Sessions: %v", err)
			}
			return sessions
		}
		got := list(laptop)
		if len(got) != 2 || got[0].UserAgent != "Phone" || got[1].UserAgent != "Laptop" {
			t.Fatalf("sessions = %+v, want the phone and the laptop", got)
		}
		if got[0].Current || !got[1].Current {
			t.Errorf("the laptop's request marks %+v", got)
		}
		if again := list(phone); !again[0].Current || again[1].Current || again[0].ID != got[0].ID {
			t.Errorf("the phone's request marks %+v", again)
		}
		if !got[1].Expires.Equal(got[1].CreatedAt.Add(30*24*time.Hour)) || got[0].Address != "192.0.2.1" || !got[0].LastSeenAt.Equal(time.Now()) {
			t.Errorf("details %+v", got)
		}
		for _, record := range s.store.Dump().Sessions {
			for _, session := range got {
				if strings.Contains(session.ID, record.Token) || strings.Contains(record.Token, session.ID) || len(session.ID) != 24 {
					t.Errorf("the id %q tells the stored token %q", session.ID, record.Token)
				}
			}
		}
		without, err := s.auth.Sessions(t.Context(), ada)
		if err != nil || len(without) != 2 || without[0].Current || without[1].Current {
			t.Errorf("without a request: %+v, %v, want no current one", without, err)
		}

		bob := s.store.Dump().Users[1].ID
		if err := s.auth.Revoke(t.Context(), bob, got[0].ID); !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("Revoke of somebody else's session: %v, want ErrNotFound", err)
		}
		for _, id := range []string{"", "expired", s.store.Dump().Sessions[0].Token} {
			if err := s.auth.Revoke(t.Context(), ada, id); !errors.Is(err, auth.ErrNotFound) {
				t.Errorf("Revoke of %q: %v, want ErrNotFound", id, err)
			}
		}
		if err := s.auth.Revoke(t.Context(), ada, got[0].ID); err != nil {
			t.Fatalf("Revoke: %v", err)
		}
		if phone.signedInAs() != "" || laptop.signedInAs() != "ada@example.com" || other.signedInAs() != "bob@example.com" {
			t.Error("Revoke did not end the phone's session and that alone")
		}
		if err := s.auth.RevokeAll(t.Context(), ada); err != nil {
			t.Fatalf("RevokeAll: %v", err)
		}
		if laptop.signedInAs() != "" || other.signedInAs() != "bob@example.com" {
			t.Error("RevokeAll did not end the sessions of this user alone")
		}
	})
}

// A method that the adapter or the configuration cannot serve says what is
// missing.
func TestManageNeeds(t *testing.T) {
	withoutAdapter := func(c *auth.Config) { c.Adapter = nil }
	withoutManager := func(c *auth.Config) { c.Adapter = onlyAdapter{c.Adapter} }
	calls := map[string]func(*auth.Auth) error{
		"Accounts":      func(a *auth.Auth) error { _, err := a.Accounts(t.Context(), "u"); return err },
		"Sessions":      func(a *auth.Auth) error { _, err := a.Sessions(t.Context(), "u"); return err },
		"Revoke":        func(a *auth.Auth) error { return a.Revoke(t.Context(), "u", "s") },
		"RevokeAll":     func(a *auth.Auth) error { return a.RevokeAll(t.Context(), "u") },
		"UnlinkAccount": func(a *auth.Auth) error { return a.UnlinkAccount(t.Context(), "u", "op", "1") },
		"DeleteUser":    func(a *auth.Auth) error { return a.DeleteUser(t.Context(), "u") },
	}
	jwt := map[string]string{"Sessions": `"database"`, "Revoke": `"database"`}
	for _, test := range []struct {
		name   string
		change func(*auth.Config)
		want   map[string]string // by method; "" succeeds or finds nothing
	}{
		{"no adapter", withoutAdapter, map[string]string{
			"Accounts": "Config.Adapter", "Sessions": `"database"`, "Revoke": `"database"`, "RevokeAll": "Config.Adapter",
			"UnlinkAccount": "Config.Adapter", "DeleteUser": "Config.Adapter",
		}},
		{"adapter that manages nothing", all(databaseSessions, withoutManager), map[string]string{
			"Accounts": "UserManager", "Sessions": "UserManager", "Revoke": "UserManager", "UnlinkAccount": "UserManager", "DeleteUser": "UserManager",
		}},
		{"adapter that manages nothing, JWT", withoutManager, map[string]string{
			"Accounts": "UserManager", "Sessions": `"database"`, "Revoke": `"database"`, "RevokeAll": "Revoker", "UnlinkAccount": "UserManager", "DeleteUser": "UserManager",
		}},
		{"JWT sessions", func(*auth.Config) {}, jwt},
		{"database sessions", databaseSessions, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newOfflineSite(t, memory.New(), test.change)
			for method, call := range calls {
				err := call(s.auth)
				want := test.want[method]
				switch {
				case want == "" && err != nil && !errors.Is(err, auth.ErrNotFound):
					t.Errorf("%s: %v", method, err)
				case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "auth: "+method)):
					t.Errorf("%s: error = %v, want one that names %s and %s", method, err, method, want)
				}
			}
		})
	}
}

// A slow database costs a call at most five seconds, however many steps it has.
func TestManageSlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := watch(memory.New())
		s := newOfflineSite(t, store.Adapter, withStore(store, false, auth.StrategyJWT))
		b := s.browser()
		b.signInWithOAuth("op")
		user := s.onlyUser()
		account := store.Dump().Accounts[0]
		store.slowDown(4 * time.Second)
		for name, call := range map[string]func(ctx context.Context) error{
			"DeleteUser": func(ctx context.Context) error { return s.auth.DeleteUser(ctx, user.ID) },
			"UnlinkAccount": func(ctx context.Context) error {
				return s.auth.UnlinkAccount(ctx, user.ID, "op", account.ProviderAccountID)
			},
		} {
			began := time.Now()
			err := call(t.Context())
			if took := time.Since(began); took != 5*time.Second || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s took %v: %v, want 5s and an error", name, took, err)
			}
		}
		store.slowDown(0)
		if err := s.auth.DeleteUser(t.Context(), user.ID); err != nil {
			t.Errorf("DeleteUser again: %v", err)
		}
	})
}
