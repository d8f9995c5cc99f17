package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func accountRewriterRules() []rule {
	return []rule{
		{"AccountsAfter walks through all once", withRewriter(checkWalk)},
		{"AccountsAfter sorts by byte", withRewriter(checkWalkBytes)},
		{"AccountsAfter returns every field", withRewriter(checkWalkFields)},
		{"ReplaceTokens replaces tokens and Extra alone", withRewriter(checkReplace)},
		{"ReplaceTokens compares with what is stored", withRewriter(checkReplaceCompares)},
		{"ReplaceTokens finds the account by byte", withRewriter(checkReplaceBytes)},
		{"one of parallel ReplaceTokens wins", withRewriter(checkReplaceRace)},
		{"a canceled call fails and changes nothing", withRewriter(checkRewriteCanceled)},
	}
}

// rewriter is an adapter under test with its optional methods.
type rewriter struct {
	auth.Adapter
	auth.AccountRewriter
}

func withRewriter(check func(*testing.T, rewriter)) func(*testing.T, auth.Adapter) {
	return func(t *testing.T, a auth.Adapter) {
		r, ok := a.(auth.AccountRewriter)
		if !ok {
			t.Skip("this adapter is no auth.AccountRewriter")
		}
		check(t, rewriter{a, r})
	}
}

// walk returns every account, read in batches of a size.
func walk(t *testing.T, r rewriter, size int) []auth.Account {
	t.Helper()
	var all []auth.Account
	var last auth.Account
	for {
		batch, err := r.AccountsAfter(t.Context(), last.Provider, last.ProviderAccountID, size)
		if err != nil {
			t.Fatalf("AccountsAfter: %v", err)
		}
		if len(batch) > size {
			t.Fatalf("AccountsAfter returned %d accounts, want at most %d", len(batch), size)
		}
		if len(batch) == 0 {
			return all
		}
		if all = append(all, batch...); len(all) > 1000 {
			t.Fatal("AccountsAfter never comes to an end: each batch begins after the account that is given")
		}
		last = batch[len(batch)-1]
	}
}

// stored returns the one account of a store.
func (r rewriter) stored(t *testing.T) auth.Account {
	t.Helper()
	all := walk(t, r, 10)
	if len(all) != 1 {
		t.Fatalf("accounts = %+v, want one", all)
	}
	return all[0]
}

// tokens sets the tokens of an account.
func tokens(a auth.Account, access, refresh, id string) auth.Account {
	a.AccessToken, a.RefreshToken, a.IDToken = access, refresh, id
	return a
}

func checkWalk(t *testing.T, r rewriter) {
	if got := walk(t, r, 3); len(got) != 0 {
		t.Errorf("AccountsAfter in an empty store = %+v, want none", got)
	}
	got, err := r.AccountsAfter(t.Context(), "github", "aa", 1)
	if err != nil || len(got) != 0 {
		t.Errorf("AccountsAfter in an empty store = %+v, %v, want none", got, err)
	}
	checkWalkOf(t, r, "GitLab/1", "apple/b", "github/10", "github/9", "github/Z", "github/a b", "github/b",
		"github/\u00e1", "github/\U0001f600", "github2/1", "githubb/a")
	got, err = r.AccountsAfter(t.Context(), "github", "aa", 1)
	if err != nil || len(got) != 1 || got[0].ProviderAccountID != "b" {
		t.Errorf("AccountsAfter an account that is not there = %+v, %v, want the next one", got, err)
	}
}

func checkWalkBytes(t *testing.T, r rewriter) {
	checkWalkOf(t, r, "GitHub/1", "aB/c", "ab/b", "github/A", "github/a", "github/a ", "github/a b", "github/b",
		"github/\u00e1", "github/\uff21", "github/\U0001f600", "github2/1", "githubb/a")
}

// checkWalkOf stores accounts, given in the order of their bytes, and walks through
// them.
func checkWalkOf(t *testing.T, r rewriter, want ...string) {
	t.Helper()
	for i := range want {
		provider, id, _ := strings.Cut(want[(i*5)%len(want)], "/")
		signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account(provider, id)})
	}
	for _, size := range []int{1, 3, len(want), 100} {
		var got []string
		for _, a := range walk(t, r, size) {
			got = append(got, a.Provider+"/"+a.ProviderAccountID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("AccountsAfter in batches of %d = %q, want %q: each account once, sorted by the bytes of Provider and ProviderAccountID", size, got, want)
		}
	}
}

func checkWalkFields(t *testing.T, r rewriter) {
	want := tokens(*account("github", "1"), "access", "refresh", "id")
	want.TokenType, want.Scope, want.SessionState, want.ExpiresAt = "bearer", "openid", "state", 2000000000
	want.UserID = signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: &want}).ID
	if got := r.stored(t); !reflect.DeepEqual(got, want) {
		t.Errorf("AccountsAfter returned %+v, want %+v: every field is kept", got, want)
	}
}

func checkReplace(t *testing.T, r rewriter) {
	linked := tokens(*account("github", "1"), "access", "", "id")
	linked.Scope, linked.ExpiresAt, linked.Extra = "openid", 2000000000, map[string]any{"more": "text"}
	u := signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: &linked})
	signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("other", "1")})
	old := walk(t, r, 10)[0]
	for _, next := range []auth.Account{
		tokens(old, "access2", "refresh2", ""),
		tokens(old, "access2", "refresh2", ""), // the same again is no error
		tokens(old, "", "", ""),
		tokens(old, "access3", "", "id3"),
	} {
		given := next
		given.Scope, given.ExpiresAt, given.UserID = "changed", 1, "changed"
		if err := r.ReplaceTokens(t.Context(), old, given); err != nil {
			t.Fatalf("ReplaceTokens: %v", err)
		}
		all := walk(t, r, 10)
		if !reflect.DeepEqual(all[0], next) {
			t.Errorf("after ReplaceTokens the account is %+v, want %+v: tokens and Extra are replaced and nothing else", all[0], next)
		}
		if all[1].AccessToken != "" {
			t.Errorf("ReplaceTokens changed another account: %+v", all[1])
		}
		old = next
	}
	got, err := r.UserByAccount(t.Context(), "github", "1")
	wantUser(t, got, err, u.ID, "ReplaceTokens keeps the owner")
	if old.Extra == nil {
		return // this adapter does not keep Extra
	}
	for _, extra := range []map[string]any{{"secret": "sealed", "n": json.Number("1")}, nil} {
		next := tokens(old, old.AccessToken, old.RefreshToken, old.IDToken)
		next.Extra = extra
		if err := r.ReplaceTokens(t.Context(), old, next); err != nil {
			t.Fatalf("ReplaceTokens with another Extra: %v", err)
		}
		if all := walk(t, r, 10); !reflect.DeepEqual(all[0], next) {
			t.Errorf("after ReplaceTokens the account is %+v, want %+v: Extra is replaced as well", all[0], next)
		}
	}
}

func checkReplaceCompares(t *testing.T, r rewriter) {
	linked := tokens(*account("github", "1"), "aBcé", "", "id")
	signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: &linked})
	stored := r.stored(t)
	changes := []auth.Account{tokens(stored, "aBcé", "x", "id"), tokens(stored, "aBcé", "", ""), tokens(stored, "", "", "id"), tokens(stored, "aBcé", "", "ID")}
	for _, other := range alike() {
		changes = append(changes, tokens(stored, other, "", "id"))
	}
	for _, old := range changes {
		err := r.ReplaceTokens(t.Context(), old, tokens(stored, "new", "new", "new"))
		if !errors.Is(err, auth.ErrConflict) {
			t.Errorf("ReplaceTokens with the old tokens %q, %q, %q: error = %v, want one that wraps auth.ErrConflict: others are stored",
				old.AccessToken, old.RefreshToken, old.IDToken, err)
		}
	}
	if got := r.stored(t); !reflect.DeepEqual(got, stored) {
		t.Errorf("a refused ReplaceTokens changed the account to %+v, want %+v", got, stored)
	}
}

func checkReplaceBytes(t *testing.T, r rewriter) {
	signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("aBcé", "aBcé")})
	for _, other := range alike() {
		for _, old := range []auth.Account{*account("aBcé", other), *account(other, "aBcé")} {
			wantNotFound(t, r.ReplaceTokens(t.Context(), old, tokens(old, "new", "", "")), "ReplaceTokens of an account that is not there: "+other)
		}
	}
	if got := r.stored(t); got.AccessToken != "" {
		t.Errorf("the account is %+v: accounts are compared byte by byte", got)
	}
}

func checkReplaceRace(t *testing.T, r rewriter) {
	linked := tokens(*account("github", "1"), "access", "refresh", "id")
	signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: &linked})
	old := r.stored(t)
	errs := race(func(i int) error {
		n := fmt.Sprint(i)
		return r.ReplaceTokens(t.Context(), old, tokens(old, n, n, n))
	})
	winner := fmt.Sprint(wantOneWinner(t, errs, auth.ErrConflict, "parallel ReplaceTokens of one account"))
	if got, want := r.stored(t), tokens(old, winner, winner, winner); !reflect.DeepEqual(got, want) {
		t.Errorf("the account is %+v, want %+v: what the winner stored", got, want)
	}
}

func checkRewriteCanceled(t *testing.T, r rewriter) {
	linked := tokens(*account("github", "1"), "access", "refresh", "id")
	signIn(t, r, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: &linked})
	old := r.stored(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.AccountsAfter(ctx, "", "", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("AccountsAfter with a canceled context: error = %v, want one that wraps context.Canceled", err)
	}
	if err := r.ReplaceTokens(ctx, old, tokens(old, "new", "", "")); !errors.Is(err, context.Canceled) {
		t.Errorf("ReplaceTokens with a canceled context: error = %v, want one that wraps context.Canceled", err)
	}
	if got := r.stored(t); !reflect.DeepEqual(got, old) {
		t.Errorf("a canceled ReplaceTokens changed the account to %+v", got)
	}
}
