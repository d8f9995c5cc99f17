package sqldb

import (
	"context"
	"database/sql"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// callTimeout is how long a call may take with everything it waits for.
const callTimeout = 5 * time.Second

// Adapter keeps everything in the tables that [Migrate] makes. It is an
// [auth.Adapter], [auth.Revoker], [auth.UserManager] and [auth.AccountRewriter].
// Use [New] to make one; it may be used from many goroutines.
type Adapter struct{ *store }

// SharedAdapter works on the tables of an existing NextAuth.js or Auth.js
// database. It is an [auth.Adapter], [auth.UserManager], [auth.AccountRewriter] and
// [auth.SharedStore]. Use [NewShared] to make one; it may be used from many
// goroutines.
type SharedAdapter struct{ *store }

var (
	_ auth.Adapter         = (*Adapter)(nil)
	_ auth.Revoker         = (*Adapter)(nil)
	_ auth.UserManager     = (*Adapter)(nil)
	_ auth.AccountRewriter = (*Adapter)(nil)

	_ auth.Adapter         = (*SharedAdapter)(nil)
	_ auth.UserManager     = (*SharedAdapter)(nil)
	_ auth.AccountRewriter = (*SharedAdapter)(nil)
	_ auth.SharedStore     = (*SharedAdapter)(nil)
)

// New returns an adapter on a database whose tables exist; see [Migrate]. It
// does not touch the database and does not close it. With a zero Dialect every
// call returns an error.
func New(db *sql.DB, d Dialect) *Adapter {
	return &Adapter{newStore(db, d, ownTables)}
}

// NewShared returns an adapter on the tables of NextAuth.js or Auth.js, which it
// uses as they are, beside servers that run those. It does not touch the database
// and does not close it; [SharedAdapter.Check] looks whether everything is there.
//
// What those tables have no column for is not kept: Extra of users and accounts,
// microseconds, what lets a person recognise a session. Addresses are stored in
// lower case, as NextAuth.js stores them and looks for them. Of a user, Extra says
// which of name, email and image are null, as NextAuth.js shows them. JWT sessions cannot be
// withdrawn before they expire. Session tokens are neither hashed nor provider
// tokens encrypted, because the other servers need them as they are.
func NewShared(db *sql.DB, d Dialect, t Tables) *SharedAdapter {
	t.own = nil
	return &SharedAdapter{newStore(db, d, t)}
}

// SharedWithNextAuth returns true.
func (a *SharedAdapter) SharedWithNextAuth() bool { return true }

// store is what both adapters are made of.
type store struct {
	dialect    Dialect
	tables     Tables
	times      timeCodec
	queries    queries
	statements *statements
	options    *sql.TxOptions // nil for the database's own
	timeout    time.Duration
	writer     chan struct{} // held while writing; nil when writers need no queue
}

func newStore(db *sql.DB, d Dialect, t Tables) *store {
	s := &store{dialect: d, tables: t, times: d.nativeTime, statements: newStatements(db, d), timeout: callTimeout}
	if t.Time != NativeTime {
		s.times.kind = t.Time
	}
	if t.own == nil && d.keylessIsolation != sql.LevelDefault {
		s.options = &sql.TxOptions{Isolation: d.keylessIsolation} // in place of unique keys
	}
	s.queries = newQueries(d, t)
	if d.oneWriter {
		s.writer = make(chan struct{}, 1)
	}
	return s
}

// User finds a user by id.
func (s *store) User(ctx context.Context, id string) (user *auth.User, err error) {
	err = s.read(ctx, "user", func(ctx context.Context) error {
		key, ok := s.tables.ID.value(id)
		if !ok {
			return auth.ErrNotFound
		}
		user, err = s.readUser(ctx, s.statements, s.queries.selectUser, key)
		return err
	})
	return user, err
}

// UserByEmail finds a user by mail address, ignoring case. A letter outside of
// ASCII never counts as equal to an ASCII letter. In the tables of NextAuth.js
// addresses are expected in lower case, as it stores them, or as they are given.
func (s *store) UserByEmail(ctx context.Context, email string) (user *auth.User, err error) {
	err = s.read(ctx, "user by email", func(ctx context.Context) error {
		user, err = s.userByEmail(ctx, s.statements, s.queries.selectUserByEmail, email)
		return err
	})
	return user, err
}

// UserByAccount finds the user that an identity at a provider belongs to.
func (s *store) UserByAccount(ctx context.Context, provider, providerAccountID string) (user *auth.User, err error) {
	err = s.read(ctx, "user by account", func(ctx context.Context) error {
		var r userRow
		var foundProvider, foundID string
		targets := append(r.targets(s), &foundProvider, &foundID)
		err := queryOne(ctx, s.statements, s.queries.selectUserByAccount, []any{provider, providerAccountID}, targets...)
		if err != nil {
			return err
		}
		if foundProvider != provider || foundID != providerAccountID {
			return auth.ErrNotFound // the collation of the column takes them for equal
		}
		user = &r.user
		return r.finish()
	})
	if err != nil {
		return nil, err
	}
	return user, nil
}

// readUser runs a query for one user.
func (s *store) readUser(ctx context.Context, p preparer, query string, args ...any) (*auth.User, error) {
	var r userRow
	if err := queryOne(ctx, p, query, args, r.targets(s)...); err != nil {
		return nil, err
	}
	if err := r.finish(); err != nil {
		return nil, err
	}
	return &r.user, nil
}

// emailKeys are what an address is compared with in the database.
func (s *store) emailKeys(email string) []any {
	if s.tables.own != nil {
		return []any{mailaddr.Fold(email)}
	}
	return []any{email, mailaddr.Fold(email)}
}

// userByEmail runs a query for the users that the database takes for those with
// an address, and returns the one who has it.
func (s *store) userByEmail(ctx context.Context, p preparer, query, email string) (*auth.User, error) {
	var found *auth.User
	err := queryAll(ctx, p, query, s.emailKeys(email), func(scan func(...any) error) error {
		var r userRow
		if err := scan(r.targets(s)...); err != nil {
			return err
		}
		if found != nil || mailaddr.Fold(r.email.String) != mailaddr.Fold(email) {
			return nil
		}
		found = &r.user
		return r.finish()
	})
	if err == nil && (found == nil || email == "") {
		err = auth.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}
