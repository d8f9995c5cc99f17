package databases_test

import (
	"context"
	"database/sql"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// filled is a database with 1000 sessions, and the token of one.
func filled(b *testing.B, system database.System) (db *sql.DB, a *sqldb.Adapter, token string) {
	b.Helper()
	db = system.New(b).Migrated(b)
	a = sqldb.New(db, system.Dialect)
	for i := range 1000 {
		_, err := a.SignIn(b.Context(), auth.SignIn{
			CreateUser: &auth.User{Name: "Ada Lovelace", Email: fmt.Sprintf("ada%d@example.com", i), Image: "https://example.com/ada.png"},
			CreateSession: &auth.SessionRecord{
				Token: fmt.Sprintf("%064d", i), Expires: time.Now().Add(time.Hour), CreatedAt: time.Now(), LastSeenAt: time.Now(),
				Address: "192.0.2.1", UserAgent: "Mozilla/5.0",
			},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return db, a, fmt.Sprintf("%064d", 500)
}

// BenchmarkSession reads a session and moves its end, with the adapter and with
// bare prepared statements through the same driver, by turns in one run. The
// processor time of this process is what is compared; the time on the clock is the
// server's.
func BenchmarkSession(b *testing.B) {
	for _, system := range database.Systems() {
		b.Run(system.Name, func(b *testing.B) {
			db, a, token := filled(b, system)
			bare := prepareBare(b, db, system.Dialect)
			adapter := func(ctx context.Context) error {
				if _, _, err := a.SessionAndUser(ctx, token); err != nil {
					return err
				}
				return a.UpdateSession(ctx, token, time.Now().Add(time.Hour))
			}
			compare(b, adapter, func(ctx context.Context) error { return bare(ctx, token) })
		})
	}
}

// prepareBare returns what a program would write by hand.
func prepareBare(b *testing.B, db *sql.DB, d sqldb.Dialect) func(ctx context.Context, token string) error {
	b.Helper()
	mark := func(n int) string {
		if d.String() == "postgresql" {
			return fmt.Sprint("$", n)
		}
		return "?"
	}
	read, err := db.Prepare(`SELECT s.token, s.user_id, s.expires, s.created_at, s.last_seen_at, s.address, s.user_agent,
		u.id, u.name, u.email, u.image, u.email_verified, u.extra
		FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = ` + mark(1))
	if err != nil {
		b.Fatal(err)
	}
	roll, err := db.Prepare(`UPDATE sessions SET expires = ` + mark(1) + `, last_seen_at = ` + mark(2) + ` WHERE token = ` + mark(3))
	if err != nil {
		b.Fatal(err)
	}
	return func(ctx context.Context, token string) error {
		var foundToken, userID, id string
		var expires int64
		var created, seen, verified sql.NullInt64
		var address, agent, name, email, image, extra sql.NullString
		err := read.QueryRowContext(ctx, token).Scan(&foundToken, &userID, &expires, &created, &seen, &address, &agent,
			&id, &name, &email, &image, &verified, &extra)
		if err != nil {
			return err
		}
		now := time.Now()
		_, err = roll.ExecContext(ctx, now.Add(time.Hour).UnixMicro(), now.UnixMicro(), token)
		return err
	}
}

// compare runs two functions by turns and reports the processor time of each.
func compare(b *testing.B, adapter, bare func(context.Context) error) {
	b.Helper()
	const turn = 50
	spent := map[string]time.Duration{}
	done := 0
	run := func(name string, f func(context.Context) error) {
		before := processorTime(b)
		for range turn {
			// As net/http does, every request has a context that can end.
			ctx, cancel := context.WithCancel(b.Context())
			if err := f(ctx); err != nil {
				b.Fatal(err)
			}
			cancel()
		}
		spent[name] += processorTime(b) - before
	}
	for b.Loop() {
		if done%(2*turn) == 0 {
			run("adapter", adapter)
			run("bare", bare)
		}
		done++
	}
	rounds := float64((done + 2*turn - 1) / (2 * turn) * turn)
	b.ReportMetric(float64(spent["adapter"])/rounds, "adapter-cpu-ns")
	b.ReportMetric(float64(spent["bare"])/rounds, "bare-cpu-ns")
	b.ReportMetric(float64(spent["adapter"])/float64(spent["bare"]), "ratio")
}

// processorTime is what this process has used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkSessionAndUser is what GET /session asks of the database.
func BenchmarkSessionAndUser(b *testing.B) {
	for _, system := range database.Systems() {
		b.Run(system.Name, func(b *testing.B) {
			_, a, token := filled(b, system)
			b.Run("serial", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := a.SessionAndUser(b.Context(), token); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("parallel", func(b *testing.B) {
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if _, _, err := a.SessionAndUser(b.Context(), token); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		})
	}
}

// BenchmarkSignIn is a sign-in with a linked account and a new session.
func BenchmarkSignIn(b *testing.B) {
	for _, system := range database.Systems() {
		b.Run(system.Name, func(b *testing.B) {
			a := sqldb.New(system.New(b).Migrated(b), system.Dialect)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				id := fmt.Sprint(i)
				_, err := a.SignIn(b.Context(), auth.SignIn{
					CreateUser:    &auth.User{Name: "Ada Lovelace", Email: id + "@example.com"},
					LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: id, Type: auth.AccountOAuth},
					CreateSession: &auth.SessionRecord{Token: id, Expires: time.Now().Add(time.Hour)},
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
