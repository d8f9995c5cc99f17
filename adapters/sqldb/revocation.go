package sqldb

import (
	"context"
	"errors"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
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
			r.SessionID, r.UserID, r.At.UnixMicro(), r.Expires.UnixMicro())
		return err
	})
}

// Revocations returns the revocations whose At is since or later and that have
// not expired, the oldest first.
func (a *Adapter) Revocations(ctx context.Context, since time.Time) ([]auth.Revocation, error) {
	var found []auth.Revocation
	err := a.read(ctx, "revocations", func(ctx context.Context) error {
		found = nil
		statement, err := a.statements.prepare(ctx, selectRevocations)
		if err != nil {
			return err
		}
		rows, err := statement.QueryContext(ctx, since.UnixMicro(), time.Now().UnixMicro())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r auth.Revocation
			var at, expires int64
			if err := rows.Scan(&r.SessionID, &r.UserID, &at, &expires); err != nil {
				return err
			}
			r.At, r.Expires = fromMicros(at), fromMicros(expires)
			found = append(found, r)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
