package faults_test

import (
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/redisserver"
)

// mortalStore is a store whose database can be killed.
type mortalStore struct {
	store
	kill, start func()
}

func ownSQL(t *testing.T, o *database.Own) mortalStore {
	t.Helper()
	return mortalStore{newSQLStore(t, o.Database), func() { o.Kill(t) }, func() { o.Start(t) }}
}

// ownRedis writes every change to its disk before it answers.
func ownRedis(t *testing.T) mortalStore {
	t.Helper()
	o := redisserver.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	return mortalStore{newRedisStore(t, o.Addr, "test-"+rand.Text()), func() { o.Kill(t) }, func() { o.Restart(t) }}
}

// TestDatabaseKilled ends the database with SIGKILL while people sign in, and
// starts it again (cases DB-02 and DB-09). The server goes on, and recovers by
// itself.
func TestDatabaseKilled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		store func(t *testing.T) mortalStore
	}{
		{"PostgreSQL", func(t *testing.T) mortalStore { return ownSQL(t, database.OwnPostgreSQL(t)) }},
		{"MariaDB", func(t *testing.T) mortalStore { return ownSQL(t, database.OwnMariaDB(t)) }},
		{"Redis", ownRedis},
	}
	var all sync.WaitGroup
	for _, test := range tests {
		all.Go(func() {
			t.Run(test.name, func(t *testing.T) {
				w, s := newWorld(t), test.store(t)
				v := newServer(t, w, s)
				c := &crowd{world: w, site: v.url, databaseFails: true}
				c.during(t, 8, v, func() {
					for range *databaseKills {
						c.recover(t)
						time.Sleep(mathrand.N(100 * time.Millisecond))
						s.kill()
						c.checkOutage(t)
						s.start()
					}
					c.recover(t)
				})
				c.finish(t, s, *databaseKills)
			})
		})
	}
	all.Wait()
}

// recover waits until people sign in, which the server has to let them do by itself
// when its database is back.
func (c *crowd) recover(t *testing.T) {
	t.Helper()
	before := c.answered.Load()
	for deadline := time.Now().Add(20 * time.Second); c.answered.Load() < before+5; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody signs in, though the database is back")
		}
	}
}

// checkOutage looks at what the server says while its database is dead: nobody is
// signed out (case DB-09) and nobody is signed in.
func (c *crowd) checkOutage(t *testing.T) {
	t.Helper()
	if token := c.anyToken(); token != "" {
		if id, err := owner(t.Context(), c.site, token); !errors.Is(err, errUnanswered) {
			t.Errorf("GET /session without a database: user %q, %v, want 503 and the cookie kept", id, err)
		}
	}
	b := newBrowser(c.site)
	if p, err := b.post(t.Context(), "/signin/email", url.Values{"email": {"outage@mailbox.example"}}); err == nil && p.errorCode() == "" {
		t.Errorf("a link is said to be mailed: %s", p.location)
	}
}

// anyToken is a session that was answered, or "".
func (c *crowd) anyToken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.people {
		p.mu.Lock()
		tokens := p.tokens
		p.mu.Unlock()
		if len(tokens) > 0 {
			return tokens[0]
		}
	}
	return ""
}
