package redisdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// The links of an address are one hash, found by the address as it is compared,
// and an index by the time at which each is removed. DeleteUser finds all of them
// by that; each link itself is found by the bytes of its Identifier.

// linkField is the field of a link in the hash of its address.
func linkField(identifier, token string) string {
	return key.Escape(identifier) + ":" + key.Escape(token)
}

// CreateVerificationToken stores a mailed link. It returns [auth.ErrConflict]
// when a link with the same Identifier and Token is there.
func (a *Adapter) CreateVerificationToken(ctx context.Context, t auth.VerificationToken) error {
	id, address := newID(), addressKey(t.Identifier)
	_, err := a.do(ctx, id, call{
		name: "create verification token", script: "create_link", keys: []string{a.linksOf(address), a.linkEndsOf(address)},
		// The id tells a repeated call from another one.
		args: []any{linkField(t.Identifier, t.Token), micros(t.Expires) + ":" + id, keyEnd(t.Expires)},
	})
	return err
}

// VerificationToken finds a mailed link without using it up. One that has expired
// is found for a day.
func (a *Adapter) VerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.link(ctx, newID(), identifier, token, call{
		name: "verification token", script: "link", keys: []string{a.linksOf(addressKey(identifier))},
	})
}

// UseVerificationToken removes a mailed link and returns it, also when it has
// expired. One script does both.
func (a *Adapter) UseVerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	id, address := newID(), addressKey(identifier)
	return a.link(ctx, id, identifier, token, call{
		name: "use verification token", script: "use_link", keys: []string{a.linksOf(address), a.linkEndsOf(address), a.markKey(id)},
	})
}

func (a *Adapter) link(ctx context.Context, id, identifier, token string, c call) (*auth.VerificationToken, error) {
	c.args = []any{linkField(identifier, token)}
	r, err := a.do(ctx, id, c)
	if err != nil {
		return nil, err
	}
	value, _ := r[0].(string)
	micros, _, _ := strings.Cut(value, ":")
	expires, err := parseTime(micros)
	if err != nil {
		return nil, fmt.Errorf("redisdb: %s: %w", c.name, err)
	}
	return &auth.VerificationToken{Identifier: identifier, Token: token, Expires: expires}, nil
}
