package sqldb

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// SessionAndUser finds a session and its user with one query, also when the
// session has expired.
func (s *store) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	var r struct {
		session sessionRow
		user    userRow
	}
	err := s.read(ctx, "session", func(ctx context.Context) error {
		targets := make([]any, 0, 16)
		targets = append(append(targets, r.session.targets(s)...), r.user.targets(s)...)
		if err := queryOne(ctx, s.statements, s.queries.selectSessionAndUser, []any{token}, targets...); err != nil {
			return err
		}
		if r.session.session.Token != token {
			return auth.ErrNotFound // the collation of the column takes them for equal
		}
		return r.user.finish()
	})
	if err != nil {
		return nil, nil, err
	}
	return r.session.finish(), &r.user.user, nil
}

// UpdateSession moves the end of a session.
func (s *store) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	args := []any{s.times.value(expires), token}
	if s.tables.own != nil || s.tables.Sessions.UpdatedAt != "" {
		args = []any{s.times.value(expires), s.times.value(time.Now()), token}
	}
	return s.write(ctx, "update session", func(ctx context.Context) error {
		n, err := execute(ctx, s.statements, s.queries.updateSession, args...)
		if err != nil || n > 0 {
			return err
		}
		if s.dialect.countsChanged {
			_, err := s.readSession(ctx, s.statements, s.queries.selectSession, token)
			return err
		}
		return auth.ErrNotFound
	})
}

// DeleteSession removes a session and returns what was removed.
func (s *store) DeleteSession(ctx context.Context, token string) (session *auth.SessionRecord, err error) {
	err = s.write(ctx, "delete session", func(ctx context.Context) error {
		if s.dialect.returning {
			session, err = s.readSession(ctx, s.statements, s.queries.takeSession, token)
			return err
		}
		if session, err = s.readSession(ctx, s.statements, s.queries.selectSession, token); err != nil {
			return err
		}
		return executeOne(ctx, s.statements, s.queries.deleteSession, token)
	})
	if err != nil {
		return nil, err
	}
	return session, nil
}

// readSession runs a query for one session.
func (s *store) readSession(ctx context.Context, p preparer, query, token string) (*auth.SessionRecord, error) {
	var r sessionRow
	if err := queryOne(ctx, p, query, []any{token}, r.targets(s)...); err != nil {
		return nil, err
	}
	if r.session.Token != token {
		return nil, auth.ErrNotFound
	}
	return r.finish(), nil
}

// DeleteSessions removes every session of a user. It is no error when there is
// none.
func (s *store) DeleteSessions(ctx context.Context, userID string) error {
	return s.write(ctx, "delete sessions", func(ctx context.Context) error {
		key, ok := s.tables.ID.value(userID)
		if !ok {
			return nil
		}
		_, err := execute(ctx, s.statements, s.queries.deleteSessionsOfUser, key)
		return err
	})
}
