package sqldb

import (
	"context"
	"slices"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// Accounts returns the accounts of a user, sorted by Provider and
// ProviderAccountID.
func (s *store) Accounts(ctx context.Context, userID string) (accounts []auth.Account, err error) {
	err = s.read(ctx, "accounts", func(ctx context.Context) error {
		key, ok := s.tables.ID.value(userID)
		if !ok {
			return nil
		}
		accounts, err = s.readAccounts(ctx, s.statements, s.queries.selectAccounts, key)
		return err
	})
	return accounts, err
}

// AccountsAfter returns at most limit accounts that come after one, in the order
// in which the database sorts Provider and ProviderAccountID.
func (s *store) AccountsAfter(ctx context.Context, provider, providerAccountID string, limit int) (accounts []auth.Account, err error) {
	err = s.read(ctx, "accounts after", func(ctx context.Context) error {
		accounts, err = s.readAccounts(ctx, s.statements, s.queries.selectAccountsAfter, provider, provider, providerAccountID, limit)
		return err
	})
	return accounts, err
}

func (s *store) readAccounts(ctx context.Context, p preparer, query string, args ...any) ([]auth.Account, error) {
	var accounts []auth.Account
	err := queryAll(ctx, p, query, args, func(scan func(...any) error) error {
		var r accountRow
		if err := scan(r.targets(s)...); err != nil {
			return err
		}
		if err := r.finish(); err != nil {
			return err
		}
		accounts = append(accounts, r.account)
		return nil
	})
	return accounts, err
}

// ReplaceTokens stores the provider tokens and Extra of an account when the tokens
// that are stored are still those of old. They are compared here and not by the database,
// whose collation may take different texts for equal.
func (s *store) ReplaceTokens(ctx context.Context, old, replacement auth.Account) error {
	q := &s.queries
	args := []any{text(replacement.AccessToken), text(replacement.RefreshToken), text(replacement.IDToken)}
	if s.tables.own != nil {
		extra, err := extraText(replacement.Extra)
		if err != nil {
			return err
		}
		args = append(args, extra)
	}
	args = append(args, old.Provider, old.ProviderAccountID)
	return s.transaction(ctx, "replace tokens", []string{q.lockAccount, q.replaceTokens}, func(ctx context.Context, t transaction) error {
		accounts, err := s.readAccounts(ctx, t, q.lockAccount, old.Provider, old.ProviderAccountID)
		if err != nil {
			return err
		}
		for _, found := range accounts {
			switch {
			case found.Provider != old.Provider || found.ProviderAccountID != old.ProviderAccountID:
				continue
			case found.AccessToken != old.AccessToken || found.RefreshToken != old.RefreshToken || found.IDToken != old.IDToken:
				return auth.ErrConflict
			}
			_, err := execute(ctx, t, q.replaceTokens, args...)
			return err
		}
		return auth.ErrNotFound
	})
}

// Sessions returns the sessions of a user, the one that expires last first.
func (s *store) Sessions(ctx context.Context, userID string) (sessions []auth.SessionRecord, err error) {
	err = s.read(ctx, "sessions", func(ctx context.Context) error {
		sessions = nil
		key, ok := s.tables.ID.value(userID)
		if !ok {
			return nil
		}
		return queryAll(ctx, s.statements, s.queries.selectSessions, []any{key}, func(scan func(...any) error) error {
			var r sessionRow
			if err := scan(r.targets(s)...); err != nil {
				return err
			}
			sessions = append(sessions, *r.finish())
			return nil
		})
	})
	return sessions, err
}

// UnlinkAccount removes an account of a user. It holds the rows of the user and of
// the accounts meanwhile, so that of parallel calls with the same otherWays one such
// account remains: the first lock is enough where a statement sees what was committed
// before it, the second where a transaction sees what was committed before its own.
func (s *store) UnlinkAccount(ctx context.Context, userID, provider, providerAccountID string, otherWays []string) error {
	q := &s.queries
	queries := []string{q.lockUser, q.lockAccounts, q.deleteAccount}
	return s.transaction(ctx, "unlink account", queries, func(ctx context.Context, t transaction) error {
		key, ok := s.tables.ID.value(userID)
		if !ok {
			return auth.ErrNotFound
		}
		if _, err := s.readUser(ctx, t, q.lockUser, key); err != nil {
			return err
		}
		accounts, err := s.readAccounts(ctx, t, q.lockAccounts, key)
		if err != nil {
			return err
		}
		if err := executeOne(ctx, t, q.deleteAccount, key, provider, providerAccountID); err != nil {
			return err
		}
		another := func(a auth.Account) bool {
			return (a.Provider != provider || a.ProviderAccountID != providerAccountID) && slices.Contains(otherWays, a.Provider)
		}
		if otherWays != nil && !slices.ContainsFunc(accounts, another) {
			return auth.ErrLastAccount // nothing is removed
		}
		return nil
	})
}

// DeleteUser removes a user with its accounts, its sessions and the links mailed
// to its address. It returns [auth.ErrNotFound] when the user is not there. JWT
// sessions of the user live on until they expire or are revoked.
func (s *store) DeleteUser(ctx context.Context, id string) error {
	q := &s.queries
	queries := []string{q.lockUser, q.deleteLinksOfAddress, q.deleteAccountsOfUser, q.deleteSessionsOfUser, q.deleteUser}
	return s.transaction(ctx, "delete user", queries, func(ctx context.Context, t transaction) error {
		key, ok := s.tables.ID.value(id)
		if !ok {
			return auth.ErrNotFound
		}
		user, err := s.readUser(ctx, t, q.lockUser, key)
		if err != nil {
			return err
		}
		if user.Email != "" {
			for _, address := range []string{user.Email, mailaddr.Fold(user.Email)} {
				if _, err := execute(ctx, t, q.deleteLinksOfAddress, address); err != nil {
					return err
				}
			}
		}
		for _, query := range []string{q.deleteAccountsOfUser, q.deleteSessionsOfUser} {
			if _, err := execute(ctx, t, query, key); err != nil {
				return err
			}
		}
		return executeOne(ctx, t, q.deleteUser, key)
	})
}
