package databases_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// DB-19: the tables themselves keep what is unique and what belongs together, also
// against statements that are not the adapter's.
func TestSecuritySchemaGuarantees(t *testing.T) {
	wantUnique := []string{
		"accounts(provider,provider_account_id)", "sessions(token)", "users(email_key)", "users(id)", "verification_tokens(identifier,token)",
	}
	wantForeign := []string{"accounts(user_id) users(id) CASCADE", "sessions(user_id) users(id) CASCADE"}
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			db := system.New(t).Migrated(t)
			unique := rowsOf(t, db, uniqueKeys[system.Dialect.String()])
			for _, want := range wantUnique {
				if !slices.Contains(unique, want) {
					t.Errorf("the unique keys %q lack %s", unique, want)
				}
			}
			if got := rowsOf(t, db, foreignKeys[system.Dialect.String()]); !slices.Equal(got, wantForeign) {
				t.Errorf("foreign keys = %q, want %q", got, wantForeign)
			}
			rows := []string{
				`INSERT INTO users (id, email, email_key) VALUES ('ada', 'Ada@example.com', 'ada@example.com')`,
				`INSERT INTO users (id) VALUES ('no address'), ('none either')`,
				`INSERT INTO accounts (provider, provider_account_id, user_id, type) VALUES ('github', '1', 'ada', 'oauth')`,
				`INSERT INTO sessions (token, user_id, expires) VALUES ('s', 'ada', 1)`,
				`INSERT INTO verification_tokens (identifier, token, expires) VALUES ('ada@example.com', 'l', 1)`,
			}
			for _, statement := range rows {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			for _, statement := range []string{
				rows[0], rows[2], rows[3], rows[4],
				`INSERT INTO users (id, email_key) VALUES ('eve', 'ada@example.com')`,
				`UPDATE users SET email_key = 'ada@example.com' WHERE id = 'no address'`,
				`INSERT INTO accounts (provider, provider_account_id, user_id, type) VALUES ('github', '1', 'no address', 'oauth')`,
				`INSERT INTO accounts (provider, provider_account_id, user_id, type) VALUES ('github', '2', 'nobody', 'oauth')`,
				`INSERT INTO accounts (provider, provider_account_id, type) VALUES ('github', '2', 'oauth')`,
				`INSERT INTO sessions (token, user_id, expires) VALUES ('s', 'no address', 1)`,
				`INSERT INTO sessions (token, user_id, expires) VALUES ('t', 'nobody', 1)`,
				`INSERT INTO sessions (token, expires) VALUES ('t', 1)`,
				`UPDATE sessions SET user_id = 'nobody'`,
			} {
				if _, err := db.ExecContext(t.Context(), statement); err == nil {
					t.Errorf("%s: it was done", statement)
				}
			}
			if _, err := db.ExecContext(t.Context(), `DELETE FROM users WHERE id = 'ada'`); err != nil {
				t.Fatal(err)
			}
			for table, want := range map[string]int{"users": 2, "accounts": 0, "sessions": 0} {
				var n int
				if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != want {
					t.Errorf("%d rows of %s are left of a deleted user, %v, want %d", n, table, err, want)
				}
			}
		})
	}
}

// uniqueKeys and foreignKeys ask each system for its keys, the columns in their
// order.
var uniqueKeys = map[string]string{
	"sqlite": `SELECT m.name || '(' || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')'
		FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i."unique" ORDER BY 1`,
	"postgresql": `SELECT i.indrelid::regclass || '(' || string_agg(a.attname, ',' ORDER BY k.position) || ')'
		FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY k(number, position)
		JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number JOIN pg_class c ON c.oid = i.indrelid
		WHERE i.indisunique AND i.indpred IS NULL AND i.indisvalid AND c.relnamespace = current_schema()::regnamespace GROUP BY i.indexrelid, i.indrelid ORDER BY 1`,
	"mysql": `SELECT CONCAT(TABLE_NAME, '(', GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX), ')') FROM information_schema.STATISTICS
		WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 GROUP BY TABLE_NAME, INDEX_NAME HAVING MAX(SUB_PART) IS NULL ORDER BY 1`,
}

var foreignKeys = map[string]string{
	"sqlite": `SELECT m.name || '(' || f."from" || ') ' || f."table" || '(' || f."to" || ') ' || f.on_delete
		FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1`,
	"postgresql": `SELECT c.conrelid::regclass || '(' || a.attname || ') ' || c.confrelid::regclass || '(' || b.attname || ') ' ||
		CASE c.confdeltype WHEN 'c' THEN 'CASCADE' ELSE c.confdeltype::text END
		FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
		JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
		WHERE c.contype = 'f' AND c.convalidated AND c.connamespace = current_schema()::regnamespace ORDER BY 1`,
	"mysql": `SELECT CONCAT(k.TABLE_NAME, '(', k.COLUMN_NAME, ') ', k.REFERENCED_TABLE_NAME, '(', k.REFERENCED_COLUMN_NAME, ') ', r.DELETE_RULE)
		FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
		ON r.CONSTRAINT_SCHEMA = k.TABLE_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
		WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY 1`,
}

// rowsOf returns the texts of a query.
func rowsOf(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", strings.TrimSpace(query), err)
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}
