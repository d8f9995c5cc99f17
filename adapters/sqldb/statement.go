package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// statements prepares each query once and keeps it.
type statements struct {
	db      *sql.DB
	dialect Dialect
	mu      sync.RWMutex
	kept    *generation
}

// generation are the statements that were prepared since the server forgot those
// before, counted by number.
type generation struct {
	number  int
	byQuery map[string]prepared
}

func newStatements(db *sql.DB, d Dialect) *statements {
	return &statements{db: db, dialect: d, kept: &generation{byQuery: map[string]prepared{}}}
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
	// matches reports whether a row can have these values.
	matches(args []any) bool
}

// current is the generation that a call is going to use.
func (s *statements) current() *generation {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.kept
}

// forget begins a new generation, unless another call has.
func (s *statements) forget(old *generation) {
	s.mu.Lock()
	if s.kept != old {
		s.mu.Unlock()
		return
	}
	s.kept = &generation{number: old.number + 1, byQuery: map[string]prepared{}}
	s.mu.Unlock()
	for _, statement := range old.byQuery { // nobody adds to it any more
		_ = statement.Close() // the server does not know it, or the connection is lost
	}
}

// text is a query as the server gets it. A driver may know a statement by its
// text and take one that the server has forgotten for prepared, so that the text of
// each generation is another one.
func (s *statements) text(query string, g *generation) (text string, order []int) {
	text, order = s.dialect.placeholders(query)
	if g.number > 0 {
		text += " /* " + strconv.Itoa(g.number) + " */"
	}
	return text, order
}

// find returns the statement for a query, none when it is not prepared, and the
// generation that it is of.
func (s *statements) find(query string) (prepared, *generation) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.kept.byQuery[query], s.kept
}

func (s *statements) prepare(ctx context.Context, query string) (prepared, error) {
	known, g := s.find(query)
	if known.Stmt != nil {
		return known, nil
	}
	// The mutex is free while this waits for a connection: who holds the
	// connection may be waiting for the mutex.
	text, order := s.text(query, g)
	statement, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return prepared{}, fmt.Errorf("prepare: %w", err)
	}
	s.mu.Lock()
	made := prepared{statement, order}
	keep := g == s.kept && g.byQuery[query].Stmt == nil
	if keep {
		g.byQuery[query] = made
	}
	s.mu.Unlock()
	if keep {
		return made, nil
	}
	// Closing waits until the connection is free, which may be that of a
	// transaction that waits for somebody who waits for the mutex.
	if err := statement.Close(); err != nil {
		return prepared{}, fmt.Errorf("prepare: %w", err)
	}
	return s.prepare(ctx, query)
}

func (s *statements) classify(err error) failure { return s.dialect.classify(err) }

// matches knows that what strangers send, in a cookie or a link, is in no row when
// the database could not hold it: that is no failure of the database.
func (s *statements) matches(args []any) bool {
	return !s.dialect.utf8Only || !slices.ContainsFunc(args, func(arg any) bool {
		text, ok := arg.(string)
		return ok && (!utf8.ValidString(text) || strings.Contains(text, "\x00"))
	})
}

// transaction is a transaction in which prepared statements run.
type transaction struct {
	tx         *sql.Tx
	statements *statements
}

// prepare expects the query to be prepared already: a second connection may not
// be had while the transaction holds one.
func (t transaction) prepare(ctx context.Context, query string) (prepared, error) {
	known, g := t.statements.find(query)
	if known.Stmt == nil {
		text, order := t.statements.text(query, g)
		statement, err := t.tx.PrepareContext(ctx, text)
		return prepared{statement, order}, err
	}
	return prepared{t.tx.StmtContext(ctx, known.Stmt), known.order}, nil
}

func (t transaction) classify(err error) failure { return t.statements.classify(err) }

func (t transaction) matches(args []any) bool { return t.statements.matches(args) }

// queryOne scans the row that a query finds, or returns auth.ErrNotFound. It
// reads to the end: a DELETE with RETURNING is done, and on SQLite committed,
// only then.
func queryOne(ctx context.Context, p preparer, query string, args []any, targets ...any) error {
	if !p.matches(args) {
		return auth.ErrNotFound
	}
	return scanOne(ctx, p, query, args, targets...)
}

// scanOne is queryOne for values that are written.
func scanOne(ctx context.Context, p preparer, query string, args []any, targets ...any) error {
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
	if !p.matches(args) {
		return nil
	}
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
