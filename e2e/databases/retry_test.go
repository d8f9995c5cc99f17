package databases_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// with is a database whose connections have a setting.
func with(t *testing.T, d database.Database, name, value string) database.Database {
	t.Helper()
	switch d.Driver {
	case "pgx":
		u, err := url.Parse(d.Source)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
		d.Source = u.String()
	case "mysql":
		separator := "?"
		if strings.Contains(d.Source, "?") {
			separator = "&"
		}
		d.Source += separator + name + "=" + url.QueryEscape(value)
	default:
		d.Source = regexp.MustCompile(name+`\(\w+\)`).ReplaceAllString(d.Source, name+"("+value+")")
	}
	return d
}

// TestIsolation runs the rules of the interface under isolation levels that are not
// the default of the server (case DB-14). Serialization failures are tried again.
func TestIsolation(t *testing.T) {
	tests := []struct {
		system         database.System
		setting, level string
	}{
		{database.PostgreSQL(), "default_transaction_isolation", "serializable"},
		{database.PostgreSQL(), "default_transaction_isolation", "repeatable read"},
		{database.MariaDB(), "tx_isolation", "'SERIALIZABLE'"},
		{database.MariaDB(), "tx_isolation", "'READ-COMMITTED'"},
	}
	for _, test := range tests {
		t.Run(test.system.Name+"/"+strings.Trim(test.level, "'"), func(t *testing.T) {
			t.Parallel()
			db := with(t, test.system.New(t), test.setting, test.level).Migrated(t)
			a := sqldb.New(db, test.system.Dialect)
			adaptertest.Run(t, func(t *testing.T) auth.Adapter {
				database.Empty(t, db, database.OwnTables()...)
				settle(t, db)
				return a
			})
		})
	}
}

// counted is a driver.Connector that counts transactions.
type counted struct {
	driver driver.Driver
	source string
	begun  atomic.Int32
}

func (c *counted) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.source)
	if err != nil {
		return nil, err
	}
	return &countedConn{conn, c}, nil
}

func (c *counted) Driver() driver.Driver { return c.driver }

type countedConn struct {
	driver.Conn
	by *counted
}

func (c *countedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.by.begun.Add(1)
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

// countedAdapter is an adapter whose transactions are counted.
func countedAdapter(t *testing.T, d database.Database) (*sqldb.Adapter, *counted) {
	t.Helper()
	c := &counted{driver: d.Open(t).Driver(), source: d.Source}
	db := sql.OpenDB(c)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return sqldb.New(db, d.Dialect), c
}

// blocker is a connection on which somebody else has a transaction open.
type blocker struct {
	t    *testing.T
	conn *sql.Conn
}

func block(t *testing.T, db *sql.DB, statements ...string) *blocker {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := &blocker{t, conn}
	t.Cleanup(func() { conn.Close() })
	b.run(statements...)
	return b
}

func (b *blocker) run(statements ...string) {
	b.t.Helper()
	for _, statement := range statements {
		if _, err := b.conn.ExecContext(b.t.Context(), statement); err != nil {
			b.t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestLocked has a row or the database locked by somebody else for good (case DB-14:
// 55P03, 1205 and SQLITE_BUSY). A call is tried four times in all and stores
// nothing; when the lock is gone, it does so once.
func TestLocked(t *testing.T) {
	const lockUser = `SELECT id FROM users FOR UPDATE`
	for _, test := range []struct {
		system         database.System
		setting, value string
		lock           []string
	}{
		{database.SQLite(), "busy_timeout", "0", []string{"BEGIN IMMEDIATE"}},
		{database.PostgreSQL(), "lock_timeout", "20ms", []string{"BEGIN", lockUser}},
		{database.MariaDB(), "innodb_lock_wait_timeout", "0", []string{"BEGIN", lockUser}},
	} {
		t.Run(test.system.Name, func(t *testing.T) {
			d := test.system.New(t)
			db := d.Migrated(t)
			u, err := sqldb.New(db, d.Dialect).SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			a, count := countedAdapter(t, with(t, d, test.setting, test.value))
			lock := block(t, db, test.lock...)
			u.Name = "Ada Lovelace"
			write := auth.SignIn{
				UpdateUser: u, LinkAccount: &auth.Account{Provider: "github", ProviderAccountID: "1", Type: auth.AccountOAuth},
				CreateSession: &auth.SessionRecord{Token: "s", Expires: time.Now().Add(time.Hour)},
			}
			_, err = a.SignIn(t.Context(), write)
			if err == nil || errors.Is(err, auth.ErrConflict) || errors.Is(err, auth.ErrNotFound) {
				t.Errorf("SignIn beside a lock: %v, want another error", err)
			}
			if got := count.begun.Load(); got != 4 {
				t.Errorf("%d transactions were begun, want the first and 3 more", got)
			}
			lock.run("ROLLBACK")
			if _, err := a.SignIn(t.Context(), write); err != nil {
				t.Errorf("SignIn without a lock: %v", err)
			}
			wantRows(t, db, 1, 1, 1)
		})
	}
}

// wantRows counts users, accounts and sessions.
func wantRows(t *testing.T, db *sql.DB, want ...int) {
	t.Helper()
	for i, table := range []string{"users", "accounts", "sessions"} {
		var n int
		if err := db.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil || n != want[i] {
			t.Errorf("%d %s (%v), want %d", n, table, err, want[i])
		}
	}
}

// TestDeadlock has a sign-in and another transaction wait for each other (case
// DB-14: 40P01 and 1213). The sign-in is the one that the database gives up, and
// is tried again.
func TestDeadlock(t *testing.T) {
	for _, test := range []struct {
		system  database.System
		waiting string
		// heavy makes the other transaction the one that survives.
		heavy          string
		setting, value string
	}{
		{
			database.PostgreSQL(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
			`SET LOCAL deadlock_timeout = '1min'`, "deadlock_timeout", "1s",
		},
		{
			database.MariaDB(), `SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'
				AND trx_mysql_thread_id IN (SELECT id FROM information_schema.processlist WHERE db = database())`,
			`INSERT INTO verification_tokens (identifier, token, expires) SELECT seq, seq, 1 FROM seq_1_to_1000`, "charset", "utf8mb4",
		},
	} {
		t.Run(test.system.Name, func(t *testing.T) {
			t.Parallel()
			d := test.system.New(t)
			db := d.Migrated(t)
			u, err := sqldb.New(db, d.Dialect).SignIn(t.Context(), auth.SignIn{
				CreateUser: &auth.User{Name: "Ada"}, CreateSession: &auth.SessionRecord{Token: "old", Expires: time.Now().Add(time.Hour)},
			})
			if err != nil {
				t.Fatal(err)
			}
			a, count := countedAdapter(t, with(t, d, test.setting, test.value))
			other := block(t, db, "BEGIN", test.heavy, `SELECT token FROM sessions WHERE token = 'old' FOR UPDATE`)
			u.Name = "Ada Lovelace"
			done := make(chan error, 1)
			go func() { // updates the user and waits for the session
				_, err := a.SignIn(t.Context(), auth.SignIn{
					UpdateUser: u, DeleteSession: "old", CreateSession: &auth.SessionRecord{Token: "new", Expires: time.Now().Add(time.Hour)},
				})
				done <- err
			}()
			// MariaDB shows the same locks again when it is asked within 100 ms.
			for n := 0; n == 0; time.Sleep(120 * time.Millisecond) {
				if err := db.QueryRow(test.waiting).Scan(&n); err != nil {
					t.Fatal(err)
				}
			}
			other.run(`UPDATE users SET image = 'x' WHERE name = 'Ada'`, "COMMIT")
			if err := <-done; err != nil {
				t.Errorf("SignIn: %v", err)
			}
			if got := count.begun.Load(); got != 2 {
				t.Errorf("%d transactions were begun, want 2: the first has to have lost", got)
			}
			wantRows(t, db, 1, 0, 1)
			if got, err := a.User(t.Context(), u.ID); err != nil || got.Name != "Ada Lovelace" {
				t.Errorf("user = %+v, %v", got, err)
			}
		})
	}
}
