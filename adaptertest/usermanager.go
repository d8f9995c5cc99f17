package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func userManagerRules() []rule {
	return []rule{
		{"Accounts lists those of one user in order", withUserManager(checkAccounts)},
		{"Accounts returns every field", withUserManager(checkAccountFields)},
		{"Accounts returns an ExpiresAt after 2038", withUserManager(checkLateExpiresAt)},
		{"Sessions lists those of one user in order", withUserManager(checkSessions)},
		{"a user who is not there has nothing", withUserManager(checkNobodysLists)},
		{"UnlinkAccount removes one account", withUserManager(checkUnlink)},
		{"UnlinkAccount compares by byte", withUserManager(checkUnlinkBytes)},
		{"UnlinkAccount keeps the last account when asked to", withUserManager(checkUnlinkLast)},
		{"other accounts count by their provider", withUserManager(checkUnlinkOtherWays)},
		{"parallel UnlinkAccount leaves one account", withUserManager(checkUnlinkRace)},
		{"DeleteUser removes what belongs to the user", withUserManager(checkDeleteUser)},
		{"DeleteUser leaves what belongs to others", withUserManager(checkDeleteUserOthers)},
		{"nothing is attached to a user who is being deleted", withUserManager(checkDeleteUserRace)},
		{"a canceled call fails and changes nothing", withUserManager(checkManageCanceled)},
	}
}

// manager is an adapter under test with its optional methods.
type manager struct {
	auth.Adapter
	auth.UserManager
}

func withUserManager(check func(*testing.T, manager)) func(*testing.T, auth.Adapter) {
	return func(t *testing.T, a auth.Adapter) {
		m, ok := a.(auth.UserManager)
		if !ok {
			t.Skip("this adapter is no auth.UserManager")
		}
		check(t, manager{a, m})
	}
}

// wantAccounts fails unless a user has exactly these accounts, each written as
// provider/id.
func wantAccounts(t *testing.T, m manager, userID, rule string, want ...string) {
	t.Helper()
	list, err := m.Accounts(t.Context(), userID)
	if err != nil {
		t.Fatalf("Accounts: %v", err)
	}
	var got []string
	for _, account := range list {
		got = append(got, account.Provider+"/"+account.ProviderAccountID)
		if account.UserID != userID {
			t.Errorf("%s: an account of user %q belongs to %q", rule, userID, account.UserID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: accounts = %q, want %q", rule, got, want)
	}
}

func checkAccounts(t *testing.T, m manager) {
	u, other := create(t, m, ""), create(t, m, "")
	for _, id := range []string{"b", "é", "a", "Z", "\U0001f600", "10", "9"} {
		signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("github", id)})
	}
	signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("GitLab", "1")})
	signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("apple", "z")})
	signIn(t, m, auth.SignIn{UserID: other.ID, LinkAccount: account("github", "other")})
	wantAccounts(t, m, u.ID, "Accounts sorts by the bytes of Provider and ProviderAccountID", "GitLab/1", "apple/z",
		"github/10", "github/9", "github/Z", "github/a", "github/b", "github/é", "github/\U0001f600")
}

func checkAccountFields(t *testing.T, m manager) {
	want := auth.Account{
		Provider: "github", ProviderAccountID: "1", Type: auth.AccountOAuth,
		AccessToken: "access", RefreshToken: "refresh", IDToken: "id",
		TokenType: "bearer", Scope: "openid email", SessionState: "state", ExpiresAt: 2000000000,
	}
	withExtra := want
	withExtra.Extra = map[string]any{"number": json.Number("1"), "null": nil}
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: &withExtra})
	signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("none", "1")})
	got, err := m.Accounts(t.Context(), u.ID)
	if err != nil || len(got) != 2 {
		t.Fatalf("Accounts = %+v, %v, want two accounts", got, err)
	}
	if extra := got[0].Extra; len(extra) != 0 && !reflect.DeepEqual(extra, withExtra.Extra) {
		t.Errorf("Accounts returned Extra %#v, want %#v, or none at all", extra, withExtra.Extra)
	}
	got[0].Extra, want.UserID = nil, u.ID
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("Accounts returned %+v, want %+v: every field is kept", got[0], want)
	}
	empty := *account("none", "1")
	empty.UserID = u.ID
	if len(got[1].Extra) != 0 || !reflect.DeepEqual(got[1], empty) {
		t.Errorf("Accounts returned %+v, want %+v: fields that were empty stay empty", got[1], empty)
	}
}

func checkLateExpiresAt(t *testing.T, m manager) {
	linked := account("github", "1")
	linked.ExpiresAt = 4102444800
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: linked})
	got, err := m.Accounts(t.Context(), u.ID)
	if err != nil || len(got) != 1 || got[0].ExpiresAt != linked.ExpiresAt {
		t.Errorf("Accounts = %+v, %v, want one account with ExpiresAt = %d", got, err, linked.ExpiresAt)
	}
}

func checkSessions(t *testing.T, m manager) {
	u, other := create(t, m, ""), create(t, m, "")
	ends := map[string]time.Time{"soon": soon(), "later": soon().Add(time.Second), "past": past(), "last": soon().Add(time.Hour)}
	for token, expires := range ends {
		signIn(t, m, auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: token, Expires: expires}})
	}
	signIn(t, m, auth.SignIn{UserID: other.ID, CreateSession: session("other")})
	list, err := m.Sessions(t.Context(), u.ID)
	if err != nil {
		t.Fatalf("Sessions: %v", err)
	}
	var got []string
	for _, s := range list {
		got = append(got, s.Token)
		wantTime(t, s.Expires, ends[s.Token], "Sessions returns Expires")
		if s.UserID != u.ID {
			t.Errorf("Sessions of user %q has a session of user %q", u.ID, s.UserID)
		}
	}
	if want := []string{"last", "later", "soon", "past"}; !slices.Equal(got, want) {
		t.Errorf("Sessions = %q, want %q: also one that has expired, the one that expires last first", got, want)
	}
}

func checkNobodysLists(t *testing.T, m manager) {
	signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1"), CreateSession: session("s")})
	for _, id := range []string{"nobody", ""} {
		accounts, err := m.Accounts(t.Context(), id)
		if err != nil || len(accounts) != 0 {
			t.Errorf("Accounts of a user who is not there = %+v, %v, want none and no error", accounts, err)
		}
		sessions, err := m.Sessions(t.Context(), id)
		if err != nil || len(sessions) != 0 {
			t.Errorf("Sessions of a user who is not there = %+v, %v, want none and no error", sessions, err)
		}
		wantNotFound(t, m.UnlinkAccount(t.Context(), id, "github", "1", nil), "UnlinkAccount of a user who is not there")
		wantNotFound(t, m.DeleteUser(t.Context(), id), "DeleteUser of a user who is not there")
	}
}

// ways are the providers whose accounts count as another way in.
func ways() []string { return []string{"github", "gitlab"} }

func checkUnlink(t *testing.T, m manager) {
	ctx := t.Context()
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1"), CreateSession: session("s")})
	signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("gitlab", "1")})
	other := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "2")})

	wantNotFound(t, m.UnlinkAccount(ctx, u.ID, "github", "2", ways()), "UnlinkAccount of another user's account")
	wantAccounts(t, m, other.ID, "UnlinkAccount leaves another user's account", "github/2")
	if err := m.UnlinkAccount(ctx, u.ID, "github", "1", ways()); err != nil {
		t.Fatalf("UnlinkAccount of one of two accounts: %v", err)
	}
	wantAccounts(t, m, u.ID, "UnlinkAccount removes one account", "gitlab/1")
	_, err := m.UserByAccount(ctx, "github", "1")
	wantNotFound(t, err, "UserByAccount of an account that was unlinked")
	wantNotFound(t, m.UnlinkAccount(ctx, u.ID, "github", "1", ways()), "UnlinkAccount a second time")
	wantSession(t, m, "s", u.ID, "UnlinkAccount keeps the sessions")
	signIn(t, m, auth.SignIn{UserID: other.ID, LinkAccount: account("github", "1")})
	wantAccounts(t, m, other.ID, "an account that was unlinked may be linked again", "github/1", "github/2")
}

func checkUnlinkBytes(t *testing.T, m manager) {
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("aBcé", "aBcé")})
	for _, other := range alike() {
		wantNotFound(t, m.UnlinkAccount(t.Context(), u.ID, "aBcé", other, nil), "accounts are compared byte by byte: "+other)
		wantNotFound(t, m.UnlinkAccount(t.Context(), u.ID, other, "aBcé", nil), "accounts are compared byte by byte: "+other)
	}
	wantAccounts(t, m, u.ID, "accounts are compared byte by byte", "aBcé/aBcé")
}

func checkUnlinkLast(t *testing.T, m manager) {
	ctx := t.Context()
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1")})
	signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "2")})
	if err := m.UnlinkAccount(ctx, u.ID, "github", "1", ways()); !errors.Is(err, auth.ErrLastAccount) {
		t.Errorf("UnlinkAccount of the only account with otherWays: error = %v, want one that wraps auth.ErrLastAccount", err)
	}
	wantAccounts(t, m, u.ID, "UnlinkAccount with otherWays leaves the only account", "github/1")
	if err := m.UnlinkAccount(ctx, u.ID, "github", "1", nil); err != nil {
		t.Errorf("UnlinkAccount of the only account without otherWays: %v, want no error", err)
	}
	wantAccounts(t, m, u.ID, "UnlinkAccount without otherWays removes the only account")
}

func checkUnlinkOtherWays(t *testing.T, m manager) {
	ctx := t.Context()
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1")})
	signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("gone", "1")})
	for _, otherWays := range [][]string{{}, {"github"}, {"GONE"}, {"gon"}, {"gone "}, {""}} {
		if err := m.UnlinkAccount(ctx, u.ID, "github", "1", otherWays); !errors.Is(err, auth.ErrLastAccount) {
			t.Errorf("UnlinkAccount with otherWays %q beside an account of the provider gone: error = %v, want one that wraps auth.ErrLastAccount", otherWays, err)
		}
	}
	wantAccounts(t, m, u.ID, "UnlinkAccount with other otherWays leaves the account", "github/1", "gone/1")
	if err := m.UnlinkAccount(ctx, u.ID, "github", "1", []string{"gitlab", "gone"}); err != nil {
		t.Errorf("UnlinkAccount with an account of one of otherWays: %v", err)
	}
	wantAccounts(t, m, u.ID, "UnlinkAccount beside another way in", "gone/1")
}

func checkUnlinkRace(t *testing.T, m manager) {
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "0")})
	signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("github", "1")})
	errs := race(func(i int) error {
		return m.UnlinkAccount(t.Context(), u.ID, "github", fmt.Sprint(i%2), ways())
	})
	removed := 0
	for _, err := range errs {
		switch {
		case err == nil:
			removed++
		case !errors.Is(err, auth.ErrLastAccount) && !errors.Is(err, auth.ErrNotFound):
			t.Errorf("parallel UnlinkAccount of two accounts with otherWays: error = %v, want one that wraps auth.ErrLastAccount or auth.ErrNotFound", err)
		}
	}
	left, err := m.Accounts(t.Context(), u.ID)
	if err != nil {
		t.Fatalf("Accounts: %v", err)
	}
	if removed != 1 || len(left) != 1 {
		t.Errorf("parallel UnlinkAccount of two accounts with otherWays: %d calls succeeded and %d accounts are left, want 1 and 1", removed, len(left))
	}
}

func checkDeleteUser(t *testing.T, m manager) {
	ctx := t.Context()
	all := auth.SignIn{CreateUser: &auth.User{Email: "a@example.com"}, LinkAccount: account("github", "1"), CreateSession: session("s")}
	u := signIn(t, m, all)
	signIn(t, m, auth.SignIn{UserID: u.ID, LinkAccount: account("gitlab", "1"), CreateSession: session("s2")})
	mailLink(t, m, "a@example.com", "1")
	mailLink(t, m, "a@example.com", "2")
	if err := m.DeleteUser(ctx, u.ID); err != nil {
		t.Fatalf("DeleteUser: %v", err)
	}
	wantNotFound(t, m.DeleteUser(ctx, u.ID), "DeleteUser a second time")
	_, err := m.User(ctx, u.ID)
	wantNotFound(t, err, "a deleted user is gone")
	_, err = m.UserByEmail(ctx, "a@example.com")
	wantNotFound(t, err, "the address of a deleted user is gone")
	for _, provider := range []string{"github", "gitlab"} {
		_, err = m.UserByAccount(ctx, provider, "1")
		wantNotFound(t, err, "the accounts of a deleted user are gone")
	}
	for _, token := range []string{"s", "s2"} {
		wantNoSession(t, m, token, "the sessions of a deleted user are gone")
		wantNotFound(t, m.UpdateSession(ctx, token, soon()), "the sessions of a deleted user are gone: UpdateSession")
	}
	for _, token := range []string{"1", "2"} {
		_, err = m.VerificationToken(ctx, "a@example.com", token)
		wantNotFound(t, err, "the links mailed to a deleted user are gone")
	}
	wantAccounts(t, m, u.ID, "the accounts of a deleted user are gone")
	if list, err := m.Sessions(ctx, u.ID); err != nil || len(list) != 0 {
		t.Errorf("Sessions of a deleted user = %+v, %v, want none", list, err)
	}

	again := signIn(t, m, all)
	if again.ID == u.ID {
		t.Errorf("a new user got the id %q of a deleted one, want an id that was never used", u.ID)
	}
	wantAccounts(t, m, again.ID, "a new user with the address of a deleted one has none of its accounts", "github/1")
	wantNoSession(t, m, "s2", "a new user with the address of a deleted one has none of its sessions")
}

func checkDeleteUserOthers(t *testing.T, m manager) {
	ctx := t.Context()
	other := signIn(t, m, auth.SignIn{
		CreateUser: &auth.User{Email: "b@example.com"}, LinkAccount: account("github", "b"), CreateSession: session("b"),
	})
	link := mailLink(t, m, "b@example.com", "link")
	nobodys := mailLink(t, m, "", "of nobody")
	for _, email := range []string{"%@example.com", "_@example.com", ""} {
		if err := m.DeleteUser(ctx, create(t, m, email).ID); err != nil {
			t.Fatalf("DeleteUser: %v", err)
		}
	}
	got, err := m.UserByEmail(ctx, "b@example.com")
	wantUser(t, got, err, other.ID, "DeleteUser keeps other users")
	wantAccounts(t, m, other.ID, "DeleteUser keeps the accounts of other users", "github/b")
	wantSession(t, m, "b", other.ID, "DeleteUser keeps the sessions of other users")
	for _, want := range []*auth.VerificationToken{link, nobodys} {
		found, err := m.VerificationToken(ctx, want.Identifier, want.Token)
		wantLink(t, found, err, want, "DeleteUser keeps the links mailed to other addresses")
	}
}

// checkDeleteUserRace deletes a user while it signs in. Whoever is first, nothing
// may be left of the user.
func checkDeleteUserRace(t *testing.T, m manager) {
	u := create(t, m, "a@example.com")
	errs := race(func(i int) error {
		if i == parallel/2 {
			return m.DeleteUser(t.Context(), u.ID)
		}
		id := fmt.Sprint(i)
		_, err := m.SignIn(t.Context(), auth.SignIn{UserID: u.ID, LinkAccount: account("github", id), CreateSession: session(id)})
		return err
	})
	if err := errs[parallel/2]; err != nil {
		t.Fatalf("DeleteUser while the user signs in: %v", err)
	}
	wantAccounts(t, m, u.ID, "no account is linked to a user who is being deleted")
	if list, err := m.Sessions(t.Context(), u.ID); err != nil || len(list) != 0 {
		t.Errorf("Sessions of a user who was deleted while signing in = %+v, %v, want none", list, err)
	}
	for i := range parallel {
		_, err := m.UserByAccount(t.Context(), "github", fmt.Sprint(i))
		wantNotFound(t, err, "no account is linked to a user who is being deleted")
		_, err = m.DeleteSession(t.Context(), fmt.Sprint(i))
		wantNotFound(t, err, "no session is opened for a user who is being deleted")
	}
}

func checkManageCanceled(t *testing.T, m manager) {
	u := signIn(t, m, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1"), CreateSession: session("s")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"Accounts":      func() error { _, err := m.Accounts(ctx, u.ID); return err },
		"Sessions":      func() error { _, err := m.Sessions(ctx, u.ID); return err },
		"UnlinkAccount": func() error { return m.UnlinkAccount(ctx, u.ID, "github", "1", nil) },
		"DeleteUser":    func() error { return m.DeleteUser(ctx, u.ID) },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a canceled context: error = %v, want one that wraps context.Canceled", name, err)
		}
	}
	wantAccounts(t, m, u.ID, "canceled calls remove no account", "github/1")
	wantSession(t, m, "s", u.ID, "canceled calls remove no session")
}
