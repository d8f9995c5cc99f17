package databases_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// redisPrefixes hands out prefixes that nothing else uses, and removes the keys of
// all of them when the test ends.
type redisPrefixes struct {
	name string
	n    atomic.Int64
}

func newRedisPrefixes(t testing.TB, client redis.UniversalClient) *redisPrefixes {
	p := &redisPrefixes{name: "test-" + rand.Text()}
	t.Cleanup(func() { removeKeys(t, client, "*"+p.name+"*") })
	return p
}

func (p *redisPrefixes) next() string { return fmt.Sprint(p.name, "-", p.n.Add(1)) }

// removeKeys removes the keys that match a pattern, on every server of a cluster.
func removeKeys(t testing.TB, client redis.UniversalClient, pattern string) {
	remove := func(ctx context.Context, c *redis.Client) error {
		keys := c.Scan(ctx, 0, pattern, 1000).Iterator()
		for keys.Next(ctx) {
			if err := c.Del(ctx, keys.Val()).Err(); err != nil {
				return err
			}
		}
		return keys.Err()
	}
	var err error
	switch c := client.(type) {
	case *redis.Client:
		err = remove(context.Background(), c)
	case *redis.ClusterClient:
		err = c.ForEachMaster(context.Background(), remove)
	}
	if err != nil {
		t.Errorf("removing the keys of the test: %v", err)
	}
}

// redisClient returns a client of the server for tests that ends with the test.
func redisClient(t testing.TB, o redis.Options) *redis.Client {
	t.Helper()
	if o.Addr == "" {
		o.Addr = need.Redis(t)
	}
	o.ContextTimeoutEnabled = true
	client := redis.NewClient(&o)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// redisAdapter returns an adapter with an empty store.
func redisAdapter(t testing.TB, client redis.UniversalClient, prefix string) *redisdb.Adapter {
	t.Helper()
	a, err := redisdb.New(client, redisdb.Options{Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRedis(t *testing.T) {
	for _, test := range []struct {
		name    string
		options redis.Options
	}{
		{"pool", redis.Options{}},
		{"one connection", redis.Options{PoolSize: 1, MaxActiveConns: 1}},
		{"RESP2", redis.Options{Protocol: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			client := redisClient(t, test.options)
			prefixes := newRedisPrefixes(t, client)
			adaptertest.Run(t, func(t *testing.T) auth.Adapter { return redisAdapter(t, client, prefixes.next()) })
		})
	}
}
