package redisdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// Sessions keeps sessions, and nothing else, in Redis. With
// [github.com/gatehouse-auth/gatehouse/adapters/tiered] it stands beside a
// database that keeps the users. Use [NewSessions] to make one; it may be used
// from many goroutines.
//
// On a cluster each session is on a server that its token determines, so that
// more servers hold and serve more sessions. What lists and removes the sessions
// of a user goes by an index of its own server. A session is stored before it is
// listed and listed until after it is removed. A call that fails in between
// leaves a session that nobody knows the token of, or a name in the index without
// a session; both end by themselves.
type Sessions struct{ store }

// NewSessions returns a store of sessions. It does not connect and does not close
// the client. It returns the same errors as [New].
func NewSessions(client redis.UniversalClient, o Options) (*Sessions, error) {
	prefix, err := o.prefix()
	if err != nil {
		return nil, err
	}
	s, err := newStore(client, prefix+":")
	if err != nil {
		return nil, err
	}
	return &Sessions{s}, nil
}

// spreadKey has the token in its hash tag, so that the mark is on the same server.
func (s *Sessions) spreadKey(escaped string) string { return s.base + "{s:" + escaped + "}" }

func (s *Sessions) spreadMark(escaped, id string) string { return s.spreadKey(escaped) + ":o:" + id }

func (s *Sessions) indexKey(user string) string { return s.base + "{u:" + user + "}" }

// ReserveSession takes a token for a session that is to come, for a minute. It
// returns [auth.ErrConflict] when there is a session with the token or when it is
// reserved.
func (s *Sessions) ReserveSession(ctx context.Context, token string) error {
	_, err := s.do(ctx, newID(), call{name: "reserve session", script: "spread/reserve", keys: []string{s.spreadKey(key.Escape(token))}})
	return err
}

// ReleaseSession gives a reserved token up. It is no error when it is not
// reserved, and a session with the token stays.
func (s *Sessions) ReleaseSession(ctx context.Context, token string) error {
	_, err := s.do(ctx, newID(), call{name: "release session", script: "spread/release", keys: []string{s.spreadKey(key.Escape(token))}})
	return err
}

// CreateSession stores a session, whether its token is reserved or not. It returns
// [auth.ErrConflict] when there is a session with the token.
func (s *Sessions) CreateSession(ctx context.Context, r auth.SessionRecord) error {
	if r.UserID == "" {
		return errors.New("redisdb: create session: UserID is empty")
	}
	token, user, ends := key.Escape(r.Token), key.Escape(r.UserID), keyEnd(r.Expires)
	_, err := s.do(ctx, newID(), call{
		name: "create session", script: "spread/create", keys: []string{s.spreadKey(token)},
		args: append([]any{ends}, sessionFields(&r, user)...),
	})
	if err != nil {
		return err
	}
	if err := s.index(ctx, user, token, ends); err != nil {
		// Nobody is told of the session, so that one which stays is only litter.
		_, removeErr := s.delete(context.WithoutCancel(ctx), r.Token, r.UserID)
		return errors.Join(err, removeErr)
	}
	return nil
}

// index lists a session among those of its user.
func (s *Sessions) index(ctx context.Context, user, token string, ends int64) error {
	_, err := s.do(ctx, newID(), call{
		name: "list session", script: "spread/index", keys: []string{s.indexKey(user)}, args: []any{token, ends},
	})
	return err
}

// Session finds a session. One that has expired is found for a day.
func (s *Sessions) Session(ctx context.Context, token string) (*auth.SessionRecord, error) {
	r, err := s.run(ctx, call{name: "session", script: "spread/session", keys: []string{s.spreadKey(key.Escape(token))}})
	if err != nil {
		return nil, err
	}
	return foundSession("session", token, r[0])
}

// UpdateSession moves the end of a session and sets LastSeenAt to now.
func (s *Sessions) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	session, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	// The index first: a session is never live without being listed.
	escaped, user, ends := key.Escape(token), key.Escape(session.UserID), keyEnd(expires)
	if err := s.index(ctx, user, escaped, ends); err != nil {
		return err
	}
	_, err = s.do(ctx, newID(), call{
		name: "update session", script: "spread/update", keys: []string{s.spreadKey(escaped)},
		args: []any{user, micros(expires), micros(time.Now()), ends},
	})
	return err
}

// DeleteSession removes a session and returns what was removed.
func (s *Sessions) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	session, err := s.delete(ctx, token, "")
	if err != nil {
		return nil, err
	}
	// A name that stays in the index is dropped when the session would have
	// ended.
	_ = s.unlist(ctx, key.Escape(session.UserID), []any{key.Escape(token)})
	return session, nil
}

// delete removes a session if it belongs to a user, or to anybody when that is
// empty.
func (s *Sessions) delete(ctx context.Context, token, userID string) (*auth.SessionRecord, error) {
	id, escaped := newID(), key.Escape(token)
	r, err := s.do(ctx, id, call{
		name: "delete session", script: "spread/delete", keys: []string{s.spreadKey(escaped), s.spreadMark(escaped, id)},
		args: []any{key.Escape(userID)},
	})
	if err != nil {
		return nil, err
	}
	return foundSession("delete session", token, r[0])
}

// unlist drops tokens from the index of a user.
func (s *Sessions) unlist(ctx context.Context, user string, tokens []any) error {
	if len(tokens) == 0 {
		return nil
	}
	_, err := s.do(ctx, newID(), call{name: "unlist sessions", script: "spread/unindex", keys: []string{s.indexKey(user)}, args: tokens})
	return err
}

// DeleteSessions removes every session of a user. It is no error when there is
// none. After an error some of them may be gone.
func (s *Sessions) DeleteSessions(ctx context.Context, userID string) error {
	tokens, err := s.tokens(ctx, userID)
	if err != nil {
		return err
	}
	removed := make([]any, 0, len(tokens))
	for _, token := range tokens {
		if _, err := s.delete(ctx, token, userID); err != nil && !errors.Is(err, auth.ErrNotFound) {
			return err
		}
		removed = append(removed, key.Escape(token))
	}
	return s.unlist(ctx, key.Escape(userID), removed)
}

// Sessions returns the sessions of a user, the one that expires last first. One
// that has expired is among them for a day.
func (s *Sessions) Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error) {
	tokens, err := s.tokens(ctx, userID)
	if err != nil {
		return nil, err
	}
	var found []auth.SessionRecord
	for _, token := range tokens {
		session, err := s.Session(ctx, token)
		if errors.Is(err, auth.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if session.UserID == userID {
			found = append(found, *session)
		}
	}
	sortSessions(found)
	return found, nil
}

// tokens returns the index of a user.
func (s *Sessions) tokens(ctx context.Context, userID string) ([]string, error) {
	r, err := s.run(ctx, call{name: "sessions", script: "spread/tokens", keys: []string{s.indexKey(key.Escape(userID))}})
	if err != nil {
		return nil, err
	}
	list, _ := r[0].([]any)
	tokens := make([]string, 0, len(list))
	for _, v := range list {
		escaped, _ := v.(string)
		token, err := key.Unescape(escaped)
		if err != nil {
			return nil, fmt.Errorf("redisdb: sessions: %w", err)
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}
