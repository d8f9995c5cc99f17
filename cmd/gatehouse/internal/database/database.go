// Package database opens the databases that the commands work on. It is the only
// package with database drivers, and the only place that knows how their
// connections have to be set up.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// Database is a database and the store for users on it. Use [Open] or
// [OpenSQLite] to make one.
type Database struct {
	*sql.DB
	Dialect sqldb.Dialect

	name string
	file string // of SQLite
	// own is the store on tables of our own, and shared that on those of
	// NextAuth.js. One of them is nil.
	own    *sqldb.Adapter
	shared *sqldb.SharedAdapter
}

// connectTimeout is how long a server may take to answer the first time.
const connectTimeout = 10 * time.Second

// Addresses says which addresses [Open] takes, for people.
const Addresses = "sqlite:PATH, postgres://USER:PASSWORD@HOST:5432/NAME or mysql://USER:PASSWORD@HOST:3306/NAME"

// Open returns the database at an address; see [Addresses]. It connects to nothing
// yet and makes no file. Tables are those of NextAuth.js, or nil for those that
// [Database.Migrate] makes. No error repeats the address, which may hold a
// password.
func Open(address string, tables *sqldb.Tables) (*Database, error) {
	scheme, _, ok := strings.Cut(address, ":")
	if !ok {
		return nil, errors.New("is not the address of a database")
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is not a URL: special characters in user and password must be percent-encoded")
	}
	var d *Database
	switch scheme {
	case "sqlite", "file":
		d, err = openSQLiteURL(u)
	case "postgres", "postgresql":
		d, err = openPostgreSQL(u)
	case "mysql", "mariadb":
		d, err = openMySQL(u)
	default:
		return nil, fmt.Errorf("begins with %q, which is no database that can be used", scheme+":")
	}
	if err == nil && tables != nil {
		d.own, d.shared = nil, sqldb.NewShared(d.DB, d.Dialect, *tables)
	}
	return d, err
}

// newDatabase returns a database with tables of our own.
func newDatabase(db *sql.DB, dialect sqldb.Dialect, name string) *Database {
	return &Database{DB: db, Dialect: dialect, name: name, own: sqldb.New(db, dialect)}
}

// String describes the database without user and password.
func (d *Database) String() string { return d.name }

// Adapter returns the store for users on the database, the same at every call.
func (d *Database) Adapter() auth.Adapter {
	if d.shared != nil {
		return d.shared
	}
	return d.own
}

// UnreachableError says that a database does not answer, or not to us.
type UnreachableError struct {
	// Database is what Database.String returns.
	Database string
	Err      error
}

func (e *UnreachableError) Error() string { return e.Database + " cannot be used: " + oneLine(e.Err) }

// Unwrap returns what the driver reported.
func (e *UnreachableError) Unwrap() error { return e.Err }

// oneLine is the first of the errors that a driver reports for each address of a
// server.
func oneLine(err error) string {
	first, rest, several := strings.Cut(err.Error(), "\n")
	if second, _, _ := strings.Cut(strings.TrimSpace(rest), "\n"); several && strings.HasSuffix(first, ":") {
		return first + " " + second
	}
	return first
}

// reach makes sure that the server of the database answers.
func (d *Database) reach(ctx context.Context) error {
	if d.file != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := d.Ping(ctx); err != nil {
		return &UnreachableError{d.name, err}
	}
	return nil
}

// Ping asks the database for something that needs no table.
func (d *Database) Ping(ctx context.Context) error {
	var one int
	return d.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Migrate makes the tables or brings them up to date. It makes the file of an
// SQLite database, for this user alone. It refuses tables of NextAuth.js.
func (d *Database) Migrate(ctx context.Context) error {
	if d.shared != nil {
		return d.explain(errors.New("the tables are those of NextAuth.js, which Gatehouse leaves as they are: nothing has to be done"), "migrate")
	}
	if d.file != "" {
		if err := makeFile(d.file); err != nil {
			return d.explain(err, "migrate")
		}
	}
	if err := d.reach(ctx); err != nil {
		return err
	}
	return d.explain(sqldb.Migrate(ctx, d.DB, d.Dialect), "migrate")
}

// Check looks whether tables and settings are as they have to be, and changes
// nothing. The error joins one for each problem, with what to do.
func (d *Database) Check(ctx context.Context) error {
	if d.file != "" {
		if _, err := os.Stat(d.file); errors.Is(err, fs.ErrNotExist) {
			return d.explain(errors.New("the file does not exist: run gatehouse migrate"), "check")
		}
	}
	if err := d.reach(ctx); err != nil {
		return err
	}
	if d.shared != nil {
		return d.explain(d.shared.Check(ctx), "check")
	}
	return d.explain(sqldb.Check(ctx, d.DB, d.Dialect), "check")
}

// explain puts the name of the database in front of the problems that a call of
// sqldb found, a line for each.
func (d *Database) explain(err error, call string) error {
	if err == nil {
		return nil
	}
	text := strings.TrimPrefix(err.Error(), "sqldb: "+call+": ")
	return fmt.Errorf("%s:\n  %s", d.name, strings.ReplaceAll(text, "\n", "\n  "))
}

// Prepare makes sure that a server can work with the database. It makes the tables
// of SQLite or brings them up to date, as that file is the server's own; anywhere
// else it is Check.
func (d *Database) Prepare(ctx context.Context, _ *slog.Logger) error {
	if d.file != "" && d.shared == nil {
		return d.Migrate(ctx)
	}
	return d.Check(ctx)
}

// Clean removes expired rows from time to time until ctx ends. It leaves the
// tables of NextAuth.js alone.
func (d *Database) Clean(ctx context.Context, log *slog.Logger) {
	if d.own != nil {
		d.own.Clean(ctx, 0, log)
	}
}
