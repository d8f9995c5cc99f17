package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// statements prepares each query once and keeps it.
type statements struct {
	db      *sql.DB
	dialect Dialect
	mu      sync.RWMutex
	byQuery map[string]prepared
}

func newStatements(db *sql.DB, d Dialect) *statements {
	return &statements{db: db, dialect: d, byQuery: map[string]prepared{}}
}

// prepared is the statement for a query. order, if not nil, is which value each of
// its placeholders takes.
type prepared struct {
	*sql.Stmt
	order []int
}

// values are those of the query as the statement takes them.
func (p prepared) values(args []any) []any {
	if p.order == nil {
		return args
	}
	values := make([]any, len(p.order))
	for i, n := range p.order {
		values[i] = args[n]
	}
	return values
}

// preparer gives the statement for a query, either on the database or in a
// transaction.
type preparer interface {
	prepare(ctx context.Context, query string) (prepared, error)
	classify(err error) failure
}

func (s *statements) prepare(ctx context.Context, query string) (prepared, error) {
	s.mu.RLock()
	known := s.byQuery[query]
	s.mu.RUnlock()
	if known.Stmt != nil {
		return known, nil
	}
	// The mutex is free while this waits for a connection: who holds the
	// connection may be waiting for the mutex.
	own, order := s.dialect.placeholders(query)
	statement, err := s.db.PrepareContext(ctx, own)
	if err != nil {
		return prepared{}, fmt.Errorf("prepare: %w", err)
	}
	s.mu.Lock()
	first := s.byQuery[query]
	if first.Stmt == nil {
		s.byQuery[query] = prepared{statement, order}
	}
	s.mu.Unlock()
	if first.Stmt == nil {
		return prepared{statement, order}, nil
	}
	// Closing waits until the connection is free, which may be that of a
	// transaction that waits for somebody who waits for the mutex.
	return first, statement.Close()
}

func (s *statements) classify(err error) failure { return s.dialect.classify(err) }

// transaction is a transaction in which prepared statements run.
type transaction struct {
	tx         *sql.Tx
	statements *statements
}

// prepare expects the query to be prepared already: a second connection may not
// be had while the transaction holds one.
func (t transaction) prepare(ctx context.Context, query string) (prepared, error) {
	t.statements.mu.RLock()
	known := t.statements.byQuery[query]
	t.statements.mu.RUnlock()
	if known.Stmt == nil {
		own, order := t.statements.dialect.placeholders(query)
		statement, err := t.tx.PrepareContext(ctx, own)
		return prepared{statement, order}, err
	}
	return prepared{t.tx.StmtContext(ctx, known.Stmt), known.order}, nil
}

func (t transaction) classify(err error) failure { return t.statements.classify(err) }

// queryOne scans the row that a query finds, or returns auth.ErrNotFound. It
// reads to the end: a DELETE with RETURNING is done, and on SQLite committed,
// only then.
func queryOne(ctx context.Context, p preparer, query string, args []any, targets ...any) error {
	statement, err := p.prepare(ctx, query)
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(ctx, statement.values(args)...)
	if err != nil {
		return refused(p, err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return refused(p, err)
		}
		return auth.ErrNotFound
	}
	if err := rows.Scan(targets...); err != nil {
		return err
	}
	if rows.Next() {
		return errors.New("more than one row for a unique key")
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// queryAll hands every row that a query finds to next, which scans it.
func queryAll(ctx context.Context, p preparer, query string, args []any, next func(scan func(...any) error) error) error {
	statement, err := p.prepare(ctx, query)
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(ctx, statement.values(args)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := next(rows.Scan); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// execute runs a statement and returns the number of rows it changed.
func execute(ctx context.Context, p preparer, query string, args ...any) (int64, error) {
	result, err := executeResult(ctx, p, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// executeResult runs a statement.
func executeResult(ctx context.Context, p preparer, query string, args ...any) (sql.Result, error) {
	statement, err := p.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := statement.ExecContext(ctx, statement.values(args)...)
	if err != nil {
		return nil, refused(p, err)
	}
	return result, nil
}

// refused is the error of a statement that a key refused: auth.ErrConflict for a
// unique key and auth.ErrNotFound for a user who is not there, without the
// database's message, which may hold the value. Other errors stay as they are.
func refused(p preparer, err error) error {
	switch p.classify(err) {
	case duplicate:
		return auth.ErrConflict
	case missing:
		return auth.ErrNotFound
	}
	return err
}

// executeOne is execute for a statement that finds its row by a unique key. It
// returns auth.ErrNotFound when no row was there.
func executeOne(ctx context.Context, p preparer, query string, args ...any) error {
	n, err := execute(ctx, p, query, args...)
	if err == nil && n == 0 {
		return auth.ErrNotFound
	}
	return err
}
