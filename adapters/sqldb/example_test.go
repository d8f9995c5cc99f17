package sqldb_test

import (
	"context"
	"database/sql"
	"log"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// A program that imports a driver, modernc.org/sqlite here, opens the database,
// brings the tables up to date and hands the adapter to auth.Config.
func Example() {
	db, err := sql.Open("sqlite", "file:app.db?_pragma=foreign_keys(1)"+
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)")
	if err != nil {
		log.Fatal(err)
	}
	if err := sqldb.Migrate(context.Background(), db, sqldb.SQLite); err != nil {
		log.Fatal(err)
	}
	config := auth.Config{Adapter: sqldb.New(db, sqldb.SQLite)}
	_ = config
}

// A goroutine of the program keeps the tables small.
func ExampleAdapter_DeleteExpired() {
	var db *sql.DB // opened as in the example of the package
	adapter := sqldb.New(db, sqldb.SQLite)
	cleanUp := func(ctx context.Context) {
		for ctx.Err() == nil {
			if n, err := adapter.DeleteExpired(ctx, 500); err != nil {
				log.Printf("removed %d rows, then: %v", n, err)
			}
			select {
			case <-time.After(time.Hour):
			case <-ctx.Done():
			}
		}
	}
	_ = cleanUp
}
