package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// slowRevoker is a store whose revocations take their time.
type slowRevoker struct {
	*memory.Adapter
	mu    sync.Mutex
	delay time.Duration
	fail  error
	calls int
}

func (s *slowRevoker) set(delay time.Duration, fail error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay, s.fail = delay, fail
}

// asked is how often the store was asked.
func (s *slowRevoker) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *slowRevoker) Revocations(ctx context.Context, since time.Time) ([]auth.Revocation, error) {
	s.mu.Lock()
	s.calls++
	delay, fail := s.delay, s.fail
	s.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if fail != nil {
		return nil, fail
	}
	return s.Adapter.Revocations(ctx, since)
}

// guarded sends a request with a browser's session and a context of its own.
func guarded(ctx context.Context, s *offlineSite, b *browser) int {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, s.url+"/private", nil)
	r.AddCookie(&http.Cookie{Name: secureSession, Value: b.cookie(secureSession).Value})
	w := httptest.NewRecorder()
	s.auth.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
	return w.Code
}

// A visitor who breaks off requests cannot keep a server from hearing of a
// revocation.
func TestRevocationsDespiteAbortedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &slowRevoker{Adapter: memory.New()}
		use := func(c *auth.Config) { c.Adapter = store }
		first, second := newOfflineSite(t, store.Adapter, use), newOfflineSite(t, store.Adapter, use)
		b := first.browser()
		b.signInWithCredentials()
		thief := copyOf(b, second)
		if !thief.open() {
			t.Fatal("the session does not open")
		}
		if err := first.auth.RevokeAll(t.Context(), "alice-id"); err != nil {
			t.Fatal(err)
		}
		aborted, abort := context.WithCancel(t.Context())
		abort()
		for range 3 {
			time.Sleep(6 * time.Second) // of the bubble's clock
			guarded(aborted, second, thief)
		}
		if thief.open() {
			t.Error("aborted requests kept the revocation away")
		}
	})
}

// A store that hangs holds nobody up for longer than a moment, and one call to it
// serves all who wait.
func TestRevocationsWhileTheStoreHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &slowRevoker{Adapter: memory.New()}
		s := newOfflineSite(t, store.Adapter, func(c *auth.Config) { c.Adapter = store })
		b := s.browser()
		b.signInWithCredentials()
		store.set(time.Hour, nil)
		began := time.Now()
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				if got := guarded(t.Context(), s, b); got != http.StatusServiceUnavailable {
					t.Errorf("answered %d before anything is known, want 503", got)
				}
			})
		}
		wait.Wait()
		if took := time.Since(began); took > 6*time.Second || store.asked() != 1 {
			t.Errorf("20 requests took %v and %d calls, want one call of 5 s", took, store.asked())
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began = time.Now()
		guarded(short, s, b)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a request with a deadline of 1 s took %v", took)
		}
		time.Sleep(10 * time.Second)

		store.set(0, nil)
		if got := guarded(t.Context(), s, b); got != http.StatusOK {
			t.Fatalf("answered %d when the store is back", got)
		}
		store.set(time.Hour, nil)
		time.Sleep(6 * time.Second)
		began = time.Now()
		if got := guarded(t.Context(), s, b); got != http.StatusOK {
			t.Errorf("answered %d although the last answer is seconds old", got)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a request waited %v for a store that hangs", took)
		}
		time.Sleep(10 * time.Second)
	})
}

// What was heard of the store long ago is no ground to let anybody in.
func TestRevocationsTooOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &slowRevoker{Adapter: memory.New()}
		s := newOfflineSite(t, store.Adapter, func(c *auth.Config) { c.Adapter = store })
		b := s.browser()
		b.signInWithCredentials()
		if got := guarded(t.Context(), s, b); got != http.StatusOK {
			t.Fatalf("answered %d", got)
		}
		store.set(0, errors.New("down"))
		for _, test := range []struct {
			after time.Duration
			want  int
		}{{10 * time.Minute, http.StatusOK}, {10 * time.Minute, http.StatusServiceUnavailable}} {
			time.Sleep(test.after)
			if got := guarded(t.Context(), s, b); got != test.want {
				t.Errorf("answered %d, want %d", got, test.want)
			}
		}
		store.set(0, nil)
		time.Sleep(6 * time.Second)
		if got := guarded(t.Context(), s, b); got != http.StatusOK {
			t.Errorf("answered %d when the store is back", got)
		}
	})
}
