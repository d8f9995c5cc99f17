package database_test

import (
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
