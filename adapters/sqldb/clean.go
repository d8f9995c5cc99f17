package sqldb

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// defaultBatch is the number of rows that one statement of DeleteExpired
// removes when the caller does not say.
const defaultBatch = 500

// defaultCleanInterval is how often Clean looks when the caller does not say.
const defaultCleanInterval = 10 * time.Minute

// batchPause lets other writers in between two batches.
const batchPause = 20 * time.Millisecond

// The queries of the cleaner, which only the tables of Migrate have.
const (
	insertLease = `INSERT INTO leases (name, holder, expires) VALUES (?, ?, ?)`
	takeLease   = `UPDATE leases SET holder = ?, expires = ? WHERE name = ? AND (expires <= ? OR holder = ?)`
)

// DeleteExpired removes the sessions, mailed links and revocations that have
// expired and returns how many there were. It removes at most batch rows per
// statement, 500 when batch is not positive, and pauses in between; each statement
// has its own deadline. When an error ends it early, the count says what was
// removed before.
//
// Nothing depends on it: an expired row is treated as such wherever it is
// read. It keeps the tables small.
func (a *Adapter) DeleteExpired(ctx context.Context, batch int) (int, error) {
	expired := deleteExpired(a.dialect, a.tables, "revocations", "session_id, user_id", "expires")
	return a.deleteExpired(ctx, batch, a.queries.deleteExpiredSessions, a.queries.deleteExpiredLinks, expired)
}

// DeleteExpired removes the sessions and mailed links that have expired, as
// [Adapter.DeleteExpired] does.
func (a *SharedAdapter) DeleteExpired(ctx context.Context, batch int) (int, error) {
	return a.deleteExpired(ctx, batch, a.queries.deleteExpiredSessions, a.queries.deleteExpiredLinks)
}

func (s *store) deleteExpired(ctx context.Context, batch int, queries ...string) (int, error) {
	if batch <= 0 {
		batch = defaultBatch
	}
	now := s.times.value(time.Now())
	args := []any{now, batch, now}
	if s.dialect.limitDelete {
		args = args[:2]
	}
	removed := 0
	for _, query := range queries {
		for {
			var n int64
			err := s.write(ctx, "delete expired", func(ctx context.Context) (err error) {
				n, err = execute(ctx, s.statements, query, args...)
				return err
			})
			if err != nil {
				return removed, err
			}
			removed += int(n)
			if n < int64(batch) {
				break
			}
			if !pause(ctx, batchPause) {
				return removed, ctx.Err()
			}
		}
	}
	return removed, nil
}

// Clean removes expired rows from time to time, ten minutes when every is not
// positive, until the context ends. Of any number of processes on one database one
// does it at a time: it holds a lease, which another one takes over when it has
// ended. Failures are logged and tried again the next time. A nil log is
// [slog.Default].
func (a *Adapter) Clean(ctx context.Context, every time.Duration, log *slog.Logger) {
	if every <= 0 {
		every = defaultCleanInterval
	}
	if log == nil {
		log = slog.Default()
	}
	holder := newTextID()
	for pause(ctx, every/2+rand.N(every)) { //nolint:gosec // jitter is no secret
		mine, err := a.lease(ctx, "cleaner", holder, 2*every)
		removed := 0
		if err == nil && mine {
			removed, err = a.DeleteExpired(ctx, 0)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			log.ErrorContext(ctx, "expired rows could not be removed", "code", "CLEANER_ERROR", "error", err)
		case removed > 0:
			log.InfoContext(ctx, "expired rows were removed", "code", "CLEANER", "rows", removed)
		}
	}
}

// lease takes or extends a lease and reports whether the holder has it.
func (a *Adapter) lease(ctx context.Context, name, holder string, length time.Duration) (mine bool, err error) {
	err = a.write(ctx, "lease", func(ctx context.Context) error {
		now := time.Now()
		until := a.times.value(now.Add(length))
		n, err := execute(ctx, a.statements, takeLease, holder, until, name, a.times.value(now), holder)
		mine = n > 0
		if err != nil || mine {
			return err
		}
		_, err = execute(ctx, a.statements, insertLease, name, holder, until)
		mine = err == nil
		return err
	})
	if errors.Is(err, auth.ErrConflict) {
		return false, nil // somebody else holds it
	}
	return mine, err
}
