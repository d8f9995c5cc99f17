package databases_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

func TestMigrateTwice(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			db := system.New(t).Migrated(t)
			a := sqldb.New(db, system.Dialect)
			u, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			if err := sqldb.Migrate(t.Context(), db, system.Dialect); err != nil {
				t.Fatal(err)
			}
			if got, err := a.User(t.Context(), u.ID); err != nil || got.Name != "Ada" {
				t.Errorf("user = %+v, %v: a second Migrate changes nothing", got, err)
			}
			if err := sqldb.Check(t.Context(), db, system.Dialect); err != nil {
				t.Errorf("Check after Migrate: %v", err)
			}
		})
	}
}

func TestMigrateOneConnection(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			db := system.New(t).Open(t)
			db.SetMaxOpenConns(1)
			if err := sqldb.Migrate(t.Context(), db, system.Dialect); err != nil {
				t.Fatal(err)
			}
			if err := sqldb.Check(t.Context(), db, system.Dialect); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestMigrateAtOnce has several instances start on an empty database (case DB-28).
func TestMigrateAtOnce(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			empty := system.New(t)
			errs := make([]error, 8)
			var group sync.WaitGroup
			for i := range errs {
				db := empty.Open(t)
				group.Go(func() { errs[i] = sqldb.Migrate(t.Context(), db, system.Dialect) })
			}
			group.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			db := empty.Open(t)
			var rows, version int
			if err := db.QueryRow(`SELECT count(*), max(version) FROM gatehouse_schema`).Scan(&rows, &version); err != nil {
				t.Fatal(err)
			}
			if rows != 1 || version != latest {
				t.Errorf("gatehouse_schema has %d rows and version %d, want 1 and %d", rows, version, latest)
			}
			if err := sqldb.Check(t.Context(), db, system.Dialect); err != nil {
				t.Error(err)
			}
		})
	}
}

// latest is the version of the tables that this package makes.
const latest = 2

// TestMigrateInterrupted ends Migrate at one moment after another (case DB-28).
// What it leaves is finished by the next call.
func TestMigrateInterrupted(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			for statements := range 20 {
				unfinished := system.New(t)
				db, stop := unfinished.Limited(t, statements)
				err := sqldb.Migrate(t.Context(), db, system.Dialect)
				stop()
				if err == nil {
					if statements < 5 {
						t.Errorf("Migrate needs no more than %d statements", statements)
					}
					return
				}
				again := unfinished.Open(t)
				if err := sqldb.Migrate(t.Context(), again, system.Dialect); err != nil {
					t.Fatalf("Migrate after one that ended after %d statements: %v", statements, err)
				}
				if err := sqldb.Check(t.Context(), again, system.Dialect); err != nil {
					t.Fatalf("Check after one that ended after %d statements: %v", statements, err)
				}
			}
		})
	}
}

// TestSchema runs the SQL that people run by hand.
func TestSchema(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			db := system.New(t).Open(t)
			for statement := range strings.SplitSeq(sqldb.Schema(system.Dialect), ";\n") {
				if strings.TrimSpace(statement) == "" {
					continue
				}
				if _, err := db.Exec(statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			if err := sqldb.Check(t.Context(), db, system.Dialect); err != nil {
				t.Errorf("Check: %v", err)
			}
			if err := sqldb.Migrate(t.Context(), db, system.Dialect); err != nil {
				t.Errorf("Migrate: %v", err)
			}
		})
	}
	if got := sqldb.Schema(sqldb.Dialect{}); got != "" {
		t.Errorf("the zero Dialect has the schema %q", got)
	}
}

// TestCheck has databases that are not as they should be.
func TestCheck(t *testing.T) {
	for _, system := range database.Systems() {
		tests := []struct{ name, statement, want string }{
			{"older", `UPDATE gatehouse_schema SET version = 1`, "have version 1 and this program needs 2: run"},
			{"newer", `UPDATE gatehouse_schema SET version = 99`, "schema version 99"},
			{"no table", `DROP TABLE revocations`, "table revocations"},
			{"no column", `ALTER TABLE sessions DROP COLUMN user_agent`, "table sessions lacks the columns user_agent"},
			{"never migrated", `DROP TABLE gatehouse_schema`, "run sqldb.Migrate or gatehouse migrate"},
		}
		for _, test := range tests {
			t.Run(system.Name+"/"+test.name, func(t *testing.T) {
				db := system.New(t).Migrated(t)
				if _, err := db.Exec(test.statement); err != nil {
					t.Fatal(err)
				}
				if err := sqldb.Check(t.Context(), db, system.Dialect); err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("Check: %v, want one that says %q", err, test.want)
				}
			})
		}
	}
}

// TestCheckMySQL has a connection that is not in strict mode.
func TestCheckMySQL(t *testing.T) {
	loose := database.MariaDB().New(t)
	loose.Source += "?sql_mode=''&charset=latin1"
	db := loose.Open(t)
	for name, err := range map[string]error{
		"Migrate": sqldb.Migrate(t.Context(), db, sqldb.MySQL),
		"Check":   sqldb.Check(t.Context(), db, sqldb.MySQL),
	} {
		for _, want := range []string{"sql_mode is not strict", "character set is latin1"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want one that says %q", name, err, want)
			}
		}
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
