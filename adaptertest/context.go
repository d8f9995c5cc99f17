package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func contextRules() []rule {
	return []rule{
		{"a canceled call fails and writes nothing", checkCanceled},
		{"a cancellation in the middle is all or nothing", checkCanceledHalfway},
	}
}

func checkCanceled(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{Email: "ada@example.com"}, CreateSession: session("s")})
	mailLink(t, a, "ada@example.com", "link")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	moved := past()
	calls := map[string]func() error{
		"User":          func() error { _, err := a.User(ctx, u.ID); return err },
		"UserByEmail":   func() error { _, err := a.UserByEmail(ctx, "ada@example.com"); return err },
		"UserByAccount": func() error { _, err := a.UserByAccount(ctx, "github", "1"); return err },
		"SignIn": func() error {
			_, err := a.SignIn(ctx, auth.SignIn{CreateUser: &auth.User{Email: "new@example.com"}, CreateSession: session("new")})
			return err
		},
		"SessionAndUser": func() error { _, _, err := a.SessionAndUser(ctx, "s"); return err },
		"UpdateSession":  func() error { return a.UpdateSession(ctx, "s", moved) },
		"DeleteSession":  func() error { _, err := a.DeleteSession(ctx, "s"); return err },
		"DeleteSessions": func() error { return a.DeleteSessions(ctx, u.ID) },
		"CreateVerificationToken": func() error {
			return a.CreateVerificationToken(ctx, auth.VerificationToken{Identifier: "new", Token: "new", Expires: soon()})
		},
		"VerificationToken":    func() error { _, err := a.VerificationToken(ctx, "ada@example.com", "link"); return err },
		"UseVerificationToken": func() error { _, err := a.UseVerificationToken(ctx, "ada@example.com", "link"); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a canceled context: error = %v, want one that wraps context.Canceled", name, err)
		}
	}
	wantSession(t, a, "s", u.ID, "canceled calls delete no session")
	if s, _, err := a.SessionAndUser(t.Context(), "s"); err == nil && s.Expires.Equal(moved) {
		t.Error("a canceled UpdateSession moved the end of the session")
	}
	if _, err := a.VerificationToken(t.Context(), "ada@example.com", "link"); err != nil {
		t.Errorf("a canceled UseVerificationToken used the link up: %v", err)
	}
	_, err := a.VerificationToken(t.Context(), "new", "new")
	wantNotFound(t, err, "a canceled CreateVerificationToken stores nothing")
	_, err = a.UserByEmail(t.Context(), "new@example.com")
	wantNotFound(t, err, "a canceled SignIn creates no user")
	wantNoSession(t, a, "new", "a canceled SignIn creates no session")
}

// checkCanceledHalfway cancels sign-ins while they run. Whatever they got to,
// user and session are both there or both not, and the adapter works on.
func checkCanceledHalfway(t *testing.T, a auth.Adapter) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ids := make([]string, parallel)
	errs := race(func(i int) error {
		if i == parallel/2 {
			cancel()
		}
		token := fmt.Sprint("u", i)
		u, err := a.SignIn(ctx, auth.SignIn{CreateUser: &auth.User{Email: token + "@example.com"}, CreateSession: session(token)})
		if err == nil {
			ids[i] = u.ID
		}
		return err
	})
	for i, err := range errs {
		token := fmt.Sprint("u", i)
		if err == nil {
			wantSession(t, a, token, ids[i], "a sign-in that succeeded is stored")
			continue
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a sign-in that was canceled: error = %v, want one that wraps context.Canceled", err)
		}
		_, userErr := a.UserByEmail(t.Context(), token+"@example.com")
		_, _, sessionErr := a.SessionAndUser(t.Context(), token)
		if errors.Is(userErr, auth.ErrNotFound) != errors.Is(sessionErr, auth.ErrNotFound) {
			t.Errorf("a sign-in that was canceled left a user (%v) or a session (%v) alone", userErr, sessionErr)
		}
	}
	create(t, a, "afterwards@example.com")
}
