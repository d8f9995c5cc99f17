package redisdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// Revoke stores a revocation unless one with the same SessionID and UserID is
// there that was made later. It returns an error when r names neither a session
// nor a user.
func (a *Adapter) Revoke(ctx context.Context, r auth.Revocation) error {
	if r.SessionID == "" && r.UserID == "" {
		return errors.New("redisdb: revocation without SessionID and UserID")
	}
	subject := key.Escape(r.SessionID) + ":" + key.Escape(r.UserID)
	_, err := a.do(ctx, newID(), call{
		name: "revoke", script: "revoke", keys: []string{a.base + "r", a.base + "rs", a.base + "re"},
		args: []any{subject, strings.Join([]string{micros(r.At), micros(r.Expires), subject}, ":"), micros(r.At), r.Expires.UnixMilli() + 1},
	})
	return err
}

// Revocations returns the revocations whose At is since or later and that have
// not expired, the oldest first.
func (a *Adapter) Revocations(ctx context.Context, since time.Time) ([]auth.Revocation, error) {
	reply, err := a.run(ctx, call{name: "revocations", script: "revocations", keys: []string{a.base + "r"}, args: []any{micros(since)}})
	if err != nil {
		return nil, err
	}
	list, _ := reply[0].([]any)
	now := time.Now()
	var found []auth.Revocation
	for _, v := range list {
		text, _ := v.(string)
		r, err := parseRevocation(text)
		if err != nil {
			return nil, fmt.Errorf("redisdb: revocations: %w", err)
		}
		// Redis compares floating-point numbers, which may round.
		if r.Expires.After(now) && r.At.UnixMicro() >= since.UnixMicro() {
			found = append(found, r)
		}
	}
	return found, nil
}

func parseRevocation(text string) (r auth.Revocation, err error) {
	parts := strings.Split(text, ":")
	if len(parts) != 4 {
		return r, errors.New("a revocation has an unexpected form")
	}
	if r.At, err = parseTime(parts[0]); err != nil {
		return r, err
	}
	if r.Expires, err = parseTime(parts[1]); err != nil {
		return r, err
	}
	if r.SessionID, err = key.Unescape(parts[2]); err != nil {
		return r, err
	}
	r.UserID, err = key.Unescape(parts[3])
	return r, err
}
