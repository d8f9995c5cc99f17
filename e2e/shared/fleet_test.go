package shared_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// person is somebody who signs in in one way.
type person struct {
	name   string
	signIn func(b *browser)
	// session is the user in the session's JSON.
	session string
	// accounts is how many the person has.
	accounts int
}

// people are a visitor of the provider and one of the mailbox.
func people(name string) []person {
	mailed := "mail-" + name + "@example.com"
	return []person{
		{"OAuth", func(b *browser) { b.signInWithOAuth(name) },
			fmt.Sprintf(`{"email":"%[1]s@example.com","image":"https://img.example/%[1]s","name":"Ms %[1]s"}`, name), 1},
		{"mail", func(b *browser) { b.signInWithMail(mailed) }, fmt.Sprintf(`{"email":%q,"image":null,"name":null}`, mailed), 0},
	}
}

// TestFleet runs each of the real adapters beside the library.
func TestFleet(t *testing.T) {
	for _, r := range realAdapters() {
		t.Run(r.name+" on "+r.system.Name, func(t *testing.T) {
			f := r.start(t)
			t.Run("back and forth", f.testBackAndForth)
			t.Run("by turns", f.testByTurns)
			t.Run("roll", f.testRoll)
			t.Run("expired", f.testExpired)
			t.Run("link", f.testLink)
			t.Run("rows", f.testRows)
		})
	}
}

// testBackAndForth has people who signed in at one server come to the other, and
// back: their sessions go on, and they sign in again as who they were.
func (f *fleet) testBackAndForth(t *testing.T) {
	for name, order := range map[string][]*server{"ada": {f.node, f.own, f.node}, "grace": {f.own, f.node, f.own}} {
		for _, p := range people(name) {
			t.Run(p.name+" first at "+order[0].name, func(t *testing.T) { f.comeAndGo(t, p, order) })
		}
	}
}

func (f *fleet) comeAndGo(t *testing.T, p person, order []*server) {
	usersBefore, accountsBefore := f.count(t, f.layout.tables.Users.Table), f.count(t, f.layout.tables.Accounts.Table)
	first := newBrowser(t, order[0])
	p.signIn(first)
	userID := f.owner(t, first)
	want := first.session()
	if got := userOf(t, want); got != p.session {
		t.Fatalf("%s says that %s is signed in, want %s", order[0].name, got, p.session)
	}
	for _, s := range order[1:] {
		first.at = s
		if got := first.session(); got != want {
			t.Errorf("%s says about the running session\n%s, want\n%s", s.name, got, want)
		}
		again := newBrowser(t, s)
		p.signIn(again)
		if id := f.owner(t, again); id != userID {
			t.Errorf("%s signs the person in as user %s, want %s", s.name, id, userID)
		}
		if got := userOf(t, again.session()); got != p.session {
			t.Errorf("%s says that %s is signed in, want %s", s.name, got, p.session)
		}
	}
	if n := f.count(t, f.layout.tables.Users.Table) - usersBefore; n != 1 {
		t.Errorf("the person became %d users, want 1", n)
	}
	if n := f.count(t, f.layout.tables.Accounts.Table) - accountsBefore; n != p.accounts {
		t.Errorf("the person has %d accounts, want %d", n, p.accounts)
	}
	first.post("/signout")
	for _, s := range order[:2] {
		first.at = s
		if got := first.session(); got != "{}" {
			t.Errorf("after the sign-out %s says %s", s.name, got)
		}
	}
	if n := f.count(t, f.layout.tables.VerificationTokens.Table); n != 0 {
		t.Errorf("%d links are left, want none", n)
	}
}

// testByTurns has two servers answer the requests of every sign-in by turns.
func (f *fleet) testByTurns(t *testing.T) {
	for name, turns := range map[string][]*server{"edsger": {f.node, f.own}, "barbara": {f.own, f.node}} {
		for _, p := range people(name) {
			t.Run(p.name+" beginning at "+turns[0].name, func(t *testing.T) { f.takeTurns(t, p, turns) })
		}
	}
}

func (f *fleet) takeTurns(t *testing.T, p person, turns []*server) {
	var ids []string
	for range 2 {
		b := newBrowser(t, nil)
		b.turns = append([]*server(nil), turns...)
		p.signIn(b)
		ids = append(ids, f.owner(t, b))
		if first, second := b.session(), b.session(); first != second || userOf(t, first) != p.session {
			t.Errorf("the servers say %s and %s, want the user %s", first, second, p.session)
		}
		b.post("/signout")
		if got := b.session() + b.session(); got != "{}{}" {
			t.Errorf("after the sign-out the servers say %s", got)
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("the person became the users %q", ids)
	}
}

// testRoll has a session that is due to be extended.
func (f *fleet) testRoll(t *testing.T) {
	const month, due = 30 * 24 * time.Hour, 29*24*time.Hour - time.Minute
	for _, pair := range [][2]*server{{f.node, f.own}, {f.own, f.node}} {
		b := newBrowser(t, pair[0])
		b.signInWithOAuth("alan")
		token := b.cookie()
		if err := f.adapter.UpdateSession(t.Context(), token, time.Now().Add(due)); err != nil {
			t.Fatal(err)
		}
		b.at = pair[1]
		b.session()
		stored, _, err := f.adapter.SessionAndUser(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if left := time.Until(stored.Expires); left < month-time.Minute || left > month {
			t.Errorf("%s has the session of %s end in %v, want %v", pair[1].name, pair[0].name, left, month)
		}
		rolled := b.session()
		b.at = pair[0]
		if got := b.session(); got != rolled {
			t.Errorf("%s says %s, and %s %s", pair[1].name, rolled, pair[0].name, got)
		}
		var said struct{ Expires time.Time }
		if err := json.Unmarshal([]byte(rolled), &said); err != nil || !said.Expires.Equal(stored.Expires) {
			t.Errorf("the session ends at %v and %s says %s: %v", stored.Expires, pair[1].name, rolled, err)
		}
	}
}

// testExpired has a session that ended a moment ago, wherever the servers and the
// database are (case DB-29).
func (f *fleet) testExpired(t *testing.T) {
	for end, want := range map[time.Duration]bool{-2 * time.Second: false, time.Minute: true} {
		for _, s := range []*server{f.node, f.own} {
			b := newBrowser(t, s)
			b.signInWithOAuth("alan")
			if err := f.adapter.UpdateSession(t.Context(), b.cookie(), time.Now().Add(end)); err != nil {
				t.Fatal(err)
			}
			if got := b.session(); (got != "{}") != want {
				t.Errorf("%s says about a session that ends in %v: %s", s.name, end, got)
			}
		}
	}
}

// testLink has people who are signed in add an account that the other server then
// knows.
func (f *fleet) testLink(t *testing.T) {
	for name, pair := range map[string][2]*server{"donald": {f.node, f.own}, "frances": {f.own, f.node}} {
		b := newBrowser(t, pair[0])
		b.signInWithMail("mail-" + name + "@example.com")
		userID := f.owner(t, b)
		b.signInWithOAuth(name)
		again := newBrowser(t, pair[1])
		again.signInWithOAuth(name)
		if id := f.owner(t, again); id != userID {
			t.Errorf("%s has the account that %s linked belong to user %s, want %s", pair[1].name, pair[0].name, id, userID)
		}
	}
}

// userOf is the user in the session's JSON.
func userOf(t *testing.T, session string) string {
	t.Helper()
	var said struct{ User json.RawMessage }
	if err := json.Unmarshal([]byte(session), &said); err != nil {
		t.Fatalf("session %s: %v", session, err)
	}
	return string(said.User)
}

// owner is the id of the user who is signed in.
func (f *fleet) owner(t *testing.T, b *browser) string {
	t.Helper()
	_, user, err := f.adapter.SessionAndUser(t.Context(), b.cookie())
	if err != nil {
		t.Fatalf("the session of %s: %v", b.at.name, err)
	}
	return user.ID
}

// count is the number of rows in a table.
func (f *fleet) count(t *testing.T, table string) (n int) {
	t.Helper()
	query := "SELECT count(*) FROM " + f.layout.quoted(table)
	if err := f.db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
