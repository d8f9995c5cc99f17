package sqldb

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Dialect is what differs between database systems. Its values are variables of
// this package, such as [SQLite]; the zero value is not usable.
//
// A dialect is one file with one such variable and one folder of migrations
// that carries its name.
type Dialect struct {
	// name is the folder below migrations.
	name string
	// numbered placeholders are $1, $2 and so on instead of ?.
	numbered bool
	// oneWriter makes writes of this process queue up, for a database that
	// has a single writer.
	oneWriter bool
	// beginWrite, if not empty, is the first statement of a transaction that
	// writes. It makes the database take the lock for writing at once.
	beginWrite string
	// upsertRevocation stores a revocation (session_id, user_id, at, expires)
	// unless the one that is there was made later.
	upsertRevocation string
	// classify recognises the errors that have a meaning here.
	classify func(error) failure
	// check, if not nil, refuses a connection that is set up wrongly.
	check func(context.Context, *sql.DB) error
}

// failure is a kind of database error.
type failure int

const (
	// failed is every error without a kind of its own.
	failed failure = iota
	// duplicate is the violation of a unique key.
	duplicate
	// busy is a lock that was not free or a transaction that lost against
	// another one. The same transaction may succeed the next time.
	busy
)

// String returns the name of the database system, "sqlite" for example.
func (d Dialect) String() string { return d.name }

// placeholders returns a query in the dialect's style. The queries hold no ?
// but placeholders.
func (d Dialect) placeholders(query string) string {
	if !d.numbered {
		return query
	}
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}
