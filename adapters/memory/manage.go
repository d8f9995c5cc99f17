package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// Accounts returns the accounts of a user, sorted by Provider and
// ProviderAccountID.
func (a *Adapter) Accounts(ctx context.Context, userID string) ([]auth.Account, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	return a.store.sortedAccounts(func(account auth.Account) bool { return account.UserID == userID }), nil
}

// Sessions returns the sessions of a user, also those that have expired, the one
// that expires last first.
func (a *Adapter) Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	var found []auth.SessionRecord
	for _, session := range inOrder(a.store.sessions) {
		if session.UserID == userID {
			found = append(found, session)
		}
	}
	slices.SortStableFunc(found, func(a, b auth.SessionRecord) int { return b.Expires.Compare(a.Expires) })
	return found, nil
}

// UnlinkAccount removes an account of a user. It returns [auth.ErrNotFound] when
// the user does not have it, and with otherWays [auth.ErrLastAccount] when the
// user has no other.
func (a *Adapter) UnlinkAccount(ctx context.Context, userID, provider, providerAccountID string, otherWays []string) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	defer a.mu.Unlock()
	key := accountKey{provider, providerAccountID}
	if account, ok := a.store.accounts[key]; !ok || account.value.UserID != userID {
		return notFound("account")
	}
	if otherWays != nil && !a.store.hasOtherAccount(userID, key, otherWays) {
		return fmt.Errorf("memory: unlink account: %w", auth.ErrLastAccount)
	}
	delete(a.store.accounts, key)
	return nil
}

// DeleteUser removes a user with its accounts, its sessions and the links mailed
// to its address. It returns [auth.ErrNotFound] when the user is not there. JWT
// sessions of the user live on until they expire or are revoked, see
// [auth.Auth.DeleteUser].
func (a *Adapter) DeleteUser(ctx context.Context, id string) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	defer a.mu.Unlock()
	user, ok := a.store.users[id]
	if !ok {
		return notFound("user")
	}
	a.store.removeAttached(id)
	a.store.removeLinks(user.value.Email)
	a.store.dropEmail(user.value.Email)
	delete(a.store.users, id)
	return nil
}

// AccountsAfter returns at most limit accounts that come after one, sorted by
// Provider and ProviderAccountID.
func (a *Adapter) AccountsAfter(ctx context.Context, provider, providerAccountID string, limit int) ([]auth.Account, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	start := auth.Account{Provider: provider, ProviderAccountID: providerAccountID}
	found := a.store.sortedAccounts(func(account auth.Account) bool { return compareAccounts(account, start) > 0 })
	return found[:min(max(limit, 0), len(found))], nil
}

// ReplaceTokens stores the provider tokens and Extra of an account when the tokens
// that are stored are still those of old.
func (a *Adapter) ReplaceTokens(ctx context.Context, old, replacement auth.Account) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	defer a.mu.Unlock()
	key := accountKey{old.Provider, old.ProviderAccountID}
	stored, ok := a.store.accounts[key]
	if !ok {
		return notFound("account")
	}
	if providerTokens(stored.value) != providerTokens(old) {
		return fmt.Errorf("memory: replace tokens: %w", auth.ErrConflict)
	}
	extra, err := storedExtra(replacement.Extra)
	if err != nil {
		return err
	}
	stored.value.Extra = extra
	stored.value.AccessToken = replacement.AccessToken
	stored.value.RefreshToken = replacement.RefreshToken
	stored.value.IDToken = replacement.IDToken
	a.store.accounts[key] = stored
	return nil
}

func providerTokens(a auth.Account) [3]string {
	return [3]string{a.AccessToken, a.RefreshToken, a.IDToken}
}

// sortedAccounts returns copies of the accounts that match.
func (s *store) sortedAccounts(match func(auth.Account) bool) []auth.Account {
	var found []auth.Account
	for _, account := range s.accounts {
		if match(account.value) {
			value := account.value
			value.Extra = copyExtra(value.Extra)
			found = append(found, value)
		}
	}
	slices.SortFunc(found, compareAccounts)
	return found
}

func compareAccounts(a, b auth.Account) int {
	return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.ProviderAccountID, b.ProviderAccountID))
}

// hasOtherAccount tells whether a user has an account beside one, of one of some
// providers.
func (s *store) hasOtherAccount(userID string, key accountKey, providers []string) bool {
	for other, account := range s.accounts {
		if other != key && account.value.UserID == userID && slices.Contains(providers, account.value.Provider) {
			return true
		}
	}
	return false
}

// removeLinks removes the links mailed to an address, which may be empty.
func (s *store) removeLinks(address string) {
	if address == "" {
		return
	}
	folded := mailaddr.Fold(address)
	for key := range s.links {
		if mailaddr.Fold(key.identifier) == folded {
			delete(s.links, key)
		}
	}
}
