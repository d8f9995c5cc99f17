package sqldb

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// SessionAndUser finds a session and its user with one query, also when the
// session has expired.
func (a *Adapter) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	var r struct {
		session auth.SessionRecord
		expires int64
		userRow
	}
	err := a.read(ctx, "session", func(ctx context.Context) error {
		u := &r.userRow
		err := queryOne(ctx, a.statements, selectSessionAndUser, []any{token},
			&r.expires, &u.user.ID, &u.user.Name, &u.user.Email, &u.user.Image, &u.verified, &u.extra)
		if err != nil {
			return err
		}
		return u.finish()
	})
	if err != nil {
		return nil, nil, err
	}
	r.session = auth.SessionRecord{Token: token, UserID: r.user.ID, Expires: fromMicros(r.expires)}
	return &r.session, &r.user, nil
}

// UpdateSession moves the end of a session.
func (a *Adapter) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	return a.write(ctx, "update session", func(ctx context.Context) error {
		return executeOne(ctx, a.statements, updateSession, expires.UnixMicro(), token)
	})
}

// DeleteSession removes a session and returns what was removed.
func (a *Adapter) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	session := auth.SessionRecord{Token: token}
	var expires int64
	err := a.write(ctx, "delete session", func(ctx context.Context) error {
		return queryOne(ctx, a.statements, takeSession, []any{token}, &session.UserID, &expires)
	})
	if err != nil {
		return nil, err
	}
	session.Expires = fromMicros(expires)
	return &session, nil
}

// DeleteSessions removes every session of a user. It is no error when there is
// none.
func (a *Adapter) DeleteSessions(ctx context.Context, userID string) error {
	return a.write(ctx, "delete sessions", func(ctx context.Context) error {
		_, err := execute(ctx, a.statements, deleteSessionsOfUser, userID)
		return err
	})
}
