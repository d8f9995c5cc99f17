package databases_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/redisserver"
)

// The rights are those in the package comment of redisdb.
const redisRights = "-@all +evalsha +eval +del +exists +get +hdel +hexists +hget +hmget +hset +pexpire +pexpireat " +
	"+rename +set +time +zadd +zcard +zrange +zrangebylex +zrangebyscore +zrem +zremrangebyscore +zrevrange"

// TestRedisRights has the adapter use an account with the rights that its
// documentation asks for.
func TestRedisRights(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	limitRights(t, server, redisRights)
	client := redisClient(t, redis.Options{Addr: server.Addr, Username: "gatehouse", Password: "secret"})
	n := 0
	adaptertest.Run(t, func(t *testing.T) auth.Adapter {
		n++
		return redisAdapter(t, client, fmt.Sprint("rights", n))
	})
	if _, err := redisAdapter(t, client, "other").User(t.Context(), "1"); err == nil || errors.Is(err, auth.ErrNotFound) {
		t.Errorf("a key of somebody else: %v, want an error: the test shows nothing", err)
	}
	if err := client.ConfigGet(t.Context(), "save").Err(); err == nil {
		t.Error("CONFIG is allowed: the test shows nothing")
	}
	if problems, err := redisdb.Check(t.Context(), client); err != nil || len(problems) != 0 {
		t.Errorf("Check without rights = %q, %v: what it may not see is no problem", problems, err)
	}
}

// limitRights makes an account that has these rights for keys of its own.
func limitRights(t *testing.T, server *redisserver.Server, rights string) {
	t.Helper()
	limit := []any{"ACL", "SETUSER", "gatehouse", "reset", "on", ">secret", "~{rights*", "~rights*"}
	for right := range strings.FieldsSeq(rights) {
		limit = append(limit, right)
	}
	if err := server.Client(t).Do(t.Context(), limit...).Err(); err != nil {
		t.Fatal(err)
	}
}

// On a cluster a few rights more are needed, and so they are for Check.
func TestRedisClusterRights(t *testing.T) {
	t.Parallel()
	cluster := redisserver.StartCluster(t, 3)
	for _, s := range cluster.Servers {
		limitRights(t, s, redisRights+" +cluster|slots +cluster|shards +command +info +config|get")
	}
	client := clusterClient(t, cluster, redis.ClusterOptions{Username: "gatehouse", Password: "secret"})
	u := redisUser(t, redisAdapter(t, client, "rights"), "ada")
	sessions := redisSessions(t, client, "rights")
	for i := range 10 {
		if err := sessions.CreateSession(t.Context(), auth.SessionRecord{Token: fmt.Sprint(i), UserID: u.ID, Expires: inAnHour()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := sessions.DeleteSessions(t.Context(), u.ID); err != nil {
		t.Error(err)
	}
	if problems, err := redisdb.Check(t.Context(), client); err != nil || len(problems) != 3 || !strings.Contains(problems[0], "nothing is written to disk") {
		t.Errorf("Check = %q, %v, want a problem of each server", problems, err)
	}
}

func TestRedisCheck(t *testing.T) {
	t.Parallel()
	good := []string{"--appendonly", "yes"}
	for _, test := range []struct {
		name     string
		settings []string
		want     []string // beginnings
	}{
		{"well set up", good, nil},
		{"eviction", append([]string{"--maxmemory-policy", "allkeys-lru"}, good...), []string{"maxmemory-policy is allkeys-lru"}},
		{"memory only", nil, []string{"nothing is written to disk"}},
		{"snapshots", []string{"--save", "900 1"}, []string{"appendonly is no"}},
		{"no fsync", append([]string{"--appendfsync", "no"}, good...), []string{"appendfsync is no"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := redisserver.Start(t, test.settings...)
			wantProblems(t, redisClient(t, redis.Options{Addr: server.Addr}), test.want...)
		})
	}
	t.Run("retries", func(t *testing.T) {
		server := redisserver.Start(t, good...)
		wantProblems(t, redisClient(t, redis.Options{Addr: server.Addr, MaxRetries: 10}), "the client's MaxRetries is 10")
	})
	t.Run("replica", func(t *testing.T) {
		s := redisserver.StartSentinel(t)
		wantProblems(t, redisClient(t, redis.Options{Addr: s.Master.Addr}), "nothing is written to disk", "min-replicas-to-write is 0")
		wantProblems(t, redisClient(t, redis.Options{Addr: s.Replica.Addr}), "nothing is written to disk", "the server is a replica")
	})
	t.Run("cluster", func(t *testing.T) {
		cluster := redisserver.StartCluster(t, 3, good...)
		wantProblems(t, clusterClient(t, cluster, redis.ClusterOptions{}))
		if err := cluster.Servers[1].Client(t).ConfigSet(t.Context(), "maxmemory-policy", "volatile-lru").Err(); err != nil {
			t.Fatal(err)
		}
		wantProblems(t, clusterClient(t, cluster, redis.ClusterOptions{}), cluster.Servers[1].Addr+": maxmemory-policy is volatile-lru")
	})
	t.Run("no server", func(t *testing.T) {
		client := redisClient(t, redis.Options{Addr: net.JoinHostPort("127.0.0.1", redisserver.FreePort(t)), MaxRetries: -1, DialerRetries: 1})
		if problems, err := redisdb.Check(t.Context(), client); err == nil {
			t.Errorf("Check = %q, want an error", problems)
		}
	})
}

// wantProblems fails unless Check finds exactly problems with these beginnings.
func wantProblems(t *testing.T, client redis.UniversalClient, want ...string) {
	t.Helper()
	got, err := redisdb.Check(t.Context(), client)
	if err != nil || !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("Check = %q, %v, want %q", got, err, want)
	}
}

// counter counts what a client sends.
type counter struct{ commands, pipelines atomic.Int64 }

func (c *counter) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.commands.Add(1)
		return next(ctx, cmd)
	}
}

func (c *counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.pipelines.Add(1)
		return next(ctx, cmds)
	}
}

// Every call is one command, and one command is one round trip.
func TestRedisRoundTrips(t *testing.T) {
	t.Parallel()
	client := redisClient(t, redis.Options{})
	var c counter
	client.AddHook(&c)
	prefix := newRedisPrefixes(t, redisClient(t, redis.Options{})).next()
	a := redisAdapter(t, client, prefix)
	sessions, err := redisdb.NewSessions(client, redisdb.Options{Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	u := redisUser(t, a, "ada")
	if err := sessions.CreateSession(t.Context(), auth.SessionRecord{Token: "ada", UserID: "ada", Expires: inAnHour()}); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"SessionAndUser": func() error { _, _, err := a.SessionAndUser(t.Context(), "ada"); return err },
		"UserByEmail":    func() error { _, err := a.UserByEmail(t.Context(), "ada@example.com"); return err },
		"UpdateSession":  func() error { return a.UpdateSession(t.Context(), "ada", inAnHour()) },
		"SignIn": func() error {
			_, err := a.SignIn(t.Context(), auth.SignIn{
				UserID: u.ID, RemoveAttached: true, CreateSession: &auth.SessionRecord{Token: "ada", Expires: inAnHour()},
			})
			return err
		},
		"Sessions.Session": func() error { _, err := sessions.Session(t.Context(), "ada"); return err },
	} {
		if err := call(); err != nil { // brings the script to the server
			t.Fatalf("%s: %v", name, err)
		}
		commands, pipelines := c.commands.Load(), c.pipelines.Load()
		if err := call(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n, p := c.commands.Load()-commands, c.pipelines.Load()-pipelines; n != 1 || p != 0 {
			t.Errorf("%s took %d commands and %d pipelines, want one command", name, n, p)
		}
	}
}

// What expires has a life in Redis, and an index drops what has gone.
func TestRedisExpiry(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	client := redisClient(t, redis.Options{Addr: server.Addr})
	a := redisAdapter(t, client, "")
	u := redisUser(t, a, "ada")
	err := errors.Join(
		a.CreateVerificationToken(t.Context(), auth.VerificationToken{Identifier: "a", Token: "1", Expires: inAnHour()}),
		a.Revoke(t.Context(), auth.Revocation{UserID: "u", At: time.Now(), Expires: inAnHour()}))
	if err != nil {
		t.Fatal(err)
	}
	day := 24 * time.Hour
	for key, want := range map[string]time.Duration{
		"{gatehouse}:s:ada":             day + time.Hour,
		"{gatehouse}:us:" + u.ID:        day + time.Hour,
		"{gatehouse}:l:a":               day + time.Hour,
		"{gatehouse}:le:a":              day + time.Hour,
		"{gatehouse}:r":                 time.Hour,
		"{gatehouse}:rs":                time.Hour,
		"{gatehouse}:re":                time.Hour,
		"{gatehouse}:u:" + u.ID:         -1,
		"{gatehouse}:e:ada@example.com": -1,
		"{gatehouse}:ua:" + u.ID:        -1,
		"{gatehouse}:accounts":          -1,
	} {
		got, err := client.PTTL(t.Context(), key).Result()
		if err != nil || want < 0 && got != want || want > 0 && (got > want+time.Second || got < want-time.Minute) {
			t.Errorf("%s lives for %v (%v), want %v", key, got, err, want)
		}
	}
	// A session, a link and a revocation whose time is over.
	over := float64(time.Now().Add(-time.Second).UnixMilli())
	for key, member := range map[string]string{"us:" + u.ID: "old", "le:a": "a:old", "re": "old:"} {
		if err := client.ZAdd(t.Context(), "{gatehouse}:"+key, redis.Z{Score: over, Member: member}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	client.HSet(t.Context(), "{gatehouse}:l:a", "a:old", "0:x")
	client.HSet(t.Context(), "{gatehouse}:rs", "old:", "1:1:old:")
	client.ZAdd(t.Context(), "{gatehouse}:r", redis.Z{Score: 1, Member: "1:1:old:"})
	_, err = a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "new", Expires: inAnHour()}})
	err = errors.Join(err,
		a.CreateVerificationToken(t.Context(), auth.VerificationToken{Identifier: "a", Token: "2", Expires: inAnHour()}),
		a.Revoke(t.Context(), auth.Revocation{UserID: "v", At: time.Now(), Expires: inAnHour()}))
	if err != nil {
		t.Fatal(err)
	}
	for key, count := range map[string]*redis.IntCmd{
		"us": client.ZCard(t.Context(), "{gatehouse}:us:"+u.ID),
		"l":  client.HLen(t.Context(), "{gatehouse}:l:a"),
		"le": client.ZCard(t.Context(), "{gatehouse}:le:a"),
		"r":  client.ZCard(t.Context(), "{gatehouse}:r"),
		"rs": client.HLen(t.Context(), "{gatehouse}:rs"),
		"re": client.ZCard(t.Context(), "{gatehouse}:re"),
	} {
		if count.Err() != nil || count.Val() != 2 {
			t.Errorf("%s has %d entries (%v), want the 2 that have not expired", key, count.Val(), count.Err())
		}
	}
	// Without users, accounts and what lives for a while nothing is left.
	if err := a.DeleteUser(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if life := client.PTTL(t.Context(), key).Val(); life < 0 {
			t.Errorf("%s stays for good after its user is gone", key)
		}
	}
}
