package auth

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"math"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// revocationInterval is how long a process relies on the revocations it knows.
// Its own are effective at once.
const revocationInterval = 5 * time.Second

const (
	// revocationTimeout bounds a call for the revocations of other processes.
	revocationTimeout = 5 * time.Second
	// revocationPatience is how long a request waits for that call when
	// something is known already.
	revocationPatience = time.Second
	// maxRevocationAge is how old the known revocations may become while the
	// store does not answer. Then nobody's session can be checked.
	maxRevocationAge = 15 * time.Minute
	// sweepInterval is how often expired revocations are forgotten.
	sweepInterval = 10 * time.Minute
)

// revocations are the JWT sessions that were withdrawn. They are kept in memory,
// so that a request with a session costs no call to the database; one call every
// revocationInterval brings what other processes added.
type revocations struct {
	store Revoker
	log   *slog.Logger
	calls singleflight.Group

	mu       sync.RWMutex
	sessions map[string]time.Time // by "sid", until they expire
	users    map[string]Revocation
	loaded   time.Time // the last time that the store answered
	tried    time.Time // the last time that it was asked
	swept    time.Time
}

// withdrawn reports whether a token was withdrawn or has reached the absolute end
// of its session. The error says that this cannot be known yet.
func (a *Auth) withdrawn(ctx context.Context, claims token.Claims) (bool, error) {
	r := a.revocations
	if r == nil {
		return false, nil
	}
	began := claims.Time(claimAuthTime)
	if limit := a.config.Session.AbsoluteMaxAge; limit > 0 && !began.IsZero() && time.Since(began) > limit {
		return true, nil
	}
	if err := r.refresh(ctx); err != nil {
		return false, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if _, ok := r.sessions[claims.Text(claimSessionID)]; ok {
		return true, nil
	}
	if began.IsZero() {
		began = claims.IssuedAt()
	}
	u, ok := r.users[claims.Subject()]
	return ok && !began.Round(time.Microsecond).After(u.At), nil
}

// refresh brings the revocations of other processes when it is time. One call
// serves all requests, and goes on when the request that began it is cancelled;
// each waits within its own budget. A store that fails is an error while nothing
// is known, or nothing recent.
func (r *revocations) refresh(ctx context.Context) error {
	age, due := r.age()
	if !due {
		return nil
	}
	done := r.calls.DoChan("", func() (any, error) {
		if _, due := r.age(); !due {
			return nil, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revocationTimeout)
		defer cancel()
		return nil, r.load(ctx)
	})
	call := beginCall(ctx)
	var patience <-chan time.Time
	if age <= maxRevocationAge {
		timer := time.NewTimer(revocationPatience)
		defer timer.Stop()
		patience = timer.C
	}
	select {
	case result := <-done:
		if age <= maxRevocationAge {
			return call.end(nil) // what is known will do
		}
		return call.end(result.Err)
	case <-patience:
		return call.end(nil)
	case <-call.ctx.Done():
		return call.end(call.ctx.Err())
	}
}

// load asks the store.
func (r *revocations) load(ctx context.Context) error {
	now := time.Now()
	since := r.lastLoaded()
	if !since.IsZero() {
		since = since.Add(-time.Minute) // clocks differ
	}
	list, err := r.store.Revocations(ctx, since)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tried = now
	if err != nil {
		r.log.ErrorContext(ctx, "revocations could not be refreshed", "code", "REVOCATION_ERROR", "error", err)
		return err
	}
	r.loaded = now
	r.sweep(now)
	for _, item := range list {
		r.add(item)
	}
	return nil
}

// sweep forgets what has expired; the caller holds the lock.
func (r *revocations) sweep(now time.Time) {
	if now.Sub(r.swept) < sweepInterval {
		return
	}
	r.swept = now
	maps.DeleteFunc(r.sessions, func(_ string, expires time.Time) bool { return expires.Before(now) })
	maps.DeleteFunc(r.users, func(_ string, u Revocation) bool { return u.Expires.Before(now) })
}

// age returns how old the known revocations are, and whether it is time to ask
// the store. Nothing known is older than everything. Nobody asks again within
// the interval, unless nothing is known.
func (r *revocations) age() (age time.Duration, due bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.loaded.IsZero() {
		return math.MaxInt64, true
	}
	return time.Since(r.loaded), time.Since(r.tried) >= revocationInterval
}

func (r *revocations) lastLoaded() time.Time {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.loaded
}

// add remembers a revocation; the caller holds the lock.
func (r *revocations) add(item Revocation) {
	if item.SessionID != "" {
		r.sessions[item.SessionID] = item.Expires
	}
	if item.UserID != "" && item.At.After(r.users[item.UserID].At) {
		r.users[item.UserID] = item
	}
}

// revokeSession withdraws a JWT session, where the adapter can.
func (a *Auth) revokeSession(ctx context.Context, claims token.Claims) error {
	id := claims.Text(claimSessionID)
	if a.revocations == nil || id == "" {
		return nil
	}
	now := time.Now()
	return a.revoke(ctx, Revocation{SessionID: id, At: now, Expires: now.Add(a.maxTokenLife())})
}

// revokeUser withdraws every JWT session of a user that began before now, where
// the adapter can.
func (a *Auth) revokeUser(ctx context.Context, userID string) error {
	if a.revocations == nil {
		return nil
	}
	now := time.Now()
	return a.revoke(ctx, Revocation{UserID: userID, At: now, Expires: now.Add(a.maxTokenLife())})
}

// revoke stores a revocation and applies it in this process, also when the store
// fails. When the store does not answer in time nothing is applied: whoever asked
// is told to try again.
func (a *Auth) revoke(ctx context.Context, item Revocation) error {
	call := beginCall(ctx)
	err := call.end(a.revocations.store.Revoke(call.ctx, item))
	if !errors.Is(err, errStoreTimeout) {
		a.revocations.mu.Lock()
		a.revocations.add(item)
		a.revocations.mu.Unlock()
	}
	return err
}
