package main

import (
	"context"
	"database/sql/driver"
	"os"
	"strings"
	"syscall"
)

// mortal is a driver.Connector whose connections end the process in front of a
// statement.
type mortal struct {
	driver driver.Driver
	source string
	before string
}

// Connect opens a connection of the real driver.
func (m *mortal) Connect(context.Context) (driver.Conn, error) {
	conn, err := m.driver.Open(m.source)
	if err != nil {
		return nil, err
	}
	return &mortalConn{conn, m.before}, nil
}

// Driver returns the real driver.
func (m *mortal) Driver() driver.Driver { return m.driver }

type mortalConn struct {
	driver.Conn
	before string
}

func (c *mortalConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c *mortalConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	statement, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	if err != nil || !strings.HasPrefix(query, c.before) {
		return statement, err
	}
	return mortalStmt{statement}, nil
}

// mortalStmt is the statement that is never reached.
type mortalStmt struct{ driver.Stmt }

func (mortalStmt) ExecContext(context.Context, []driver.NamedValue) (driver.Result, error) {
	return nil, syscall.Kill(os.Getpid(), syscall.SIGKILL)
}
