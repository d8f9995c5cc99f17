package databases_test

import (
	"database/sql"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// inZone has the sessions of a database be in a time zone nine hours ahead.
func inZone(t *testing.T, system database.System) database.Database {
	t.Helper()
	made := system.New(t)
	switch system.Dialect.String() {
	case "postgresql":
		u, err := url.Parse(made.Source)
		if err != nil {
			t.Fatal(err)
		}
		query := u.Query()
		query.Set("timezone", "Asia/Tokyo")
		u.RawQuery = query.Encode()
		made.Source = u.String()
	case "mysql":
		made.Source += "?time_zone=" + url.QueryEscape("'+09:00'") + "&parseTime=true&loc=America%2FNew_York"
	}
	return made
}

// moments are hard to keep: a whole second and parts of one, the hours that clocks in
// New York skip and repeat, and what is after 2038 and before 1970.
func moments() map[string]time.Time {
	return map[string]time.Time{
		"milliseconds":  time.Date(2031, 5, 6, 7, 8, 9, 123000000, time.UTC),
		"microseconds":  time.Date(2031, 5, 6, 7, 8, 9, 123456000, time.UTC),
		"skipped hour":  time.Date(2027, 3, 14, 2, 30, 0, 0, time.UTC),
		"before it":     time.Date(2027, 3, 14, 6, 59, 59, 999999000, time.UTC),
		"after it":      time.Date(2027, 3, 14, 7, 0, 0, 0, time.UTC),
		"first of two":  time.Date(2027, 11, 7, 5, 30, 0, 0, time.UTC),
		"second of two": time.Date(2027, 11, 7, 6, 30, 0, 0, time.UTC),
		"end of 2038":   time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC),
		"2110":          time.Date(2110, 2, 28, 23, 59, 59, 999999000, time.UTC),
		"9999":          time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		"1969":          time.Date(1969, 7, 20, 20, 17, 40, 1000, time.UTC),
	}
}

// elsewhere says in the environment of a process of this test where the database is.
const elsewhere = "GATEHOUSE_TIME_DATABASE"

// DB-29: a time means the same for processes in different time zones and a database
// in yet another one, and so does what has expired.
func TestSecurityTimeZones(t *testing.T) {
	if source := os.Getenv(elsewhere); source != "" {
		readElsewhere(t, source)
		return
	}
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			ctx := t.Context()
			made := inZone(t, system)
			a := sqldb.New(made.Migrated(t), system.Dialect)
			user, err := a.SignIn(ctx, auth.SignIn{CreateUser: &auth.User{EmailVerified: moments()["skipped hour"]}})
			if err != nil {
				t.Fatal(err)
			}
			ends := moments()
			ends["a moment ago"], ends["soon"] = time.Now().Add(-2*time.Second).Truncate(time.Microsecond), time.Now().Add(time.Minute).Truncate(time.Microsecond)
			for name, at := range ends {
				session := &auth.SessionRecord{Token: name, Expires: at}
				if _, err := a.SignIn(ctx, auth.SignIn{UserID: user.ID, CreateSession: session}); err != nil {
					t.Fatal(err)
				}
			}
			for zone, offset := range map[string]string{"UTC": "+0000", "America/New_York": "-0400", "Asia/Kathmandu": "+0545"} {
				if diff := differing(ends, askElsewhere(t, made, zone, offset)); len(diff) > 0 {
					t.Errorf("a process in %s reads other times: %v, want %v", zone, diff, ends)
				}
			}
			if n, err := a.DeleteExpired(ctx, 0); err != nil || n != 2 {
				t.Errorf("DeleteExpired removes %d sessions, %v, want two: that of 1969 and that which ended a moment ago", n, err)
			}
		})
	}
}

// differing are the times that are not as they should be.
func differing(want, got map[string]time.Time) map[string]time.Time {
	diff := map[string]time.Time{}
	for name, at := range want {
		if !got[name].Equal(at) {
			diff[name] = got[name]
		}
	}
	return diff
}

// askElsewhere has a process in another time zone read when the sessions end. offset
// is that of the zone in summer.
func askElsewhere(t *testing.T, d database.Database, zone, offset string) map[string]time.Time {
	t.Helper()
	source, err := json.Marshal([]string{d.Driver, d.Source, d.Dialect.String()})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "times.json")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSecurityTimeZones$") //nolint:gosec // this test
	cmd.Env = append(os.Environ(), elsewhere+"="+string(source), "TZ="+zone, "GATEHOUSE_TIME_ANSWER="+file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("in %s: %v\n%s", zone, err, out)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var read answer
	if err := json.Unmarshal(content, &read); err != nil || read.Offset != offset {
		t.Fatalf("the process in %s is at %q, want %q: %v", zone, read.Offset, offset, err)
	}
	return read.Times
}

// answer is what a process in another time zone writes down.
type answer struct {
	Offset string
	Times  map[string]time.Time
}

// readElsewhere reads when the sessions end, moves each by nothing, and writes it down.
func readElsewhere(t *testing.T, source string) {
	t.Helper()
	var d []string
	if err := json.Unmarshal([]byte(source), &d); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(d[0], d[1])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dialect := map[string]sqldb.Dialect{"sqlite": sqldb.SQLite, "postgresql": sqldb.PostgreSQL, "mysql": sqldb.MySQL}[d[2]]
	a := sqldb.New(db, dialect)
	times := map[string]time.Time{}
	for _, name := range append([]string{"a moment ago", "soon"}, namesOfMoments()...) {
		session, user, err := a.SessionAndUser(t.Context(), name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !user.EmailVerified.Equal(moments()["skipped hour"]) {
			t.Errorf("EmailVerified = %v", user.EmailVerified)
		}
		if err := a.UpdateSession(t.Context(), name, session.Expires.Local()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		times[name] = session.Expires.UTC()
	}
	summer := time.Date(2027, 7, 1, 12, 0, 0, 0, time.UTC).Local() //nolint:gosmopolitan // the point of it
	content, err := json.Marshal(answer{summer.Format("-0700"), times})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv("GATEHOUSE_TIME_ANSWER"), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func namesOfMoments() []string {
	var names []string
	for name := range moments() {
		names = append(names, name)
	}
	return names
}
