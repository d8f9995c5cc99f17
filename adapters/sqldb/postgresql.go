package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// PostgreSQL is the dialect of PostgreSQL 12 and later, and of CockroachDB. See
// the package comment for drivers and settings.
var PostgreSQL = Dialect{
	name:             "postgresql",
	numbered:         true,
	quote:            `"`,
	returning:        true,
	utf8Only:         true,
	exactly:          `{} = ?`,
	sorted:           `{} COLLATE "C"`,
	wholeNumber:      `CAST(? AS BIGINT)`,
	forUpdate:        ` FOR UPDATE`,
	lockKey:          `SELECT pg_advisory_xact_lock(?)`,
	keylessIsolation: sql.LevelReadCommitted,
	upsertRevocation: upsertRevocation,
	nativeTime:       timeCodec{kind: TimestampTime, encode: func(t time.Time) any { return t }},
	classify:         classifyPostgreSQL,
	check:            checkPostgreSQL,
	schema: schemaDialect{
		// Any number will do as the key; it is the same in every version.
		transactionLock: `SELECT pg_advisory_xact_lock(7152604019825344)`,
	},
}

// classifyPostgreSQL goes by the SQLSTATE (PostgreSQL documentation, appendix A),
// which the errors of pgx and lib/pq have a method for.
func classifyPostgreSQL(err error) failure {
	var coded interface{ SQLState() string }
	if !errors.As(err, &coded) {
		return failed
	}
	switch coded.SQLState() {
	case "23505": // unique_violation
		return duplicate
	case "23503": // foreign_key_violation
		return missing
	case "40001", // serialization_failure; CockroachDB asks for a new try with it
		"40P01", // deadlock_detected
		"55P03": // lock_not_available
		return busy
	case "26000": // invalid_sql_statement_name, after DISCARD ALL for example
		return stale
	case "0A000": // feature_not_supported, which is said of all kinds of things
		if strings.Contains(err.Error(), "cached plan") {
			return stale
		}
	}
	return failed
}

func checkPostgreSQL(ctx context.Context, db querier) error {
	var encoding, readOnly string
	if err := db.QueryRowContext(ctx, `SHOW server_encoding`).Scan(&encoding); err != nil {
		return fmt.Errorf("read the encoding: %w", err)
	}
	if err := db.QueryRowContext(ctx, `SHOW transaction_read_only`).Scan(&readOnly); err != nil {
		return fmt.Errorf("read transaction_read_only: %w", err)
	}
	var problems []error
	if encoding != "UTF8" && encoding != "UTF-8" && encoding != "utf8" {
		problems = append(problems, fmt.Errorf("the encoding of the database is %s: make one with ENCODING 'UTF8'", encoding))
	}
	if readOnly == "on" {
		problems = append(problems, errors.New("the database takes no writes (transaction_read_only is on): use the primary and not a standby"))
	}
	return errors.Join(problems...)
}
