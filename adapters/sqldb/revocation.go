package sqldb

import (
	"context"
	"errors"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// The queries for revocations, which only the tables of Migrate have.
const (
	selectRevocations = `SELECT session_id, user_id, at, expires FROM revocations
		WHERE at >= ? AND expires > ? ORDER BY at`
)

// Revoke stores a revocation unless one with the same SessionID and UserID is
// there that was made later. It returns an error when r names neither a session
// nor a user.
func (a *Adapter) Revoke(ctx context.Context, r auth.Revocation) error {
	if r.SessionID == "" && r.UserID == "" {
		return errors.New("sqldb: revocation without SessionID and UserID")
	}
	return a.write(ctx, "revoke", func(ctx context.Context) error {
		_, err := execute(ctx, a.statements, a.dialect.upsertRevocation,
			r.SessionID, r.UserID, a.times.value(r.At), a.times.value(r.Expires))
		return err
	})
}

// Revocations returns the revocations whose At is since or later and that have
// not expired, the oldest first.
func (a *Adapter) Revocations(ctx context.Context, since time.Time) ([]auth.Revocation, error) {
	var found []auth.Revocation
	err := a.read(ctx, "revocations", func(ctx context.Context) error {
		found = nil
		args := []any{a.times.value(since), a.times.value(time.Now())}
		return queryAll(ctx, a.statements, selectRevocations, args, func(scan func(...any) error) error {
			var r auth.Revocation
			at, expires := moment{codec: &a.times}, moment{codec: &a.times}
			if err := scan(&r.SessionID, &r.UserID, &at, &expires); err != nil {
				return err
			}
			r.At, r.Expires = at.Time, expires.Time
			found = append(found, r)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
