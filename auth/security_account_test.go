package auth_test

import (
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// withoutMail leaves the e-mail provider out.
func withoutMail(c *auth.Config) { c.Providers = []auth.Provider{c.Providers[0], c.Providers[2]} }

// LINK-19: nobody loses the last way in.
func TestSecurityUnlinkLastAccount(t *testing.T) {
	for _, test := range []struct {
		name     string
		change   func(*auth.Config)
		email    string
		verified bool
		second   string // the provider of another account
		want     error
	}{
		{"no other way", withoutMail, "", false, "", auth.ErrLastAccount},
		{"an address without the e-mail provider", withoutMail, "v@example.com", true, "", auth.ErrLastAccount},
		{"an address that was never proven", func(*auth.Config) {}, "v@example.com", false, "", auth.ErrLastAccount},
		{"the e-mail provider without an address", func(*auth.Config) {}, "", true, "", auth.ErrLastAccount},
		{"a proven address", func(*auth.Config) {}, "v@example.com", true, "", nil},
		{"another account", withoutMail, "", false, "op", nil},
		{"an account of a provider that is gone", withoutMail, "", false, "gone", auth.ErrLastAccount},
		{"another account and StrictV4", all(withoutMail, strictly(true)), "", false, "op", nil},
		{"no other way and StrictV4", all(withoutMail, strictly(true)), "", false, "", auth.ErrLastAccount},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, test.change)
			data := memory.Data{
				Users:    []auth.User{{ID: "u", Name: "Vera", Email: test.email}},
				Accounts: []auth.Account{{UserID: "u", Provider: "op", ProviderAccountID: "sub-1001", Type: auth.AccountOAuth}},
			}
			if test.verified {
				data.Users[0].EmailVerified = time.Now()
			}
			if test.second != "" {
				data.Accounts = append(data.Accounts, auth.Account{UserID: "u", Provider: test.second, ProviderAccountID: "1"})
			}
			if err := s.store.Insert(data); err != nil {
				t.Fatal(err)
			}
			err := s.auth.UnlinkAccount(t.Context(), "u", "op", "sub-1001")
			if !errors.Is(err, test.want) || test.want == nil && err != nil {
				t.Fatalf("UnlinkAccount: %v, want %v", err, test.want)
			}
			b := s.browser()
			switch {
			case test.want != nil:
				b.signInWithOAuth("op")
			case test.second != "":
				return
			default:
				b.get(b.requestLink(test.email))
			}
			if b.signedInAs() != "Vera" {
				t.Errorf("cannot sign in any more, but as %q", b.signedInAs())
			}
		})
	}
}

// LINK-19, at once: of two accounts one stays, however many requests come.
func TestSecurityParallelUnlink(t *testing.T) {
	s := newTestSite(t, withoutMail)
	if err := s.store.Insert(memory.Data{Users: []auth.User{{ID: "u"}}, Accounts: []auth.Account{
		{UserID: "u", Provider: "op", ProviderAccountID: "0"}, {UserID: "u", Provider: "op", ProviderAccountID: "1"},
	}}); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error, 50)
	for i := range 50 {
		go func() { errs <- s.auth.UnlinkAccount(t.Context(), "u", "op", []string{"0", "1"}[i%2]) }()
	}
	unlinked := 0
	for range 50 {
		if err := <-errs; err == nil {
			unlinked++
		}
	}
	if left, err := s.auth.Accounts(t.Context(), "u"); unlinked != 1 || len(left) != 1 || err != nil {
		t.Errorf("%d calls succeeded, left %+v, %v, want one of each", unlinked, left, err)
	}
}

// LINK-21: whoever comes back after being deleted is somebody else: no account, no
// session, no mailed link and no sign-in under way finds the new user.
func TestSecurityDeletedAndRecreated(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			_, useCrowd := crowd(t, crowdOf(3))
			s := newTestSite(t, all(useCrowd, addSecondOP, func(c *auth.Config) {
				second := c.Providers[3].(auth.OAuthProvider)
				second.Issuer = onlyOP(c).Issuer
				c.Providers[3], c.Session.Strategy = second, strategy
			}))
			old := s.browser()
			old.get(old.startAs("op", "sub-0"))
			old.get(old.startAs("op2", "sub-1"))
			was := s.onlyUser()
			stolen := s.browser()
			stolen.plant(old, sessionTokenName)
			link := old.requestLink(was.Email)
			pending := old.startAs("op2", "sub-2")
			if len(s.store.Dump().Accounts) != 2 || stolen.signedInAs() != "User 0" {
				t.Fatalf("accounts %+v\n%s", s.store.Dump().Accounts, s.log)
			}

			if err := s.auth.DeleteUser(t.Context(), was.ID); err != nil {
				t.Fatal(err)
			}
			if data := s.store.Dump(); len(data.Users)+len(data.Accounts)+len(data.Sessions)+len(mailedLinks(data)) != 0 {
				t.Errorf("the deleted user leaves %+v", data)
			}
			again := s.browser()
			again.get(again.startAs("op", "sub-0"))
			is := s.onlyUser()
			if is.ID == was.ID || again.signedInAs() != "User 0" {
				t.Fatalf("the new user is %+v, the old one was %+v", is, was)
			}
			for name, b := range map[string]*browser{"old": old, "stolen": stolen} {
				if who := b.signedInAs(); who != "" {
					t.Errorf("the %s session is that of %q", name, who)
				}
			}
			old.wantRefused(old.get(link), auth.ErrorVerification)
			old.get(pending)
			elsewhere := s.browser()
			elsewhere.get(elsewhere.startAs("op2", "sub-1"))
			for _, account := range s.store.Dump().Accounts {
				if account.UserID == is.ID && account.ProviderAccountID != "sub-0" {
					t.Errorf("the account %s %s was attached to the new user", account.Provider, account.ProviderAccountID)
				}
			}
			if err := s.auth.DeleteUser(t.Context(), was.ID); !errors.Is(err, auth.ErrNotFound) {
				t.Errorf("DeleteUser a second time: %v, want ErrNotFound", err)
			}
			if again.signedInAs() != "User 0" {
				t.Error("the new user was signed out")
			}
		})
	}
}

// A store that fails halfway leaves DeleteUser to be called again.
func TestDeleteUserAgainAfterAFault(t *testing.T) {
	for _, method := range []string{"Revoke", "DeleteUser"} {
		store := watch(memory.New())
		s := newTestSite(t, withStore(store, false, auth.StrategyJWT))
		s.store = store.Adapter
		b := s.browser()
		b.signInWithOAuth("op")
		id := s.onlyUser().ID
		store.breakDown(method)
		if err := s.auth.DeleteUser(t.Context(), id); !errors.Is(err, errStore) {
			t.Errorf("%s is down: DeleteUser: %v, want its error", method, err)
		}
		store.breakDown()
		if err := s.auth.DeleteUser(t.Context(), id); err != nil {
			t.Errorf("%s was down: DeleteUser again: %v", method, err)
		}
		if len(store.Dump().Users) != 0 || b.signedInAs() != "" {
			t.Errorf("%s was down: the user is still there", method)
		}
	}
}
