package faults_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// lockTables are statements that keep everybody else from the sessions until the
// connection runs unlockTables.
func lockTables(d database.Database) (lock []string, unlock string) {
	switch d.Driver {
	case "pgx":
		return []string{"BEGIN", "LOCK TABLE sessions"}, "ROLLBACK"
	case "mysql":
		return []string{"LOCK TABLES sessions WRITE"}, "UNLOCK TABLES"
	}
	return []string{"BEGIN IMMEDIATE"}, "ROLLBACK"
}

// TestSlowDatabase has a database that does not answer in time, because somebody
// else holds a lock (case DB-11). Requests are answered with 503 after five
// seconds, those whose client has gone hold no connection, and afterwards
// everything works.
func TestSlowDatabase(t *testing.T) {
	t.Parallel()
	for _, system := range []database.System{database.PostgreSQL(), database.MariaDB()} {
		t.Run(system.Name, func(t *testing.T) {
			t.Parallel()
			w, d := newWorld(t), system.New(t)
			s := newSQLStore(t, d)
			pool := d.Open(t)
			pool.SetMaxOpenConns(4)
			c := &crowd{world: w, site: newSite(t, w, sqldb.New(pool, d.Dialect))}
			ada := &person{subject: "ada"}
			c.people = append(c.people, ada)
			if err := c.signIn(t.Context(), ada); err != nil {
				t.Fatal(err)
			}
			comesBack := newBrowser(c.site)
			callback := comesBack.callback(t, "ada")
			unlock := lockSessions(t, s)

			// More visitors than connections leave before there is an answer.
			atOnce(20, func(int) {
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				defer cancel()
				if id, err := owner(ctx, c.site, ada.tokens[0]); !errors.Is(err, errUnanswered) {
					t.Errorf("session of %q, %v while the database waits", id, err)
				}
			})
			began := time.Now()
			waitIdle(t, pool)
			t.Logf("the connections of visitors who left were free after %v", time.Since(began).Round(time.Millisecond))

			atOnce(8, func(i int) {
				began := time.Now()
				if i == 0 {
					if p, err := comesBack.do(t.Context(), callback, nil); !errors.Is(err, errUnanswered) || comesBack.token() != "" {
						t.Errorf("sign-in: %+v, %v, want 503", p, err)
					}
				} else if id, err := owner(t.Context(), c.site, ada.tokens[0]); !errors.Is(err, errUnanswered) {
					t.Errorf("session of %q, %v, want 503 and the cookie kept", id, err)
				}
				took := time.Since(began).Round(time.Millisecond)
				t.Logf("answered after %v", took)
				if took > 7*time.Second { // of which 2 are for a machine that is busy
					t.Errorf("answered after %v, want 5s", took)
				}
			})
			waitIdle(t, pool)
			unlock()
			if id, err := owner(t.Context(), c.site, ada.tokens[0]); err != nil || id != ada.id {
				t.Errorf("session of %q, %v when the database is back, want %q", id, err, ada.id)
			}
			if err := c.signIn(t.Context(), ada); err != nil {
				t.Errorf("sign-in when the database is back: %v", err)
			}
			c.checkPeople(t, checkStore(t, s))
		})
	}
}

// lockSessions takes the lock and returns what releases it.
func lockSessions(t *testing.T, s *sqlStore) (unlock func()) {
	t.Helper()
	conn, err := s.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lock, release := lockTables(s.database)
	for _, statement := range lock {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := conn.ExecContext(context.Background(), release); err != nil {
			t.Error(err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

// waitIdle waits until no connection is in use.
func waitIdle(t *testing.T, pool *sql.DB) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); pool.Stats().InUse > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are still in use", pool.Stats().InUse)
		}
	}
}
