package auth_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// A request with a JWT session costs no call to the store, but for one that
// brings the revocations of other servers every five seconds.
func TestNoStoreCallForJWTSessions(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*auth.Config, *watchedStore)
		want   int // calls in twelve seconds
	}{
		{"store that withdraws", func(c *auth.Config, s *watchedStore) { c.Adapter = s }, 3},
		{"store that cannot", func(c *auth.Config, s *watchedStore) { c.Adapter = onlyAdapter{s} }, 0},
		{"StrictV4", func(c *auth.Config, s *watchedStore) { c.Adapter, c.StrictV4 = s, true }, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := watch(memory.New())
				s := newOfflineSite(t, store.Adapter, func(c *auth.Config) { row.change(c, store) })
				b := s.browser()
				b.get(b.requestLink("grace@example.com"))
				time.Sleep(time.Minute) // of the bubble's clock: nothing is fresh any more
				store.forget()
				for range 12 {
					for range 20 {
						if b.signedInAs() != "grace@example.com" || !b.open() {
							t.Fatal("not signed in")
						}
					}
					time.Sleep(time.Second)
				}
				if got := store.called(); len(got) != row.want || store.count("Revocations") != row.want {
					t.Errorf("480 requests made the calls %q, want %d for revocations", got, row.want)
				}
			})
		})
	}
}

// The other pages and answers need no store either.
func TestNoStoreCallForPages(t *testing.T) {
	store := watch(memory.New())
	s := newOfflineSite(t, store.Adapter, func(c *auth.Config) { c.Adapter, c.Session.Strategy = store, auth.StrategyDatabase })
	b := s.browser()
	for _, path := range []string{"session", "csrf", "providers", "signin", "signout", "error", "verify-request"} {
		b.get("/api/auth/" + path)
	}
	b.open()
	if got := store.called(); len(got) != 0 {
		t.Errorf("a visitor who is not signed in made the calls %q", got)
	}
}
