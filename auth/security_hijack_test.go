package auth_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// meddledStore lets something happen just before a sign-in that removes what was
// attached to a user is written.
type meddledStore struct {
	*memory.Adapter
	once   sync.Once
	meddle func()
}

func (m *meddledStore) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	if s.RemoveAttached && m.meddle != nil {
		m.once.Do(m.meddle)
	}
	return m.Adapter.SignIn(ctx, s)
}

// LINK-04: a squatter who signs in once more while the owner of the mailbox
// proves it, at the last moment at which the squatted account still works, keeps
// no session either.
func TestSecurityPreHijackRace(t *testing.T) {
	store := &meddledStore{Adapter: memory.New()}
	s := newTestSite(t, func(c *auth.Config) { c.Adapter = store })
	squat(t, s)
	late := s.browser()
	store.meddle = func() {
		if late.signInWithOAuth("op"); late.signedInAs() != "Mallory" {
			t.Errorf("the squatter cannot sign in in time\n%s", s.log)
		}
	}
	victim := s.browser()
	if victim.get(victim.requestLink("v@example.com")); victim.session()["user"] == nil {
		t.Fatalf("the victim cannot sign in\n%s", s.log)
	}
	if who := late.signedInAs(); who != "" {
		t.Errorf("the squatter's session lives on, as %q", who)
	}
}

// A JWT callback may return the same claims again and again.
func TestSecuritySharedClaims(t *testing.T) {
	shared := token.Claims{"sub": "alice-id", "name": "Alice"}
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.JWT = sharedClaims(shared)
	})
	b := s.browser()
	b.signInWithCredentials()
	pairs := b.cookiePairs()
	_, answers := parallel(20, func() *answer {
		return attack(s.auth, http.MethodGet, s.url+"/api/auth/session", "", withCookies(pairs...))
	})
	for _, got := range answers {
		if got.status != http.StatusOK {
			t.Errorf("answered %d %s", got.status, got.body)
		}
	}
	if len(shared) != 2 {
		t.Errorf("the callback's own map was changed: %v", shared)
	}
}

func sharedClaims(shared token.Claims) func(context.Context, auth.JWTParams) (token.Claims, error) {
	return func(context.Context, auth.JWTParams) (token.Claims, error) { return shared, nil }
}
