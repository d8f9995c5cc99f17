package auth

import (
	"context"
	"time"
)

// store is the Adapter of the configuration as flows use it: each call ends with
// the budget of its request, see storeBudget, and the tokens of providers are
// encrypted on the way in and opened on the way out.
type store struct {
	adapter Adapter
	// plain says that a NextAuth.js server uses the tables as well: tokens are
	// stored as they are.
	plain  bool
	sealer *tokenSealer
}

// newStore prepares the adapter of a configuration.
func newStore(c Config) (*store, error) {
	sealer, err := newTokenSealer(c.Secrets)
	return &store{adapter: c.Adapter, plain: c.StrictV4 || c.sharesStore(), sealer: sealer}, err
}

// sharesStore reports whether a NextAuth.js server uses the adapter's tables as
// well.
func (c Config) sharesStore() bool {
	shared, ok := c.Adapter.(SharedStore)
	return ok && shared.SharedWithNextAuth()
}

func (s *store) User(ctx context.Context, id string) (*User, error) {
	c := beginCall(ctx)
	user, err := s.adapter.User(c.ctx, id)
	return user, c.end(err)
}

func (s *store) UserByEmail(ctx context.Context, email string) (*User, error) {
	c := beginCall(ctx)
	user, err := s.adapter.UserByEmail(c.ctx, email)
	return user, c.end(err)
}

func (s *store) UserByAccount(ctx context.Context, provider, providerAccountID string) (*User, error) {
	c := beginCall(ctx)
	user, err := s.adapter.UserByAccount(c.ctx, provider, providerAccountID)
	return user, c.end(err)
}

func (s *store) SignIn(ctx context.Context, write SignIn) (*User, error) {
	if write.LinkAccount != nil && !s.plain {
		write.LinkAccount = s.sealer.sealAccount(write.LinkAccount)
	}
	c := beginCall(ctx)
	user, err := s.adapter.SignIn(c.ctx, write)
	return user, c.end(err)
}

func (s *store) SessionAndUser(ctx context.Context, token string) (*SessionRecord, *User, error) {
	c := beginCall(ctx)
	record, user, err := s.adapter.SessionAndUser(c.ctx, token)
	return record, user, c.end(err)
}

func (s *store) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	c := beginCall(ctx)
	return c.end(s.adapter.UpdateSession(c.ctx, token, expires))
}

func (s *store) DeleteSession(ctx context.Context, token string) (*SessionRecord, error) {
	c := beginCall(ctx)
	record, err := s.adapter.DeleteSession(c.ctx, token)
	return record, c.end(err)
}

func (s *store) DeleteSessions(ctx context.Context, userID string) error {
	c := beginCall(ctx)
	return c.end(s.adapter.DeleteSessions(c.ctx, userID))
}

func (s *store) CreateVerificationToken(ctx context.Context, t VerificationToken) error {
	c := beginCall(ctx)
	return c.end(s.adapter.CreateVerificationToken(c.ctx, t))
}

func (s *store) VerificationToken(ctx context.Context, identifier, token string) (*VerificationToken, error) {
	c := beginCall(ctx)
	link, err := s.adapter.VerificationToken(c.ctx, identifier, token)
	return link, c.end(err)
}

func (s *store) UseVerificationToken(ctx context.Context, identifier, token string) (*VerificationToken, error) {
	c := beginCall(ctx)
	link, err := s.adapter.UseVerificationToken(c.ctx, identifier, token)
	return link, c.end(err)
}
