package redisdb

import (
	"context"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// Accounts returns the accounts of a user, sorted by Provider and
// ProviderAccountID.
func (a *Adapter) Accounts(ctx context.Context, userID string) ([]auth.Account, error) {
	id := newID()
	return a.accounts(ctx, id, call{
		name: "accounts", script: "accounts", keys: []string{a.accountsOf(key.Escape(userID)), a.markKey(id)},
	})
}

// AccountsAfter returns at most limit accounts that come after one, sorted by
// Provider and ProviderAccountID.
func (a *Adapter) AccountsAfter(ctx context.Context, provider, providerAccountID string, limit int) ([]auth.Account, error) {
	id := newID()
	return a.accounts(ctx, id, call{
		name: "accounts after", script: "accounts_after", keys: []string{a.accountsKey(), a.markKey(id)},
		args: []any{key.Pair(provider, providerAccountID), max(limit, 0)},
	})
}

func (a *Adapter) accounts(ctx context.Context, id string, c call) ([]auth.Account, error) {
	r, err := a.runAs(ctx, id, c)
	if err != nil {
		return nil, err
	}
	list, _ := r[0].([]any)
	var found []auth.Account
	for _, v := range list {
		account, err := parseAccount(v)
		if err != nil {
			return nil, fmt.Errorf("redisdb: %s: %w", c.name, err)
		}
		found = append(found, account)
	}
	return found, nil
}

// UnlinkAccount removes an account of a user. It returns [auth.ErrNotFound] when
// the user does not have it, and with otherWays [auth.ErrLastAccount] when the
// user has no other.
func (a *Adapter) UnlinkAccount(ctx context.Context, userID, provider, providerAccountID string, otherWays []string) error {
	id, user, pair := newID(), key.Escape(userID), key.Pair(provider, providerAccountID)
	args := []any{user, pair, flag(otherWays != nil)}
	for _, provider := range otherWays {
		args = append(args, key.Pair(provider, ""))
	}
	_, err := a.do(ctx, id, call{
		name: "unlink account", script: "unlink_account", args: args,
		keys: []string{a.markKey(id), a.accountKey(pair), a.accountsOf(user), a.accountsKey()},
	})
	return err
}

// DeleteUser removes a user with its accounts, its sessions and the links mailed
// to its address. It returns [auth.ErrNotFound] when the user is not there. JWT
// sessions of the user live on until they expire or are revoked, see
// [auth.Auth.DeleteUser].
func (a *Adapter) DeleteUser(ctx context.Context, id string) error {
	callID, user := newID(), key.Escape(id)
	_, err := a.do(ctx, callID, call{
		name: "delete user", script: "delete_user", keys: []string{a.markKey(callID), a.userKey(user)}, args: []any{user},
	})
	return err
}

// ReplaceTokens stores the provider tokens and Extra of an account when the tokens
// that are stored are still those of old.
func (a *Adapter) ReplaceTokens(ctx context.Context, old, replacement auth.Account) error {
	extra, err := extraText(replacement.Extra)
	if err != nil {
		return err
	}
	id := newID()
	_, err = a.do(ctx, id, call{
		name: "replace tokens", script: "replace_tokens",
		keys: []string{a.markKey(id), a.accountKey(key.Pair(old.Provider, old.ProviderAccountID))},
		args: []any{
			old.AccessToken, old.RefreshToken, old.IDToken,
			replacement.AccessToken, replacement.RefreshToken, replacement.IDToken, extra,
		},
	})
	return err
}
