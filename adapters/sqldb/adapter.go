package sqldb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// callTimeout is how long a call may take with everything it waits for.
const callTimeout = 5 * time.Second

// Adapter is an [auth.Adapter] and an [auth.Revoker] on an SQL database. Use
// [New] to make one; it may be used from many goroutines.
type Adapter struct {
	dialect    Dialect
	statements *statements
	timeout    time.Duration
	writer     chan struct{} // held while writing; nil when writers need no queue
}

var (
	_ auth.Adapter = (*Adapter)(nil)
	_ auth.Revoker = (*Adapter)(nil)
)

// New returns an adapter on a database whose tables exist; see [Migrate]. It
// does not touch the database and does not close it. With a zero Dialect every
// call returns an error.
func New(db *sql.DB, d Dialect) *Adapter {
	a := &Adapter{dialect: d, statements: newStatements(db, d), timeout: callTimeout}
	if d.oneWriter {
		a.writer = make(chan struct{}, 1)
	}
	return a
}

// User finds a user by id.
func (a *Adapter) User(ctx context.Context, id string) (*auth.User, error) {
	return a.user(ctx, "user", selectUser, id)
}

// UserByEmail finds a user by mail address, ignoring case. A letter outside of
// ASCII never counts as equal to an ASCII letter.
func (a *Adapter) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	return a.user(ctx, "user by email", selectUserByEmail, mailaddr.Fold(email))
}

// UserByAccount finds the user that an identity at a provider belongs to.
func (a *Adapter) UserByAccount(ctx context.Context, provider, providerAccountID string) (*auth.User, error) {
	return a.user(ctx, "user by account", selectUserByAccount, provider, providerAccountID)
}

func (a *Adapter) user(ctx context.Context, call, query string, args ...any) (user *auth.User, err error) {
	err = a.read(ctx, call, func(ctx context.Context) error {
		user, err = readUser(ctx, a.statements, query, args...)
		return err
	})
	return user, err
}

// readUser runs a query for one user.
func readUser(ctx context.Context, p preparer, query string, args ...any) (*auth.User, error) {
	var r userRow
	if err := queryOne(ctx, p, query, args, r.targets()...); err != nil {
		return nil, err
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	return &r.user, nil
}

// DeleteUser removes a user with its accounts and sessions. It returns
// [auth.ErrNotFound] when the user is not there. JWT sessions of the user live
// on until they expire or are revoked.
func (a *Adapter) DeleteUser(ctx context.Context, id string) error {
	return a.transaction(ctx, "delete user", deleteUserQueries(), func(ctx context.Context, t transaction) error {
		for _, query := range []string{deleteAccountsOfUser, deleteSessionsOfUser} {
			if _, err := execute(ctx, t, query, id); err != nil {
				return err
			}
		}
		return executeOne(ctx, t, deleteUser, id)
	})
}

func newID() string {
	var id [16]byte
	rand.Read(id[:]) // crypto/rand never returns an error
	return hex.EncodeToString(id[:])
}
