package redisdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// SessionAndUser finds a session and its user in one round trip. One that has
// expired is found for a day.
func (a *Adapter) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	c := call{name: "session", script: "session_and_user", keys: []string{a.sessionKey(key.Escape(token))}}
	r, err := a.do(ctx, newID(), c)
	if err != nil {
		return nil, nil, err
	}
	if len(r) != 2 {
		return nil, nil, fmt.Errorf("redisdb: session: the reply has an unexpected form")
	}
	session, err := foundSession("session", token, r[0])
	if err != nil {
		return nil, nil, err
	}
	user, err := a.joinedUser(ctx, "session", reply{key.Escape(session.UserID), r[1]})
	if err != nil {
		return nil, nil, err
	}
	return session, user, nil
}

// foundSession is parseSession with the errors of a call.
func foundSession(name, token string, v any) (*auth.SessionRecord, error) {
	s, err := parseSession(token, v)
	if err == nil && s == nil {
		err = auth.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("redisdb: %s: %w", name, err)
	}
	return s, nil
}

// UpdateSession moves the end of a session and sets LastSeenAt to now.
func (a *Adapter) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	id, escaped := newID(), key.Escape(token)
	_, err := a.do(ctx, id, call{
		name: "update session", script: "update_session", keys: []string{a.sessionKey(escaped), a.markKey(id)},
		args: []any{escaped, micros(expires), micros(time.Now()), keyEnd(expires)},
	})
	return err
}

// DeleteSession removes a session and returns what was removed.
func (a *Adapter) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	id, escaped := newID(), key.Escape(token)
	r, err := a.do(ctx, id, call{
		name: "delete session", script: "delete_session", keys: []string{a.sessionKey(escaped), a.markKey(id)}, args: []any{escaped},
	})
	if err != nil {
		return nil, err
	}
	return foundSession("delete session", token, r[0])
}

// DeleteSessions removes every session of a user. It is no error when there is
// none.
func (a *Adapter) DeleteSessions(ctx context.Context, userID string) error {
	id, escaped := newID(), key.Escape(userID)
	_, err := a.do(ctx, id, call{
		name: "delete sessions", script: "delete_sessions", keys: []string{a.sessionsOf(escaped), a.markKey(id)}, args: []any{escaped},
	})
	return err
}

// Sessions returns the sessions of a user, the one that expires last first. One
// that has expired is among them for a day.
func (a *Adapter) Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error) {
	id, escaped := newID(), key.Escape(userID)
	r, err := a.runAs(ctx, id, call{
		name: "sessions", script: "sessions", keys: []string{a.sessionsOf(escaped), a.markKey(id)}, args: []any{escaped},
	})
	if err != nil {
		return nil, err
	}
	list, _ := r[0].([]any)
	var found []auth.SessionRecord
	for _, v := range list {
		s, err := parseListed(v)
		if err != nil {
			return nil, fmt.Errorf("redisdb: sessions: %w", err)
		}
		found = append(found, *s)
	}
	sortSessions(found)
	return found, nil
}

// parseListed parses a token with the fields of its session.
func parseListed(v any) (*auth.SessionRecord, error) {
	pair, ok := v.([]any)
	if !ok || len(pair) != 2 {
		return nil, fmt.Errorf("the reply has an unexpected form")
	}
	escaped, _ := pair[0].(string)
	token, err := key.Unescape(escaped)
	if err != nil {
		return nil, err
	}
	s, err := parseSession(token, pair[1])
	if err == nil && s == nil {
		err = auth.ErrNotFound
	}
	return s, err
}

// sortSessions puts the session that expires last first.
func sortSessions(list []auth.SessionRecord) {
	slices.SortFunc(list, func(a, b auth.SessionRecord) int {
		return cmp.Or(b.Expires.Compare(a.Expires), strings.Compare(a.Token, b.Token))
	})
}
