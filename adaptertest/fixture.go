package adaptertest

import (
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// soon is a time in the future, in a zone that is not UTC. It is a whole second;
// smaller parts are the matter of one rule.
func soon() time.Time {
	zone := time.FixedZone("", 5*3600+1800)
	return time.Now().Add(time.Hour).Truncate(time.Second).In(zone)
}

// past is a time at which everything has expired.
func past() time.Time { return time.Now().Add(-24 * time.Hour).Truncate(time.Second) }

func session(token string) *auth.SessionRecord {
	return &auth.SessionRecord{Token: token, Expires: soon()}
}

func account(provider, id string) *auth.Account {
	return &auth.Account{Provider: provider, ProviderAccountID: id, Type: auth.AccountOAuth}
}

// signIn is a sign-in that has to succeed.
func signIn(t *testing.T, a auth.Adapter, s auth.SignIn) *auth.User {
	t.Helper()
	u, err := a.SignIn(t.Context(), s)
	if err != nil {
		t.Fatalf("SignIn: %v", err)
	}
	if u == nil || u.ID == "" {
		t.Fatalf("SignIn returned %+v, want the user as stored, with its ID", u)
	}
	return u
}

// create stores a user with this address, which may be empty.
func create(t *testing.T, a auth.Adapter, email string) *auth.User {
	t.Helper()
	return signIn(t, a, auth.SignIn{CreateUser: &auth.User{Name: "Ada", Email: email}})
}

// mailLink stores a mailed link.
func mailLink(t *testing.T, a auth.Adapter, identifier, token string) *auth.VerificationToken {
	t.Helper()
	link := auth.VerificationToken{Identifier: identifier, Token: token, Expires: soon()}
	if err := a.CreateVerificationToken(t.Context(), link); err != nil {
		t.Fatalf("CreateVerificationToken: %v", err)
	}
	return &link
}

// wantNotFound fails unless err is auth.ErrNotFound.
func wantNotFound(t *testing.T, err error, rule string) {
	t.Helper()
	if !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("%s: error = %v, want one that wraps auth.ErrNotFound", rule, err)
	}
}

// wantStep fails unless err is an auth.StepError of this step that wraps want.
func wantStep(t *testing.T, err error, step auth.Step, want error, rule string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error = %v, want one that wraps %q", rule, err, want)
		return
	}
	var failed *auth.StepError
	if !errors.As(err, &failed) || failed.Step != step {
		t.Errorf("%s: error = %v, want an *auth.StepError of step %s: it tells the visitor and the operator where the sign-in stopped", rule, err, step)
	}
}

// wantUser fails unless the look-up found the user with this id.
func wantUser(t *testing.T, u *auth.User, err error, id, rule string) {
	t.Helper()
	switch {
	case err != nil:
		t.Errorf("%s: %v", rule, err)
	case u == nil:
		t.Errorf("%s: no user and no error, want a user or auth.ErrNotFound", rule)
	case u.ID != id:
		t.Errorf("%s: found user %q, want %q", rule, u.ID, id)
	}
}

// wantSession fails unless a session belongs to the user with this id.
func wantSession(t *testing.T, a auth.Adapter, token, userID, rule string) {
	t.Helper()
	s, u, err := a.SessionAndUser(t.Context(), token)
	wantUser(t, u, err, userID, rule)
	if err == nil && (s == nil || s.Token != token || s.UserID != userID) {
		t.Errorf("%s: session = %+v, want token %q of user %q", rule, s, token, userID)
	}
}

func wantNoSession(t *testing.T, a auth.Adapter, token, rule string) {
	t.Helper()
	_, _, err := a.SessionAndUser(t.Context(), token)
	wantNotFound(t, err, rule)
}

func wantTime(t *testing.T, got, want time.Time, rule string) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: time = %v, want %v", rule, got.UTC(), want.UTC())
	}
}
