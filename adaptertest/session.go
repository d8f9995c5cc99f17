package adaptertest

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func sessionRules() []rule {
	return []rule{
		{"nothing is found under an unknown token", checkUnknownSession},
		{"an expired session is found", checkExpiredSession},
		{"tokens are compared by byte", checkSessionBytes},
		{"tokens that differ in a byte live side by side", checkAlikeSessions},
		{"UpdateSession moves the end", checkUpdateSession},
		{"DeleteSession returns what it removed", checkDeleteSession},
		{"DeleteSessions removes those of one user", checkDeleteSessions},
	}
}

func checkUnknownSession(t *testing.T, a auth.Adapter) {
	for _, token := range []string{"unknown", ""} {
		wantNoSession(t, a, token, "SessionAndUser with an unknown token")
		wantNotFound(t, a.UpdateSession(t.Context(), token, soon()), "UpdateSession with an unknown token")
		_, err := a.DeleteSession(t.Context(), token)
		wantNotFound(t, err, "DeleteSession with an unknown token, outside of SignIn")
	}
	if err := a.DeleteSessions(t.Context(), "nobody"); err != nil {
		t.Errorf("DeleteSessions of a user without sessions: %v, want no error", err)
	}
	wantNoSession(t, a, "unknown", "UpdateSession never creates a session")
}

func checkExpiredSession(t *testing.T, a auth.Adapter) {
	expired := &auth.SessionRecord{Token: "s", Expires: past()}
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: expired})
	wantSession(t, a, "s", u.ID, "SessionAndUser returns a session that has expired, the caller compares the time")
	got, err := a.DeleteSession(t.Context(), "s")
	if err != nil {
		t.Fatalf("DeleteSession of a session that has expired: %v", err)
	}
	wantTime(t, got.Expires, expired.Expires, "DeleteSession returns the end")
}

// alike are texts that some collations take for equal to "aBcé".
func alike() []string {
	return []string{"AbCé", "abcé", "ABCÉ", "aBce", "aBce\u0301", "aBcè", "aBcé ", " aBcé", "aBc", "aBc%", "aBc_", "\uff41Bcé"}
}

func checkSessionBytes(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("aBcé")})
	for _, token := range alike() {
		rule := "session tokens are compared byte by byte: " + token
		wantNoSession(t, a, token, rule)
		wantNotFound(t, a.UpdateSession(t.Context(), token, past()), rule)
		_, err := a.DeleteSession(t.Context(), token)
		wantNotFound(t, err, rule)
		signIn(t, a, auth.SignIn{UserID: u.ID, DeleteSession: token})
	}
	wantSession(t, a, "aBcé", u.ID, "session tokens are compared byte by byte")
}

func checkAlikeSessions(t *testing.T, a auth.Adapter) {
	users := map[string]*auth.User{}
	for _, token := range append(alike(), "aBcé") {
		users[token] = signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, DeleteSession: token, CreateSession: session(token)})
	}
	for token, u := range users {
		wantSession(t, a, token, u.ID, "tokens that differ in a byte live side by side: "+token)
	}
}

func checkUpdateSession(t *testing.T, a auth.Adapter) {
	before, want := past(), soon()
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: &auth.SessionRecord{Token: "s", Expires: before}})
	signIn(t, a, auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "other", Expires: before}})
	for range 2 { // the second time changes nothing and is no error
		if err := a.UpdateSession(t.Context(), "s", want); err != nil {
			t.Fatalf("UpdateSession: %v", err)
		}
	}
	s, _, err := a.SessionAndUser(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	wantTime(t, s.Expires, want, "UpdateSession moves the end of the session")
	if s, _, err = a.SessionAndUser(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	wantTime(t, s.Expires, before, "UpdateSession leaves other sessions alone")
}

func checkDeleteSession(t *testing.T, a auth.Adapter) {
	want := session("s")
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: want})
	got, err := a.DeleteSession(t.Context(), "s")
	if err != nil {
		t.Fatalf("DeleteSession: %v", err)
	}
	if got == nil || got.Token != "s" || got.UserID != u.ID || !got.Expires.Equal(want.Expires) {
		t.Errorf("DeleteSession returned %+v, want the session that was removed", got)
	}
	wantNoSession(t, a, "s", "a deleted session is gone")
	_, err = a.DeleteSession(t.Context(), "s")
	wantNotFound(t, err, "DeleteSession a second time")
	found, err := a.User(t.Context(), u.ID)
	wantUser(t, found, err, u.ID, "deleting a session keeps its user")
}

func checkDeleteSessions(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("1"), LinkAccount: account("github", "1")})
	signIn(t, a, auth.SignIn{UserID: u.ID, CreateSession: session("2")})
	other := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("3")})
	if err := a.DeleteSessions(t.Context(), u.ID); err != nil {
		t.Fatalf("DeleteSessions: %v", err)
	}
	wantNoSession(t, a, "1", "DeleteSessions removes every session of the user")
	wantNoSession(t, a, "2", "DeleteSessions removes every session of the user")
	wantSession(t, a, "3", other.ID, "DeleteSessions keeps the sessions of other users")
	got, err := a.UserByAccount(t.Context(), "github", "1")
	wantUser(t, got, err, u.ID, "DeleteSessions keeps the accounts of the user")
}
