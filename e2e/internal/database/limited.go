package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"testing"
)

// errLimit is what a limited pool answers in place of a lost connection.
var errLimit = errors.New("the connection is lost")

// Limited opens a pool whose connections are lost after a number of statements,
// for good, as when the process ends there. stop closes it.
func (d Database) Limited(t testing.TB, statements int) (db *sql.DB, stop func()) {
	t.Helper()
	first, err := sql.Open(d.Driver, d.Source)
	if err != nil {
		t.Fatal(err)
	}
	driverOf := first.Driver()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	l := &limited{driver: driverOf, source: d.Source, remote: d.Driver != "sqlite"}
	l.left.Store(int64(statements))
	db = sql.OpenDB(l)
	return db, func() { _ = db.Close() } // its connections are lost already
}

// limited is a driver.Connector that counts what its connections do.
type limited struct {
	driver driver.Driver
	source string
	remote bool
	left   atomic.Int64
}

// Connect opens a connection of the real driver.
func (l *limited) Connect(context.Context) (driver.Conn, error) {
	conn, err := l.driver.Open(l.source)
	if err != nil {
		return nil, err
	}
	return &limitedConn{conn, l}, nil
}

// Driver returns the real driver.
func (l *limited) Driver() driver.Driver { return l.driver }

// spend reports the loss of the connection once the statements are used up, and
// closes it, so that a server ends its transaction.
func (l *limited) spend(c driver.Conn) error {
	if l.left.Add(-1) >= 0 {
		return nil
	}
	if l.remote {
		_ = c.Close() // it counts as lost whatever this says
	}
	return errLimit
}

type limitedConn struct {
	driver.Conn
	limit *limited
}

func (c *limitedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.limit.spend(c.Conn); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *limitedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *limitedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c *limitedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}
