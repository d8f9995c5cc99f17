package shared_test

import (
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// DB-29: the database is in another time zone, one with summer time where the
// system has it, and so is what the driver returns. Every hour is kept, also those that
// clocks skip or repeat, and the same sessions have expired.
func TestSecurityTimeZones(t *testing.T) {
	moments := []time.Time{
		time.Date(2027, 3, 14, 2, 30, 0, 0, time.UTC), // skipped in New York, as digits
		time.Date(2027, 3, 14, 6, 59, 59, 0, time.UTC),
		time.Date(2027, 3, 14, 7, 0, 0, 0, time.UTC),
		time.Date(2027, 11, 7, 5, 30, 0, 0, time.UTC),               // 1:30 in New York
		time.Date(2027, 11, 7, 6, 30, 0, 0, time.UTC),               // 1:30 once more
		time.Now().Add(3 * time.Hour).Truncate(time.Second).Local(), //nolint:gosmopolitan // the point of it
		time.Now().Add(-3 * time.Hour).Truncate(time.Second),
	}
	for _, l := range layouts() {
		t.Run(l.name+" on "+l.system.Name, func(t *testing.T) {
			ctx := t.Context()
			made := l.make(t)
			switch l.system.Dialect.String() {
			case "postgresql":
				postgreSQLZone(t, &made, "America/New_York")
			case "mysql":
				mysqlZone(t, &made, "+09:00")
			}
			a := sqldb.NewShared(made.Open(t), l.system.Dialect, l.tables)
			user, err := a.SignIn(ctx, auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			for i, at := range moments {
				token := at.UTC().String()
				_, err := a.SignIn(ctx, auth.SignIn{
					UpdateUser: &auth.User{ID: user.ID, EmailVerified: at}, CreateSession: &auth.SessionRecord{Token: token, Expires: at},
				})
				if err != nil {
					t.Fatalf("%v: %v", at, err)
				}
				session, found, err := a.SessionAndUser(ctx, token)
				if err != nil || !session.Expires.Equal(at) || !found.EmailVerified.Equal(at) {
					t.Errorf("%d: Expires = %v and EmailVerified = %v, %v, want %v", i, session.Expires, found.EmailVerified, err, at)
				}
			}
			if n, err := a.DeleteExpired(ctx, 0); err != nil || n != 1 {
				t.Errorf("DeleteExpired removes %d sessions, %v, want the one that ended three hours ago", n, err)
			}
		})
	}
}
