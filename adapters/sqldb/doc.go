// Package sqldb keeps users, accounts, sessions and mailed links in an SQL
// database. It works on the application's own [database/sql.DB] and imports no
// driver.
//
// # SQLite
//
// Any driver for SQLite 3.37 or later will do. Open the database with foreign
// keys on, a busy timeout and a write-ahead log; with modernc.org/sqlite:
//
//	db, err := sql.Open("sqlite", "file:app.db?_pragma=foreign_keys(1)"+
//		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)")
//
// These settings belong to a connection and not to the file, so they have to
// be part of the data source name. [Migrate] refuses to work on a connection
// with foreign keys off.
//
// SQLite has one writer at a time. Within a process the adapter lets its writes
// queue up in front of the pool, so that they neither poll for the lock nor keep
// connections from readers. Between processes the busy timeout does the
// waiting, and a write that still found the database busy is tried again.
//
// # Tables
//
// [Migrate] makes and updates the tables; nothing else does. Their names are
// users, accounts, sessions, verification_tokens, revocations and
// gatehouse_schema. The files below migrations are their definition. Times are
// whole microseconds since 1970; what is smaller is dropped. An empty text is
// stored as NULL. Extra is stored as JSON, and numbers inside come back as
// json.Number. Ids of users are 128 random bits in hexadecimal.
//
// # Deadlines and retries
//
// A call takes at most five seconds, or less when its context ends before. A
// call that found the database busy, or lost against another transaction, is
// tried again as a whole, at most three times. Prepared statements are kept for
// as long as the database is open, so one Adapter per database is enough.
package sqldb
