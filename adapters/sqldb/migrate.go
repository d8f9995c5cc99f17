package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
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

// schemaDialect is how a database system makes and changes tables.
type schemaDialect struct {
	// lock waits until nobody else migrates, and unlock lets the next one. Both
	// are empty where the table gatehouse_schema itself is the lock.
	lock, unlock string
	// transactionLock is a lock that ends with its transaction, in place of the
	// two, where tables can be made in a transaction by those who hold it.
	transactionLock string
	// implicitly says that CREATE and ALTER commit by themselves, so that a
	// migration can end in the middle.
	implicitly bool
}

// The queries for the schema's version. On databases that commit implicitly,
// running is the statement of the next file that was begun last, counted from
// one, and done how many of its statements are certainly done.
const (
	createSchemaTable = `CREATE TABLE IF NOT EXISTS gatehouse_schema (
	id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL)`
	createSteppedSchemaTable = `CREATE TABLE IF NOT EXISTS gatehouse_schema (
	id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL,
	running INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0)`
	insertSchemaRow = `INSERT INTO gatehouse_schema (id, version)
	SELECT 1, 0 FROM (SELECT 1 AS one) AS row_one WHERE NOT EXISTS (SELECT 1 FROM gatehouse_schema)`
	lockSchema        = `UPDATE gatehouse_schema SET version = version WHERE id = 1`
	selectSchema      = `SELECT version FROM gatehouse_schema WHERE id = 1`
	updateSchema      = `UPDATE gatehouse_schema SET version = ? WHERE id = 1`
	selectSchemaSteps = `SELECT running, done FROM gatehouse_schema WHERE id = 1`
	updateSchemaSteps = `UPDATE gatehouse_schema SET running = ?, done = ? WHERE id = 1`
	finishSchemaSteps = `UPDATE gatehouse_schema SET version = ?, running = 0, done = 0 WHERE id = 1`
)

// Migrate makes the tables in a new database and brings those of an older
// version up to date. It changes nothing when they are current. Several
// processes may call it at the same time: one does the work and the others wait
// for it. A process that ends in the middle leaves a database that the next call
// finishes.
//
// It returns an error, and changes nothing, when the database was written by a
// newer version of this package, and when a setting is wrong that [Check] looks
// at.
func Migrate(ctx context.Context, db *sql.DB, d Dialect) error {
	s := newStore(db, d, ownTables)
	s.timeout = migrateTimeout
	return s.read(ctx, "migrate", func(ctx context.Context) error {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }() // gives it back to the pool
		if d.check != nil {
			if err := d.check(ctx, conn); err != nil {
				return err
			}
		}
		if d.schema.lock == "" && d.schema.transactionLock == "" {
			return migrate(ctx, conn, d) // which finds out as well whether the file can be written
		}
		if version, files, err := schemaState(ctx, conn, d); err == nil && version == len(files) {
			return nil // also for a role that may not make tables
		}
		if d.schema.lock == "" {
			return migrate(ctx, conn, d)
		}
		if err := exclusively(ctx, conn, d.schema.lock); err != nil {
			return err
		}
		err = migrate(ctx, conn, d)
		return errors.Join(err, exclusively(context.WithoutCancel(ctx), conn, d.schema.unlock))
	})
}

// exclusively takes or gives back the lock of a migration. The function may return
// 1 or nothing that can be read.
func exclusively(ctx context.Context, conn *sql.Conn, query string) error {
	var got sql.NullString
	if err := conn.QueryRowContext(ctx, query).Scan(&got); err != nil {
		return fmt.Errorf("lock of the migration: %w", err)
	}
	if got.String == "0" {
		return errors.New("lock of the migration: another process holds it")
	}
	return nil
}

// makeSchemaTable makes the table with the version unless it is there.
func makeSchemaTable(ctx context.Context, db querier, d Dialect) error {
	table := createSchemaTable
	if d.schema.implicitly {
		table = createSteppedSchemaTable
	}
	for _, query := range []string{table, insertSchemaRow} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("table gatehouse_schema: %w", err)
		}
	}
	return nil
}

// migrate runs the files that the database has not seen.
func migrate(ctx context.Context, conn *sql.Conn, d Dialect) error {
	if d.schema.transactionLock != "" {
		return migrateAtOnce(ctx, conn, d)
	}
	if err := checkNames(ctx, conn, d); err != nil {
		return err
	}
	if err := makeSchemaTable(ctx, conn, d); err != nil {
		return err
	}
	if d.schema.implicitly {
		return migrateStepwise(ctx, conn, d)
	}
	return migrateAtOnce(ctx, conn, d)
}

// checkNames refuses a database in which somebody else has a table of our names.
// The table with the version is always the first that is made, so that it is looked
// for last: another process may be making all of them.
func checkNames(ctx context.Context, conn *sql.Conn, d Dialect) error {
	there := func(table string) bool {
		rows, err := conn.QueryContext(ctx, `SELECT 1 FROM `+d.quoted(table)+` WHERE 1 = 0`) //nolint:gosec // a name of ours
		return err == nil && errors.Join(rows.Close(), rows.Err()) == nil
	}
	var taken []string
	for _, table := range allColumns(ownTables) {
		if there(table.name) {
			taken = append(taken, table.name)
		}
	}
	if len(taken) == 0 || there("gatehouse_schema") {
		return nil
	}
	return fmt.Errorf("there are tables that something else has made: %s; %s", strings.Join(taken, ", "), ownDatabase)
}

// ownDatabase is what to do when the names of tables are taken.
const ownDatabase = "give Gatehouse a database of its own, or a schema on PostgreSQL (search_path)"

// failedFile is the error of a file that could not be run.
func failedFile(file migrationFile, err error) error {
	if strings.Contains(err.Error(), "already exists") {
		return fmt.Errorf("%s: %w; %s", file.name, err, ownDatabase)
	}
	return fmt.Errorf("%s: %w", file.name, err)
}

// migrateAtOnce runs the files in one transaction.
func migrateAtOnce(ctx context.Context, conn *sql.Conn, d Dialect) error {
	var options *sql.TxOptions
	if d.schema.transactionLock != "" {
		// What the one before has committed has to be seen after the lock.
		options = &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	tx, err := conn.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	if d.schema.transactionLock != "" {
		if _, err := tx.ExecContext(ctx, d.schema.transactionLock); err != nil {
			return fmt.Errorf("lock of the migration: %w", err)
		}
		if err := makeSchemaTable(ctx, tx, d); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, lockSchema); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	version, files, err := schemaState(ctx, tx, d)
	if err != nil {
		return err
	}
	for _, file := range files[version:] {
		for _, statement := range file.statements {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return failedFile(file, err)
			}
		}
	}
	update, _ := d.placeholders(updateSchema)
	if _, err := tx.ExecContext(ctx, update, len(files)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// migrateStepwise notes each statement before and after it runs. Of one that was
// noted as begun, and not as done, nobody knows whether it ran: it is run again
// and may find its table or column there.
func migrateStepwise(ctx context.Context, conn *sql.Conn, d Dialect) error {
	version, files, err := schemaState(ctx, conn, d)
	if err != nil {
		return err
	}
	var running, done int
	if err := conn.QueryRowContext(ctx, selectSchemaSteps).Scan(&running, &done); err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	for i, file := range files[version:] {
		for n, statement := range file.statements {
			if n < done {
				continue
			}
			uncertain := running == n+1
			if _, err := conn.ExecContext(ctx, updateSchemaSteps, n+1, n); err != nil {
				return err
			}
			if _, err := conn.ExecContext(ctx, statement); err != nil && (!uncertain || !alreadyThere(err)) {
				_, noteErr := conn.ExecContext(context.WithoutCancel(ctx), updateSchemaSteps, 0, n)
				return errors.Join(failedFile(file, err), noteErr)
			}
		}
		if _, err := conn.ExecContext(ctx, finishSchemaSteps, version+i+1); err != nil {
			return err
		}
		running, done = 0, 0
	}
	return nil
}

// alreadyThere reports whether MySQL refused to make a table, column or key
// because it has one of that name.
func alreadyThere(err error) bool {
	match := mysqlNumber.FindStringSubmatch(err.Error())
	if match == nil {
		return false
	}
	switch match[1] {
	case "1050", "1060", "1061": // ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME
		return true
	}
	return false
}

// migrationFile is a file below migrations.
type migrationFile struct {
	name       string
	text       string
	statements []string
}

// schemaState reads the version of the database and the files of the dialect. A
// version that no file has brought about is an error.
func schemaState(ctx context.Context, db querier, d Dialect) (version int, files []migrationFile, err error) {
	if files, err = migrationFiles(d); err != nil {
		return 0, nil, err
	}
	if err := db.QueryRowContext(ctx, selectSchema).Scan(&version); err != nil {
		return 0, nil, fmt.Errorf("schema version: %w", err)
	}
	if version > len(files) {
		return 0, nil, fmt.Errorf("the database has schema version %d, this program knows %d: use the newer program", version, len(files))
	}
	return version, files, nil
}

// migrationFiles are the files of a dialect in their order.
func migrationFiles(d Dialect) ([]migrationFile, error) {
	folder := path.Join("migrations", d.name)
	entries, err := fs.ReadDir(migrations, folder) // sorted by name
	if err != nil {
		return nil, err
	}
	var files []migrationFile
	for _, entry := range entries {
		script, err := migrations.ReadFile(path.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		file := migrationFile{name: entry.Name(), text: string(script)}
		for statement := range strings.SplitSeq(file.text, ";\n") {
			if strings.TrimSpace(statement) != "" {
				file.statements = append(file.statements, statement)
			}
		}
		files = append(files, file)
	}
	return files, nil
}
