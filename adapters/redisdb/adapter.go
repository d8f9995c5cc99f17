package redisdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// Adapter keeps everything in Redis. It is an [auth.Adapter], an [auth.Revoker],
// an [auth.UserManager] and an [auth.AccountRewriter]. Use [New] to make one; it
// may be used from many goroutines.
type Adapter struct{ store }

var (
	_ auth.Adapter         = (*Adapter)(nil)
	_ auth.Revoker         = (*Adapter)(nil)
	_ auth.UserManager     = (*Adapter)(nil)
	_ auth.AccountRewriter = (*Adapter)(nil)
)

// New returns an adapter that keeps users, accounts, sessions and mailed links. It
// does not connect and does not close the client; [Check] says whether the server
// is set up well.
//
// It returns an error for a wrong Prefix, for a client whose options lack
// ContextTimeoutEnabled, and for a redis.Ring.
func New(client redis.UniversalClient, o Options) (*Adapter, error) {
	prefix, err := o.prefix()
	if err != nil {
		return nil, err
	}
	// The hash tag in braces has a cluster keep all keys on one server.
	s, err := newStore(client, "{"+prefix+"}:")
	if err != nil {
		return nil, err
	}
	return &Adapter{s}, nil
}

// The keys. Ids of users, addresses and tokens are escaped already, accounts are a
// key.Pair.
func (s *store) userKey(id string) string         { return s.base + "u:" + id }
func (s *store) addressKey(address string) string { return s.base + "e:" + address }
func (s *store) accountKey(account string) string { return s.base + "a:" + account }
func (s *store) accountsKey() string              { return s.base + "accounts" }
func (s *store) accountsOf(id string) string      { return s.base + "ua:" + id }
func (s *store) sessionKey(token string) string   { return s.base + "s:" + token }
func (s *store) sessionsOf(id string) string      { return s.base + "us:" + id }
func (s *store) linksOf(address string) string    { return s.base + "l:" + address }
func (s *store) linkEndsOf(address string) string { return s.base + "le:" + address }

// markKey is the key of the mark that a write leaves for a minute. Every script
// that changes keys it makes itself declares it: while a cluster moves the keys to
// another server a declared key that is missing stops the script, which would
// otherwise find some of its keys here and some there.
func (s *store) markKey(id string) string { return s.base + "o:" + id }

// User finds a user by id.
func (a *Adapter) User(ctx context.Context, id string) (*auth.User, error) {
	r, err := a.run(ctx, call{name: "user", script: "user", keys: []string{a.userKey(key.Escape(id))}})
	if err != nil {
		return nil, err
	}
	u, err := parseUser(r[0])
	if err == nil && u == nil {
		err = auth.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("redisdb: user: %w", err)
	}
	return u, nil
}

// UserByEmail finds a user by mail address, ignoring case. A letter outside of
// ASCII never counts as equal to an ASCII letter.
func (a *Adapter) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	return a.userBy(ctx, call{name: "user by email", script: "user_by_email", keys: []string{a.addressKey(addressKey(email))}})
}

// UserByAccount finds the user that an identity at a provider belongs to.
func (a *Adapter) UserByAccount(ctx context.Context, provider, providerAccountID string) (*auth.User, error) {
	account := a.accountKey(key.Pair(provider, providerAccountID))
	return a.userBy(ctx, call{name: "user by account", script: "user_by_account", keys: []string{account}})
}

// userBy runs a script that returns the id of a user and its fields.
func (a *Adapter) userBy(ctx context.Context, c call) (*auth.User, error) {
	r, err := a.do(ctx, newID(), c)
	if err != nil {
		return nil, err
	}
	return a.joinedUser(ctx, c.name, r)
}

// joinedUser parses what a script found: something that names a user, and the
// fields of that user. They are missing when a cluster is moving the keys to
// another server and the script ran where this one was not; the user is then asked
// for by itself, so that nobody is taken for gone who is not.
func (a *Adapter) joinedUser(ctx context.Context, name string, r reply) (*auth.User, error) {
	id, ok := r[0].(string)
	if !ok || len(r) != 2 {
		return nil, fmt.Errorf("redisdb: %s: the reply has an unexpected form", name)
	}
	u, err := parseUser(r[1])
	if err != nil {
		return nil, fmt.Errorf("redisdb: %s: %w", name, err)
	}
	if id, err = key.Unescape(id); err != nil {
		return nil, fmt.Errorf("redisdb: %s: %w", name, err)
	}
	if u == nil {
		return a.User(ctx, id)
	}
	if u.ID != id {
		return nil, fmt.Errorf("redisdb: %s: %w", name, errors.New("the reply has another user"))
	}
	return u, nil
}
