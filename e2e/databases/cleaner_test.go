package databases_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

var expiredRows = flag.Int("expired-rows", 100_000, "how many expired rows the test of the cleaner begins with")

// fill adds expired sessions of a user, in the database's own way.
func fill(t *testing.T, db *sql.DB, d database.Database, userID string, n int) {
	t.Helper()
	series := map[string]string{
		"sqlite": `WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < %d) SELECT 'expired-' || i, '%s', i FROM g`,
		"pgx":    `SELECT 'expired-' || i, '%[2]s', i FROM generate_series(1, %[1]d) AS g(i)`,
		"mysql":  `SELECT concat('expired-', seq), '%[2]s', seq FROM seq_1_to_%[1]d`,
	}[d.Driver]
	if _, err := db.ExecContext(t.Context(), `INSERT INTO sessions (token, user_id, expires) `+fmt.Sprintf(series, n, userID)); err != nil {
		t.Fatal(err)
	}
}

// TestCleanerBesideSignIns removes very many expired rows while people sign in
// (case DB-31). Only those rows go, and everybody gets in.
func TestCleanerBesideSignIns(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			d := system.New(t)
			db := d.Migrated(t)
			a := sqldb.New(db, d.Dialect)
			u, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			rows := *expiredRows
			if d.Driver == "sqlite" {
				rows /= 10 // one writer
			}
			fill(t, db, d, u.ID, rows)
			// The clean-up has a pool of its own, as in another process.
			other := sqldb.New(d.Open(t), d.Dialect)
			removed, done := 0, make(chan error, 1)
			began := time.Now()
			go func() {
				var err error
				removed, err = other.DeleteExpired(t.Context(), 5000)
				done <- err
			}()
			var visitors sync.WaitGroup
			var mu sync.Mutex
			var waits []time.Duration
			over := make(chan struct{})
			for v := range 2 {
				visitors.Go(func() {
					for n := 0; ; n++ {
						began := time.Now()
						id := fmt.Sprint(v, "-", n)
						_, err := a.SignIn(t.Context(), auth.SignIn{
							CreateUser:    &auth.User{Name: id},
							LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: id, Type: auth.AccountOAuth},
							CreateSession: &auth.SessionRecord{Token: id, Expires: time.Now().Add(time.Hour)},
						})
						if err != nil {
							t.Errorf("sign-in beside the clean-up: %v", err)
							return
						}
						mu.Lock()
						waits = append(waits, time.Since(began))
						mu.Unlock()
						select {
						case <-over:
							return
						default:
						}
					}
				})
			}
			err = <-done
			took := time.Since(began)
			close(over)
			visitors.Wait()
			if err != nil || removed != rows {
				t.Errorf("DeleteExpired = %d, %v, want %d", removed, err, rows)
			}
			slices.Sort(waits)
			t.Logf("%d rows in %v beside %d sign-ins: median %v, 99 %% %v, longest %v", removed, took.Round(time.Millisecond), len(waits),
				waits[len(waits)/2], waits[len(waits)*99/100], waits[len(waits)-1])
			wantRows(t, db, len(waits)+1, len(waits), len(waits))
		})
	}
}

// TestOneCleaner has several processes clean one database. One of them does it.
func TestOneCleaner(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			t.Parallel()
			d := system.New(t)
			db := d.Migrated(t)
			u, err := sqldb.New(db, d.Dialect).SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			const processes, every = 4, 200 * time.Millisecond
			ctx, cancel := context.WithCancel(t.Context())
			var logs [processes]lines
			var all sync.WaitGroup
			defer all.Wait()
			defer cancel()
			for i := range processes {
				a := sqldb.New(d.Open(t), d.Dialect)
				all.Go(func() { a.Clean(ctx, every, slog.New(slog.NewTextHandler(&logs[i], nil))) })
			}
			stalled := false // the holder of the lease may then have been too late
			for range 4 {
				fill(t, db, d, u.ID, 10)
				for left := 1; left > 0; {
					asked := time.Now()
					time.Sleep(5 * time.Millisecond)
					if err := db.QueryRow(`SELECT count(*) FROM sessions`).Scan(&left); err != nil {
						t.Fatal(err)
					}
					stalled = stalled || time.Since(asked) > every/2
				}
			}
			cancel()
			all.Wait()
			cleaners := 0
			for i := range logs {
				text := logs[i].String()
				if strings.Contains(text, "code=CLEANER ") {
					cleaners++
				}
				if strings.Contains(text, "ERROR") {
					t.Errorf("process %d: %s", i, text)
				}
			}
			if cleaners == 0 || cleaners > 1 && !stalled {
				t.Errorf("%d processes have cleaned, want 1", cleaners)
			}
		})
	}
}

// lines keeps what is logged.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
