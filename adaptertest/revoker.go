package adaptertest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func revokerRules() []rule {
	return []rule{
		{"revocations are kept", withRevoker(checkRevocations)},
		{"a newer one replaces an older one", withRevoker(checkNewer)},
		{"an older one changes nothing", withRevoker(checkOlder)},
		{"expired ones are left out", withRevoker(checkExpiredRevocation)},
		{"since is inclusive", withRevoker(checkSince)},
		{"subjects are compared by byte", withRevoker(checkSubjects)},
		{"a revocation names somebody", withRevoker(checkNoSubject)},
	}
}

func withRevoker(check func(*testing.T, auth.Revoker)) func(*testing.T, auth.Adapter) {
	return func(t *testing.T, a auth.Adapter) {
		r, ok := a.(auth.Revoker)
		if !ok {
			t.Skip("this adapter is no auth.Revoker")
		}
		check(t, r)
	}
}

// revoked is a time in the past with microseconds.
func revoked() time.Time {
	return time.Now().Add(-time.Minute).Truncate(time.Second).Add(654321 * time.Microsecond)
}

func revoke(t *testing.T, r auth.Revoker, revocation auth.Revocation) {
	t.Helper()
	if err := r.Revoke(t.Context(), revocation); err != nil {
		t.Fatalf("Revoke: %v", err)
	}
}

// wantRevocations fails unless exactly these revocations are returned, in any
// order.
func wantRevocations(t *testing.T, r auth.Revoker, since time.Time, rule string, want ...auth.Revocation) {
	t.Helper()
	got, err := r.Revocations(t.Context(), since)
	if err != nil {
		t.Fatalf("Revocations: %v", err)
	}
	order := func(a, b auth.Revocation) int {
		return strings.Compare(a.SessionID+"/"+a.UserID, b.SessionID+"/"+b.UserID)
	}
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	equal := func(a, b auth.Revocation) bool {
		return a.SessionID == b.SessionID && a.UserID == b.UserID && a.At.Equal(b.At) && a.Expires.Equal(b.Expires)
	}
	if !slices.EqualFunc(got, want, equal) {
		t.Errorf("%s: revocations = %+v, want %+v", rule, got, want)
	}
}

func checkRevocations(t *testing.T, r auth.Revoker) {
	wantRevocations(t, r, time.Time{}, "an empty store")
	at := revoked()
	session := auth.Revocation{SessionID: "same", At: at, Expires: soon()}
	user := auth.Revocation{UserID: "same", At: at, Expires: soon()}
	revoke(t, r, session)
	revoke(t, r, user)
	wantRevocations(t, r, time.Time{}, "a session and a user are two subjects, even with the same id", session, user)
}

func checkNewer(t *testing.T, r auth.Revoker) {
	older := auth.Revocation{UserID: "u", At: revoked(), Expires: soon()}
	newer := auth.Revocation{UserID: "u", At: older.At.Add(time.Microsecond), Expires: soon().Add(time.Hour)}
	revoke(t, r, older)
	revoke(t, r, newer)
	wantRevocations(t, r, time.Time{}, "Revoke replaces an older revocation of the same subject", newer)
}

func checkOlder(t *testing.T, r auth.Revoker) {
	older := auth.Revocation{UserID: "u", At: revoked(), Expires: soon().Add(time.Hour)}
	newer := auth.Revocation{UserID: "u", At: older.At.Add(time.Microsecond), Expires: soon()}
	revoke(t, r, newer)
	revoke(t, r, older)
	wantRevocations(t, r, time.Time{}, "Revoke never replaces a newer revocation: sessions that it withdrew would come back", newer)
}

func checkExpiredRevocation(t *testing.T, r auth.Revoker) {
	revoke(t, r, auth.Revocation{SessionID: "old", At: past(), Expires: past().Add(time.Second)})
	current := auth.Revocation{SessionID: "new", At: past(), Expires: soon()}
	revoke(t, r, current)
	wantRevocations(t, r, time.Time{}, "Revocations leaves out those that have expired", current)
}

func checkSince(t *testing.T, r auth.Revoker) {
	first := auth.Revocation{SessionID: "1", At: revoked(), Expires: soon()}
	second := auth.Revocation{SessionID: "2", At: first.At.Add(time.Second), Expires: soon()}
	revoke(t, r, first)
	revoke(t, r, second)
	wantRevocations(t, r, first.At, "Revocations since a time includes that time", first, second)
	wantRevocations(t, r, first.At.Add(time.Microsecond), "Revocations since a time leaves out what is older", second)
	wantRevocations(t, r, second.At.Add(time.Microsecond), "Revocations since a time leaves out what is older")
}

func checkSubjects(t *testing.T, r auth.Revoker) {
	var want []auth.Revocation
	for _, id := range append(alike(), "aBcé") {
		revocation := auth.Revocation{SessionID: id, At: revoked(), Expires: soon()}
		revoke(t, r, revocation)
		want = append(want, revocation)
	}
	wantRevocations(t, r, time.Time{}, "subjects are compared byte by byte", want...)
}

func checkNoSubject(t *testing.T, r auth.Revoker) {
	if err := r.Revoke(t.Context(), auth.Revocation{At: revoked(), Expires: soon()}); err == nil {
		t.Error("Revoke accepts a revocation that names neither a session nor a user")
	}
	wantRevocations(t, r, time.Time{}, "a refused revocation is not stored")
}
