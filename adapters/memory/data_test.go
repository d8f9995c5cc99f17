package memory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

func Example() {
	store := memory.New()
	user, err := store.SignIn(context.Background(), auth.SignIn{
		CreateUser:    &auth.User{Name: "Ada", Email: "Ada@example.com"},
		CreateSession: &auth.SessionRecord{Token: "t", Expires: time.Now().Add(time.Hour)},
	})
	if err != nil {
		log.Fatal(err)
	}
	found, err := store.UserByEmail(context.Background(), "ada@example.com")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found.Name, found.ID == user.ID, len(store.Dump().Sessions))
	// Output: Ada true 1
}

// numbered returns a store whose users are u1, u2 and so on.
func numbered() *memory.Adapter {
	a := memory.New()
	n := 0
	a.NewID = func() string {
		n++
		return fmt.Sprint("u", n)
	}
	return a
}

// sample has one of each, with rows whose keys sort otherwise than they were
// created.
func sample() memory.Data {
	at := time.Date(2030, 1, 2, 3, 4, 5, 6000, time.UTC)
	return memory.Data{
		Users: []auth.User{
			{ID: "z", Name: "Zoë", Email: "Z@example.com", EmailVerified: at, Extra: map[string]any{"n": json.Number("1")}},
			{ID: "a"},
		},
		Accounts: []auth.Account{
			{UserID: "z", Provider: "z", ProviderAccountID: "1", Type: auth.AccountOAuth, Extra: map[string]any{"list": []any{nil}}},
			{UserID: "a", Provider: "a", ProviderAccountID: "1", Type: auth.AccountEmail},
		},
		Sessions:           []auth.SessionRecord{{Token: "z", UserID: "z", Expires: at}, {Token: "a", UserID: "gone", Expires: at}},
		VerificationTokens: []auth.VerificationToken{{Identifier: "z", Token: "1", Expires: at}, {Identifier: "a", Token: "1", Expires: at}},
	}
}

func TestInsertDump(t *testing.T) {
	a := numbered()
	if err := a.Insert(sample()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), a.Dump()); diff != "" {
		t.Errorf("Dump (-inserted +dumped):\n%s", diff)
	}
	d := a.Dump()
	d.Users[0].Extra["n"] = "changed"
	d.Accounts[0].Extra["list"].([]any)[0] = "changed"
	if diff := cmp.Diff(sample(), a.Dump()); diff != "" {
		t.Errorf("a change to a dump reached the store:\n%s", diff)
	}
	if _, _, err := a.SessionAndUser(t.Context(), "a"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("session whose user is gone: %v, want auth.ErrNotFound", err)
	}
	if _, err := a.UserByEmail(t.Context(), "z@EXAMPLE.com"); err != nil {
		t.Errorf("UserByEmail of an inserted user: %v", err)
	}
	if err := a.Insert(memory.Data{Users: []auth.User{{Name: "new"}}}); err != nil {
		t.Fatal(err)
	}
	if got := a.Dump().Users[2].ID; got != "u1" {
		t.Errorf("id = %q, want u1: a user without an ID gets one", got)
	}
}

func TestInsertRefuses(t *testing.T) {
	tests := []struct {
		name string
		data memory.Data
		want error
	}{
		{"id", memory.Data{Users: []auth.User{{ID: "new"}, {ID: "z"}}}, auth.ErrConflict},
		{"email", memory.Data{Users: []auth.User{{ID: "new"}, {Email: "z@example.com"}}}, auth.ErrConflict},
		{"account", memory.Data{Users: []auth.User{{ID: "new"}}, Accounts: sample().Accounts[:1]}, auth.ErrConflict},
		{"session", memory.Data{Users: []auth.User{{ID: "new"}}, Sessions: sample().Sessions[:1]}, auth.ErrConflict},
		{"link", memory.Data{Users: []auth.User{{ID: "new"}}, VerificationTokens: sample().VerificationTokens[1:]}, auth.ErrConflict},
		{"user's extra", memory.Data{Users: []auth.User{{ID: "new"}, {Extra: map[string]any{"c": make(chan int)}}}}, nil},
		{"account's extra", memory.Data{Users: []auth.User{{ID: "new"}}, Accounts: []auth.Account{{Extra: map[string]any{"c": make(chan int)}}}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := numbered()
			if err := a.Insert(sample()); err != nil {
				t.Fatal(err)
			}
			err := a.Insert(test.data)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("error = %v, want %v", err, test.want)
			}
			if diff := cmp.Diff(sample(), a.Dump()); diff != "" {
				t.Errorf("a refused Insert changed the store:\n%s", diff)
			}
		})
	}
}

// TestAccountFields reads the account back, which the Adapter interface cannot.
func TestAccountFields(t *testing.T) {
	want := auth.Account{
		UserID: "u1", Provider: "github", ProviderAccountID: "1", Type: auth.AccountOAuth, AccessToken: "a",
		RefreshToken: "r", IDToken: "i", TokenType: "bearer", Scope: "s", SessionState: "x", ExpiresAt: 7,
		Extra: map[string]any{"n": json.Number("1")},
	}
	given := want
	given.UserID = ""
	given.Extra = map[string]any{"n": 1}
	a := numbered()
	if _, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}, LinkAccount: &given}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]auth.Account{want}, a.Dump().Accounts); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	if given.UserID != "" {
		t.Error("SignIn modified its argument")
	}
}

func TestNewIDTwice(t *testing.T) {
	a := memory.New()
	a.NewID = func() string { return "same" }
	for i := range 2 {
		_, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}})
		if i == 1 && (err == nil || errors.Is(err, auth.ErrConflict) || !strings.Contains(err.Error(), "NewID")) {
			t.Errorf("error = %v, want one that blames NewID, and no conflict that a caller tries to resolve", err)
		}
	}
}

func TestExtraWithoutJSON(t *testing.T) {
	unfit := map[string]any{"f": func() {}}
	tests := []struct {
		name string
		s    auth.SignIn
		want auth.Step
	}{
		{"new user", auth.SignIn{CreateUser: &auth.User{Extra: unfit}}, auth.StepCreateUser},
		{"user", auth.SignIn{UpdateUser: &auth.User{ID: "1", Extra: unfit}}, auth.StepUpdateUser},
		{"account", auth.SignIn{UserID: "1", LinkAccount: &auth.Account{Extra: unfit}}, auth.StepLinkAccount},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var a memory.Adapter // the zero value is ready for use
			_, err := a.SignIn(t.Context(), test.s)
			var step *auth.StepError
			if !errors.As(err, &step) || step.Step != test.want {
				t.Errorf("error = %v, want step %s", err, test.want)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := memory.New()
		now := time.Now()
		_, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}, CreateSession: &auth.SessionRecord{Token: "1", Expires: now.Add(time.Hour)}})
		err = errors.Join(err,
			a.CreateVerificationToken(t.Context(), auth.VerificationToken{Identifier: "1", Expires: now.Add(time.Hour)}),
			a.Revoke(t.Context(), auth.Revocation{SessionID: "1", At: now, Expires: now.Add(time.Hour)}),
			a.Revoke(t.Context(), auth.Revocation{SessionID: "2", At: now, Expires: now.Add(2 * time.Hour)}))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			name                 string
			after                time.Duration
			revocations, removed int
		}{
			{"before", time.Hour - time.Microsecond, 2, 0},
			{"at the end", time.Microsecond, 1, 3},
			{"again", 0, 1, 0},
		} {
			<-time.After(test.after) // the clock of synctest
			found, err := a.Revocations(t.Context(), now)
			if err != nil || len(found) != test.revocations {
				t.Errorf("%s: %d revocations (%v), want %d", test.name, len(found), err, test.revocations)
			}
			if removed, err := a.DeleteExpired(t.Context(), 0); err != nil || removed != test.removed {
				t.Errorf("%s: DeleteExpired = %d, %v, want %d", test.name, removed, err, test.removed)
			}
		}
		if err := a.Revoke(t.Context(), auth.Revocation{}); err == nil {
			t.Error("Revoke of nothing succeeded")
		}
	})
}

// FuzzExtra stores any JSON object and expects it back as encoding/json reads
// it.
func FuzzExtra(f *testing.F) {
	for _, seed := range []string{`{"a":1e400,"b":[{"c":null}],"a":2}`, `{"\ud800":"\u0000"}`, `{"n":-0}`, `{}`, `null`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want map[string]any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if decoder.Decode(&want) != nil {
			t.Skip("not a JSON object")
		}
		got, err := memory.New().SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Extra: want}})
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			want = nil
		}
		if diff := cmp.Diff(want, got.Extra); diff != "" {
			t.Errorf("Extra (-want +got):\n%s", diff)
		}
	})
}
