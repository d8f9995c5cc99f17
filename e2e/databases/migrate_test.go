package databases_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

func TestMigrateTwice(t *testing.T) {
	db := migrated(t, settings)
	a := sqldb.New(db, sqldb.SQLite)
	u, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := sqldb.Migrate(t.Context(), db, sqldb.SQLite); err != nil {
		t.Fatal(err)
	}
	if got, err := a.User(t.Context(), u.ID); err != nil || got.Name != "Ada" {
		t.Errorf("user = %+v, %v: a second Migrate changes nothing", got, err)
	}
}

func TestMigrateOneConnection(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "auth.db"), settings)
	db.SetMaxOpenConns(1)
	if err := sqldb.Migrate(t.Context(), db, sqldb.SQLite); err != nil {
		t.Fatal(err)
	}
}

func TestMigrateAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "auth.db")
	errs := make([]error, 8)
	var group sync.WaitGroup
	for i := range errs {
		db := open(t, file, settings)
		group.Go(func() { errs[i] = sqldb.Migrate(t.Context(), db, sqldb.SQLite) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	db := open(t, file, settings)
	var rows, version int
	if err := db.QueryRow(`SELECT count(*), max(version) FROM gatehouse_schema`).Scan(&rows, &version); err != nil {
		t.Fatal(err)
	}
	if rows != 1 || version != 1 {
		t.Errorf("gatehouse_schema has %d rows and version %d, want 1 and 1", rows, version)
	}
}

func TestMigrateRefuses(t *testing.T) {
	tests := []struct {
		name, settings, before, want string
	}{
		{"newer schema", settings, `UPDATE gatehouse_schema SET version = 99`, "schema version 99"},
		{"foreign keys off", "?_pragma=foreign_keys(0)", `SELECT 1`, "foreign keys are off"},
		{"a table that is in the way", settings,
			`UPDATE gatehouse_schema SET version = 0; DROP TABLE revocations; DROP TABLE verification_tokens`, "0001_init.sql"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "auth.db")
			first := open(t, file, settings)
			if err := sqldb.Migrate(t.Context(), first, sqldb.SQLite); err != nil {
				t.Fatal(err)
			}
			if _, err := first.Exec(test.before); err != nil {
				t.Fatal(err)
			}
			tables := countTables(t, file)
			err := sqldb.Migrate(t.Context(), open(t, file, test.settings), sqldb.SQLite)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "sqldb: migrate: ") {
				t.Errorf("error = %v, want one that says %q", err, test.want)
			}
			if got := countTables(t, file); got != tables {
				t.Errorf("%d tables, want %d: a refused Migrate changes nothing", got, tables)
			}
		})
	}
}

// TestMigrateFirst looks at the message when Migrate was never called.
func TestMigrateFirst(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "auth.db"), settings)
	_, err := sqldb.New(db, sqldb.SQLite).User(t.Context(), "1")
	if err == nil || errors.Is(err, auth.ErrNotFound) || !strings.Contains(err.Error(), "no such table") {
		t.Errorf("error = %v, want one that says that there is no table", err)
	}
}

func countTables(t *testing.T, file string) (n int) {
	t.Helper()
	if err := open(t, file, settings).QueryRow(`SELECT count(*) FROM sqlite_schema`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
