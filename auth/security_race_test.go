package auth_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// parallel sends a request n times at once and returns how many answers set a
// session.
func parallel(n int, request func() *answer) (won int, answers []*answer) {
	answers = make([]*answer, n)
	var wait sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-begin
			answers[i] = request()
		})
	}
	close(begin)
	wait.Wait()
	for _, got := range answers {
		if got.setsSession() {
			won++
		}
	}
	return won, answers
}

// MAIL-13: of 50 uses of one link at once, one signs in.
func TestSecurityParallelLink(t *testing.T) {
	for _, strict := range []bool{false, true} {
		for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
			s := newTestSite(t, func(c *auth.Config) { c.Session.Strategy, c.StrictV4 = strategy, strict })
			b := s.browser()
			link := b.requestLink("v@example.com")
			cookies := b.cookiePairs()
			won, answers := parallel(50, func() *answer { return attack(s.auth, http.MethodGet, link, "", withCookies(cookies...)) })
			if won != 1 {
				t.Errorf("StrictV4 %v, %s: %d of 50 signed in", strict, strategy, won)
			}
			for _, got := range answers {
				if !got.setsSession() && got.errorCode() != string(auth.ErrorVerification) {
					t.Errorf("a loser gets %d %s", got.status, got.location)
				}
			}
			data := s.store.Dump()
			if len(data.Users) != 1 || len(data.VerificationTokens) != 0 || strategy == auth.StrategyDatabase && len(data.Sessions) != 1 {
				t.Errorf("StrictV4 %v, %s: %d users, %d sessions", strict, strategy, len(data.Users), len(data.Sessions))
			}
		}
	}
}

// One link pressed on the confirmation page by 50 windows at once.
func TestSecurityParallelConfirmation(t *testing.T) {
	s := newTestSite(t, databaseSessions)
	link := s.browser().requestLink("v@example.com")
	elsewhere := s.browser()
	form := formOf(elsewhere.get(link).body)
	c := elsewhere.cookie("next-auth.csrf-token")
	won, _ := parallel(50, func() *answer {
		return attack(s.auth, http.MethodPost, s.url+"/api/auth/callback/email", form.Encode(), withCookies(c.Name, c.Value))
	})
	if data := s.store.Dump(); won != 1 || len(data.Sessions) != 1 || len(data.Users) != 1 {
		t.Errorf("%d of 50 signed in: %d users, %d sessions", won, len(data.Users), len(data.Sessions))
	}
}

// DB-08: of 20 identical callbacks at once one signs in, also at a provider that
// redeems a code as often as it is asked to. StrictV4 relies on the provider, as
// NextAuth.js v4 does.
func TestSecurityParallelCallback(t *testing.T) {
	for _, test := range []struct{ strict, codesLast bool }{{false, false}, {false, true}, {true, false}} {
		strict := test.strict
		s := newTestSite(t, all(databaseSessions, strictly(strict)))
		s.op.Script(func(b *fakeop.Behavior) { b.CodesLast = test.codesLast })
		b := s.browser()
		callback := b.startOAuth("op")
		cookies := b.cookiePairs()
		won, _ := parallel(20, func() *answer { return attack(s.auth, http.MethodGet, callback, "", withCookies(cookies...)) })
		if data := s.store.Dump(); won != 1 || len(data.Users) != 1 || len(data.Accounts) != 1 || len(data.Sessions) != 1 {
			t.Errorf("StrictV4 %v, codes last %v: %d of 20 signed in: %d users, %d accounts, %d sessions", strict, test.codesLast, won, len(data.Users), len(data.Accounts), len(data.Sessions))
		}
	}
}

// DB-06: 50 first sign-ins of one person at once make one user.
func TestSecurityParallelFirstSignIns(t *testing.T) {
	s := newTestSite(t, databaseSessions)
	callbacks := make([]string, 50)
	browsers := make([]*browser, 50)
	for i := range callbacks {
		browsers[i] = s.browser()
		callbacks[i] = browsers[i].startOAuth("op")
	}
	var next atomic.Int32
	won, answers := parallel(50, func() *answer {
		i := next.Add(1) - 1
		return browsers[i].get(callbacks[i])
	})
	data := s.store.Dump()
	if won != 50 || len(data.Users) != 1 || len(data.Accounts) != 1 || len(data.Sessions) != won {
		t.Errorf("%d of 50 signed in: %d users, %d accounts, %d sessions; for example %s", won, len(data.Users), len(data.Accounts), len(data.Sessions), answers[0].location)
	}
}

// DB-06: a first sign-in that is stored while another one of the same person has
// looked for the account, but not yet for the address, refuses neither.
func TestSecurityFirstSignInBetweenLooks(t *testing.T) {
	store := &overtaken{Adapter: memory.New()}
	s := newTestSite(t, func(c *auth.Config) { c.Adapter, c.Session.Strategy = store, auth.StrategyDatabase })
	first, second := s.browser(), s.browser()
	firstCallback, secondCallback := first.startOAuth("op"), second.startOAuth("op")
	between := func() { second.get(secondCallback) }
	store.between.Store(&between)
	if got := first.get(firstCallback); got.errorCode() != "" || !got.setsSession() {
		t.Errorf("the first gets %d %s", got.status, got.location)
	}
	if data := store.Dump(); len(data.Users) != 1 || len(data.Accounts) != 1 || len(data.Sessions) != 2 {
		t.Errorf("%d users, %d accounts, %d sessions, want 1, 1 and 2", len(data.Users), len(data.Accounts), len(data.Sessions))
	}
}

// overtaken does something before the first look for an address.
type overtaken struct {
	*memory.Adapter
	between atomic.Pointer[func()]
}

func (s *overtaken) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	if between := s.between.Swap(nil); between != nil {
		(*between)()
	}
	return s.Adapter.UserByEmail(ctx, email)
}

// FLOW-20: 200 people at one provider at once, with delays, each end as
// themselves.
func TestSecurityParallelUsers(t *testing.T) {
	const people = 200
	op, useCrowd := crowd(t, crowdOf(people))
	var delays atomic.Int64
	op.Script(func(b *fakeop.Behavior) {
		wait := func(r *http.Request) {
			select { // a different, short delay for each request
			case <-time.After(time.Duration(delays.Add(7)%20) * time.Millisecond):
			case <-r.Context().Done():
			}
		}
		b.Token.Hook, b.Userinfo.Hook = wait, wait
	})
	for _, provider := range []string{"op", "plain"} {
		s := newTestSite(t, all(useCrowd, addPlain, databaseSessions))
		var wait sync.WaitGroup
		for i := range people {
			wait.Go(func() {
				b, id := s.browser(), strconv.Itoa(i)
				b.get(b.startAs(provider, "sub-"+id))
				if who := b.signedInAs(); who != "User "+id {
					t.Errorf("user %s is signed in as %q", id, who)
				}
			})
		}
		wait.Wait()
		users := map[string]string{}
		for _, u := range s.store.Dump().Users {
			users[u.ID] = u.Email
		}
		for _, account := range s.store.Dump().Accounts {
			if want := "user" + strings.TrimPrefix(account.ProviderAccountID, "sub-") + "@example.com"; users[account.UserID] != want {
				t.Errorf("%s belongs to %s", account.ProviderAccountID, users[account.UserID])
			}
		}
		if len(users) != people {
			t.Errorf("%s: %d users", provider, len(users))
		}
	}
}

// OUT-04 and the race of a sign-out with reads: what was signed out never comes
// back.
func TestSecurityParallelSignOut(t *testing.T) {
	for _, strategy := range []func(*auth.Config){func(*auth.Config) {}, databaseSessions} {
		s := newTestSite(t, all(strategy, func(c *auth.Config) { c.Session.UpdateAge = -1 }))
		b := s.browser()
		b.signInWithOAuth("op")
		form := url.Values{"csrfToken": {b.csrfToken()}}
		cookies := b.cookiePairs()
		var next atomic.Int32
		_, answers := parallel(40, func() *answer {
			if next.Add(1)%2 == 0 {
				return attack(s.auth, http.MethodPost, s.url+"/api/auth/signout", form.Encode(), withCookies(cookies...))
			}
			return attack(s.auth, http.MethodGet, s.url+"/api/auth/session", "", withCookies(cookies...))
		})
		for _, got := range answers {
			if got.status >= 500 {
				t.Errorf("answered %d %s", got.status, got.body)
			}
			if c := got.cookie(sessionTokenName); c != nil && c.Value != "" {
				if body := whoWith(s, sessionTokenName, c.Value); body != "{}" {
					t.Errorf("a late answer brings the session back: %s", body)
				}
			}
		}
	}
}
