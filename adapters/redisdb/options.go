package redisdb

import (
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Options are the settings of a store. The zero value is usable.
type Options struct {
	// Prefix begins the name of every key, so that several applications share
	// one Redis. It has 1 to 64 letters and digits of ASCII and . _ - : and is
	// "gatehouse" by default. One Prefix may serve both [New] and [NewSessions].
	Prefix string
}

// prefix returns the prefix or its default.
func (o Options) prefix() (string, error) {
	if o.Prefix == "" {
		return "gatehouse", nil
	}
	allowed := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-:", r)
	}
	if len(o.Prefix) > 64 || strings.ContainsFunc(o.Prefix, func(r rune) bool { return !allowed(r) }) {
		return "", fmt.Errorf("redisdb: Prefix %q: at most 64 letters and digits of ASCII and . _ - : are allowed", o.Prefix)
	}
	return o.Prefix, nil
}

// newStore checks the client and reads the scripts.
func newStore(client redis.UniversalClient, base string) (store, error) {
	if err := checkClient(client); err != nil {
		return store{}, err
	}
	scripts, err := readScripts()
	return store{client: client, scripts: scripts, base: base}, err
}

// checkClient refuses a client that would break a promise of the adapter.
func checkClient(client redis.UniversalClient) error {
	const (
		noTimeout = "redisdb: set ContextTimeoutEnabled in the options of the client: without it a call does not end at its deadline"
		isNil     = "redisdb: the client is nil"
	)
	switch c := client.(type) {
	case nil:
		return errors.New(isNil)
	case *redis.Client:
		if c == nil {
			return errors.New(isNil)
		}
		if !c.Options().ContextTimeoutEnabled {
			return errors.New(noTimeout)
		}
	case *redis.ClusterClient:
		if c == nil {
			return errors.New(isNil)
		}
		if !c.Options().ContextTimeoutEnabled {
			return errors.New(noTimeout)
		}
	case *redis.Ring:
		return errors.New("redisdb: a Ring moves keys to other servers when one fails, which would sign people out: use a cluster")
	}
	return nil
}
