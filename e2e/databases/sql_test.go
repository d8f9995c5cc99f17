package databases_test

import (
	"context"
	"testing"

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

var _ = context.Background
