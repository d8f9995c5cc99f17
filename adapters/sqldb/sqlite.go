package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// SQLite is the dialect of SQLite 3.37 and later. See the package comment for
// the settings that the connections need.
var SQLite = Dialect{
	name:         "sqlite",
	quote:        "`", // unlike a word in double quotes, never taken for a text
	oneWriter:    true,
	returning:    true,
	exactly:      `{} = ?`,
	sorted:       `{} COLLATE BINARY`,
	dynamicTypes: true,
	// A transaction that reads first and writes later fails at once when
	// somebody else has written in between, whatever the busy timeout. One
	// that begins with a write, though it changes no row, waits for the lock
	// as BEGIN IMMEDIATE does, which database/sql has no way to say.
	beginWrite:       `UPDATE {sessions} SET {sessions.expires} = {sessions.expires} WHERE {sessions.token} = ''`,
	upsertRevocation: upsertRevocation,
	nativeTime:       timeCodec{kind: MillisecondTime, encode: func(t time.Time) any { return t.UnixMilli() }},
	classify:         classifySQLite,
	check:            checkSQLite,
}

// upsertRevocation is the form of SQLite and PostgreSQL.
const upsertRevocation = `INSERT INTO revocations (session_id, user_id, at, expires) VALUES (?, ?, ?, ?)
	ON CONFLICT (session_id, user_id) DO UPDATE SET at = excluded.at, expires = excluded.expires
	WHERE excluded.at >= revocations.at`

// Result codes of SQLite (https://www.sqlite.org/rescode.html).
const (
	sqliteBusy                 = 5
	sqliteLocked               = 6
	sqliteConstraintForeignKey = 787
	sqliteConstraintPrimaryKey = 1555
	sqliteConstraintUnique     = 2067
)

// classifySQLite goes by the result code where the driver's error has a method
// for it, as that of modernc.org/sqlite, and otherwise by the message, which
// SQLite itself writes and every driver passes on.
func classifySQLite(err error) failure {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		switch code := coded.Code(); {
		case code == sqliteConstraintUnique || code == sqliteConstraintPrimaryKey:
			return duplicate
		case code == sqliteConstraintForeignKey:
			return missing
		case code&0xff == sqliteBusy || code&0xff == sqliteLocked:
			return busy
		}
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "UNIQUE constraint failed"):
		return duplicate
	case strings.Contains(text, "FOREIGN KEY constraint failed"):
		return missing
	case strings.Contains(text, "database is locked"), strings.Contains(text, "table is locked"):
		return busy
	}
	return failed
}

func checkSQLite(ctx context.Context, db querier) error {
	var on bool
	if err := db.QueryRowContext(ctx, `PRAGMA foreign_keys`).Scan(&on); err != nil {
		return fmt.Errorf("read the foreign_keys setting: %w", err)
	}
	if !on {
		return errors.New("foreign keys are off: open the database with them on for every connection, " +
			"for example with ?_pragma=foreign_keys(1) (modernc.org/sqlite) or ?_foreign_keys=on (mattn/go-sqlite3)")
	}
	return nil
}
