package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Schema returns the SQL that makes the tables of the current version in an empty
// database, for people who run it by hand. It leaves the database as [Migrate]
// does. It is empty for the zero Dialect.
func Schema(d Dialect) string {
	files, err := migrationFiles(d)
	if err != nil {
		return "" // only the zero Dialect has no folder
	}
	var b strings.Builder
	for _, file := range files {
		fmt.Fprintf(&b, "-- %s\n\n%s\n", file.name, strings.TrimRight(file.text, "\n"))
		b.WriteByte('\n')
	}
	table := createSchemaTable
	if d.schema.implicitly {
		table = createSteppedSchemaTable
	}
	fmt.Fprintf(&b, "-- The version of all this.\n\n%s;\n\nINSERT INTO gatehouse_schema (id, version) VALUES (1, %d);\n", table, len(files))
	return b.String()
}

// Check looks whether a database is as an [Adapter] needs it and changes nothing:
// the version of the tables, their columns, and the settings of the connection. On
// SQLite foreign keys have to be on, MySQL has to be in strict mode with utf8mb4,
// and a PostgreSQL database has to be in UTF-8 and take writes. The error joins one
// for each problem, with what to do.
func Check(ctx context.Context, db *sql.DB, d Dialect) error {
	s := newStore(db, d, ownTables)
	return s.check(ctx, func(ctx context.Context) error {
		version, files, err := schemaState(ctx, db, d)
		switch {
		case err != nil:
			return fmt.Errorf("%w: run sqldb.Migrate or gatehouse migrate", err)
		case version < len(files):
			return fmt.Errorf("the tables have version %d and this program needs %d: run sqldb.Migrate or gatehouse migrate", version, len(files))
		}
		return nil
	})
}

// Check looks whether the tables and columns are there, and the settings of the
// connection. It changes nothing. The error joins one for each problem, with what
// to do.
func (a *SharedAdapter) Check(ctx context.Context) error {
	return a.check(ctx, func(context.Context) error { return nil })
}

// check looks at the settings and columns, and whatever else version does.
func (s *store) check(ctx context.Context, version func(context.Context) error) error {
	return s.read(ctx, "check", func(ctx context.Context) error {
		db := s.statements.db
		if err := db.PingContext(ctx); err != nil {
			return err
		}
		problems := []error{}
		if s.dialect.check != nil {
			problems = append(problems, s.dialect.check(ctx, db))
		}
		if err := version(ctx); err != nil {
			return errors.Join(append(problems, err)...)
		}
		for _, table := range allColumns(s.tables) {
			problems = append(problems, s.checkColumns(ctx, table.name, table.columns))
		}
		return errors.Join(problems...)
	})
}

// namedColumns are columns of a table.
type namedColumns struct {
	name    string
	columns []string
}

// allColumns are the tables with the columns that are used. A column that is not
// there has the name "".
func allColumns(t Tables) []namedColumns {
	tables := []namedColumns{
		{t.Users.Table, append(userColumns(t), t.Users.CreatedAt, t.Users.UpdatedAt)},
		{t.Accounts.Table, append(accountColumns(t), t.Accounts.ID, t.Accounts.CreatedAt, t.Accounts.UpdatedAt)},
		{t.Sessions.Table, append(sessionColumns(t), t.Sessions.ID, t.Sessions.CreatedAt, t.Sessions.UpdatedAt)},
		{t.VerificationTokens.Table, []string{t.VerificationTokens.Identifier, t.VerificationTokens.Token, t.VerificationTokens.Expires}},
	}
	if t.own != nil {
		tables[0].columns = append(tables[0].columns, t.own.emailKey)
		tables = append(tables,
			namedColumns{"revocations", []string{"session_id", "user_id", "at", "expires"}},
			namedColumns{"leases", []string{"name", "holder", "expires"}})
	}
	return tables
}

// checkColumns reads no row of a table. When that fails, it looks for the columns
// that are missing one by one.
func (s *store) checkColumns(ctx context.Context, table string, columns []string) error {
	present := func(columns ...string) error {
		query := `SELECT ` + columnList(s.dialect, "", columns) + ` FROM ` + s.dialect.quoted(table) + ` WHERE 1 = 0` //nolint:gosec // names that the program chose, quoted
		rows, err := s.statements.db.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		return errors.Join(rows.Close(), rows.Err())
	}
	var named []string
	for _, column := range columns {
		if column != "" {
			named = append(named, column)
		}
	}
	all := present(named...)
	if all == nil {
		return nil
	}
	var missing []string
	for _, column := range named {
		if present(column) != nil {
			missing = append(missing, column)
		}
	}
	if len(missing) == 0 || len(missing) == len(named) {
		return fmt.Errorf("table %s: %w", table, all)
	}
	return fmt.Errorf("table %s lacks the columns %s", table, strings.Join(missing, ", "))
}
