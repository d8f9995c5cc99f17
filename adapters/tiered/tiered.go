// Package tiered keeps users, accounts and mailed links in one store and sessions
// in another: users in an SQL database and sessions in Redis, for example, where
// reading and extending sessions is what a database has most to do with.
//
//	users := sqldb.New(db, sqldb.SQLite)
//	sessions, err := redisdb.NewSessions(client, redisdb.Options{})
//	...
//	adapter := tiered.New(users, sessions)
//
// Reading a session asks both stores, one after the other: the session store for
// the session and the other one for its user.
//
// # What a failure leaves
//
// Two stores share no transaction. The order of the steps has a failure leave
// something harmless wherever that is possible. A sign-in first reserves the token
// of its session, so that a session store that cannot write stops it before a
// mailed link is used up; then the users' store writes everything else in one
// transaction; then the session is stored, and the sign-in has happened. When the
// session store fails between the reservation and the session, the visitor sees an
// error although the user is created, the account linked and the link used up: no
// session exists, and the next sign-in finds what this one stored. A sign-in with
// RemoveAttached removes the sessions of the user twice, before its transaction
// and after it: a failure in between leaves the user signed out, never somebody
// signed in who should not be. DeleteUser removes the user first. If the session
// store then fails, the error says so, and the sessions that are left open
// nothing, because the user they belong to is not found; they end by themselves.
package tiered

import (
	"context"
	"errors"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// callTimeout is how long the steps may take that a cancelled call still makes.
const callTimeout = 5 * time.Second

// Users keeps everything but the sessions. The adapters of Gatehouse implement it,
// adapters/sqldb for example. Its methods for sessions are not called.
type Users interface {
	auth.Adapter
	auth.Revoker
	auth.UserManager
	auth.AccountRewriter
}

// Sessions keeps sessions. All methods may be called at the same time from many
// goroutines, and an error that is neither [auth.ErrNotFound] nor
// [auth.ErrConflict] means that the store could not answer. The Sessions of
// adapters/redisdb implement it.
type Sessions interface {
	// ReserveSession takes a token for a session that is to come, for a minute.
	// It returns auth.ErrConflict when there is a session with the token or when
	// it is reserved. What is reserved is not found.
	ReserveSession(ctx context.Context, token string) error
	// ReleaseSession gives a reserved token up. It leaves a session with the
	// token, and it is no error when there is nothing to give up.
	ReleaseSession(ctx context.Context, token string) error
	// CreateSession stores a session, whether its token is reserved or not. It
	// returns auth.ErrConflict when there is a session with the token.
	CreateSession(ctx context.Context, s auth.SessionRecord) error
	// Session finds a session by its token, also when it has expired.
	Session(ctx context.Context, token string) (*auth.SessionRecord, error)
	// UpdateSession, DeleteSession and DeleteSessions are those of
	// [auth.Adapter].
	UpdateSession(ctx context.Context, token string, expires time.Time) error
	DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error)
	DeleteSessions(ctx context.Context, userID string) error
	// Sessions is that of [auth.UserManager].
	Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error)
}

// Adapter keeps users in one store and sessions in another. It is an
// [auth.Adapter], an [auth.Revoker], an [auth.UserManager], an
// [auth.AccountRewriter] and an [auth.SharedStore]. Use [New] to make one; it may
// be used from many goroutines.
type Adapter struct {
	users    Users
	sessions Sessions
}

var (
	_ auth.Adapter         = (*Adapter)(nil)
	_ auth.Revoker         = (*Adapter)(nil)
	_ auth.UserManager     = (*Adapter)(nil)
	_ auth.AccountRewriter = (*Adapter)(nil)
	_ auth.SharedStore     = (*Adapter)(nil)
)

// New returns an adapter on two stores. It does not close them. Rows that have
// expired are removed by the stores themselves, or by their own DeleteExpired.
func New(users Users, sessions Sessions) *Adapter {
	return &Adapter{users: users, sessions: sessions}
}

// SessionAndUser finds a session, also when it has expired, and its user.
func (a *Adapter) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	s, err := a.sessions.Session(ctx, token)
	if err != nil {
		return nil, nil, err
	}
	u, err := a.users.User(ctx, s.UserID)
	if err != nil {
		return nil, nil, err
	}
	return s, u, nil
}

// UpdateSession moves the end of a session.
func (a *Adapter) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	return a.sessions.UpdateSession(ctx, token, expires)
}

// DeleteSession removes a session and returns what was removed.
func (a *Adapter) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	return a.sessions.DeleteSession(ctx, token)
}

// DeleteSessions removes every session of a user. It is no error when there is
// none.
func (a *Adapter) DeleteSessions(ctx context.Context, userID string) error {
	return a.sessions.DeleteSessions(ctx, userID)
}

// Sessions returns the sessions of a user, the one that expires last first.
func (a *Adapter) Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error) {
	return a.sessions.Sessions(ctx, userID)
}

// DeleteUser removes a user with its accounts and the links mailed to its address
// in one transaction, and then its sessions. It returns [auth.ErrNotFound] when
// the user is not there; sessions that an earlier call could not remove are removed
// all the same.
func (a *Adapter) DeleteUser(ctx context.Context, id string) error {
	err := a.users.DeleteUser(ctx, id)
	if err != nil && !errors.Is(err, auth.ErrNotFound) {
		return err
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	return errors.Join(err, a.sessions.DeleteSessions(ctx, id))
}

// detached returns a context for what has to be done although the call may have
// been cancelled.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
}

// SharedWithNextAuth reports whether the users' store is shared with a NextAuth.js
// server, which then does not see the sessions.
func (a *Adapter) SharedWithNextAuth() bool {
	s, ok := a.users.(auth.SharedStore)
	return ok && s.SharedWithNextAuth()
}
