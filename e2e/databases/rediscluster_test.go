package databases_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/redisserver"
)

// clusterClient returns a client of a cluster that ends with the test.
func clusterClient(t testing.TB, c *redisserver.Cluster, o redis.ClusterOptions) *redis.ClusterClient {
	t.Helper()
	o.Addrs = c.Addrs()
	o.ContextTimeoutEnabled = true
	client := redis.NewClusterClient(&o)
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func TestRedisCluster(t *testing.T) {
	t.Parallel()
	cluster := redisserver.StartCluster(t, 3)
	for _, test := range []struct {
		name    string
		options redis.ClusterOptions
	}{
		{"pool", redis.ClusterOptions{}},
		{"one connection to each server", redis.ClusterOptions{PoolSize: 1, MaxActiveConns: 1}},
		{"reads from replicas", redis.ClusterOptions{RouteRandomly: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := clusterClient(t, cluster, test.options)
			prefixes := newRedisPrefixes(t, client)
			adaptertest.Run(t, func(t *testing.T) auth.Adapter { return redisAdapter(t, client, prefixes.next()) })
		})
	}
	t.Run("hash tags", func(t *testing.T) { testHashTags(t, clusterClient(t, cluster, redis.ClusterOptions{})) })
	t.Run("sessions on every server", func(t *testing.T) { testSpread(t, cluster) })
	t.Run("keys on their way", func(t *testing.T) { testMigration(t, cluster) })
}

// testHashTags signs people in whose names would move a key to another server, or
// into the place of another key, if they stood in it as they are.
func testHashTags(t *testing.T, client *redis.ClusterClient) {
	a := redisAdapter(t, client, "hash-tags")
	names := []string{"}{other}", "{other}", "x}:u:y", "a:b", "a\nb", "a\x00b", "*", "", "%7D"}
	users := map[string]string{}
	for _, name := range names {
		u, err := a.SignIn(t.Context(), auth.SignIn{
			CreateUser:    &auth.User{Email: name + "@example.com"},
			LinkAccount:   &auth.Account{Provider: name, ProviderAccountID: name},
			CreateSession: &auth.SessionRecord{Token: "s" + name, Expires: time.Now().Add(time.Hour)},
		})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		users[name] = u.ID
	}
	for _, name := range names {
		if u, err := a.UserByAccount(t.Context(), name, name); err != nil || u.ID != users[name] {
			t.Errorf("UserByAccount(%q) = %+v, %v", name, u, err)
		}
		if u, err := a.UserByEmail(t.Context(), name+"@example.com"); err != nil || u.ID != users[name] {
			t.Errorf("UserByEmail(%q) = %+v, %v", name, u, err)
		}
		if s, u, err := a.SessionAndUser(t.Context(), "s"+name); err != nil || u.ID != users[name] || s.Token != "s"+name {
			t.Errorf("SessionAndUser(%q) = %+v, %+v, %v", name, s, u, err)
		}
	}
	if err := a.CreateVerificationToken(t.Context(), auth.VerificationToken{Identifier: "a:b", Token: "c"}); err != nil {
		t.Fatal(err)
	}
	for _, other := range [][2]string{{"a", "b:c"}, {"a:b:c", ""}, {"a%3Ab", "c"}} {
		if _, err := a.VerificationToken(t.Context(), other[0], other[1]); !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("VerificationToken(%q) = %v, want auth.ErrNotFound", other, err)
		}
	}
	err := client.ForEachMaster(t.Context(), func(ctx context.Context, c *redis.Client) error {
		keys := c.Scan(ctx, 0, "*hash-tags*", 1000).Iterator()
		slots := map[int64]bool{}
		for keys.Next(ctx) {
			slot, err := c.ClusterKeySlot(ctx, keys.Val()).Result()
			if err != nil {
				return err
			}
			slots[slot] = true
		}
		if len(slots) > 1 {
			t.Errorf("the keys of one adapter are in %d slots, want one", len(slots))
		}
		return keys.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

// testSpread looks at where sessions are.
func testSpread(t *testing.T, cluster *redisserver.Cluster) {
	client := clusterClient(t, cluster, redis.ClusterOptions{})
	sessions, err := redisdb.NewSessions(client, redisdb.Options{Prefix: "spread"})
	if err != nil {
		t.Fatal(err)
	}
	const n = 60
	for i := range n {
		r := auth.SessionRecord{Token: fmt.Sprint("{same}", i), UserID: "ada", Expires: time.Now().Add(time.Hour)}
		if err := sessions.CreateSession(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range cluster.Servers {
		keys, err := s.Client(t).Keys(t.Context(), "spread:{s:*").Result()
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) < n/10 {
			t.Errorf("%d of %d sessions are on %s, want about a third", len(keys), n, s.Addr)
		}
	}
	list, err := sessions.Sessions(t.Context(), "ada")
	if err != nil || len(list) != n {
		t.Errorf("%d sessions are listed (%v), want %d", len(list), err, n)
	}
	if err := sessions.DeleteSessions(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if _, err := sessions.Session(t.Context(), fmt.Sprint("{same}", i)); !errors.Is(err, auth.ErrNotFound) {
			t.Fatalf("session %d after DeleteSessions: %v, want auth.ErrNotFound", i, err)
		}
	}
}

// testMigration stops halfway while a cluster moves the keys of an adapter to
// another server. Nobody may be taken for signed out, and no write may find some
// of its keys and miss others.
func testMigration(t *testing.T, cluster *redisserver.Cluster) {
	client := clusterClient(t, cluster, redis.ClusterOptions{})
	a := redisAdapter(t, client, "moving")
	u, err := a.SignIn(t.Context(), auth.SignIn{
		CreateUser:    &auth.User{Email: "ada@example.com"},
		LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: "1"},
		CreateSession: &auth.SessionRecord{Token: "a", Expires: time.Now().Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "b", Expires: time.Now().Add(time.Hour)}}); err != nil {
		t.Fatal(err)
	}
	m := beginMigration(t, cluster, "{moving}:")
	keys, err := m.from.Keys(t.Context(), "{moving}:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for i, moved := range keys {
		m.move(t, moved)
		for _, token := range []string{"a", "b"} {
			if _, _, err := a.SessionAndUser(t.Context(), token); errors.Is(err, auth.ErrNotFound) {
				t.Errorf("after %d of %d keys have moved, the last one %s: the session is not found", i+1, len(keys), moved)
			}
		}
		if _, err := a.UserByAccount(t.Context(), "github", "1"); errors.Is(err, auth.ErrNotFound) {
			t.Errorf("after %s has moved: the account is not found", moved)
		}
		if _, err := a.UserByEmail(t.Context(), "ada@example.com"); errors.Is(err, auth.ErrNotFound) {
			t.Errorf("after %s has moved: the address is not found", moved)
		}
		if i == len(keys)/2 {
			_, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, RemoveAttached: true})
			if err == nil {
				t.Error("a sign-in that removes sessions was written while some of them were elsewhere")
			}
			if err := a.DeleteSessions(t.Context(), u.ID); err == nil {
				t.Error("DeleteSessions succeeded while some sessions were elsewhere")
			}
		}
	}
	m.end(t)
	redisserver.Wait(t, "the adapter writes again", func(ctx context.Context) error { return a.DeleteSessions(ctx, u.ID) })
	for _, token := range []string{"a", "b"} {
		if _, _, err := a.SessionAndUser(t.Context(), token); !errors.Is(err, auth.ErrNotFound) {
			t.Errorf("session after DeleteSessions: %v, want auth.ErrNotFound", err)
		}
	}
}

// migration is a slot on its way from one server to another.
type migration struct {
	slot     int64
	from, to *redis.Client
	toAddr   string
	toID     string
}

func beginMigration(t *testing.T, cluster *redisserver.Cluster, key string) *migration {
	t.Helper()
	first := cluster.Servers[0].Client(t)
	slot, err := first.ClusterKeySlot(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	owner := int(slot) * len(cluster.Servers) / 16384
	next := cluster.Servers[(owner+1)%len(cluster.Servers)]
	m := &migration{slot: slot, from: cluster.Servers[owner].Client(t), to: next.Client(t), toAddr: next.Addr}
	fromID, err := m.from.Do(t.Context(), "CLUSTER", "MYID").Text()
	if err != nil {
		t.Fatal(err)
	}
	if m.toID, err = m.to.Do(t.Context(), "CLUSTER", "MYID").Text(); err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		m.to.Do(t.Context(), "CLUSTER", "SETSLOT", slot, "IMPORTING", fromID).Err(),
		m.from.Do(t.Context(), "CLUSTER", "SETSLOT", slot, "MIGRATING", m.toID).Err())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *migration) move(t *testing.T, key string) {
	t.Helper()
	host, port, err := net.SplitHostPort(m.toAddr)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.from.Migrate(t.Context(), host, port, key, 0, time.Second).Err(); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
}

func (m *migration) end(t *testing.T) {
	t.Helper()
	for _, c := range []*redis.Client{m.to, m.from} {
		if err := c.Do(t.Context(), "CLUSTER", "SETSLOT", m.slot, "NODE", m.toID).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRedisSentinel has the master fail. Within the time that a fail-over takes
// calls fail, and nobody is taken for signed out; then all goes on.
func TestRedisSentinel(t *testing.T) {
	t.Parallel()
	s := redisserver.StartSentinel(t)
	client := redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: redisserver.MasterName, SentinelAddrs: []string{s.Addr}, ContextTimeoutEnabled: true,
	})
	t.Cleanup(func() { client.Close() })
	a := redisAdapter(t, client, "")
	u, err := a.SignIn(t.Context(), auth.SignIn{
		CreateUser:    &auth.User{Name: "Ada"},
		CreateSession: &auth.SessionRecord{Token: "s", Expires: time.Now().Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Master.Client(t).Wait(t.Context(), 1, 5*time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	s.Master.Kill(t)
	redisserver.Wait(t, "a session is read after the fail-over", func(ctx context.Context) error {
		_, got, err := a.SessionAndUser(ctx, "s")
		if errors.Is(err, auth.ErrNotFound) || err == nil && got.ID != u.ID {
			t.Fatalf("user = %+v, %v: the fail-over signed somebody out", got, err)
		}
		return err
	})
	redisserver.Wait(t, "a sign-in after the fail-over", func(ctx context.Context) error {
		_, err := a.SignIn(ctx, auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "new", Expires: time.Now().Add(time.Hour)}})
		if errors.Is(err, auth.ErrConflict) {
			t.Fatal("a sign-in that was tried again conflicts with itself")
		}
		return err
	})
}
