package sqldb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// refusing is a database that cannot be reached. It counts the attempts. What
// needs a real database is tested in e2e/databases.
type refusing struct {
	err       error // nil: hang until the context ends
	mu        sync.Mutex
	attempts  int
	deadlines []time.Duration
}

func (r *refusing) Connect(ctx context.Context) (driver.Conn, error) {
	r.mu.Lock()
	r.attempts++
	if deadline, ok := ctx.Deadline(); ok {
		r.deadlines = append(r.deadlines, time.Until(deadline))
	}
	r.mu.Unlock()
	if r.err == nil {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, r.err
}

func (r *refusing) Driver() driver.Driver { return nil }

// coded is an error with a result code, as SQLite drivers have.
type coded int

func (c coded) Error() string { return "failed" }
func (c coded) Code() int     { return int(c) }

func TestRetries(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"busy by message", errors.New("database is locked"), 4},
		{"table locked by message", errors.New("database table is locked: users"), 4},
		{"busy by code", coded(5), 4},
		{"busy snapshot by code", coded(517), 4},
		{"locked by code", coded(6), 4},
		{"disk error", coded(10), 1},
		{"connection lost before anything was sent", driver.ErrBadConn, 12}, // database/sql tries three connections each time
		{"other error", errors.New("no such file"), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := map[string]func(*sqldb.Adapter) error{
					"read":        func(a *sqldb.Adapter) error { _, _, err := a.SessionAndUser(t.Context(), "s"); return err },
					"write":       func(a *sqldb.Adapter) error { return a.DeleteSessions(t.Context(), "1") },
					"transaction": func(a *sqldb.Adapter) error { return a.DeleteUser(t.Context(), "1") },
				}
				for name, call := range calls {
					r := &refusing{err: test.err}
					db := sql.OpenDB(r)
					err := call(sqldb.New(db, sqldb.SQLite))
					if !errors.Is(err, test.err) || errors.Is(err, auth.ErrNotFound) {
						t.Errorf("%s: error = %v, want one that wraps %v", name, err, test.err)
					}
					if r.attempts != test.want {
						t.Errorf("%s: %d attempts, want %d", name, r.attempts, test.want)
					}
					db.Close()
				}
			})
		})
	}
}

func TestDeadline(t *testing.T) {
	tests := []struct {
		name    string
		timeout time.Duration // of the caller, zero for none
		want    time.Duration
	}{
		{"no deadline", 0, 5 * time.Second},
		{"later", time.Minute, 5 * time.Second},
		{"sooner", time.Second, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.timeout != 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.timeout)
					defer cancel()
				}
				r := &refusing{}
				db := sql.OpenDB(r)
				defer db.Close()
				start := time.Now()
				_, err := sqldb.New(db, sqldb.SQLite).User(ctx, "1")
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error = %v, want context.DeadlineExceeded", err)
				}
				if got := time.Since(start); got != test.want || r.deadlines[0] != test.want {
					t.Errorf("ended after %v with a deadline of %v, want %v", got, r.deadlines, test.want)
				}
			})
		})
	}
}

// TestWriterQueue has one writer hang: the next one waits in front of the pool,
// and only for as long as its own context.
func TestWriterQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &refusing{}
		db := sql.OpenDB(r)
		defer db.Close()
		a := sqldb.New(db, sqldb.SQLite)
		go a.DeleteSessions(t.Context(), "1")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := a.DeleteSessions(ctx, "2"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want context.DeadlineExceeded", err)
		}
		if r.attempts != 1 {
			t.Errorf("%d connections were asked for, want 1: a writer that waits takes none", r.attempts)
		}
		time.Sleep(10 * time.Second) // the fake clock's: the first call has ended
	})
}

func TestZeroDialect(t *testing.T) {
	db := sql.OpenDB(&refusing{err: errors.New("must not be reached")})
	defer db.Close()
	a := sqldb.New(db, sqldb.Dialect{})
	_, userErr := a.User(t.Context(), "1")
	_, signInErr := a.SignIn(t.Context(), auth.SignIn{UserID: "1"})
	for name, err := range map[string]error{
		"User":    userErr,
		"SignIn":  signInErr,
		"Migrate": sqldb.Migrate(t.Context(), db, sqldb.Dialect{}),
	} {
		if err == nil || !strings.Contains(err.Error(), "no dialect") {
			t.Errorf("%s: error = %v, want one that says that there is no dialect", name, err)
		}
	}
}

func TestArguments(t *testing.T) {
	db := sql.OpenDB(&refusing{err: errors.New("must not be reached")})
	defer db.Close()
	a := sqldb.New(db, sqldb.SQLite)
	unfit := map[string]any{"f": func() {}}
	tests := []struct {
		name string
		s    auth.SignIn
		want auth.Step
	}{
		{"new user", auth.SignIn{CreateUser: &auth.User{Extra: unfit}}, auth.StepCreateUser},
		{"user", auth.SignIn{UpdateUser: &auth.User{ID: "1", Extra: unfit}}, auth.StepUpdateUser},
		{"account", auth.SignIn{UserID: "1", LinkAccount: &auth.Account{Extra: unfit}}, auth.StepLinkAccount},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := a.SignIn(t.Context(), test.s)
			var step *auth.StepError
			if !errors.As(err, &step) || step.Step != test.want || !strings.Contains(err.Error(), "no JSON form") {
				t.Errorf("error = %v, want step %s and the reason", err, test.want)
			}
		})
	}
	if err := a.Revoke(t.Context(), auth.Revocation{}); err == nil || !strings.Contains(err.Error(), "without") {
		t.Errorf("Revoke of nothing: %v, want an error", err)
	}
	if got := sqldb.SQLite.String(); got != "sqlite" {
		t.Errorf("SQLite.String() = %q, want sqlite", got)
	}
}
