package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// MySQL is the dialect of MySQL 8.0 and MariaDB 10.5 and later. See the package
// comment for the driver and settings.
var MySQL = Dialect{
	name:  "mysql",
	quote: "`",
	// The first comparison finds the row by an index.
	exactly:          `({} = ? AND CAST(CONVERT({} USING utf8mb4) AS BINARY) = CAST(?^ AS BINARY))`,
	sorted:           `CAST(CONVERT({} USING utf8mb4) AS BINARY)`,
	keylessIsolation: sql.LevelRepeatableRead,
	forUpdate:        ` FOR UPDATE`,
	countsChanged:    true,
	limitDelete:      true,
	// The values are set from left to right, each with what is set before.
	upsertRevocation: `INSERT INTO revocations (session_id, user_id, at, expires) VALUES (?, ?, ?, ?)
		ON DUPLICATE KEY UPDATE expires = IF(VALUES(at) >= at, VALUES(expires), expires), at = GREATEST(at, VALUES(at))`,
	nativeTime: timeCodec{
		kind:   TimestampTime,
		encode: func(t time.Time) any { return t.Format("2006-01-02 15:04:05.000") },
	},
	// The driver may take the digits for those of another time zone.
	timeText: `CAST({} AS CHAR)`,
	classify: classifyMySQL,
	check:    checkMySQL,
	schema: schemaDialect{
		lock:       `SELECT GET_LOCK('gatehouse_schema', 60)`,
		unlock:     `SELECT RELEASE_LOCK('gatehouse_schema')`,
		implicitly: true,
	},
}

// mysqlNumber is how the message of a *mysql.MySQLError begins. The number itself
// is a field, which cannot be read without importing the driver.
var mysqlNumber = regexp.MustCompile(`^Error (\d+)[ :(]`)

// classifyMySQL goes by the error number
// (https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html).
func classifyMySQL(err error) failure {
	for ; err != nil; err = errors.Unwrap(err) {
		match := mysqlNumber.FindStringSubmatch(err.Error())
		if match == nil {
			continue
		}
		switch match[1] {
		case "1062": // ER_DUP_ENTRY
			return duplicate
		case "1452", "1216": // ER_NO_REFERENCED_ROW_2, ER_NO_REFERENCED_ROW
			return missing
		case "1213", // ER_LOCK_DEADLOCK
			"1205", // ER_LOCK_WAIT_TIMEOUT
			"3572", // ER_LOCK_NOWAIT
			"1020": // ER_CHECKREAD, of MariaDB with innodb_snapshot_isolation
			return busy
		case "1243", "1615": // ER_UNKNOWN_STMT_HANDLER, ER_NEED_REPREPARE
			return stale
		}
		return failed
	}
	return failed
}

func checkMySQL(ctx context.Context, db querier) error {
	var mode, charset string
	if err := db.QueryRowContext(ctx, `SELECT @@SESSION.sql_mode, @@SESSION.character_set_connection`).Scan(&mode, &charset); err != nil {
		return fmt.Errorf("read sql_mode: %w", err)
	}
	var problems []error
	if !strings.Contains(mode, "STRICT_TRANS_TABLES") && !strings.Contains(mode, "STRICT_ALL_TABLES") {
		problems = append(problems, errors.New("sql_mode is not strict, so that MySQL would cut what is too long: "+
			"set sql_mode = 'STRICT_TRANS_TABLES' in the server, or add ?sql_mode='STRICT_TRANS_TABLES' to the data source name"))
	}
	if charset != "utf8mb4" {
		problems = append(problems, fmt.Errorf("the connection's character set is %s: add ?charset=utf8mb4 to the data source name", charset))
	}
	return errors.Join(problems...)
}
