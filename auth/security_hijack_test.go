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

// overtakenStore lets something happen just before a sign-in of a user who exists is
// written.
type overtakenStore struct {
	*memory.Adapter
	once  sync.Once
	first func()
}

func (m *overtakenStore) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	if m.first != nil && !s.RemoveAttached && s.CreateUser == nil {
		m.once.Do(m.first)
	}
	return m.Adapter.SignIn(ctx, s)
}

// LINK-04: a squatter whose sign-in was decided before the owner of the mailbox
// proved it, and is written after that, keeps neither a session nor another account
// of the user.
func TestSecurityPreHijackOvertaken(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		for _, test := range []struct{ name, provider string }{{"signs in again", "op"}, {"links another account", "op2"}} {
			t.Run(string(strategy)+", "+test.name, func(t *testing.T) {
				store := &overtakenStore{Adapter: memory.New()}
				s := newTestSite(t, func(c *auth.Config) {
					c.Adapter, c.Session.Strategy = store, strategy
					second := c.Providers[0].(auth.OAuthProvider)
					second.ID = "op2"
					c.Providers[2] = second
				})
				late, victim := squat(t, s), s.browser()
				if test.provider == "op" {
					late = s.browser()
				}
				store.first = func() { victim.get(victim.requestLink("v@example.com")) }
				late.signInWithOAuth(test.provider)
				if victim.session()["user"] == nil {
					t.Fatalf("the victim is not signed in\n%s", s.log)
				}
				if who := late.session()["user"]; who != nil {
					t.Errorf("the squatter is signed in as %v", who)
				}
				if data := store.Dump(); len(data.Accounts) != 0 || len(data.Users) != 1 {
					t.Errorf("the store has %+v, want the victim alone without accounts", data)
				}
				again := s.browser()
				if again.signInWithOAuth(test.provider); again.session()["user"] != nil {
					t.Errorf("the squatter can sign in as %v", again.session()["user"])
				}
			})
		}
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
