package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// parallel is how many calls are made at once.
const parallel = 50

func concurrentRules() []rule {
	return []rule{
		{"one call uses a link up", checkOneUse},
		{"one sign-in uses a link up", checkOneSignIn},
		{"one account makes one user", checkOneUserPerAccount},
		{"one account without address makes one user", checkOneUserWithoutEmail},
		{"one address makes one user", checkOneUserPerEmail},
		{"a session is deleted once", checkOneDelete},
		{"reading while others write", checkReaders},
	}
}

// race starts f many times at once and returns the errors by number.
func race(f func(i int) error) []error {
	errs := make([]error, parallel)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

// wantOneWinner fails unless one error is nil and the others are want. It
// returns the number of the winner.
func wantOneWinner(t *testing.T, errs []error, want error, rule string) int {
	t.Helper()
	winner, winners := 0, 0
	for i, err := range errs {
		switch {
		case err == nil:
			winner = i
			winners++
		case !errors.Is(err, want):
			t.Errorf("%s: one of the calls that came too late got %v, want one that wraps %q", rule, err, want)
		}
	}
	if winners != 1 {
		t.Fatalf("%s: %d of %d calls succeeded, want 1", rule, winners, len(errs))
	}
	return winner
}

func checkOneUse(t *testing.T, a auth.Adapter) {
	mailLink(t, a, "ada@example.com", "link")
	errs := race(func(int) error {
		_, err := a.UseVerificationToken(t.Context(), "ada@example.com", "link")
		return err
	})
	wantOneWinner(t, errs, auth.ErrNotFound, "parallel UseVerificationToken of one link")
}

func checkOneSignIn(t *testing.T, a auth.Adapter) {
	link := mailLink(t, a, "ada@example.com", "link")
	users := make([]*auth.User, parallel)
	errs := race(func(i int) (err error) {
		users[i], err = a.SignIn(t.Context(), auth.SignIn{
			UseVerificationToken: link,
			CreateUser:           &auth.User{Email: "ada@example.com"},
			CreateSession:        session(fmt.Sprint("s", i)),
		})
		return err
	})
	winner := wantOneWinner(t, errs, auth.ErrNotFound, "parallel SignIn with one link")
	got, err := a.UserByEmail(t.Context(), "ada@example.com")
	wantUser(t, got, err, users[winner].ID, "the user of the winner is the one that is stored")
	for i := range parallel {
		token := fmt.Sprint("s", i)
		if i == winner {
			wantSession(t, a, token, users[winner].ID, "the winner has a session")
		} else {
			wantNoSession(t, a, token, "a sign-in that came too late has no session")
		}
	}
}

// signInWithAccount does what the engine does: it looks, decides, writes, and
// looks again after a conflict.
func signInWithAccount(ctx context.Context, a auth.Adapter, email, token string) (*auth.User, error) {
	for {
		s := auth.SignIn{CreateSession: session(token)}
		known, err := a.UserByAccount(ctx, "github", "1")
		switch {
		case err == nil:
			s.UserID = known.ID
		case errors.Is(err, auth.ErrNotFound):
			s.CreateUser = &auth.User{Email: email}
			s.LinkAccount = account("github", "1")
		default:
			return nil, err
		}
		u, err := a.SignIn(ctx, s)
		if !errors.Is(err, auth.ErrConflict) {
			return u, err
		}
	}
}

func checkOneUserPerAccount(t *testing.T, a auth.Adapter) { checkFirstSignIns(t, a, "ada@example.com") }

func checkOneUserWithoutEmail(t *testing.T, a auth.Adapter) { checkFirstSignIns(t, a, "") }

func checkFirstSignIns(t *testing.T, a auth.Adapter, email string) {
	t.Helper()
	users := make([]*auth.User, parallel)
	errs := race(func(i int) (err error) {
		users[i], err = signInWithAccount(t.Context(), a, email, fmt.Sprint("s", i))
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("parallel first sign-ins with one account: %v", err)
	}
	owner, err := a.UserByAccount(t.Context(), "github", "1")
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range users {
		if u.ID != owner.ID {
			t.Fatalf("parallel first sign-ins with one account made the users %q and %q, want one user", u.ID, owner.ID)
		}
		wantSession(t, a, fmt.Sprint("s", i), owner.ID, "every one of the sign-ins has its session")
	}
}

func checkOneUserPerEmail(t *testing.T, a auth.Adapter) {
	errs := race(func(i int) error {
		email := "ada@example.com"
		if i%2 == 0 {
			email = "ADA@example.com"
		}
		_, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Email: email}, CreateSession: session(fmt.Sprint("s", i))})
		return err
	})
	winner := wantOneWinner(t, errs, auth.ErrConflict, "parallel SignIn that create a user with one address")
	u, err := a.UserByEmail(t.Context(), "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	wantSession(t, a, fmt.Sprint("s", winner), u.ID, "the winner has a session")
}

func checkOneDelete(t *testing.T, a auth.Adapter) {
	signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("s")})
	errs := race(func(int) error {
		_, err := a.DeleteSession(t.Context(), "s")
		return err
	})
	wantOneWinner(t, errs, auth.ErrNotFound, "parallel DeleteSession of one session")
}

func checkReaders(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{Email: "ada@example.com"}, CreateSession: session("s")})
	errs := race(func(i int) error {
		switch i % 4 {
		case 0:
			return a.UpdateSession(t.Context(), "s", soon())
		case 1:
			_, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: session(fmt.Sprint("s", i))})
			return err
		case 2:
			_, err := a.UserByEmail(t.Context(), "ada@example.com")
			return err
		}
		_, _, err := a.SessionAndUser(t.Context(), "s")
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Errorf("calls on one user at the same time: %v, want all of them to succeed", err)
	}
}
