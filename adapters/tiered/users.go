package tiered

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// User finds a user by id.
func (a *Adapter) User(ctx context.Context, id string) (*auth.User, error) {
	return a.users.User(ctx, id)
}

// UserByEmail finds a user by mail address, ignoring case.
func (a *Adapter) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	return a.users.UserByEmail(ctx, email)
}

// UserByAccount finds the user that an identity at a provider belongs to.
func (a *Adapter) UserByAccount(ctx context.Context, provider, providerAccountID string) (*auth.User, error) {
	return a.users.UserByAccount(ctx, provider, providerAccountID)
}

// CreateVerificationToken stores a mailed link.
func (a *Adapter) CreateVerificationToken(ctx context.Context, t auth.VerificationToken) error {
	return a.users.CreateVerificationToken(ctx, t)
}

// VerificationToken finds a mailed link without using it up.
func (a *Adapter) VerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.users.VerificationToken(ctx, identifier, token)
}

// UseVerificationToken removes a mailed link and returns it.
func (a *Adapter) UseVerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.users.UseVerificationToken(ctx, identifier, token)
}

// Revoke stores a revocation with the users.
func (a *Adapter) Revoke(ctx context.Context, r auth.Revocation) error {
	return a.users.Revoke(ctx, r)
}

// Revocations returns the revocations since a time.
func (a *Adapter) Revocations(ctx context.Context, since time.Time) ([]auth.Revocation, error) {
	return a.users.Revocations(ctx, since)
}

// Accounts returns the accounts of a user.
func (a *Adapter) Accounts(ctx context.Context, userID string) ([]auth.Account, error) {
	return a.users.Accounts(ctx, userID)
}

// UnlinkAccount removes an account of a user.
func (a *Adapter) UnlinkAccount(ctx context.Context, userID, provider, providerAccountID string, otherWays []string) error {
	return a.users.UnlinkAccount(ctx, userID, provider, providerAccountID, otherWays)
}

// AccountsAfter returns at most limit accounts that come after one.
func (a *Adapter) AccountsAfter(ctx context.Context, provider, providerAccountID string, limit int) ([]auth.Account, error) {
	return a.users.AccountsAfter(ctx, provider, providerAccountID, limit)
}

// ReplaceTokens stores the provider tokens of an account when those that are
// stored are still those of old.
func (a *Adapter) ReplaceTokens(ctx context.Context, old, replacement auth.Account) error {
	return a.users.ReplaceTokens(ctx, old, replacement)
}
