package shared_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// row is a stored row by the names of its columns. What differs from run to run is
// replaced by what it is.
type row map[string]string

// testRows compares what one sign-in writes with what NextAuth.js writes for it:
// the columns, what is NULL, the form of ids and tokens, the precision of times.
func (f *fleet) testRows(t *testing.T) {
	signIns := map[string]func(b *browser, name string){
		"OAuth": func(b *browser, name string) { b.signInWithOAuth(name) },
		"mail":  func(b *browser, name string) { b.signInWithMail("mail-" + name + "@example.com") },
		"a mail that was not answered": func(b *browser, name string) {
			b.post("/signin/email", "email", "unread-"+name+"@example.com")
		},
	}
	for name, signIn := range signIns {
		t.Run(name, func(t *testing.T) {
			written := func(s *server, name string) map[string][]row {
				before := f.rows(t, name)
				signIn(newBrowser(t, s), name)
				return added(before, f.rows(t, name))
			}
			want, got := written(f.node, "kay"), written(f.own, "ken")
			f.settle(want, got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("NextAuth.js (-) and Gatehouse (+) write different rows:\n%s", diff)
			}
			if len(want) == 0 {
				t.Error("nothing was written")
			}
		})
	}
}

// settle takes ids of another form for equal where ids are text: Prisma makes cuids,
// Drizzle UUIDs and the library hexadecimal digits.
func (f *fleet) settle(want, got map[string][]row) {
	forms := strings.NewReplacer("<cuid>", "<id>", "<hex>", "<id>", "<uuid>", "<id>")
	for _, tables := range []map[string][]row{want, got} {
		for _, rows := range tables {
			for _, r := range rows {
				for _, column := range []string{"id", "userId"} {
					if _, ok := r[column]; ok && f.layout.tables.ID == 0 {
						r[column] = forms.Replace(r[column])
					}
				}
			}
		}
	}
}

// rows are those of all tables, of which the ones that nobody else writes are told
// apart by their text before it is made plain.
func (f *fleet) rows(t *testing.T, name string) map[string]map[string]row {
	t.Helper()
	all := map[string]map[string]row{}
	for _, table := range f.layout.names() {
		all[table] = f.rowsOf(t, table, name)
	}
	return all
}

func (f *fleet) rowsOf(t *testing.T, table, name string) map[string]row {
	t.Helper()
	rows, err := f.db.QueryContext(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]row{}
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		r := row{}
		for i, column := range columns {
			r[column] = plain(values[i], name)
		}
		found[fmt.Sprint(values...)] = r
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// added are the rows that are there after and were not before.
func added(before, after map[string]map[string]row) map[string][]row {
	news := map[string][]row{}
	for table, rows := range after {
		maps.DeleteFunc(rows, func(key string, _ row) bool {
			_, old := before[table][key]
			return old
		})
		for _, r := range rows {
			news[table] = append(news[table], r)
		}
	}
	return news
}

// forms are those of random text.
var forms = []struct {
	name    string
	pattern *regexp.Regexp
}{
	{"<uuid>", regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)},
	{"<hash>", regexp.MustCompile(`^[0-9a-f]{64}$`)},
	{"<hex>", regexp.MustCompile(`^[0-9a-f]{32}$`)},
	{"<cuid>", regexp.MustCompile(`^c[0-9a-z]{24}$`)},
	{"<jwt>", regexp.MustCompile(`^ey[\w-]+\.ey[\w-]+\.[\w-]+$`)},
	{"<access token>", regexp.MustCompile(`^at-[A-Z2-7]+$`)},
	{"<refresh token>", regexp.MustCompile(`^rt-[A-Z2-7]+$`)},
	{"<small number>", regexp.MustCompile(`^\d{1,4}$`)},
	{"<seconds since 1970>", regexp.MustCompile(`^\d{10}$`)},
}

// plain is the text of a value, without what differs from run to run.
func plain(value any, name string) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case time.Time:
		return plainTime(v)
	case []byte:
		value = string(v)
	}
	text := fmt.Sprint(value)
	if t, err := time.Parse("2006-01-02 15:04:05.999999", text); err == nil {
		return plainTime(t)
	}
	for _, form := range forms {
		if form.pattern.MatchString(text) {
			return form.name
		}
	}
	return strings.ReplaceAll(text, name, "<name>")
}

// plainTime is a time as its distance from now. The zone that the driver sees it in
// may differ from the right one.
func plainTime(t time.Time) string {
	precision := "microseconds"
	if t.Nanosecond()%int(time.Millisecond) == 0 {
		precision = "milliseconds"
	}
	return fmt.Sprintf("in %v, %s", time.Until(t).Round(10*time.Minute), precision)
}
