package sqldb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// retries is how often a call that found the database busy is tried again.
const retries = 3

// read runs f until the database is not busy or the tries are used up. It sets
// the deadline and puts the name of the call in front of errors.
func (a *Adapter) read(ctx context.Context, call string, f func(context.Context) error) error {
	if a.dialect.name == "" {
		return fmt.Errorf("sqldb: %s: no dialect, use sqldb.SQLite for example", call)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sqldb: %s: %w", call, err)
	}
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > a.timeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, a.timeout)
		defer cancel()
	}
	err := f(ctx)
	for try := 0; err != nil && try < retries && a.dialect.classify(err) == busy; try++ {
		if !wait(ctx, try) {
			break
		}
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

// wait pauses before a new try, for 5 to 15 ms at first and longer later. It
// returns false when the context ends before.
func wait(ctx context.Context, try int) bool {
	pause := 5*time.Millisecond<<try + rand.N(10*time.Millisecond<<try) //nolint:gosec // jitter is no secret
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// write is read for what changes rows.
func (a *Adapter) write(ctx context.Context, call string, f func(context.Context) error) error {
	return a.read(ctx, call, func(ctx context.Context) error {
		if a.writer == nil {
			return f(ctx)
		}
		select {
		case a.writer <- struct{}{}:
			defer func() { <-a.writer }()
			return f(ctx)
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// transaction runs f in a transaction that is rolled back when f fails. The
// queries are those that f uses.
func (a *Adapter) transaction(ctx context.Context, call string, queries []string, f func(context.Context, transaction) error) error {
	if a.dialect.beginWrite != "" {
		queries = append(queries, a.dialect.beginWrite)
	}
	return a.write(ctx, call, func(ctx context.Context) error {
		for _, query := range queries {
			if _, err := a.statements.prepare(ctx, query); err != nil {
				return err
			}
		}
		tx, err := a.statements.db.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		defer tx.Rollback()
		t := transaction{tx, a.statements}
		if a.dialect.beginWrite != "" {
			if _, err := execute(ctx, t, a.dialect.beginWrite); err != nil {
				return fmt.Errorf("begin: %w", err)
			}
		}
		if err := f(ctx, t); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		return nil
	})
}
