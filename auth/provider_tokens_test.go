package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// sealedPrefix is how a provider token begins that is stored encrypted.
const sealedPrefix = "gatehouse:v1:"

// secondSecret replaces secret.
const secondSecret = "9vKw3tZ8mN1xB6qLr4cYd7sGf2hJp5aUeOi0RzTbXnE="

// sharedStore is a store whose tables a NextAuth.js server uses as well.
type sharedStore struct{ *memory.Adapter }

func (sharedStore) SharedWithNextAuth() bool { return true }

// storedTokens are the tokens of the one account as they are stored.
func storedTokens(t *testing.T, store *memory.Adapter) (auth.Account, []string) {
	t.Helper()
	accounts := store.Dump().Accounts
	if len(accounts) != 1 {
		t.Fatalf("accounts = %+v, want one", accounts)
	}
	a := accounts[0]
	stored := []string{a.AccessToken, a.RefreshToken, a.IDToken}
	if secret, ok := a.Extra["oauth_token_secret"].(string); ok {
		stored = append(stored, secret)
	}
	return a, stored
}

// The tokens of a provider are encrypted in the store and plain for everybody
// else; where a NextAuth.js server reads them too they are stored as they are.
func TestProviderTokens(t *testing.T) {
	shared := func(c *auth.Config) { c.Adapter = sharedStore{c.Adapter.(*memory.Adapter)} }
	for _, test := range []struct {
		name     string
		change   func(*auth.Config)
		provider string
		want     bool // encrypted
	}{
		{"OpenID", func(*auth.Config) {}, "op", true},
		{"OAuth 1.0a", addOAuth1("bird"), "bird", true},
		{"StrictV4", strictly(true), "op", false},
		{"shared", shared, "op", false},
		{"OAuth 1.0a, shared", all(addOAuth1("bird"), shared), "bird", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			linked := &heard[auth.LinkAccountEvent]{}
			s := newTestSite(t, all(test.change, func(c *auth.Config) { c.Events.LinkAccount = linked.add }))
			s.op.Script(func(b *fakeop.Behavior) {
				b.Token.Extra = map[string]any{"refresh_token": sealedPrefix + "looks:sealed"}
			})
			s.browser().signInWithOAuth(test.provider)
			if len(linked.all()) != 1 {
				t.Fatalf("nothing was linked\n%s", s.log)
			}
			row, stored := storedTokens(t, s.store)
			given := linked.all()[0].Account
			given.UserID = row.UserID // which NextAuth.js v4 does not tell
			for _, value := range stored {
				if sealed := strings.HasPrefix(value, sealedPrefix) && value != sealedPrefix+"looks:sealed"; value != "" && sealed != test.want {
					t.Errorf("stored %q, want it encrypted: %v", value, test.want)
				}
			}
			if test.provider == "op" && (given.RefreshToken != sealedPrefix+"looks:sealed" || strings.HasPrefix(given.AccessToken, sealedPrefix)) {
				t.Errorf("the event has %+v, want the provider's own tokens", given)
			}
			got, err := s.auth.Accounts(t.Context(), row.UserID)
			if err != nil {
				t.Fatalf("Accounts: %v", err)
			}
			if diff := cmp.Diff([]auth.Account{*given}, got); diff != "" {
				t.Errorf("Accounts (-given +got):\n%s", diff)
			}
		})
	}
}

// What cannot be opened is an error; what was stored before there was encryption
// is what it says.
func TestProviderTokensThatDoNotOpen(t *testing.T) {
	s := newTestSite(t, nil)
	s.browser().signInWithOAuth("op")
	sealed, _ := storedTokens(t, s.store)
	flip := func(s string, i int) string { return s[:i] + string(s[i]^1) + s[i+1:] }
	for _, test := range []struct {
		name   string
		change func(*auth.Account)
		want   string // part of the error; "" opens
	}{
		{"as it is", func(*auth.Account) {}, ""},
		{"plain", func(a *auth.Account) { a.AccessToken = "plain" }, ""},
		{"none", func(a *auth.Account) { a.AccessToken = "" }, ""},
		{"changed", func(a *auth.Account) { a.AccessToken = flip(a.AccessToken, len(a.AccessToken)-9) }, "damaged"},
		{"cut", func(a *auth.Account) { a.AccessToken = a.AccessToken[:len(sealedPrefix)+12] }, "damaged"},
		{"prefix alone", func(a *auth.Account) { a.AccessToken = sealedPrefix }, "not configured"},
		{"no base64", func(a *auth.Account) { a.AccessToken += "=" }, "damaged"},
		{"another key", func(a *auth.Account) { a.AccessToken = flip(a.AccessToken, len(sealedPrefix)) }, "not configured"},
		{"another column", func(a *auth.Account) { a.IDToken = a.AccessToken }, "moved"},
		{"another identity", func(a *auth.Account) { a.ProviderAccountID = "somebody" }, "moved"},
		{"another provider", func(a *auth.Account) { a.Provider = "op2" }, "moved"},
		{"secret in Extra", func(a *auth.Account) { a.Extra = map[string]any{"oauth_token_secret": a.AccessToken} }, "moved"},
	} {
		t.Run(test.name, func(t *testing.T) {
			moved := sealed
			test.change(&moved)
			store := memory.New()
			if err := store.Insert(memory.Data{Accounts: []auth.Account{moved}}); err != nil {
				t.Fatal(err)
			}
			reader := newTestSite(t, func(c *auth.Config) { c.Adapter = store })
			got, err := reader.auth.Accounts(t.Context(), sealed.UserID)
			switch {
			case test.want == "" && (err != nil || len(got) != 1 || strings.HasPrefix(got[0].AccessToken+got[0].IDToken, sealedPrefix)):
				t.Errorf("Accounts = %+v, %v, want what was stored", got, err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || got != nil):
				t.Errorf("Accounts = %+v, %v, want an error that says %q", got, err, test.want)
			case err != nil && strings.Contains(err.Error(), sealed.AccessToken[len(sealedPrefix)+12:]):
				t.Errorf("the error has the value itself: %v", err)
			}
		})
	}
}

// Every secret opens, the first seals.
func TestProviderTokensWithTwoSecrets(t *testing.T) {
	store := memory.New()
	secrets := func(list ...string) func(*auth.Config) {
		return func(c *auth.Config) { c.Adapter, c.Secrets = store, list }
	}
	before := newTestSite(t, secrets(secret))
	before.browser().signInWithOAuth("op")
	row, stored := storedTokens(t, store)
	old, err := before.auth.Accounts(t.Context(), row.UserID)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		secrets []string
		opens   bool
	}{
		{"new in front", []string{secondSecret, secret}, true},
		{"new alone", []string{secondSecret}, false},
	} {
		s := newTestSite(t, secrets(test.secrets...))
		got, err := s.auth.Accounts(t.Context(), row.UserID)
		if (err == nil) != test.opens || test.opens && got[0].AccessToken != old[0].AccessToken {
			t.Errorf("%s: Accounts = %+v, %v", test.name, got, err)
		}
	}
	later := newTestSite(t, all(secrets(secret), strictly(true)))
	if got, err := later.auth.Accounts(t.Context(), row.UserID); err != nil || got[0].AccessToken != old[0].AccessToken {
		t.Errorf("StrictV4, switched on later: Accounts = %+v, %v", got, err)
	}
	if changed, err := auth.EncryptAccounts(t.Context(), store, []string{secondSecret, secret}, 0); changed != 1 || err != nil {
		t.Fatalf("EncryptAccounts = %d, %v", changed, err)
	}
	if _, now := storedTokens(t, store); now[0] == stored[0] {
		t.Error("the tokens were not sealed again")
	}
	s := newTestSite(t, secrets(secondSecret))
	if got, err := s.auth.Accounts(t.Context(), row.UserID); err != nil || got[0].AccessToken != old[0].AccessToken {
		t.Errorf("after the old secret is gone: Accounts = %+v, %v", got, err)
	}
}

// A store that is shared says so once, and session tokens are stored as NextAuth.js
// finds them.
func TestSharedStore(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		databaseSessions(c)
		c.Adapter = sharedStore{c.Adapter.(*memory.Adapter)}
	})
	b := s.browser()
	b.signInWithOAuth("op")
	if n := strings.Count(s.log.String(), "SHARED_STORE"); n != 1 {
		t.Errorf("%d lines say that the store is shared, want 1:\n%s", n, s.log)
	}
	if stored, sent := s.store.Dump().Sessions[0].Token, b.cookie(sessionTokenName).Value; stored != sent {
		t.Errorf("stored %q, sent %q, want the same", stored, sent)
	}
	if err := s.store.Insert(memory.Data{Sessions: []auth.SessionRecord{{Token: "of-node", UserID: s.onlyUser().ID, Expires: time.Now().Add(time.Hour)}}}); err != nil {
		t.Fatal(err)
	}
	if got := attack(s.auth, "GET", s.url+"/api/auth/session", "", withCookies(sessionTokenName, "of-node")); !strings.Contains(got.body, "Ida Provider") {
		t.Errorf("a session of a Node server is not found: %s", got.body)
	}
	if log := newTestSite(t, databaseSessions).log.String(); strings.Contains(log, "SHARED_STORE") {
		t.Errorf("another store is called shared: %s", log)
	}
	if _, err := auth.EncryptAccounts(t.Context(), sharedStore{s.store}, []string{secret}, 0); err == nil || !strings.Contains(err.Error(), "NextAuth.js") {
		t.Errorf("EncryptAccounts of a shared store: %v, want an error", err)
	}
}

// plainAccounts has accounts as they were stored before there was encryption.
func plainAccounts(t *testing.T, n int) *memory.Adapter {
	t.Helper()
	store := memory.New()
	for i := range n {
		id := string(rune('a' + i))
		if err := store.Insert(memory.Data{Accounts: []auth.Account{{
			UserID: "u", Provider: "op", ProviderAccountID: id, AccessToken: "access " + id, IDToken: "id " + id, Scope: "openid",
		}}}); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// wantEncrypted checks that every token is encrypted and still what it was.
func wantEncrypted(t *testing.T, store *memory.Adapter, n int) {
	t.Helper()
	for _, a := range store.Dump().Accounts {
		if !strings.HasPrefix(a.AccessToken, sealedPrefix) || !strings.HasPrefix(a.IDToken, sealedPrefix) || a.RefreshToken != "" || a.Scope != "openid" {
			t.Errorf("account %+v, want its tokens encrypted and nothing else changed", a)
		}
	}
	s := newTestSite(t, func(c *auth.Config) { c.Adapter = store })
	got, err := s.auth.Accounts(t.Context(), "u")
	if err != nil || len(got) != n {
		t.Fatalf("Accounts = %+v, %v, want %d", got, err, n)
	}
	for _, a := range got {
		if a.AccessToken != "access "+a.ProviderAccountID || a.IDToken != "id "+a.ProviderAccountID {
			t.Errorf("account %+v lost its tokens", a)
		}
	}
}

func TestEncryptAccounts(t *testing.T) {
	for _, batch := range []int{0, 1, 3, 7, 100} {
		store := plainAccounts(t, 7)
		for run, want := range []int{7, 0} {
			changed, err := auth.EncryptAccounts(t.Context(), store, []string{secret}, batch)
			if changed != want || err != nil {
				t.Errorf("run %d in batches of %d = %d, %v, want %d", run, batch, changed, err, want)
			}
		}
		wantEncrypted(t, store, 7)
	}
}

// interrupted is a store whose tokens change under the hands of whoever replaces
// them.
type interrupted struct {
	*memory.Adapter
	before func(old auth.Account) error
}

func (s interrupted) ReplaceTokens(ctx context.Context, old, replacement auth.Account) error {
	if err := s.before(old); err != nil {
		return err
	}
	return s.Adapter.ReplaceTokens(ctx, old, replacement)
}

func TestEncryptAccountsInterrupted(t *testing.T) {
	store := plainAccounts(t, 7)
	total := 0
	for range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		changed, err := auth.EncryptAccounts(ctx, interrupted{store, func(auth.Account) error {
			if calls++; calls == 2 {
				cancel() // in the middle of a batch: the second call still goes through
			}
			return nil
		}}, []string{secret}, 3)
		cancel()
		total += changed
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("EncryptAccounts: %v, want one that wraps context.Canceled", err)
		}
	}
	if total != 7 {
		t.Errorf("changed %d accounts in all, want 7", total)
	}
	wantEncrypted(t, store, 7)
}

// An account that is changed, removed or added meanwhile loses nothing.
func TestEncryptAccountsWhileOthersWrite(t *testing.T) {
	store := plainAccounts(t, 5)
	touched := map[string]bool{}
	changed, err := auth.EncryptAccounts(t.Context(), interrupted{store, func(old auth.Account) error {
		if touched[old.ProviderAccountID] {
			return nil
		}
		touched[old.ProviderAccountID] = true
		switch old.ProviderAccountID {
		case "b": // a sign-in stores a token anew
			newer := old
			newer.RefreshToken = "newer"
			return store.ReplaceTokens(t.Context(), old, newer)
		case "c":
			return store.UnlinkAccount(t.Context(), "u", "op", "c", nil)
		case "d": // a user signs in who comes before this one
			return store.Insert(memory.Data{Accounts: []auth.Account{{UserID: "u2", Provider: "op", ProviderAccountID: "cc", AccessToken: "late"}}})
		}
		return nil
	}}, []string{secret}, 10)
	if changed != 4 || err != nil {
		t.Errorf("EncryptAccounts = %d, %v, want 4", changed, err)
	}
	s := newTestSite(t, func(c *auth.Config) { c.Adapter = store })
	got, err := s.auth.Accounts(t.Context(), "u")
	if err != nil || len(got) != 4 || got[1].ProviderAccountID != "b" || got[1].RefreshToken != "newer" || got[1].AccessToken != "access b" {
		t.Errorf("accounts = %+v, %v", got, err)
	}
	if late, err := s.auth.Accounts(t.Context(), "u2"); err != nil || late[0].AccessToken != "late" {
		t.Errorf("the account that came meanwhile: %+v, %v", late, err)
	}
}

// An account that changes all the time does not keep it for ever.
func TestEncryptAccountsGivesUp(t *testing.T) {
	store := plainAccounts(t, 2)
	_, err := auth.EncryptAccounts(t.Context(), interrupted{store, func(auth.Account) error { return auth.ErrConflict }}, []string{secret}, 10)
	if !errors.Is(err, auth.ErrConflict) {
		t.Errorf("EncryptAccounts: %v, want one that wraps ErrConflict", err)
	}
}

func TestEncryptAccountsProblems(t *testing.T) {
	damaged := plainAccounts(t, 3)
	if err := damaged.Insert(memory.Data{Accounts: []auth.Account{{UserID: "x", Provider: "op", ProviderAccountID: "bb", AccessToken: sealedPrefix + "AAAAAAAA:AAAA"}}}); err != nil {
		t.Fatal(err)
	}
	oauth1 := newTestSite(t, addOAuth1("bird"))
	oauth1.browser().signInWithOAuth("bird")
	plainOAuth1 := plainAccounts(t, 1)
	if err := plainOAuth1.Insert(memory.Data{Accounts: []auth.Account{{UserID: "x", Provider: "bird", ProviderAccountID: "b", Extra: map[string]any{"oauth_token_secret": "plain"}}}}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		store   *memory.Adapter
		secrets []string
		changed int
		want    string // part of the error
	}{
		{"no secret", plainAccounts(t, 1), nil, 0, "secrets"},
		{"short secret", plainAccounts(t, 1), []string{secret, "short"}, 0, "secrets[1]"},
		{"damaged account", damaged, []string{secret}, 3, "left as they are: 1"},
		{"OAuth 1.0a in plain text", plainOAuth1, []string{secret}, 2, ""},
		{"OAuth 1.0a under the first secret", oauth1.store, []string{secret}, 0, ""},
		{"OAuth 1.0a under another secret", oauth1.store, []string{secondSecret, secret}, 1, ""},
		{"OAuth 1.0a after that", oauth1.store, []string{secondSecret}, 0, ""},
	} {
		changed, err := auth.EncryptAccounts(t.Context(), test.store, test.secrets, 2)
		if changed != test.changed || (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: EncryptAccounts = %d, %v, want %d and %q", test.name, changed, err, test.changed, test.want)
		}
	}
	if got := damaged.Dump().Accounts[3].AccessToken; got != sealedPrefix+"AAAAAAAA:AAAA" {
		t.Errorf("the damaged account was changed to %q", got)
	}
}
