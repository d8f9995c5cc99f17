package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// This file has what an application's own account page and its operators need.

// SessionInfo is a session of a user, as the user may see it.
type SessionInfo struct {
	// ID names the session for [Auth.Revoke]. It is made of the session's token
	// by a hash: it stays the same while the session lives and opens nothing.
	ID string
	// Expires is when the session ends unless it is extended before.
	Expires time.Time
	// CreatedAt, LastSeenAt, Address and UserAgent are as in [SessionRecord],
	// and empty when the adapter does not keep them.
	CreatedAt  time.Time
	LastSeenAt time.Time
	Address    string
	UserAgent  string
	// Current marks the session of the request that asks.
	Current bool
}

// Accounts returns the identities at providers that are connected with a user,
// sorted by Provider and ProviderAccountID, with the providers' tokens as the
// providers gave them. A user who is not there has none. It needs an adapter that
// is a [UserManager].
//
// An encrypted token that none of Config.Secrets opens is an error: it is never
// returned in the form in which it is stored.
func (a *Auth) Accounts(ctx context.Context, userID string) ([]Account, error) {
	manager, err := a.manager("Accounts")
	if err != nil {
		return nil, err
	}
	c := beginCall(withBudget(ctx))
	accounts, err := manager.Accounts(c.ctx, userID)
	if err = c.end(err); err != nil {
		return nil, err
	}
	for i, stored := range accounts {
		if accounts[i], err = a.store.sealer.openAccount(stored, !a.store.plain); err != nil {
			return nil, err
		}
	}
	return accounts, nil
}

// Sessions returns the sessions of a user that have not expired, the one that
// expires last first. SessionInfo.Current is set where ctx is that of a request
// behind [Auth.Load] or [Auth.Require]. A user who is not there has none.
//
// It needs database sessions and an adapter that is a [UserManager]: JWT sessions
// are in browsers alone, and the error says so.
func (a *Auth) Sessions(ctx context.Context, userID string) ([]SessionInfo, error) {
	records, err := a.sessionsOf(withBudget(ctx), "Sessions", userID)
	if err != nil {
		return nil, err
	}
	current, _ := ctx.Value(sessionKey{}).(contextSession)
	now := time.Now()
	var sessions []SessionInfo
	for _, r := range records {
		if !r.Expires.After(now) {
			continue
		}
		sessions = append(sessions, SessionInfo{
			ID: sessionID(r.Token), Expires: r.Expires, CreatedAt: r.CreatedAt, LastSeenAt: r.LastSeenAt,
			Address: r.Address, UserAgent: r.UserAgent, Current: r.Token == current.stored,
		})
	}
	return sessions, nil
}

// Revoke ends one session of a user, named by SessionInfo.ID. It returns
// [ErrNotFound] when the user has no such session. It needs what [Auth.Sessions]
// needs.
func (a *Auth) Revoke(ctx context.Context, userID, id string) error {
	ctx = withBudget(ctx)
	records, err := a.sessionsOf(ctx, "Revoke", userID)
	if err != nil {
		return err
	}
	for _, r := range records {
		if sessionID(r.Token) == id {
			_, err := a.store.DeleteSession(ctx, r.Token)
			return err
		}
	}
	return fmt.Errorf("auth: Revoke: session: %w", ErrNotFound)
}

// RevokeAll ends every session of a user: rows of database sessions are removed,
// and JWT sessions that began before now are withdrawn. JWT sessions need an
// adapter that is a [Revoker]; without one the error says so. Other processes
// notice within a few seconds.
func (a *Auth) RevokeAll(ctx context.Context, userID string) error {
	switch {
	case a.config.Adapter == nil:
		return errors.New("auth: RevokeAll needs Config.Adapter")
	case a.config.Session.Strategy == StrategyDatabase:
		return a.store.DeleteSessions(ctx, userID)
	case a.revocations == nil:
		return errors.New("auth: RevokeAll of JWT sessions needs an adapter that is a Revoker, and no StrictV4")
	}
	return a.revokeUser(ctx, userID)
}

// UnlinkAccount removes a connection between a user and an identity at a
// provider. The sessions of the user go on.
//
// It returns [ErrLastAccount] when the user could not sign in any more: there is no
// other account of a configured provider, and there is no e-mail provider, or no
// address that the user has proven. It returns [ErrNotFound] when the user does not have the account or is
// not there. It needs an adapter that is a [UserManager].
func (a *Auth) UnlinkAccount(ctx context.Context, userID, provider, providerAccountID string) error {
	manager, err := a.manager("UnlinkAccount")
	if err != nil {
		return err
	}
	ctx = withBudget(ctx)
	byEmail, err := a.signsInByEmail(ctx, userID)
	if err != nil {
		return err
	}
	var otherWays []string
	if !byEmail {
		otherWays = []string{} // none will do
		for _, p := range a.providers {
			if p.kind == AccountOAuth {
				otherWays = append(otherWays, p.id)
			}
		}
	}
	c := beginCall(ctx)
	return c.end(manager.UnlinkAccount(c.ctx, userID, provider, providerAccountID, otherWays))
}

// DeleteUser removes a user with everything that belongs to it: accounts,
// sessions, mailed links. JWT sessions of the user are withdrawn where the adapter
// is a [Revoker], and otherwise live until they expire. It returns [ErrNotFound]
// when the user is not there. After any other error it can be called again. It
// needs an adapter that is a [UserManager].
//
// Somebody who signs in later with the same address or the same identity is a new
// user with a new id.
func (a *Auth) DeleteUser(ctx context.Context, id string) error {
	manager, err := a.manager("DeleteUser")
	if err != nil {
		return err
	}
	ctx = withBudget(ctx)
	// Before, so that success leaves no session; and after, for one that began in
	// between.
	if err := a.revokeUser(ctx, id); err != nil {
		return err
	}
	c := beginCall(ctx)
	if err := c.end(manager.DeleteUser(c.ctx, id)); err != nil {
		return err
	}
	return a.revokeUser(ctx, id)
}

// manager returns the adapter as a UserManager, for a method that needs one.
func (a *Auth) manager(method string) (UserManager, error) {
	if a.config.Adapter == nil {
		return nil, fmt.Errorf("auth: %s needs Config.Adapter", method)
	}
	manager, ok := a.config.Adapter.(UserManager)
	if !ok {
		return nil, fmt.Errorf("auth: %s needs an adapter that is a UserManager, which %T is not; use one of the adapters folder, or give yours the methods of that interface", method, a.config.Adapter)
	}
	return manager, nil
}

// sessionsOf returns the session rows of a user, for a method that needs them.
func (a *Auth) sessionsOf(ctx context.Context, method, userID string) ([]SessionRecord, error) {
	if a.config.Session.Strategy != StrategyDatabase {
		return nil, fmt.Errorf(`auth: %s needs Session.Strategy "database": JWT sessions are in browsers and are listed nowhere; RevokeAll ends those of a user`, method)
	}
	manager, err := a.manager(method)
	if err != nil {
		return nil, err
	}
	c := beginCall(ctx)
	records, err := manager.Sessions(c.ctx, userID)
	return records, c.end(err)
}

// signsInByEmail reports whether a user can sign in by a mailed link.
func (a *Auth) signsInByEmail(ctx context.Context, userID string) (bool, error) {
	for _, p := range a.providers {
		if p.kind != AccountEmail {
			continue
		}
		user, err := a.store.User(ctx, userID)
		if err != nil {
			return false, err
		}
		return user.Email != "" && !user.EmailVerified.IsZero(), nil
	}
	return false, nil
}

// sessionID names a session row without telling what finds it.
func sessionID(stored string) string {
	sum := sha256.Sum256([]byte("Gatehouse session id " + stored))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}
