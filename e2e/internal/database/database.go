// Package database makes throw-away databases on real servers for tests. The
// servers are found by TEST_POSTGRES_DSN (a postgres:// URL) and TEST_MYSQL_DSN (a
// data source name of go-sql-driver), or at their usual ports on this machine. A
// test whose server is missing is skipped, or fails with REQUIRE_ALL=1.
package database

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// Where the servers are unless the environment says otherwise.
const (
	defaultPostgreSQL = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	defaultMySQL      = "root@tcp(127.0.0.1:3306)/"
)

// connections is how many a pool has, so that several tests fit in a server.
const connections = 16

// System is a kind of database server.
type System struct {
	// Name is that of the server, "MariaDB" for example.
	Name    string
	Dialect sqldb.Dialect
	// New makes an empty database, which is removed when the test ends.
	New func(t testing.TB) Database
}

// Database is a database of its own.
type Database struct {
	System
	// Driver and Source open it with database/sql.
	Driver, Source string
	// URL is its address as the commands of Gatehouse take it.
	URL string
}

// Systems are all of them.
func Systems() []System {
	return []System{SQLite(), PostgreSQL(), MariaDB()}
}

// SQLite keeps a database in a file. It does not wait for the disk, which locks
// and the end of a process do not notice.
func SQLite() System {
	s := System{Name: "SQLite", Dialect: sqldb.SQLite}
	s.New = func(t testing.TB) Database {
		t.Helper()
		file := filepath.Join(t.TempDir(), "auth.db")
		return Database{s, "sqlite", "file:" + file + SQLiteSettings + "&_pragma=synchronous(OFF)", "sqlite:" + file}
	}
	return s
}

// SQLiteSettings are those that the package comment of sqldb recommends.
const SQLiteSettings = "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)"

// PostgreSQL is a server of that kind.
func PostgreSQL() System {
	s := System{Name: "PostgreSQL", Dialect: sqldb.PostgreSQL}
	s.New = func(t testing.TB) Database {
		t.Helper()
		source := fromEnvironment("TEST_POSTGRES_DSN", defaultPostgreSQL)
		admin := connect(t, "pgx", source, "PostgreSQL", "TEST_POSTGRES_DSN")
		name := newName()
		execute(t, admin, "CREATE DATABASE "+name)
		t.Cleanup(func() { execute(t, admin, "DROP DATABASE "+name+" WITH (FORCE)") })
		u, err := url.Parse(source)
		if err != nil {
			t.Fatalf("TEST_POSTGRES_DSN is no postgres:// URL: %v", err)
		}
		u.Path = "/" + name
		return Database{s, "pgx", u.String(), u.String()}
	}
	return s
}

// MariaDB is a server of that kind, or of MySQL.
func MariaDB() System {
	s := System{Name: "MariaDB", Dialect: sqldb.MySQL}
	s.New = func(t testing.TB) Database {
		t.Helper()
		source := fromEnvironment("TEST_MYSQL_DSN", defaultMySQL)
		admin := connect(t, "mysql", source, "MariaDB", "TEST_MYSQL_DSN")
		name := newName()
		execute(t, admin, "CREATE DATABASE "+name)
		t.Cleanup(func() { execute(t, admin, "DROP DATABASE "+name) })
		config, err := mysql.ParseDSN(source)
		if err != nil {
			t.Fatalf("TEST_MYSQL_DSN: %v", err)
		}
		config.DBName = name
		u := url.URL{Scheme: "mysql", Host: config.Addr, Path: "/" + name, User: url.User(config.User)}
		if config.Passwd != "" {
			u.User = url.UserPassword(config.User, config.Passwd)
		}
		return Database{s, "mysql", config.FormatDSN(), u.String()}
	}
	return s
}

// Open opens a pool of connections, which is closed when the test ends.
func (d Database) Open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(d.Driver, d.Source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Migrated is Open with the tables of Gatehouse.
func (d Database) Migrated(t testing.TB) *sql.DB {
	t.Helper()
	db := d.Open(t)
	if err := sqldb.Migrate(context.Background(), db, d.Dialect); err != nil {
		t.Fatal(err)
	}
	return db
}

// Empty removes the rows of some tables.
func Empty(t testing.TB, db *sql.DB, tables ...string) {
	t.Helper()
	for _, table := range tables {
		execute(t, db, "DELETE FROM "+table)
	}
}

// OwnTables are those of Gatehouse in an order in which they can be emptied.
func OwnTables() []string {
	return []string{"sessions", "accounts", "users", "verification_tokens", "revocations", "leases"}
}

func fromEnvironment(variable, otherwise string) string {
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return otherwise
}

// connect opens a server's own database.
func connect(t testing.TB, driver, source, server, variable string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err == nil {
		err = db.PingContext(t.Context())
	}
	if err != nil {
		need.Server(t, server, variable, err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func newName() string { return "gatehouse_test_" + strings.ToLower(rand.Text()[:16]) }

func execute(t testing.TB, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// String returns the name of the server.
func (s System) String() string { return s.Name }
