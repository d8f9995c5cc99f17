package databases_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// TestSQL runs the rules of the interface on every server, under the isolation
// level that it has by itself.
func TestSQL(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			db := system.New(t).Migrated(t)
			// Each adapter keeps its prepared statements, of which a server has so many.
			adapter := sqldb.New(db, system.Dialect)
			adaptertest.Run(t, func(t *testing.T) auth.Adapter {
				database.Empty(t, db, database.OwnTables()...)
				settle(t, db)
				return adapter
			})
		})
	}
}

// TestSQLOneConnection is a pool that has but one (case DB-13): nobody waits for a
// second one while holding the first.
func TestSQLOneConnection(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			db := system.New(t).Migrated(t)
			db.SetMaxOpenConns(1)
			// Each adapter keeps its prepared statements, of which a server has so many.
			adapter := sqldb.New(db, system.Dialect)
			adaptertest.Run(t, func(t *testing.T) auth.Adapter {
				database.Empty(t, db, database.OwnTables()...)
				settle(t, db)
				return adapter
			})
		})
	}
}

func TestDeleteExpired(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) { deleteExpired(t, system) })
	}
}

func deleteExpired(t *testing.T, system database.System) {
	db := system.New(t).Migrated(t)
	a := sqldb.New(db, system.Dialect)
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	u, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 14 {
		expires, id := past, fmt.Sprint(i)
		if i%2 == 0 {
			expires = future
		}
		_, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: id, Expires: expires}})
		err = errors.Join(err,
			a.CreateVerificationToken(t.Context(), auth.VerificationToken{Identifier: id, Token: id, Expires: expires}),
			a.Revoke(t.Context(), auth.Revocation{UserID: id, At: past, Expires: expires}))
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name        string
		batch, want int
	}{
		{"in batches of 3", 3, 21},
		{"again", 3, 0},
		{"default batch", 0, 0},
	} {
		if got, err := a.DeleteExpired(t.Context(), test.batch); err != nil || got != test.want {
			t.Errorf("%s: DeleteExpired = %d, %v, want %d", test.name, got, err, test.want)
		}
	}
	var left int
	err = db.QueryRow(`SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM verification_tokens) + (SELECT count(*) FROM revocations)`).Scan(&left)
	if err != nil || left != 21 {
		t.Errorf("%d rows are left (%v), want the 21 that have not expired", left, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.DeleteExpired(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}
