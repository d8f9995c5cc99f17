package memory

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// SessionAndUser finds a session and its user, also when the session has
// expired.
func (a *Adapter) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	if err := a.lock(ctx); err != nil {
		return nil, nil, err
	}
	defer a.mu.Unlock()
	found, ok := a.store.sessions[token]
	if !ok {
		return nil, nil, notFound("session")
	}
	user, err := a.store.user(found.value.UserID)
	if err != nil {
		return nil, nil, err
	}
	session := found.value
	return &session, user, nil
}

// UpdateSession moves the end of a session and sets LastSeenAt to now.
func (a *Adapter) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	defer a.mu.Unlock()
	session, ok := a.store.sessions[token]
	if !ok {
		return notFound("session")
	}
	session.value.Expires = storedTime(expires)
	session.value.LastSeenAt = storedTime(time.Now())
	a.store.sessions[token] = session
	return nil
}

// DeleteSession removes a session and returns what was removed.
func (a *Adapter) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	found, ok := a.store.sessions[token]
	if !ok {
		return nil, notFound("session")
	}
	delete(a.store.sessions, token)
	session := found.value
	return &session, nil
}

// DeleteSessions removes every session of a user. It is no error when there is
// none.
func (a *Adapter) DeleteSessions(ctx context.Context, userID string) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	defer a.mu.Unlock()
	a.store.removeSessions(userID)
	return nil
}
