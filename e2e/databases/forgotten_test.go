package databases_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// TestForgottenStatements has a server forget the prepared statements of its
// connections, as a connection pooler does, and change what they return, as a
// migration does: no call fails, with one connection as with many.
func TestForgottenStatements(t *testing.T) {
	system := database.PostgreSQL()
	for _, test := range []struct {
		name        string
		connections int
		query       string
	}{
		{"DEALLOCATE, one connection", 1, `DEALLOCATE ALL`},
		{"DISCARD, one connection", 1, `DISCARD ALL`},
		{"DISCARD, eight connections", 8, `DISCARD ALL`},
		{"a column of another type, one connection", 1, `ALTER TABLE users ALTER COLUMN name TYPE VARCHAR(200)`},
		{"a column of another type, eight connections", 8, `ALTER TABLE users ALTER COLUMN name TYPE VARCHAR(200)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := system.New(t).Migrated(t)
			db.SetMaxOpenConns(test.connections)
			adapters := []*sqldb.Adapter{sqldb.New(db, system.Dialect), sqldb.New(db, system.Dialect)}
			user, err := adapters[0].SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			use := func(round string) {
				var all sync.WaitGroup
				for i := range 2 * test.connections {
					all.Go(func() {
						a, token := adapters[i%2], fmt.Sprint(round, i)
						_, err := a.SignIn(t.Context(), auth.SignIn{UserID: user.ID, CreateSession: &auth.SessionRecord{Token: token, Expires: time.Now().Add(time.Hour)}})
						_, _, readErr := a.SessionAndUser(t.Context(), token)
						_, userErr := a.User(t.Context(), user.ID)
						if err := errors.Join(err, readErr, userErr, a.UpdateSession(t.Context(), token, time.Now())); err != nil {
							t.Errorf("%s: %v", round, err)
						}
					})
				}
				all.Wait()
			}
			use("before")
			onEveryConnection(t, db, test.connections, test.query)
			use("after")
			onEveryConnection(t, db, test.connections, test.query)
			use("after the second time")
		})
	}
}

// onEveryConnection runs a query on each connection of a pool.
func onEveryConnection(t *testing.T, db *sql.DB, connections int, query string) {
	t.Helper()
	taken := make([]*sql.Conn, connections)
	for i := range taken {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken[i] = conn
	}
	for _, conn := range taken {
		if _, err := conn.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	for _, conn := range taken {
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
