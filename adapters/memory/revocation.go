package memory

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
		return errors.New("memory: revocation without SessionID and UserID")
	}
	if err := a.lock(ctx); err != nil {
		return err
	}
	defer a.mu.Unlock()
	r.At, r.Expires = storedTime(r.At), storedTime(r.Expires)
	key := subject{r.SessionID, r.UserID}
	if old, ok := a.store.revocations[key]; ok && old.At.After(r.At) {
		return nil
	}
	a.store.revocations[key] = r
	return nil
}

// Revocations returns the revocations whose At is since or later and that have
// not expired, in no order.
func (a *Adapter) Revocations(ctx context.Context, since time.Time) ([]auth.Revocation, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	now := time.Now()
	var found []auth.Revocation
	for _, r := range a.store.revocations {
		if !r.At.Before(storedTime(since)) && r.Expires.After(now) {
			found = append(found, r)
		}
	}
	return found, nil
}

// DeleteExpired removes the sessions, mailed links and revocations that have
// expired and returns how many there were. The batch size is for databases; it
// has no effect here.
func (a *Adapter) DeleteExpired(ctx context.Context, _ int) (int, error) {
	if err := a.lock(ctx); err != nil {
		return 0, err
	}
	defer a.mu.Unlock()
	now := time.Now()
	removed := 0
	for key, session := range a.store.sessions {
		if !session.value.Expires.After(now) {
			delete(a.store.sessions, key)
			removed++
		}
	}
	for key, link := range a.store.links {
		if !link.value.Expires.After(now) {
			delete(a.store.links, key)
			removed++
		}
	}
	for key, r := range a.store.revocations {
		if !r.Expires.After(now) {
			delete(a.store.revocations, key)
			removed++
		}
	}
	return removed, nil
}
