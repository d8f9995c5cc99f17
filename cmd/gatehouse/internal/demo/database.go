package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
)

// openDatabase opens an SQLite database, which it creates, with the tables of
// the adapter.
func openDatabase(ctx context.Context, file string) (*sql.DB, error) {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	source := url.URL{
		Scheme:   "file",
		Path:     path,
		RawQuery: "_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)",
	}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, fmt.Errorf("the demo's database: %w", err)
	}
	if err := sqldb.Migrate(ctx, db, sqldb.SQLite); err != nil {
		return nil, fmt.Errorf("the demo's database: %w", errors.Join(err, db.Close()))
	}
	return db, nil
}
