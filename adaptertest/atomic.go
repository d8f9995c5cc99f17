package adaptertest

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func atomicRules() []rule {
	return []rule{
		{"a link that is gone stops the sign-in", checkLinkGone},
		{"a taken account undoes the sign-in", checkLateConflict},
		{"a taken session undoes the sign-in", checkLatestConflict},
	}
}

func checkLinkGone(t *testing.T, a auth.Adapter) {
	mailLink(t, a, "ada@example.com", "link")
	_, err := a.SignIn(t.Context(), auth.SignIn{
		UseVerificationToken: &auth.VerificationToken{Identifier: "bob@example.com", Token: "link"},
		CreateUser:           &auth.User{Email: "bob@example.com"},
		LinkAccount:          account("github", "1"),
		CreateSession:        session("s"),
	})
	wantStep(t, err, auth.StepUseVerificationToken, auth.ErrNotFound, "SignIn with a link of another address")
	ctx := t.Context()
	_, err = a.UserByEmail(ctx, "bob@example.com")
	wantNotFound(t, err, "SignIn without its link creates no user")
	_, err = a.UserByAccount(ctx, "github", "1")
	wantNotFound(t, err, "SignIn without its link links no account")
	wantNoSession(t, a, "s", "SignIn without its link creates no session")
	if _, err := a.VerificationToken(ctx, "ada@example.com", "link"); err != nil {
		t.Errorf("the link of another address is gone: %v", err)
	}
}

func checkLateConflict(t *testing.T, a auth.Adapter) {
	signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1")})
	checkUndone(t, a, auth.SignIn{LinkAccount: account("github", "1"), CreateSession: session("new")}, auth.StepLinkAccount)
}

func checkLatestConflict(t *testing.T, a auth.Adapter) {
	signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("taken")})
	checkUndone(t, a, auth.SignIn{LinkAccount: account("github", "2"), CreateSession: session("taken")}, auth.StepCreateSession)
}

// checkUndone applies a sign-in with a late step that conflicts: once with a
// new user and once with an update of an old one. Nothing of it may stay.
func checkUndone(t *testing.T, a auth.Adapter, late auth.SignIn, step auth.Step) {
	t.Helper()
	ctx := t.Context()
	link := mailLink(t, a, "new@example.com", "link")
	late.UseVerificationToken = link
	late.CreateUser = &auth.User{Email: "new@example.com"}
	_, err := a.SignIn(ctx, late)
	wantStep(t, err, step, auth.ErrConflict, "SignIn with a late conflict")
	_, err = a.UserByEmail(ctx, "new@example.com")
	wantNotFound(t, err, "SignIn is atomic: a failed one leaves no user")
	if _, err := a.VerificationToken(ctx, link.Identifier, link.Token); err != nil {
		t.Errorf("SignIn is atomic: a failed one does not use up the link: %v", err)
	}

	old := signIn(t, a, auth.SignIn{
		CreateUser: &auth.User{Name: "Ada", Email: "old@example.com"}, LinkAccount: account("gitlab", "1"), CreateSession: session("s"),
	})
	late.CreateUser = nil
	late.UpdateUser = &auth.User{ID: old.ID, Name: "changed", Email: "changed@example.com"}
	late.RemoveAttached = true
	late.DeleteSession = "s"
	_, err = a.SignIn(ctx, late)
	wantStep(t, err, step, auth.ErrConflict, "SignIn with a late conflict")
	got, err := a.UserByEmail(ctx, "old@example.com")
	wantUser(t, got, err, old.ID, "SignIn is atomic: a failed one does not change the user")
	if err == nil && got.Name != "Ada" {
		t.Errorf("name = %q: SignIn is atomic, a failed one does not change the user", got.Name)
	}
	got, err = a.UserByAccount(ctx, "gitlab", "1")
	wantUser(t, got, err, old.ID, "SignIn is atomic: a failed one removes no account")
	wantSession(t, a, "s", old.ID, "SignIn is atomic: a failed one removes no session")
	wantNoSession(t, a, "new", "SignIn is atomic: a failed one creates no session")
	_, err = a.UserByAccount(ctx, "github", "2")
	wantNotFound(t, err, "SignIn is atomic: a failed one links no account")
}
