package redisdb

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/auth"
)

const (
	// callTimeout is how long a call may take with everything it waits for.
	callTimeout = 5 * time.Second
	// keep is how much longer than its end a session or a mailed link can be
	// found, so that the caller sees that it has expired.
	keep = 24 * time.Hour
)

//go:embed scripts
var files embed.FS

// readScripts returns the scripts by their name, each with the prelude.
func readScripts() (map[string]*redis.Script, error) {
	prelude, err := files.ReadFile("scripts/prelude.lua")
	if err != nil {
		return nil, fmt.Errorf("redisdb: %w", err)
	}
	scripts := map[string]*redis.Script{}
	err = fs.WalkDir(files, "scripts", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := files.ReadFile(file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "scripts/"), path.Ext(file))
		scripts[name] = redis.NewScript(string(prelude) + string(text))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("redisdb: %w", err)
	}
	return scripts, nil
}

// store runs scripts. It is what the two kinds of stores have in common.
type store struct {
	client  redis.UniversalClient
	scripts map[string]*redis.Script
	// base begins the keys that a script makes itself.
	base string
}

// reply is what a script returned, without the id of the call.
type reply []any

// call is one run of a script.
type call struct {
	// name stands in front of errors.
	name   string
	script string
	keys   []string
	args   []any
}

// run runs a script with a new id.
func (s *store) run(ctx context.Context, c call) (reply, error) {
	return s.runAs(ctx, newID(), c)
}

// runAs runs a script. The id is the same when the client sends the script again
// because a reply was lost. A reply that does not begin with it belongs to another
// call and is an error: a client that mixes up its connections never shows
// anybody the session of somebody else.
func (s *store) runAs(ctx context.Context, id string, c call) (reply, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("redisdb: %s: %w", c.name, err)
	}
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > callTimeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTimeout)
		defer cancel()
	}
	args := append(make([]any, 0, 2+len(c.args)), id, s.base)
	r, err := s.scripts[c.script].Run(ctx, s.client, c.keys, append(args, c.args...)...).Slice()
	if err != nil {
		if done := ctx.Err(); done != nil && !errors.Is(err, done) {
			return nil, fmt.Errorf("redisdb: %s: %w: %w", c.name, done, err)
		}
		return nil, fmt.Errorf("redisdb: %s: %w", c.name, err)
	}
	if len(r) < 2 || r[0] != id {
		return nil, fmt.Errorf("redisdb: %s: the client returned the reply to another call", c.name)
	}
	return r[1:], nil
}

// do runs a script whose reply begins with what became of it.
func (s *store) do(ctx context.Context, id string, c call) (reply, error) {
	r, err := s.runAs(ctx, id, c)
	if err != nil {
		return nil, err
	}
	switch status := r[0]; status {
	case "ok", "found":
		return r[1:], nil
	case "missing":
		err = auth.ErrNotFound
	case "conflict":
		err = auth.ErrConflict
	case "last":
		err = auth.ErrLastAccount
	default:
		return nil, fmt.Errorf("redisdb: %s: the script returned %v", c.name, status)
	}
	if len(r) > 1 {
		if step, ok := r[1].(string); ok {
			return nil, &auth.StepError{Step: auth.Step(step), Err: fmt.Errorf("redisdb: %w", err)}
		}
	}
	return nil, fmt.Errorf("redisdb: %s: %w", c.name, err)
}

// newID returns 128 random bits in hexadecimal.
func newID() string {
	var id [16]byte
	rand.Read(id[:]) // crypto/rand never returns an error
	return hex.EncodeToString(id[:])
}
