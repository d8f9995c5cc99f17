// Package database opens the databases that the commands work on. It is the only
// package with database drivers, and the only place that knows how their
// connections have to be set up.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
)

// Database is a database and what is needed to talk to it. Use [Open] or
// [OpenSQLite] to make one.
type Database struct {
	*sql.DB
	Dialect sqldb.Dialect

	name string
	file string // of SQLite
}

// Addresses says which addresses [Open] takes, for people.
const Addresses = `"sqlite:/var/lib/gatehouse/auth.db"`

// Open returns the database at an address: "sqlite:" or "file:" and a path. It
// connects to nothing yet and makes no file. No error repeats the address, which
// may hold a password.
func Open(address string) (*Database, error) {
	scheme, _, ok := strings.Cut(address, ":")
	if !ok {
		return nil, errors.New("is not the address of a database")
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is not a URL: special characters in user and password must be percent-encoded")
	}
	switch scheme {
	case "sqlite", "file":
		return openSQLiteURL(u)
	}
	return nil, fmt.Errorf("begins with %q, which is no database that can be used", scheme+":")
}

// String describes the database without user and password.
func (d *Database) String() string { return d.name }

// Adapter returns a store for users on the database.
func (d *Database) Adapter() *sqldb.Adapter { return sqldb.New(d.DB, d.Dialect) }

// Ping asks the database for something that needs no table.
func (d *Database) Ping(ctx context.Context) error {
	var one int
	return d.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Migrate makes the tables or brings them up to date. It makes the file of an
// SQLite database, for this user alone.
func (d *Database) Migrate(ctx context.Context) error {
	if d.file != "" {
		if err := makeFile(d.file); err != nil {
			return err
		}
	}
	return sqldb.Migrate(ctx, d.DB, d.Dialect)
}

// Prepare makes the database ready for a server: the tables of SQLite are made or
// brought up to date, as there is nobody else who could.
func (d *Database) Prepare(ctx context.Context) error { return d.Migrate(ctx) }
