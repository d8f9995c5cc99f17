package faults_test

import (
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// TestLostCommit loses the reply to a COMMIT, or the COMMIT (case DB-04). The
// sign-in succeeds or its next try does, and nothing is there twice.
func TestLostCommit(t *testing.T) {
	ada := auth.User{Name: "Ada", Email: "ada@example.com", EmailVerified: time.Now()}
	link := auth.VerificationToken{Identifier: "ada@example.com", Token: "link", Expires: time.Now().Add(time.Hour)}
	account := auth.Account{Provider: "github", ProviderAccountID: "1", Type: auth.AccountOAuth}
	session := auth.SessionRecord{Token: "s", Expires: time.Now().Add(time.Hour)}
	tests := []struct {
		name string
		// write is a sign-in of a user who is there, unless it creates one.
		write    func(id string) auth.SignIn
		accounts int
		sessions int
	}{
		{"first sign-in", func(string) auth.SignIn {
			return auth.SignIn{CreateUser: &ada, LinkAccount: &account, CreateSession: &session}
		}, 1, 1},
		{"first sign-in with a JWT", func(string) auth.SignIn {
			return auth.SignIn{CreateUser: &ada, LinkAccount: &account}
		}, 1, 0},
		{"mailed link", func(id string) auth.SignIn {
			u := ada
			u.ID = id
			return auth.SignIn{UseVerificationToken: &link, UpdateUser: &u, CreateSession: &session}
		}, 0, 1},
		{"mailed link with a JWT", func(id string) auth.SignIn {
			u := ada
			u.ID = id
			return auth.SignIn{UseVerificationToken: &link, UpdateUser: &u}
		}, 0, 0},
		{"one more account", func(id string) auth.SignIn { return auth.SignIn{UserID: id, LinkAccount: &account} }, 1, 0},
		{"session", func(id string) auth.SignIn { return auth.SignIn{UserID: id, CreateSession: &session} }, 0, 1},
	}
	for _, system := range []database.System{database.PostgreSQL(), database.MariaDB()} {
		for _, test := range tests {
			for what, l := range map[string]loss{"reply": lossReply, "commit": lossAll} {
				t.Run(system.Name+"/"+test.name+"/"+what, func(t *testing.T) {
					d := system.New(t)
					s := newSQLStore(t, d)
					direct := sqldb.New(s.db, d.Dialect)
					write := test.write("")
					if write.CreateUser == nil {
						u, err := direct.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada", Email: "ada@example.com"}})
						if err != nil {
							t.Fatal(err)
						}
						write = test.write(u.ID)
					}
					if write.UseVerificationToken != nil {
						if err := direct.CreateVerificationToken(t.Context(), link); err != nil {
							t.Fatal(err)
						}
					}
					through, p := throughProxy(t, d)
					a := sqldb.New(through.Open(t), d.Dialect)
					p.loses.Store(int32(l))
					got, err := a.SignIn(t.Context(), write)
					if p.lost.Load() != 1 {
						t.Fatalf("the proxy has lost %d commits, want 1 (error %v)", p.lost.Load(), err)
					}
					switch {
					case l == lossReply && err != nil:
						t.Errorf("error = %v, but everything is stored", err)
					case l == lossAll && err == nil:
						t.Errorf("user = %+v, but nothing is stored", got)
					case l == lossAll:
						if got, err = a.SignIn(t.Context(), write); err != nil {
							t.Errorf("the next try: %v", err)
						}
					}
					c, err := s.read(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if len(c.users) != 1 || len(c.accounts) != test.accounts || got == nil || c.sessions[got.ID] != test.sessions {
						t.Errorf("stored: %+v, want one user, %d accounts, %d sessions", c, test.accounts, test.sessions)
					}
				})
			}
		}
	}
}

// TestLostCommitOfVisitor is TestLostCommit from outside: a visitor to whom nothing
// is answered, or an error, tries again.
func TestLostCommitOfVisitor(t *testing.T) {
	for _, system := range []database.System{database.PostgreSQL(), database.MariaDB()} {
		for what, l := range map[string]loss{"reply": lossReply, "commit": lossAll} {
			t.Run(system.Name+"/"+what, func(t *testing.T) {
				w, d := newWorld(t), system.New(t)
				s := newSQLStore(t, d)
				through, p := throughProxy(t, d)
				c := &crowd{world: w, site: newSite(t, w, sqldb.New(through.Open(t), d.Dialect)), databaseFails: true}
				for _, somebody := range []*person{{subject: "ada"}, {address: "grace@mailbox.example"}} {
					c.people = append(c.people, somebody)
					p.loses.Store(int32(l))
					if err := c.signIn(t.Context(), somebody); (err != nil) != (l == lossAll && somebody.subject != "") {
						t.Errorf("%v: %v", somebody, err)
					}
					if err := c.signIn(t.Context(), somebody); err != nil {
						t.Errorf("%v: the next try: %v", somebody, err)
					}
				}
				if p.lost.Load() != 2 {
					t.Errorf("the proxy has lost %d commits, want 2", p.lost.Load())
				}
				c.checkPeople(t, checkStore(t, s))
			})
		}
	}
}
