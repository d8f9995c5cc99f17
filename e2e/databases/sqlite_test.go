package databases_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// recommended are the settings in the package comment of sqldb.
const recommended = "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)"

// fast keeps SQLite from waiting for the disk. Locks work as ever.
const fast = "&_pragma=synchronous(OFF)"

const settings = recommended + fast

// open opens a database file and closes it when the test ends.
func open(t testing.TB, file, settings string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// migrated opens a new database file with all tables.
func migrated(t testing.TB, settings string) *sql.DB {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "auth.db"), settings)
	if err := sqldb.Migrate(context.Background(), db, sqldb.SQLite); err != nil {
		t.Fatal(err)
	}
	return db
}

// emptyFile returns the content of a database file whose tables are empty.
func emptyFile(t *testing.T, settings string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "empty.db")
	db, err := sql.Open("sqlite", "file:"+file+settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sqldb.Migrate(t.Context(), db, sqldb.SQLite), db.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// copyOf writes a database file of its own for one test.
func copyOf(t *testing.T, content []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "auth.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// settle checks after the subtest that no connection was left in use. A
// transaction whose context has ended is rolled back a moment later.
func settle(t *testing.T, db *sql.DB) {
	t.Cleanup(func() {
		for deadline := time.Now().Add(5 * time.Second); db.Stats().InUse != 0 && time.Now().Before(deadline); {
			runtime.Gosched()
		}
		if n := db.Stats().InUse; n != 0 {
			t.Errorf("%d connections are still in use", n)
		}
	})
}

func TestSQLite(t *testing.T) {
	const (
		noKeys = "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_txlock=immediate" + fast
		noLog  = "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(DELETE)" + fast
	)
	tests := []struct {
		name        string
		migrate     string
		settings    string
		connections int
	}{
		{"pool", settings, settings, 0},
		{"one connection", settings, settings, 1},
		{"rollback journal", noLog, noLog, 0},
		{"begin immediate and foreign keys off after Migrate", settings, noKeys, 4},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			empty := emptyFile(t, test.migrate)
			adaptertest.Run(t, func(t *testing.T) auth.Adapter {
				db := open(t, copyOf(t, empty), test.settings)
				db.SetMaxOpenConns(test.connections)
				settle(t, db)
				return sqldb.New(db, sqldb.SQLite)
			})
		})
	}
}

// TestTwoProcesses has two pools on one file, which share nothing but the
// file's locks, as two processes do.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	empty := emptyFile(t, settings)
	adaptertest.Run(t, func(t *testing.T) auth.Adapter {
		file := copyOf(t, empty)
		first, second := open(t, file, settings), open(t, file, settings)
		return &alternating{adapters: [2]*sqldb.Adapter{sqldb.New(first, sqldb.SQLite), sqldb.New(second, sqldb.SQLite)}}
	})
}

// alternating sends its writes to two adapters in turn.
type alternating struct {
	mu       sync.Mutex
	calls    int
	adapters [2]*sqldb.Adapter
}

func (a *alternating) next() *sqldb.Adapter {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	return a.adapters[a.calls%2]
}

func (a *alternating) User(ctx context.Context, id string) (*auth.User, error) {
	return a.next().User(ctx, id)
}

func (a *alternating) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	return a.next().UserByEmail(ctx, email)
}

func (a *alternating) UserByAccount(ctx context.Context, provider, id string) (*auth.User, error) {
	return a.next().UserByAccount(ctx, provider, id)
}

func (a *alternating) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	return a.next().SignIn(ctx, s)
}

func (a *alternating) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	return a.next().SessionAndUser(ctx, token)
}

func (a *alternating) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	return a.next().UpdateSession(ctx, token, expires)
}

func (a *alternating) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	return a.next().DeleteSession(ctx, token)
}

func (a *alternating) DeleteSessions(ctx context.Context, userID string) error {
	return a.next().DeleteSessions(ctx, userID)
}

func (a *alternating) CreateVerificationToken(ctx context.Context, link auth.VerificationToken) error {
	return a.next().CreateVerificationToken(ctx, link)
}

func (a *alternating) VerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.next().VerificationToken(ctx, identifier, token)
}

func (a *alternating) UseVerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.next().UseVerificationToken(ctx, identifier, token)
}

// TestColumns looks at what an application sees that reads the tables itself.
func TestColumns(t *testing.T) {
	db := migrated(t, settings)
	at := time.Date(2030, 1, 2, 3, 4, 5, 678901234, time.UTC)
	u, err := sqldb.New(db, sqldb.SQLite).SignIn(t.Context(), auth.SignIn{
		CreateUser: &auth.User{Email: "Ada@Example.com", EmailVerified: at, Extra: map[string]any{"name": nil}},
		LinkAccount: &auth.Account{
			Provider: "github", ProviderAccountID: "1", Type: auth.AccountOAuth, AccessToken: "a", RefreshToken: "r",
			IDToken: "i", TokenType: "bearer", Scope: "s", SessionState: "x", ExpiresAt: 7, Extra: map[string]any{"n": 1},
		},
		CreateSession: &auth.SessionRecord{Token: "t", Expires: at},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(u.ID) != 32 {
		t.Errorf("id = %q, want 32 hexadecimal digits", u.ID)
	}
	tests := []struct{ name, query, want string }{
		{"user", `SELECT quote(name)||quote(email)||quote(email_key)||email_verified||quote(image)||quote(extra) FROM users`,
			`NULL'Ada@Example.com''ada@example.com'1893553445678901NULL'{"name":null}'`},
		{"account", `SELECT provider||provider_account_id||type||access_token||refresh_token||id_token||token_type||scope||session_state||expires_at||extra FROM accounts`,
			`github1oautharibearersx7{"n":1}`},
		{"owner", `SELECT count(*) FROM users JOIN accounts a ON a.user_id = users.id JOIN sessions s ON s.user_id = users.id`, `1`},
		{"session", `SELECT token||expires FROM sessions`, `t1893553445678901`},
		{"query plan", `SELECT group_concat(detail, '; ') FROM (` + explain(t, db) + `)`,
			`SEARCH s USING PRIMARY KEY (token=?); SEARCH u USING INDEX sqlite_autoindex_users_1 (id=?)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got string
			if err := db.QueryRow(test.query).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// explain returns a query for the plan of finding a session with its user.
func explain(t *testing.T, db *sql.DB) string {
	t.Helper()
	rows, err := db.Query(`EXPLAIN QUERY PLAN SELECT u.name FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = 't'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var parts []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, fmt.Sprintf("SELECT '%s' AS detail", detail))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(parts, " UNION ALL ")
}

// TestBusy has another connection hold the lock for writing, without a busy
// timeout, so that every try fails at once.
func TestBusy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "auth.db")
	if err := sqldb.Migrate(t.Context(), open(t, file, settings), sqldb.SQLite); err != nil {
		t.Fatal(err)
	}
	impatient := open(t, file, "?_pragma=foreign_keys(1)")
	a := sqldb.New(impatient, sqldb.SQLite)
	u, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}})
	if err != nil {
		t.Fatal(err)
	}

	other, err := open(t, file, settings).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	s := auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "s"}}
	if _, err := a.SignIn(t.Context(), s); err == nil || errors.Is(err, auth.ErrConflict) || !strings.Contains(err.Error(), "locked") {
		t.Fatalf("SignIn while the database is locked: %v, want the database's error after the last try", err)
	}
	if _, err := a.User(t.Context(), u.ID); err != nil {
		t.Errorf("reading while another connection writes: %v", err)
	}
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SignIn(t.Context(), s); err != nil {
		t.Errorf("SignIn after the lock is free: %v", err)
	}
	if n := impatient.Stats().InUse; n != 0 {
		t.Errorf("%d connections are still in use", n)
	}
}

// TestTwoWriters has two adapters on one pool, whose writes do not queue up behind
// each other: the busy timeout and trying again have to do.
func TestTwoWriters(t *testing.T) {
	db := migrated(t, "?_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)")
	first, second := sqldb.New(db, sqldb.SQLite), sqldb.New(db, sqldb.SQLite)
	u, err := first.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 40 {
		a := first
		if i%2 == 0 {
			a = second // has a queue of its own, as another process
		}
		group.Go(func() {
			_, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: fmt.Sprint(i)}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestDeadline(t *testing.T) {
	db := migrated(t, settings)
	db.SetMaxOpenConns(1)
	held, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = sqldb.New(db, sqldb.SQLite).SignIn(ctx, auth.SignIn{CreateUser: &auth.User{}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want context.DeadlineExceeded", err)
	}
}
