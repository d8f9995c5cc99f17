package tiered_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/adapters/tiered"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
)

func Example() {
	users, sessions := memory.New(), newSessions() // for example sqldb.New and redisdb.NewSessions
	adapter := tiered.New(users, sessions)
	_, err := adapter.SignIn(context.Background(), auth.SignIn{
		CreateUser:    &auth.User{Name: "Ada"},
		CreateSession: &auth.SessionRecord{Token: "t", Expires: time.Now().Add(time.Hour)},
	})
	if err != nil {
		log.Fatal(err)
	}
	_, user, err := adapter.SessionAndUser(context.Background(), "t")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name, len(users.Dump().Sessions))
	// Output: Ada 0
}

func TestAdapter(t *testing.T) {
	adaptertest.Run(t, func(*testing.T) auth.Adapter { return tiered.New(memory.New(), newSessions()) })
}

var errDown = errors.New("the store is down")

// TestSessionStoreFails has each call of a sign-in to the session store fail, one
// by one, and looks at what is left.
func TestSessionStoreFails(t *testing.T) {
	for _, test := range []struct {
		name      string
		fail      string
		removes   bool // whether the sign-in has RemoveAttached
		want      auth.Step
		wantLink  bool // whether the link is still there
		wantOld   bool // whether the old session of the user is still there
		wantOwned bool // whether the account is linked
	}{
		{"nothing fails", "", true, "", false, false, true},
		{"the reservation", "ReserveSession 1", true, auth.StepCreateSession, true, true, false},
		{"removing sessions before", "DeleteSessions 1", true, auth.StepRemoveAttached, true, true, false},
		{"removing sessions after", "DeleteSessions 2", true, auth.StepRemoveAttached, false, false, true},
		{"removing the replaced session", "DeleteSession 1", false, auth.StepDeleteSession, false, true, true},
		{"the session", "CreateSession 1", false, auth.StepCreateSession, false, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			users, sessions := memory.New(), newSessions()
			a := tiered.New(users, sessions)
			u, err := a.SignIn(t.Context(), auth.SignIn{
				CreateUser: &auth.User{Email: "ada@example.com"}, CreateSession: &auth.SessionRecord{Token: "old", Expires: time.Now().Add(time.Hour)},
			})
			if err != nil {
				t.Fatal(err)
			}
			link := auth.VerificationToken{Identifier: "ada@example.com", Token: "link"}
			if err := a.CreateVerificationToken(t.Context(), link); err != nil {
				t.Fatal(err)
			}
			sessions.failAt(test.fail)
			_, err = a.SignIn(t.Context(), auth.SignIn{
				UseVerificationToken: &link, UserID: u.ID, RemoveAttached: test.removes, DeleteSession: "other",
				LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: "1"},
				CreateSession: &auth.SessionRecord{Token: "new", Expires: time.Now().Add(time.Hour)},
			})
			sessions.failAt("")
			var step *auth.StepError
			if test.want == "" && err != nil || test.want != "" && (!errors.As(err, &step) || step.Step != test.want || !errors.Is(err, errDown)) {
				t.Errorf("error = %v, want step %q", err, test.want)
			}
			_, err = a.VerificationToken(t.Context(), link.Identifier, link.Token)
			want(t, err, test.wantLink, "the link")
			_, _, err = a.SessionAndUser(t.Context(), "old")
			want(t, err, test.wantOld, "the old session")
			_, err = a.UserByAccount(t.Context(), "github", "1")
			want(t, err, test.wantOwned, "the account")
			_, _, err = a.SessionAndUser(t.Context(), "new")
			want(t, err, test.want == "", "the new session")
			if err := sessions.ReserveSession(t.Context(), "new"); (err == nil) != (test.want != "") {
				t.Errorf("reserving the token again: %v", err)
			}
		})
	}
}

// want fails unless something is found or not.
func want(t *testing.T, err error, found bool, what string) {
	t.Helper()
	if found && err != nil || !found && !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("%s: %v, want it found: %v", what, err, found)
	}
}

// A sign-in that the users' store refuses gives the token up.
func TestRefusedSignIn(t *testing.T) {
	a := tiered.New(memory.New(), newSessions())
	s := auth.SignIn{UserID: "nobody", CreateSession: &auth.SessionRecord{Token: "s"}}
	for range 2 {
		_, err := a.SignIn(t.Context(), s)
		var step *auth.StepError
		if !errors.As(err, &step) || step.Step != auth.StepUpdateUser || !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("error = %v, want auth.ErrNotFound of step UpdateUser", err)
		}
	}
}

// A process that dies after the reservation blocks the token for a minute.
func TestAbandonedReservation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sessions := newSessions()
		a := tiered.New(memory.New(), sessions)
		if err := sessions.ReserveSession(t.Context(), "s"); err != nil {
			t.Fatal(err)
		}
		s := auth.SignIn{CreateUser: &auth.User{}, CreateSession: &auth.SessionRecord{Token: "s"}}
		if _, err := a.SignIn(t.Context(), s); !errors.Is(err, auth.ErrConflict) {
			t.Errorf("error = %v, want auth.ErrConflict", err)
		}
		time.Sleep(time.Minute + time.Second) // the fake clock's
		if _, err := a.SignIn(t.Context(), s); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestDeleteUser(t *testing.T) {
	sessions := newSessions()
	a := tiered.New(memory.New(), sessions)
	u, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}, CreateSession: &auth.SessionRecord{Token: "s"}})
	if err != nil {
		t.Fatal(err)
	}
	sessions.failAt("DeleteSessions 1")
	if err := a.DeleteUser(t.Context(), u.ID); !errors.Is(err, errDown) {
		t.Errorf("DeleteUser while sessions cannot be removed: %v, want the store's error", err)
	}
	sessions.failAt("")
	if _, _, err := a.SessionAndUser(t.Context(), "s"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("session of a deleted user: %v, want auth.ErrNotFound", err)
	}
	if err := a.DeleteUser(t.Context(), u.ID); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("DeleteUser again: %v, want auth.ErrNotFound", err)
	}
	if list, err := a.Sessions(t.Context(), u.ID); err != nil || len(list) != 0 {
		t.Errorf("Sessions = %+v, %v: the second DeleteUser removes what the first left", list, err)
	}
}

// shared is a users' store that a NextAuth.js server uses too.
type shared struct{ *memory.Adapter }

func (shared) SharedWithNextAuth() bool { return true }

func TestSharedWithNextAuth(t *testing.T) {
	if tiered.New(memory.New(), newSessions()).SharedWithNextAuth() {
		t.Error("a store that is not shared is said to be")
	}
	if !tiered.New(shared{memory.New()}, newSessions()).SharedWithNextAuth() {
		t.Error("a shared store is not said to be")
	}
}
