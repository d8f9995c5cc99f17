package sqldb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// retries is how often a call that found the database busy, its statements
// forgotten or its connection closed is tried again.
const retries = 3

// read runs f until the database is not busy or the tries are used up, with
// statements that are prepared anew when the server has forgotten them. It sets the
// deadline and puts the name of the call in front of errors.
func (s *store) read(ctx context.Context, call string, f func(context.Context) error) error {
	if s.dialect.name == "" {
		return fmt.Errorf("sqldb: %s: no dialect, use sqldb.SQLite for example", call)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sqldb: %s: %w", call, err)
	}
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > s.timeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	generation := s.statements.current()
	err := f(ctx)
	for try := 0; err != nil && try < retries && s.mayRetry(err, generation); try++ {
		if !wait(ctx, try) {
			break
		}
		generation = s.statements.current()
		err = f(ctx)
	}
	if err == nil {
		return nil
	}
	if done := ctx.Err(); done != nil && !errors.Is(err, done) {
		return fmt.Errorf("sqldb: %s: %w: %w", call, done, err)
	}
	return fmt.Errorf("sqldb: %s: %w", call, err)
}

// mayRetry reports whether a call that failed may succeed the next time. It forgets
// the prepared statements, which are of a generation, when the server has.
func (s *store) mayRetry(err error, generation *generation) bool {
	var lost *commitError
	if errors.Is(err, driver.ErrBadConn) && !errors.As(err, &lost) {
		return true // nothing was sent, or a transaction has ended without its commit
	}
	kind := s.dialect.classify(err)
	if kind == stale {
		s.statements.forget(generation)
	}
	// database/sql has no error value for a statement that was closed, which
	// another call did that forgot it.
	return kind == stale || kind == busy || strings.Contains(err.Error(), "sql: statement is closed")
}

// wait pauses before a new try, for 5 to 35 ms at first and longer later, so that
// many who lost against one another do not all meet again. It returns false when
// the context ends before.
func wait(ctx context.Context, try int) bool {
	return pause(ctx, 5*time.Millisecond<<try+rand.N(30*time.Millisecond<<try)) //nolint:gosec // jitter is no secret
}

// pause waits and returns false when the context ends before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// write is read for what changes rows.
func (s *store) write(ctx context.Context, call string, f func(context.Context) error) error {
	return s.read(ctx, call, func(ctx context.Context) error {
		if s.writer == nil {
			return f(ctx)
		}
		select {
		case s.writer <- struct{}{}:
			defer func() { <-s.writer }()
			return f(ctx)
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// commitError says that nobody knows whether a transaction was committed.
type commitError struct{ err error }

func (e *commitError) Error() string { return fmt.Sprintf("commit: %v", e.err) }

// Unwrap returns the cause.
func (e *commitError) Unwrap() error { return e.err }

// transaction runs f in a transaction that is rolled back when f fails. The
// queries are those that f uses; they are prepared before, because a second
// connection may not be had while the transaction holds one.
func (s *store) transaction(ctx context.Context, call string, queries []string, f func(context.Context, transaction) error) error {
	if s.queries.beginWrite != "" {
		queries = append(queries, s.queries.beginWrite)
	}
	return s.write(ctx, call, func(ctx context.Context) error {
		for _, query := range queries {
			if _, err := s.statements.prepare(ctx, query); err != nil {
				return err
			}
		}
		tx, err := s.statements.db.BeginTx(ctx, s.options)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		defer tx.Rollback()
		t := transaction{tx, s.statements}
		if s.queries.beginWrite != "" {
			if _, err := execute(ctx, t, s.queries.beginWrite); err != nil {
				return fmt.Errorf("begin: %w", err)
			}
		}
		if err := f(ctx, t); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return &commitError{err}
		}
		return nil
	})
}
