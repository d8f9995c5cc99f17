package sqldb

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Dialect is what differs between database systems. Its values are the variables
// [SQLite], [PostgreSQL] and [MySQL]; the zero value is not usable.
//
// A dialect is one file with one such variable and one folder of migrations
// that carries its name.
type Dialect struct {
	// name is the folder below migrations.
	name string
	// numbered placeholders are $1, $2 and so on instead of ?.
	numbered bool
	// quote stands around the name of a table or column.
	quote string
	// oneWriter makes writes of this process queue up, for a database that
	// has a single writer.
	oneWriter bool
	// beginWrite, if not empty, is the first statement of a transaction that
	// writes. It makes the database take the lock for writing at once. It is
	// a template, see queries.
	beginWrite string
	// exactly is a condition that a column, {}, has a value byte by byte, for
	// columns whose collation may take others for equal. sorted is what stands for
	// such a column where it is sorted or compared by its bytes.
	exactly, sorted string
	// wholeNumber, if not empty, is a placeholder for a whole number that need not
	// fit the column that it is compared with.
	wholeNumber string
	// dynamicTypes says that a column may hold values of several types, which are
	// sorted by type first.
	dynamicTypes bool
	// keylessIsolation is the isolation level at which sign-ins stay apart in
	// tables without unique keys: one at which a SELECT with forUpdate that finds
	// nothing keeps others from adding what it looked for, or at which a statement
	// after lockKey sees what others have committed before it.
	keylessIsolation sql.IsolationLevel
	// forUpdate ends a SELECT whose row nobody else may change until the
	// transaction ends.
	forUpdate string
	// lockKey, if not empty, waits until no other transaction holds a key, which
	// is a number, and holds it until the transaction ends.
	lockKey string
	// returning says that INSERT and DELETE can return columns.
	returning bool
	// utf8Only says that the database refuses a value that is no UTF-8 or has a
	// NUL in it, also where it is only compared.
	utf8Only bool
	// countsChanged says that an UPDATE counts only the rows that it made
	// different.
	countsChanged bool
	// limitDelete says that DELETE takes ORDER BY and LIMIT.
	limitDelete bool
	// upsertRevocation stores a revocation (session_id, user_id, at, expires)
	// unless the one that is there was made later.
	upsertRevocation string
	// nativeTime is how the tables of NextAuth.js keep times.
	nativeTime timeCodec
	// timeText, if not empty, is a column with a time, {}, as text.
	timeText string
	// classify recognises the errors that have a meaning here.
	classify func(error) failure
	// check, if not nil, refuses a connection that is set up wrongly.
	check func(context.Context, querier) error
	// schema is how tables are made and changed.
	schema schemaDialect
}

// failure is a kind of database error.
type failure int

const (
	// failed is every error without a kind of its own.
	failed failure = iota
	// duplicate is the violation of a unique key.
	duplicate
	// missing is the violation of a foreign key: the user is not there.
	missing
	// busy is a lock that was not free or a transaction that lost against
	// another one. The same transaction may succeed the next time.
	busy
	// stale is a prepared statement that the server has forgotten, or whose
	// result has another form since somebody changed a table. It did nothing,
	// and has to be prepared anew.
	stale
)

// querier is a *sql.DB, *sql.Conn or *sql.Tx.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// String returns the name of the database system: "sqlite", "postgresql" or
// "mysql".
func (d Dialect) String() string { return d.name }

// quoted is the name of a table or column as it stands in a query. A table may
// have the name of its schema in front, with a dot.
func (d Dialect) quoted(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		parts[i] = d.quote + strings.ReplaceAll(part, d.quote, d.quote+d.quote) + d.quote
	}
	return strings.Join(parts, ".")
}

// placeholders returns a query in the dialect's style. The queries hold no ? but
// placeholders; ?^ stands for the same value as the one before it. order, if not
// nil, is which value each placeholder of the result takes.
func (d Dialect) placeholders(query string) (result string, order []int) {
	var b strings.Builder
	for n, repeated := -1, false; ; {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			if d.numbered || !repeated {
				order = nil
			}
			return b.String(), order
		}
		if after, found = strings.CutPrefix(after, "^"); found {
			repeated = true
		} else {
			n++
		}
		order = append(order, n)
		if d.numbered {
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n + 1))
		} else {
			b.WriteByte('?')
		}
		query = after
	}
}
