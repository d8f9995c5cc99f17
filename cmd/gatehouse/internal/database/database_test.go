package database_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
)

func TestOpen(t *testing.T) {
	for _, row := range []struct{ name, address, want string }{
		{"relative path", "sqlite:auth.db", "SQLite file auth.db"},
		{"absolute path", "sqlite:/var/lib/auth.db", "SQLite file /var/lib/auth.db"},
		{"absolute path behind slashes", "sqlite:///var/lib/auth.db", "SQLite file /var/lib/auth.db"},
		{"as Prisma writes it", "file:./dev.db", "SQLite file ./dev.db"},
		{"encoded", "sqlite:a%20b%3F.db", "SQLite file a b?.db"},
		{"PostgreSQL", "postgres://app:hunter2@db.example.com/app", "PostgreSQL database app at db.example.com:5432"},
		{"PostgreSQL, with everything", "postgresql://app:hunter%2F2@db.example.com:6543/app?sslmode=require&schema=auth&connection_limit=3", "PostgreSQL database app at db.example.com:6543"},
		{"PostgreSQL at a socket", "postgres:///app?host=/run/postgresql&user=app", "PostgreSQL database app at /run/postgresql:5432"},
		{"MySQL", "mysql://app:hunter2@db.example.com/app", "MySQL database app at db.example.com:3306"},
		{"MariaDB, with everything", "mariadb://app:hunter%2F2@[::1]:3307/app?tls=true&connection_limit=3", "MySQL database app at [::1]:3307"},
		{"MySQL at a socket", "mysql://app@localhost/app?socket=/run/mysqld/mysqld.sock", "MySQL database app at /run/mysqld/mysqld.sock"},
	} {
		t.Run(row.name, func(t *testing.T) {
			db, err := database.Open(row.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if got := db.String(); got != row.want {
				t.Errorf("the database is %q, want %q", got, row.want)
			}
		})
	}
}

func TestOpenRefused(t *testing.T) {
	for _, row := range []struct{ name, address, want string }{
		{"empty", "", "is not the address of a database"},
		{"a path", "/var/lib/hunter2.db", "is not the address of a database"},
		{"no file", "sqlite:", "does not name a file"},
		{"a folder", "sqlite:/var/lib/hunter2/", "does not name a file"},
		{"memory", "sqlite::memory:", "does not name a file"},
		{"a host", "sqlite://data/auth.db", "write sqlite:data/auth.db"},
		{"settings", "sqlite:auth.db?_pragma=hunter2", "has settings behind the path"},
		{"not a URL", "sqlite://root:hunter2%@host/x", "is not a URL"},
		{"PostgreSQL, encryption", "postgres://app:hunter2@host/app?sslmode=perhaps", "cannot be read: sslmode is invalid"},
		{"PostgreSQL, port", "postgres://app:hunter2@host:99999/app", "is not the address of a PostgreSQL database"},
		{"PostgreSQL, connections", "postgres://app:hunter2@host/app?connection_limit=hunter2", "has a connection_limit that is not a positive number"},
		{"MySQL, no database", "mysql://app:hunter2@host", "does not name a database"},
		{"MySQL, parameters", "mysql://app:hunter2@host/app?parseTime=perhaps", "has parameters that cannot be read"},
		{"MySQL, encryption", "mysql://app:hunter2@host/app?tls=perhaps", "has parameters that cannot be read"},
		{"MySQL, connections", "mysql://app:hunter2@host/app?connection_limit=0", "has a connection_limit that is not a positive number"},
		{"not encoded", "mysql://app:hunter2@host/app?a=%", "has parameters that are not percent-encoded"},
		{"a slash in the password of PostgreSQL", "postgres://app:12/hunter2@host/app", "has an @ behind the host: special characters"},
		{"a slash in the password of MySQL", "mysql://app:/hunter2@host/app", "has an @ behind the host: special characters"},
		{"a question mark in the password of MySQL", "mysql://app:12?hunter2@host/app", "has an @ behind the host: special characters"},
		{"a hash in the password of MySQL", "mysql://app:12#hunter2@host/app", "has an @ behind the host: special characters"},
		{"another system", "mongodb://root:hunter2@host/x", `begins with "mongodb:"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := database.Open(row.address, nil)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Fatalf("error %v, want %q", err, row.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats what may be secret: %v", err)
			}
		})
	}
}

// Odd names of files are taken as they are.
func TestSQLiteFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{"plain.db", "a b.db", "100%.db", "what?#.db", "c:d.db", filepath.Join(t.TempDir(), "ä.db")} {
		t.Run(file, func(t *testing.T) {
			db, err := database.OpenSQLite(file)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Ping(t.Context()); err == nil {
				t.Fatal("a file that nobody made answers")
			}
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != 0o600 {
				t.Errorf("the file has mode %o, want 600", got)
			}
			if err := db.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := db.Adapter().SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSQLiteFolderMissing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nosuch")
	db, err := database.OpenSQLite(filepath.Join(folder, "auth.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err == nil || !strings.HasSuffix(err.Error(), ":\n  the folder "+folder+" does not exist") {
		t.Errorf("Migrate: %v", err)
	}
}

// The settings that sqldb demands belong to every connection.
func TestSQLiteSettings(t *testing.T) {
	db, err := database.OpenSQLite(filepath.Join(t.TempDir(), "auth.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if db.Dialect.String() != sqldb.SQLite.String() {
		t.Errorf("the dialect is %s", db.Dialect)
	}
	for pragma, want := range map[string]string{"foreign_keys": "1", "busy_timeout": "5000", "journal_mode": "wal"} {
		var got string
		if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", pragma, got, err, want)
		}
	}
}

// The size of the pool.
func TestConnectionLimit(t *testing.T) {
	for _, row := range []struct {
		name, address string
		want          int
	}{
		{"default", "postgres://host/app", 20},
		{"PostgreSQL", "postgres://host/app?connection_limit=3", 3},
		{"MySQL", "mysql://host/app?connection_limit=1", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			db, err := database.Open(row.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if got := db.Stats().MaxOpenConnections; got != row.want {
				t.Errorf("%d connections at most, want %d", got, row.want)
			}
		})
	}
}

// A server that is not there is told apart from tables that are not there, without
// the password.
func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there now
	for _, scheme := range []string{"postgres", "mysql"} {
		t.Run(scheme, func(t *testing.T) {
			db, err := database.Open(scheme+"://app:hunter2@"+l.Addr().String()+"/app", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for name, call := range map[string]func(context.Context) error{"Check": db.Check, "Migrate": db.Migrate, "Prepare": func(ctx context.Context) error { return db.Prepare(ctx, nil) }} {
				err := call(t.Context())
				var unreachable *database.UnreachableError
				if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), "connection refused") {
					t.Errorf("%s: %v", name, err)
				}
				if text := fmt.Sprint(err); strings.Contains(text, "hunter2") || strings.Contains(text, "\n") {
					t.Errorf("%s: %q", name, text)
				}
			}
		})
	}
}

// Tables of NextAuth.js are looked at and never made.
func TestShared(t *testing.T) {
	if _, ok := database.Tables("typeorm"); ok {
		t.Error("there are tables that nobody knows")
	}
	for _, name := range database.TableNames() {
		t.Run(name, func(t *testing.T) {
			tables, ok := database.Tables(name)
			if !ok {
				t.Fatal("there are no such tables")
			}
			file := filepath.Join(t.TempDir(), "app.db")
			db, err := database.Open("sqlite:"+file, &tables)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if shared, ok := db.Adapter().(auth.SharedStore); !ok || !shared.SharedWithNextAuth() {
				t.Error("the store is not a shared one")
			}
			for _, call := range []func(context.Context) error{db.Migrate, func(ctx context.Context) error { return db.Prepare(ctx, nil) }, db.Check} {
				if call(t.Context()) == nil {
					t.Error("an empty database is in order")
				}
			}
			if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a file was made: %v", err)
			}
			db.Clean(t.Context(), nil) // returns at once
		})
	}
}

func TestOpenSessions(t *testing.T) {
	for _, row := range []struct{ name, address, want string }{
		{"one server", "redis://user:hunter2@cache.example.com:6380/1", "Redis at cache.example.com:6380"},
		{"encrypted", "rediss://cache.example.com", "Redis at cache.example.com"},
		{"cluster", "redis://one.example.com:6379?addr=two.example.com:6379", "Redis at one.example.com:6379"},
		{"sentinels", "redis://one.example.com:26379?addr=two.example.com:26379&master_name=main", "Redis at one.example.com:26379"},
		{"not a URL", "redis://user:hunter2%@host", "error: is not a URL: special characters in user and password must be percent-encoded"},
		{"no scheme", "localhost:6379", "error: is not the address of a Redis"},
		{"another system", "memcached://user:hunter2@host", "error: is not the address of a Redis"},
		{"database", "redis://user:hunter2@host/main", `error: cannot be read: invalid database number: "main"`},
		{"a slash in the password", "redis://user:12/hunter2@host", "error: has an @ behind the host: special characters in user and password must be percent-encoded"},
		{"option", "redis://user:hunter2@host?pool=5", "error: cannot be read: unexpected option: pool"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			s, err := database.OpenSessions(row.address)
			if err != nil {
				got = "error: " + err.Error()
			} else {
				defer s.Close()
				got = s.String()
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
