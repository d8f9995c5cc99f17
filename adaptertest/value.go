package adaptertest

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func valueRules() []rule {
	return []rule{
		{"every field of a user is kept", checkUserFields},
		{"absent fields stay absent", checkAbsentFields},
		{"extra survives", checkExtra},
		{"text survives", checkText},
		{"long values survive", checkLongValues},
		{"bytes from strangers are not found", checkStrangeBytes},
		{"times keep microseconds", checkMicroseconds},
		{"times after 2038 are kept", checkTimesAfter2038},
		{"times before 1970 are kept", checkTimesBefore1970},
		{"returned values belong to the caller", checkReturned},
		{"arguments stay the caller's", checkArguments},
	}
}

// stored returns a user as SignIn returned it and as two look-ups find it.
func stored(t *testing.T, a auth.Adapter, u *auth.User) map[string]*auth.User {
	t.Helper()
	returned := signIn(t, a, auth.SignIn{CreateUser: u, CreateSession: session("of " + u.Name)})
	found, err := a.User(t.Context(), returned.ID)
	if err != nil {
		t.Fatalf("User: %v", err)
	}
	_, joined, err := a.SessionAndUser(t.Context(), "of "+u.Name)
	if err != nil {
		t.Fatalf("SessionAndUser: %v", err)
	}
	return map[string]*auth.User{"SignIn": returned, "User": found, "SessionAndUser": joined}
}

func checkUserFields(t *testing.T, a auth.Adapter) {
	want := auth.User{Name: "Ada", Email: "ada@example.com", Image: "https://example.com/a.png", EmailVerified: soon()}
	for method, got := range stored(t, a, &want) {
		if got.Name != want.Name || got.Email != want.Email || got.Image != want.Image {
			t.Errorf("%s returned %+v, want the fields of %+v", method, got, want)
		}
		wantTime(t, got.EmailVerified, want.EmailVerified, method+" returns EmailVerified")
	}
}

func checkAbsentFields(t *testing.T, a auth.Adapter) {
	for method, got := range stored(t, a, &auth.User{}) {
		if got.Name != "" || got.Email != "" || got.Image != "" || !got.EmailVerified.IsZero() || len(beyondAbsent(got.Extra)) != 0 {
			t.Errorf("%s returned %+v, want nothing but an ID: fields that were empty stay empty", method, got)
		}
	}
}

// beyondAbsent are the members of a user's Extra without those that say that a
// field is null or an empty text, see [auth.User].
func beyondAbsent(extra map[string]any) map[string]any {
	left := maps.Clone(extra)
	maps.DeleteFunc(left, func(name string, value any) bool {
		return (value == nil || value == "") && (name == "name" || name == "email" || name == "image")
	})
	return left
}

func checkExtra(t *testing.T, a auth.Adapter) {
	extra := map[string]any{
		"email": nil, // named like an empty field: kept as it is
		"image": "",
		"role":  "admin",
		"on":    true,
		"big":   json.Number("12345678901234567890"),
		"ratio": json.Number("-0.125"),
		"list":  []any{"a", nil, json.Number("9007199254740993"), map[string]any{"deep": []any{}}},
		"map":   map[string]any{"<&>\u2028": "\"quoted\"", "": "empty key", "null": nil},
	}
	for method, got := range stored(t, a, &auth.User{Name: "Ada", Extra: extra}) {
		if len(beyondAbsent(got.Extra)) == 0 {
			t.Skip("this adapter does not keep Extra")
		}
		if !reflect.DeepEqual(got.Extra, extra) {
			t.Errorf("%s returned Extra %#v, want %#v: an adapter that keeps Extra keeps null, empty text, nesting, and numbers as json.Number", method, got.Extra, extra)
		}
		if got.Email != "" || got.Image != "" {
			t.Errorf("%s returned %+v: members of Extra do not become fields", method, got)
		}
	}
}

func checkText(t *testing.T, a auth.Adapter) {
	for _, name := range []string{
		"Zoë Müller", "Zoe\u0308 (combining)", "李小龍", "العربية", "👩‍👩‍👧‍👦🏳️‍🌈", " spaces ", "line\nbreak\ttab", `quote ' " \ ; --`, "%s ? $1 :x", "\u202eright to left",
	} {
		for method, got := range stored(t, a, &auth.User{Name: name}) {
			if got.Name != name {
				t.Errorf("%s returned the name %q, want %q: text is kept byte by byte", method, got.Name, name)
			}
		}
	}
}

func checkLongValues(t *testing.T, a auth.Adapter) {
	long := strings.Repeat("0123456789", 1024)
	linked := account("azure-ad", "1")
	linked.AccessToken, linked.RefreshToken, linked.IDToken = long, long, long
	linked.TokenType, linked.Scope, linked.SessionState = "bearer", "openid email", "s"
	linked.ExpiresAt = 2000000000
	linked.Extra = map[string]any{"not_before_policy": json.Number("0"), "id_token": nil}
	u := signIn(t, a, auth.SignIn{
		CreateUser:  &auth.User{Name: "Ada", Image: "data:" + long, Extra: map[string]any{"long": long}},
		LinkAccount: linked,
	})
	got, err := a.UserByAccount(t.Context(), "azure-ad", "1")
	wantUser(t, got, err, u.ID, "an account with tokens of 10 KB is stored")
	if err == nil && got.Image != "data:"+long {
		t.Errorf("an image of 10 KB came back with %d bytes: long text is not cut", len(got.Image))
	}
	if err == nil && len(beyondAbsent(got.Extra)) != 0 && got.Extra["long"] != long {
		t.Error("a text of 10 KB inside Extra came back changed: long text is not cut")
	}
}

// checkStrangeBytes looks for what a cookie or the address of a link can hold,
// which some databases refuse to compare with.
func checkStrangeBytes(t *testing.T, a auth.Adapter) {
	for name, text := range map[string]string{"a NUL": "a\x00b", "no UTF-8": "a\xffb", "half a letter": "\xf0\x9f", "5000 bytes": strings.Repeat("a", 5000)} {
		_, _, sessionErr := a.SessionAndUser(t.Context(), text)
		_, deleteErr := a.DeleteSession(t.Context(), text)
		_, linkErr := a.VerificationToken(t.Context(), text, "hash")
		_, useErr := a.UseVerificationToken(t.Context(), "ada@example.com", text)
		_, userErr := a.User(t.Context(), text)
		_, emailErr := a.UserByEmail(t.Context(), text+"@example.com")
		_, accountErr := a.UserByAccount(t.Context(), "github", text)
		for method, err := range map[string]error{
			"SessionAndUser": sessionErr, "DeleteSession": deleteErr, "VerificationToken": linkErr, "UseVerificationToken": useErr,
			"User": userErr, "UserByEmail": emailErr, "UserByAccount": accountErr,
		} {
			if !errors.Is(err, auth.ErrNotFound) {
				t.Errorf("%s with %s: error = %v, want ErrNotFound: anybody can send that, and no row has it", method, name, err)
			}
		}
	}
}

func checkMicroseconds(t *testing.T, a auth.Adapter) {
	checkTimes(t, a, soon().Add(123456*time.Microsecond), "microseconds are kept")
}

func checkTimesAfter2038(t *testing.T, a auth.Adapter) {
	checkTimes(t, a, time.Date(2110, 2, 28, 23, 59, 59, 0, time.UTC), "a time after 2038 is kept")
}

func checkTimesBefore1970(t *testing.T, a auth.Adapter) {
	checkTimes(t, a, time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC), "a time before 1970 is kept")
}

// checkTimes stores a time wherever one is kept.
func checkTimes(t *testing.T, a auth.Adapter, at time.Time, rule string) {
	t.Helper()
	u := signIn(t, a, auth.SignIn{
		CreateUser:    &auth.User{EmailVerified: at},
		CreateSession: &auth.SessionRecord{Token: "s", Expires: at},
	})
	wantTime(t, u.EmailVerified, at, rule+": EmailVerified")
	wantExpires(t, a, "s", at, rule+": Expires of a session")
	moved := at.Add(time.Second)
	if err := a.UpdateSession(t.Context(), "s", moved); err != nil {
		t.Fatalf("UpdateSession: %v", err)
	}
	wantExpires(t, a, "s", moved, rule+": Expires after UpdateSession")
	link := auth.VerificationToken{Identifier: "a@example.com", Token: "link", Expires: at}
	if err := a.CreateVerificationToken(t.Context(), link); err != nil {
		t.Fatalf("CreateVerificationToken: %v", err)
	}
	found, err := a.VerificationToken(t.Context(), link.Identifier, link.Token)
	if err != nil {
		t.Fatalf("VerificationToken: %v", err)
	}
	wantTime(t, found.Expires, at, rule+": Expires of a mailed link")
	deleted, err := a.DeleteSession(t.Context(), "s")
	if err != nil {
		t.Fatalf("DeleteSession: %v", err)
	}
	wantTime(t, deleted.Expires, moved, rule+": Expires of a session that was deleted")
}

// wantExpires fails unless a session ends at a time.
func wantExpires(t *testing.T, a auth.Adapter, token string, want time.Time, rule string) {
	t.Helper()
	s, _, err := a.SessionAndUser(t.Context(), token)
	if err != nil {
		t.Fatalf("SessionAndUser: %v", err)
	}
	wantTime(t, s.Expires, want, rule)
}

func checkReturned(t *testing.T, a auth.Adapter) {
	spoil := func(u *auth.User) {
		u.ID, u.Name = "x", "x"
		if list, ok := u.Extra["list"].([]any); ok {
			list[0] = "x"
			u.Extra["more"] = "x"
		}
	}
	u := signIn(t, a, auth.SignIn{
		CreateUser:    &auth.User{Name: "Ada", Extra: map[string]any{"list": []any{"a"}}},
		CreateSession: session("s"),
	})
	id := u.ID
	spoil(u)
	for range 2 {
		s, joined, err := a.SessionAndUser(t.Context(), "s")
		if err != nil {
			t.Fatalf("a change to a returned value reached the store: %v", err)
		}
		found, err := a.User(t.Context(), id)
		if err != nil {
			t.Fatalf("a change to a returned value reached the store: %v", err)
		}
		for _, u := range []*auth.User{joined, found} {
			list, _ := u.Extra["list"].([]any)
			if u.Name != "Ada" || u.Extra["more"] != nil || len(list) == 1 && list[0] != "a" {
				t.Fatalf("user = %+v: a change to a returned value reached the store, want copies that belong to the caller", u)
			}
			spoil(u)
		}
		if s.UserID != id {
			t.Fatalf("session = %+v: a change to a returned value reached the store", s)
		}
		s.UserID, s.Expires = "x", past()
	}
}

func checkArguments(t *testing.T, a auth.Adapter) {
	u := &auth.User{Name: "Ada", Extra: map[string]any{"list": []any{"a"}}}
	s := session("s")
	expires := s.Expires
	id := signIn(t, a, auth.SignIn{CreateUser: u, CreateSession: s}).ID
	u.Name = "x"
	u.Extra["list"].([]any)[0] = "x"
	u.Extra["more"] = "x"
	s.Expires = past()
	found, got, err := a.SessionAndUser(t.Context(), "s")
	wantUser(t, got, err, id, "SessionAndUser")
	if err != nil {
		return
	}
	list, _ := got.Extra["list"].([]any)
	if got.Name != "Ada" || got.Extra["more"] != nil || len(list) == 1 && list[0] != "a" {
		t.Errorf("user = %+v: a later change to an argument reached the store", got)
	}
	wantTime(t, found.Expires, expires, "a later change to an argument does not reach the store")
}
