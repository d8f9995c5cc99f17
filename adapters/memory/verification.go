package memory

import (
	"context"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// CreateVerificationToken stores a mailed link. It returns [auth.ErrConflict]
// when a link with the same Identifier and Token is there.
func (a *Adapter) CreateVerificationToken(ctx context.Context, t auth.VerificationToken) error {
	if err := a.lock(ctx); err != nil {
		return err
	}
	defer a.mu.Unlock()
	key := linkKey{t.Identifier, t.Token}
	if _, taken := a.store.links[key]; taken {
		return fmt.Errorf("memory: verification token: %w", auth.ErrConflict)
	}
	t.Expires = storedTime(t.Expires)
	a.store.links[key] = row[auth.VerificationToken]{a.store.next(), t}
	return nil
}

// VerificationToken finds a mailed link without using it up, also when it has
// expired.
func (a *Adapter) VerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.link(ctx, linkKey{identifier, token}, false)
}

// UseVerificationToken removes a mailed link and returns it, also when it has
// expired.
func (a *Adapter) UseVerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.link(ctx, linkKey{identifier, token}, true)
}

func (a *Adapter) link(ctx context.Context, key linkKey, use bool) (*auth.VerificationToken, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	found, ok := a.store.links[key]
	if !ok {
		return nil, notFound("verification token")
	}
	if use {
		delete(a.store.links, key)
	}
	link := found.value
	return &link, nil
}
