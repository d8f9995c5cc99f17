package sqldb

import (
	"context"
	"time"
)

// defaultBatch is the number of rows that one statement of DeleteExpired
// removes when the caller does not say.
const defaultBatch = 500

// DeleteExpired removes the sessions, mailed links and revocations that have
// expired and returns how many there were. It removes at most batch rows per
// statement, 500 when batch is not positive, and lets other writers in between;
// each statement has its own deadline. When an error ends it early, the count
// says what was removed before.
//
// Nothing depends on it: an expired row is treated as such wherever it is
// read. It keeps the tables small.
func (a *Adapter) DeleteExpired(ctx context.Context, batch int) (int, error) {
	if batch <= 0 {
		batch = defaultBatch
	}
	now := time.Now().UnixMicro()
	removed := 0
	for _, query := range []string{deleteExpiredSessions, deleteExpiredLinks, deleteExpiredRevocations} {
		for {
			var n int64
			err := a.write(ctx, "delete expired", func(ctx context.Context) (err error) {
				n, err = execute(ctx, a.statements, query, now, batch)
				return err
			})
			if err != nil {
				return removed, err
			}
			removed += int(n)
			if n < int64(batch) {
				break
			}
		}
	}
	return removed, nil
}
