package faults_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// TestOneConnection signs people in at the same time with a pool that has but one
// connection (case DB-13). While the provider and the mailboxes are asked the
// connection is free, and so no transaction is open: they take it themselves before
// they answer.
func TestOneConnection(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			d := system.New(t)
			s := newSQLStore(t, d)
			db := d.Open(t)
			db.SetMaxOpenConns(1)
			oneConnection(t, s, sqldb.New(db, system.Dialect), func(ctx context.Context) error {
				_, err := db.ExecContext(ctx, "UPDATE users SET name = name WHERE id = 'nobody'")
				return err
			})
		})
	}
	t.Run("Redis", func(t *testing.T) {
		s := newRedisStore(t, need.Redis(t), "test-"+rand.Text())
		client := redis.NewClient(&redis.Options{Addr: s.addr, ContextTimeoutEnabled: true, PoolSize: 1})
		t.Cleanup(func() { client.Close() })
		a, err := redisdb.New(client, redisdb.Options{Prefix: s.prefix})
		if err != nil {
			t.Fatal(err)
		}
		oneConnection(t, s, a, func(ctx context.Context) error { return client.Ping(ctx).Err() })
	})
}

func oneConnection(t *testing.T, s store, a auth.Adapter, useConnection func(context.Context) error) {
	t.Helper()
	w := newWorld(t)
	asked := func() {
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second) // less than a call may take
		defer cancel()
		if err := useConnection(ctx); err != nil {
			t.Errorf("the connection is not free while somebody else is asked: %v", err)
		}
	}
	w.asked.Store(&asked)
	const each = 8
	c := &crowd{world: w, site: newSite(t, w, a)}
	for i := range each {
		c.people = append(c.people, &person{subject: fmt.Sprint("ada", i)}, &person{address: fmt.Sprintf("grace%d@mailbox.example", i)})
	}
	for range 2 { // as somebody new, and as somebody known
		atOnce(len(c.people), func(i int) {
			if err := c.signIn(t.Context(), c.people[i]); err != nil {
				t.Errorf("%v: %v", c.people[i], err)
			}
		})
	}
	c.checkPeople(t, checkStore(t, s))
	c.checkSessions(t)
}
