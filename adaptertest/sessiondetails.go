package adaptertest

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func sessionDetailRules() []rule {
	return []rule{
		{"details are kept", withDetails(checkDetails)},
		{"absent details stay absent", withDetails(checkNoDetails)},
		{"UpdateSession sets when the session was last seen", withDetails(checkLastSeen)},
		{"Sessions lists details", withDetails(checkListedDetails)},
	}
}

// detailed is a session with everything that lets a person recognise it.
func detailed(token string) *auth.SessionRecord {
	s := session(token)
	s.CreatedAt = past().Add(654321 * time.Microsecond)
	s.LastSeenAt = s.CreatedAt.Add(time.Hour)
	s.Address = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
	s.UserAgent = "Zoë's browser (李) " + strings.Repeat("x", 512-21)
	return s
}

// withDetails skips an adapter that keeps nothing of the details. One that keeps
// some keeps all.
func withDetails(check func(*testing.T, auth.Adapter)) func(*testing.T, auth.Adapter) {
	return func(t *testing.T, a auth.Adapter) {
		signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: detailed("probe")})
		got, _, err := a.SessionAndUser(t.Context(), "probe")
		if err != nil {
			t.Fatalf("SessionAndUser: %v", err)
		}
		if got.CreatedAt.IsZero() && got.LastSeenAt.IsZero() && got.Address == "" && got.UserAgent == "" {
			t.Skip("this adapter keeps no details of a session")
		}
		check(t, a)
	}
}

// wantDetails fails unless got has the details of want.
func wantDetails(t *testing.T, got, want *auth.SessionRecord, rule string) {
	t.Helper()
	wantTime(t, got.CreatedAt, want.CreatedAt, rule+" CreatedAt")
	wantTime(t, got.LastSeenAt, want.LastSeenAt, rule+" LastSeenAt")
	if got.Address != want.Address || got.UserAgent != want.UserAgent {
		t.Errorf("%s Address and UserAgent: %q and %q, want %q and %q", rule, got.Address, got.UserAgent, want.Address, want.UserAgent)
	}
}

func checkDetails(t *testing.T, a auth.Adapter) {
	want := detailed("s")
	signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: want})
	got, _, err := a.SessionAndUser(t.Context(), "s")
	if err != nil {
		t.Fatalf("SessionAndUser: %v", err)
	}
	wantDetails(t, got, want, "SessionAndUser returns")
	if got, err = a.DeleteSession(t.Context(), "s"); err != nil {
		t.Fatalf("DeleteSession: %v", err)
	}
	wantDetails(t, got, want, "DeleteSession returns")
}

func checkNoDetails(t *testing.T, a auth.Adapter) {
	signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("s")})
	got, _, err := a.SessionAndUser(t.Context(), "s")
	if err != nil {
		t.Fatalf("SessionAndUser: %v", err)
	}
	wantDetails(t, got, &auth.SessionRecord{}, "a session without details has an empty")
}

func checkLastSeen(t *testing.T, a auth.Adapter) {
	want := detailed("s")
	signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: want})
	before := time.Now()
	if err := a.UpdateSession(t.Context(), "s", soon()); err != nil {
		t.Fatalf("UpdateSession: %v", err)
	}
	got, _, err := a.SessionAndUser(t.Context(), "s")
	if err != nil {
		t.Fatalf("SessionAndUser: %v", err)
	}
	const clocks = time.Minute // the store's clock may differ from ours
	if got.LastSeenAt.Before(before.Add(-clocks)) || got.LastSeenAt.After(time.Now().Add(clocks)) {
		t.Errorf("LastSeenAt = %v after UpdateSession at %v, want that time", got.LastSeenAt.UTC(), before.UTC())
	}
	want.LastSeenAt = got.LastSeenAt
	wantDetails(t, got, want, "UpdateSession keeps")
}

func checkListedDetails(t *testing.T, a auth.Adapter) {
	m, ok := a.(auth.UserManager)
	if !ok {
		t.Skip("this adapter is no auth.UserManager")
	}
	want := detailed("s")
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: want})
	got, err := m.Sessions(t.Context(), u.ID)
	if err != nil || len(got) != 1 {
		t.Fatalf("Sessions = %+v, %v, want one session", got, err)
	}
	wantDetails(t, &got[0], want, "Sessions returns")
}
