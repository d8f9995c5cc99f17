package databases_test

import (
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// TestMigrateNamesTaken has the application's own tables where Gatehouse would make
// its tables: it says what to do and leaves nothing behind, also where every
// statement is committed by itself.
func TestMigrateNamesTaken(t *testing.T) {
	for _, system := range database.Systems() {
		for _, table := range []string{"users", "sessions", "leases"} {
			t.Run(system.Name+"/"+table, func(t *testing.T) {
				db := system.New(t).Open(t)
				if _, err := db.Exec(`CREATE TABLE ` + table + ` (id INTEGER NOT NULL PRIMARY KEY, theirs INTEGER)`); err != nil {
					t.Fatal(err)
				}
				err := sqldb.Migrate(t.Context(), db, system.Dialect)
				if err == nil || !strings.Contains(err.Error(), table) || !strings.Contains(err.Error(), "give Gatehouse a database of its own") {
					t.Errorf("error = %v, want one that names the table and says what to do", err)
				}
				for _, other := range append(database.OwnTables(), "gatehouse_schema") {
					if _, err := db.Exec(`SELECT 1 FROM ` + other); err == nil && other != table {
						t.Errorf("the table %s was made", other)
					}
				}
				if _, err := db.Exec(`SELECT theirs FROM ` + table); err != nil {
					t.Errorf("the table of the application: %v", err)
				}
			})
		}
	}
}

// TestMigrateWithoutPrivilege has a role that may use the tables and not make any:
// a program that calls Migrate when it starts runs as long as they are current.
func TestMigrateWithoutPrivilege(t *testing.T) {
	made := database.PostgreSQL().New(t)
	admin := made.Migrated(t)
	role := "gatehouse_test_reader"
	for _, query := range []string{
		`DROP ROLE IF EXISTS ` + role, `CREATE ROLE ` + role + ` LOGIN`, `REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ` + role,
	} {
		if _, err := admin.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for _, query := range []string{`DROP OWNED BY ` + role, `DROP ROLE ` + role} {
			if _, err := admin.Exec(query); err != nil {
				t.Error(err)
			}
		}
	})
	u, err := url.Parse(made.Source)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(role)
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sqldb.Migrate(t.Context(), db, sqldb.PostgreSQL); err != nil {
		t.Errorf("Migrate with current tables: %v", err)
	}
	if _, err := admin.Exec(`UPDATE gatehouse_schema SET version = 1`); err != nil {
		t.Fatal(err)
	}
	if err := sqldb.Migrate(t.Context(), db, sqldb.PostgreSQL); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("Migrate with older tables: %v, want permission denied", err)
	}
}

// TestCheckReadOnly is a standby, or whatever else takes no writes: nobody could
// sign in there.
func TestCheckReadOnly(t *testing.T) {
	made := database.PostgreSQL().New(t)
	made.Migrated(t)
	u, err := url.Parse(made.Source)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("default_transaction_read_only", "on")
	u.RawQuery = query.Encode()
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, err := range map[string]error{
		"Check":   sqldb.Check(t.Context(), db, sqldb.PostgreSQL),
		"Migrate": sqldb.Migrate(t.Context(), db, sqldb.PostgreSQL),
	} {
		if err == nil || !strings.Contains(err.Error(), "takes no writes") {
			t.Errorf("%s = %v, want an error that says that the database takes no writes", name, err)
		}
	}
}
