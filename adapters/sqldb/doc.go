// Package sqldb keeps users, accounts, sessions and mailed links in an SQL
// database: SQLite, PostgreSQL, MySQL and MariaDB. It works on the application's own
// [database/sql.DB] and imports no driver. docs/databases.md says how to set each of
// them up.
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
// # PostgreSQL and CockroachDB
//
// Use the driver of github.com/jackc/pgx/v5/stdlib, or github.com/lib/pq:
//
//	db, err := sql.Open("pgx", "postgres://app@db.example.com/app?sslmode=verify-full")
//
// The database has to be in UTF-8. The adapter prepares its statements, so that
// PgBouncer in transaction mode has to be of version 1.21 or later, with
// max_prepared_statements. CockroachDB speaks the same dialect; the serialization
// failures with which it asks for a new try are tried again.
//
// # MySQL and MariaDB
//
// MySQL 8.0 and MariaDB 10.5 or later, in strict mode, with the driver
// github.com/go-sql-driver/mysql:
//
//	db, err := sql.Open("mysql", "app:secret@tcp(db.example.com:3306)/app?tls=true")
//
// [Migrate] and [Check] refuse a connection that is not in strict mode or not in
// utf8mb4, which is the driver's default.
//
// # Tables
//
// [Migrate] makes and updates the tables; nothing else does. Their names are
// users, accounts, sessions, verification_tokens, revocations, leases and
// gatehouse_schema. The files below migrations are their definition, and [Schema]
// returns all of it for people who run SQL by hand. Where those names are taken,
// give Gatehouse a schema (PostgreSQL: search_path) or a database (MySQL) of its
// own. Times are whole microseconds since 1970; what is smaller is dropped. An empty
// text is stored as NULL. Extra is stored as JSON, and numbers inside come back as
// json.Number. Ids of users are 128 random bits in hexadecimal.
//
// # Tables of NextAuth.js
//
// [NewShared] works on the tables of an existing NextAuth.js or Auth.js database as
// they are. [AuthPG], [Prisma] and [Drizzle] name those of the usual adapters.
//
// # Deadlines and retries
//
// A call takes at most five seconds, or less when its context ends before. A
// call that found the database busy or its connection closed, or lost against
// another transaction, is tried again as a whole, at most three times. When the
// connection is lost while a sign-in is committed, the adapter looks whether it
// was. No transaction is open during anything but its own statements. Prepared
// statements are kept for as long as the database is open, so one Adapter per
// database is enough.
package sqldb
