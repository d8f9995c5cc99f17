package auth_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// errStore is the fault of a store that is down. Its text must not reach a
// browser.
var errStore = errors.New("dial tcp 10.9.8.7:5432: connection refused")

// watchedStore is a store that counts its calls and whose methods can be made
// to fail, as a database does that is down.
type watchedStore struct {
	*memory.Adapter

	mu     sync.Mutex
	calls  []string
	writes []auth.SignIn
	down   map[string]bool
	// brokenStep makes each SignIn fail that has this step.
	brokenStep auth.Step
	// delay is how long each call takes.
	delay time.Duration
}

func watch(store *memory.Adapter) *watchedStore {
	return &watchedStore{Adapter: store, down: map[string]bool{}}
}

// breakDown makes methods fail; without any, all work again.
func (s *watchedStore) breakDown(methods ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = map[string]bool{}
	for _, name := range methods {
		s.down[name] = true
	}
}

// breakStep makes each SignIn fail that has a step.
func (s *watchedStore) breakStep(step auth.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.brokenStep = step
}

// slowDown makes every call take some time.
func (s *watchedStore) slowDown(delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = delay
}

// forget forgets the calls so far.
func (s *watchedStore) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.writes = nil, nil
}

// called returns the methods called so far, in order.
func (s *watchedStore) called() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// count is how often a method was called.
func (s *watchedStore) count(method string) int {
	n := 0
	for _, name := range s.called() {
		if name == method {
			n++
		}
	}
	return n
}

// signIns returns what was written by SignIn.
func (s *watchedStore) signIns() []auth.SignIn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.writes)
}

func (s *watchedStore) call(ctx context.Context, method string) error {
	s.mu.Lock()
	s.calls = append(s.calls, method)
	down, delay := s.down[method], s.delay
	s.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if down {
		return errStore
	}
	return nil
}

// steps are the parts of a write.
func steps(w auth.SignIn) []auth.Step {
	var out []auth.Step
	for _, part := range []struct {
		set  bool
		step auth.Step
	}{
		{w.UseVerificationToken != nil, auth.StepUseVerificationToken},
		{w.CreateUser != nil, auth.StepCreateUser},
		{w.UpdateUser != nil, auth.StepUpdateUser},
		{w.RemoveAttached, auth.StepRemoveAttached},
		{w.LinkAccount != nil, auth.StepLinkAccount},
		{w.DeleteSession != "", auth.StepDeleteSession},
		{w.CreateSession != nil, auth.StepCreateSession},
	} {
		if part.set {
			out = append(out, part.step)
		}
	}
	return out
}

func (s *watchedStore) User(ctx context.Context, id string) (*auth.User, error) {
	if err := s.call(ctx, "User"); err != nil {
		return nil, err
	}
	return s.Adapter.User(ctx, id)
}

func (s *watchedStore) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	if err := s.call(ctx, "UserByEmail"); err != nil {
		return nil, err
	}
	return s.Adapter.UserByEmail(ctx, email)
}

func (s *watchedStore) UserByAccount(ctx context.Context, provider, id string) (*auth.User, error) {
	if err := s.call(ctx, "UserByAccount"); err != nil {
		return nil, err
	}
	return s.Adapter.UserByAccount(ctx, provider, id)
}

func (s *watchedStore) SignIn(ctx context.Context, w auth.SignIn) (*auth.User, error) {
	if err := s.call(ctx, "SignIn"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	broken := s.brokenStep
	s.writes = append(s.writes, w)
	s.mu.Unlock()
	if broken != "" && slices.Contains(steps(w), broken) {
		return nil, &auth.StepError{Step: broken, Err: errStore}
	}
	return s.Adapter.SignIn(ctx, w)
}

func (s *watchedStore) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	if err := s.call(ctx, "SessionAndUser"); err != nil {
		return nil, nil, err
	}
	return s.Adapter.SessionAndUser(ctx, token)
}

func (s *watchedStore) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	if err := s.call(ctx, "UpdateSession"); err != nil {
		return err
	}
	return s.Adapter.UpdateSession(ctx, token, expires)
}

func (s *watchedStore) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	if err := s.call(ctx, "DeleteSession"); err != nil {
		return nil, err
	}
	return s.Adapter.DeleteSession(ctx, token)
}

func (s *watchedStore) DeleteSessions(ctx context.Context, userID string) error {
	if err := s.call(ctx, "DeleteSessions"); err != nil {
		return err
	}
	return s.Adapter.DeleteSessions(ctx, userID)
}

func (s *watchedStore) CreateVerificationToken(ctx context.Context, v auth.VerificationToken) error {
	if err := s.call(ctx, "CreateVerificationToken"); err != nil {
		return err
	}
	return s.Adapter.CreateVerificationToken(ctx, v)
}

func (s *watchedStore) VerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	if err := s.call(ctx, "VerificationToken"); err != nil {
		return nil, err
	}
	return s.Adapter.VerificationToken(ctx, identifier, token)
}

func (s *watchedStore) UseVerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	if err := s.call(ctx, "UseVerificationToken"); err != nil {
		return nil, err
	}
	return s.Adapter.UseVerificationToken(ctx, identifier, token)
}

func (s *watchedStore) Revoke(ctx context.Context, r auth.Revocation) error {
	if err := s.call(ctx, "Revoke"); err != nil {
		return err
	}
	return s.Adapter.Revoke(ctx, r)
}

func (s *watchedStore) Revocations(ctx context.Context, since time.Time) ([]auth.Revocation, error) {
	if err := s.call(ctx, "Revocations"); err != nil {
		return nil, err
	}
	return s.Adapter.Revocations(ctx, since)
}

func (s *watchedStore) Accounts(ctx context.Context, userID string) ([]auth.Account, error) {
	if err := s.call(ctx, "Accounts"); err != nil {
		return nil, err
	}
	return s.Adapter.Accounts(ctx, userID)
}

func (s *watchedStore) Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error) {
	if err := s.call(ctx, "Sessions"); err != nil {
		return nil, err
	}
	return s.Adapter.Sessions(ctx, userID)
}

func (s *watchedStore) UnlinkAccount(ctx context.Context, userID, provider, id string, otherWays []string) error {
	if err := s.call(ctx, "UnlinkAccount"); err != nil {
		return err
	}
	return s.Adapter.UnlinkAccount(ctx, userID, provider, id, otherWays)
}

func (s *watchedStore) DeleteUser(ctx context.Context, id string) error {
	if err := s.call(ctx, "DeleteUser"); err != nil {
		return err
	}
	return s.Adapter.DeleteUser(ctx, id)
}
