package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

//go:embed migrations
var migrations embed.FS

// migrateTimeout is how long Migrate may take unless its context ends before.
const migrateTimeout = time.Minute

// Migrate makes the tables in a new database and brings those of an older
// version up to date. It changes nothing when they are current. Several
// processes may call it at the same time: one does the work and the others wait
// for it.
//
// It returns an error, and changes nothing, when the database was written by a
// newer version of this package, and on SQLite when foreign keys are off.
func Migrate(ctx context.Context, db *sql.DB, d Dialect) error {
	a := New(db, d)
	a.timeout = migrateTimeout
	a.dialect.beginWrite = lockSchema
	if err := a.read(ctx, "migrate", a.prepareSchema); err != nil {
		return err
	}
	return a.transaction(ctx, "migrate", nil, func(ctx context.Context, t transaction) error {
		return migrate(ctx, t.tx, d)
	})
}

// prepareSchema makes sure that the table with the version has its row.
func (a *Adapter) prepareSchema(ctx context.Context) error {
	db := a.statements.db
	if a.dialect.check != nil {
		if err := a.dialect.check(ctx, db); err != nil {
			return err
		}
	}
	for _, query := range []string{createSchemaTable, insertSchemaRow} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("table gatehouse_schema: %w", err)
		}
	}
	return nil
}

// migrate runs the files that the database has not seen.
func migrate(ctx context.Context, tx *sql.Tx, d Dialect) error {
	folder := path.Join("migrations", d.name)
	files, err := fs.ReadDir(migrations, folder) // sorted by name
	if err != nil {
		return err
	}
	var version int
	if err := tx.QueryRowContext(ctx, selectSchema).Scan(&version); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if version > len(files) {
		return fmt.Errorf("the database has schema version %d, this program knows %d: use the newer program", version, len(files))
	}
	for _, file := range files[version:] {
		script, err := migrations.ReadFile(path.Join(folder, file.Name()))
		if err != nil {
			return err
		}
		for statement := range strings.SplitSeq(string(script), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", file.Name(), err)
			}
		}
	}
	_, err = tx.ExecContext(ctx, d.placeholders(updateSchema), len(files))
	return err
}
