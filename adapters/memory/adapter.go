package memory

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// Adapter is an [auth.Adapter], an [auth.Revoker], an [auth.UserManager] and an
// [auth.AccountRewriter]. Its zero value is an empty store, ready for use. An
// Adapter must not be copied.
type Adapter struct {
	// NewID makes the ids of new users; each call must give another one. It
	// is set before the first use. The default is 128 random bits in
	// hexadecimal.
	NewID func() string

	mu    sync.Mutex
	store store
}

var (
	_ auth.Adapter         = (*Adapter)(nil)
	_ auth.Revoker         = (*Adapter)(nil)
	_ auth.UserManager     = (*Adapter)(nil)
	_ auth.AccountRewriter = (*Adapter)(nil)
)

// New returns an empty store.
func New() *Adapter { return &Adapter{} }

// User finds a user by id.
func (a *Adapter) User(ctx context.Context, id string) (*auth.User, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	return a.store.user(id)
}

// UserByEmail finds a user by mail address, ignoring case. A letter outside of
// ASCII never counts as equal to an ASCII letter.
func (a *Adapter) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	id, ok := a.store.emails[mailaddr.Fold(email)]
	if !ok {
		return nil, notFound("user by email")
	}
	return a.store.user(id)
}

// UserByAccount finds the user that an identity at a provider belongs to.
func (a *Adapter) UserByAccount(ctx context.Context, provider, providerAccountID string) (*auth.User, error) {
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	account, ok := a.store.accounts[accountKey{provider, providerAccountID}]
	if !ok {
		return nil, notFound("user by account")
	}
	return a.store.user(account.value.UserID)
}

// lock takes the mutex unless the context is done.
func (a *Adapter) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	a.mu.Lock()
	a.store.prepare()
	return nil
}

func (a *Adapter) newID() string {
	if a.NewID != nil {
		return a.NewID()
	}
	var id [16]byte
	rand.Read(id[:]) // crypto/rand never returns an error
	return hex.EncodeToString(id[:])
}

func notFound(what string) error { return fmt.Errorf("memory: %s: %w", what, auth.ErrNotFound) }
