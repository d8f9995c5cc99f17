package tiered_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/tiered"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// sessions keeps sessions in memory. One call can be made to fail.
type sessions struct {
	mu       sync.Mutex
	rows     map[string]auth.SessionRecord
	reserved map[string]time.Time // until when
	calls    map[string]int
	fail     string
}

var _ tiered.Sessions = (*sessions)(nil)

func newSessions() *sessions {
	return &sessions{rows: map[string]auth.SessionRecord{}, reserved: map[string]time.Time{}, calls: map[string]int{}}
}

// failAt names a call that fails, "DeleteSession 2" for the second one from now
// on.
func (s *sessions) failAt(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = call
	clear(s.calls)
}

// begin locks the store unless the call has to fail.
func (s *sessions) begin(ctx context.Context, call string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	s.calls[call]++
	if s.fail == fmt.Sprint(call, " ", s.calls[call]) {
		s.mu.Unlock()
		return errDown
	}
	return nil
}

func (s *sessions) ReserveSession(ctx context.Context, token string) error {
	if err := s.begin(ctx, "ReserveSession"); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, taken := s.rows[token]; taken || s.reserved[token].After(time.Now()) {
		return auth.ErrConflict
	}
	s.reserved[token] = time.Now().Add(time.Minute)
	return nil
}

func (s *sessions) ReleaseSession(ctx context.Context, token string) error {
	if err := s.begin(ctx, "ReleaseSession"); err != nil {
		return err
	}
	defer s.mu.Unlock()
	delete(s.reserved, token)
	return nil
}

func (s *sessions) CreateSession(ctx context.Context, r auth.SessionRecord) error {
	if err := s.begin(ctx, "CreateSession"); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, taken := s.rows[r.Token]; taken {
		return auth.ErrConflict
	}
	delete(s.reserved, r.Token)
	s.rows[r.Token] = r
	return nil
}

func (s *sessions) Session(ctx context.Context, token string) (*auth.SessionRecord, error) {
	if err := s.begin(ctx, "Session"); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	r, ok := s.rows[token]
	if !ok {
		return nil, auth.ErrNotFound
	}
	return &r, nil
}

func (s *sessions) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	if err := s.begin(ctx, "UpdateSession"); err != nil {
		return err
	}
	defer s.mu.Unlock()
	r, ok := s.rows[token]
	if !ok {
		return auth.ErrNotFound
	}
	r.Expires, r.LastSeenAt = expires, time.Now()
	s.rows[token] = r
	return nil
}

func (s *sessions) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	if err := s.begin(ctx, "DeleteSession"); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	r, ok := s.rows[token]
	if !ok {
		return nil, auth.ErrNotFound
	}
	delete(s.rows, token)
	return &r, nil
}

func (s *sessions) DeleteSessions(ctx context.Context, userID string) error {
	if err := s.begin(ctx, "DeleteSessions"); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for token, r := range s.rows {
		if r.UserID == userID {
			delete(s.rows, token)
		}
	}
	return nil
}

func (s *sessions) Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error) {
	if err := s.begin(ctx, "Sessions"); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var found []auth.SessionRecord
	for _, r := range s.rows {
		if r.UserID == userID {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b auth.SessionRecord) int {
		return cmp.Or(b.Expires.Compare(a.Expires), cmp.Compare(a.Token, b.Token))
	})
	return found, nil
}
