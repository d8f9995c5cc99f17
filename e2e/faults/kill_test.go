package faults_test

import (
	"context"
	"crypto/rand"
	"flag"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

var (
	kills         = flag.Int("kills", 200, "how often a server is killed for each database")
	databaseKills = flag.Int("database-kills", 10, "how often each database is killed")
)

// lookEvery is after how many kills the database is looked at.
const lookEvery = 20

// TestServerKilled ends the server with SIGKILL while people sign in, and starts
// it again, over and over (cases DB-03 and DB-26). Whatever was answered holds,
// and nobody is stuck.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		store    func(t *testing.T) store
		visitors int
		kills    int
	}{
		{"SQLite", newSQLite, 8, *kills},
		{"SQLite with 50 visitors", newSQLite, 50, *kills / 2},
		{"PostgreSQL", func(t *testing.T) store { return newSQLStore(t, database.PostgreSQL().New(t)) }, 8, *kills},
		{"MariaDB", func(t *testing.T) store { return newSQLStore(t, database.MariaDB().New(t)) }, 8, *kills},
		{"Redis", func(t *testing.T) store { return newRedisStore(t, need.Redis(t), "test-"+rand.Text()) }, 8, *kills},
	}
	var all sync.WaitGroup
	for _, test := range tests {
		// All at once, because most of the time is spent waiting.
		all.Go(func() {
			t.Run(test.name, func(t *testing.T) {
				w, s := newWorld(t), test.store(t)
				v := newServer(t, w, s)
				c := &crowd{world: w, site: v.url}
				c.during(t, test.visitors, v, func() {
					for n := range test.kills {
						time.Sleep(5*time.Millisecond + mathrand.N(60*time.Millisecond))
						v.kill()
						if n%lookEvery == 0 {
							checkStore(t, s)
						}
						if err := v.start(); err != nil {
							t.Error(err)
							return
						}
					}
				})
				c.finish(t, s, test.kills)
			})
		})
	}
	all.Wait()
}

// newSQLite is a file with the settings that the package comment of sqldb
// recommends, which waits for the disk.
func newSQLite(t *testing.T) store {
	d := database.SQLite().New(t)
	d.Source = strings.TrimSuffix(d.Source, "&_pragma=synchronous(OFF)")
	return newSQLStore(t, d)
}

// during has visitors sign in while something happens. The server is running
// before and after.
func (c *crowd) during(t *testing.T, visitors int, v *server, something func()) {
	t.Helper()
	if err := v.start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	defer func() {
		cancel() // has an effect only when something failed
		group.Wait()
	}()
	for range visitors {
		group.Go(func() {
			if err := c.visit(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	something()
	c.over.Store(true)
	group.Wait()
}

// finish looks at everything in the end. The server is running.
func (c *crowd) finish(t *testing.T, s store, interruptions int) {
	t.Helper()
	t.Logf("%d people, %d sign-ins answered, %d not, %d links went with the answer",
		len(c.people), c.answered.Load(), c.unanswered.Load(), c.burnt.Load())
	if got := c.unanswered.Load(); got < int64(interruptions)/20 {
		t.Errorf("only %d sign-ins were interrupted by %d kills: this test shows nothing", got, interruptions)
	}
	c.checkPeople(t, checkStore(t, s))
	c.checkSessions(t)
	c.checkReturns(t)
	c.checkPeople(t, checkStore(t, s))
}
