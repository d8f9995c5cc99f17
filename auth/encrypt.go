package auth

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

const (
	// defaultEncryptBatch is how many accounts are read at once.
	defaultEncryptBatch = 100
	// maxRewriteConflicts is how often one account may change under our hands.
	maxRewriteConflicts = 20
)

// EncryptAccounts encrypts the provider tokens of the accounts that are stored, and
// the secret of OAuth 1.0a in their Extra (oauth_token_secret),
// for a store that was filled before there was encryption or whose secret was
// replaced. Secrets are those of Config.Secrets: the first encrypts, and a value
// under any other of them, or under none, is stored anew. What is encrypted with
// the first already is left alone. It reads batch accounts at a time, 100 when
// batch is not positive, and returns how many it changed.
//
// It may be interrupted through ctx and run again at any time, also while people
// sign in: an account that is changed by somebody else is read again and never
// overwritten. An account with a value that none of the secrets opens stays as it
// is, the others are done, and the error says so.
//
// A store that is a [SharedStore] and shared is refused, because NextAuth.js could
// not read it any more.
func EncryptAccounts(ctx context.Context, store AccountRewriter, secrets []string, batch int) (changed int, err error) {
	if shared, ok := store.(SharedStore); ok && shared.SharedWithNextAuth() {
		return 0, errors.New("auth: EncryptAccounts: a NextAuth.js server uses these tables as well and could not read encrypted tokens")
	}
	var p problems
	Config{}.checkSecrets(&p, "secrets", secrets)
	if len(p) > 0 {
		return 0, errors.Join(p...)
	}
	sealer, err := newTokenSealer(secrets)
	if err != nil {
		return 0, err
	}
	if batch <= 0 {
		batch = defaultEncryptBatch
	}
	r := rewrite{store: store, sealer: sealer}
	err = r.run(ctx, batch)
	return r.changed, err
}

// rewrite is one walk through all accounts.
type rewrite struct {
	store  AccountRewriter
	sealer *tokenSealer

	changed int
	// damaged counts the accounts that cannot be opened; firstDamage is why the
	// first of them cannot.
	damaged     int
	firstDamage error
}

// run goes through the accounts in their order. After a conflict it goes on with
// the account that changed, which is then the first after the last one done.
func (r *rewrite) run(ctx context.Context, batch int) error {
	var done Account
	conflicts := 0
	for {
		accounts, err := r.store.AccountsAfter(ctx, done.Provider, done.ProviderAccountID, batch)
		if err != nil {
			return fmt.Errorf("auth: EncryptAccounts: reading accounts: %w", err)
		}
		if len(accounts) == 0 {
			return r.result()
		}
		for _, account := range accounts {
			if err = ctx.Err(); err == nil {
				err = r.account(ctx, account)
			}
			if err != nil {
				break
			}
			done, conflicts = account, 0
		}
		if errors.Is(err, ErrConflict) && conflicts < maxRewriteConflicts {
			conflicts++
			continue
		}
		if err != nil {
			return fmt.Errorf("auth: EncryptAccounts: %w", err)
		}
	}
}

// account encrypts the tokens of one account when that is due.
func (r *rewrite) account(ctx context.Context, stored Account) error {
	next, due, err := r.resealed(stored)
	if err != nil {
		r.damaged++
		if r.firstDamage == nil {
			r.firstDamage = err
		}
		return nil
	}
	if !due {
		return nil
	}
	err = r.store.ReplaceTokens(ctx, stored, next)
	if errors.Is(err, ErrNotFound) {
		return nil // it was removed in the meantime
	}
	if err == nil {
		r.changed++
	}
	return err
}

// resealed is the account as it should be stored, and whether that differs.
func (r *rewrite) resealed(stored Account) (next Account, due bool, err error) {
	next = stored
	for _, column := range next.tokenColumns() {
		opened, err := r.sealer.open(&stored, column.name, *column.value)
		if err != nil {
			return Account{}, false, err
		}
		if !opened.current {
			*column.value, due = r.sealer.seal(&stored, column.name, opened.value), true
		}
	}
	if secret, ok := stored.Extra[secretMember].(string); ok {
		opened, err := r.sealer.open(&stored, secretMember, secret)
		if err != nil {
			return Account{}, false, err
		}
		if !opened.current {
			next.Extra, due = maps.Clone(stored.Extra), true
			next.Extra[secretMember] = r.sealer.seal(&stored, secretMember, opened.value)
		}
	}
	return next, due, nil
}

// result tells what could not be done.
func (r *rewrite) result() error {
	if r.damaged == 0 {
		return nil
	}
	return fmt.Errorf("auth: EncryptAccounts: accounts that were left as they are: %d, for example: %w", r.damaged, r.firstDamage)
}
