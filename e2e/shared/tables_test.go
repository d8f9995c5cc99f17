package shared_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// namedLayout is the layout of a database with a name.
func namedLayout(t *testing.T, name string, system database.System) layout {
	t.Helper()
	return findLayout(t, realAdapter{layout: name, system: system})
}

// TestIDs asks for ids that no row can have, which databases may read as one that a
// row has, or refuse.
func TestIDs(t *testing.T) {
	for _, l := range layouts() {
		t.Run(l.name+" on "+l.system.Name, func(t *testing.T) {
			a := sqldb.NewShared(l.open(t), l.system.Dialect, l.tables)
			user, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			id := user.ID
			for _, other := range []string{
				"", "0", "-1", "0" + id, "+" + id, " " + id, id + " ", id + ".0", id + "e0", id + "a", "0x" + id, "nobody", "NaN", "２",
				"2147483648", "9223372036854775807", "9223372036854775808", "{" + id + "}", strings.ReplaceAll(id, "-", ""), "zzzzzzzz-0000-4000-8000-000000000000",
				"00000000-0000-4000-8000-000000000000",
			} {
				if other == id {
					continue
				}
				if got, err := a.User(t.Context(), other); !errors.Is(err, auth.ErrNotFound) {
					t.Errorf("User(%q) = %+v, %v, want auth.ErrNotFound", other, got, err)
				}
				if got, err := a.Accounts(t.Context(), other); err != nil || len(got) != 0 {
					t.Errorf("Accounts(%q) = %+v, %v, want none", other, got, err)
				}
				_, err := a.SignIn(t.Context(), auth.SignIn{UserID: other, CreateSession: &auth.SessionRecord{Token: "s", Expires: time.Now()}})
				if other != "" && !errors.Is(err, auth.ErrNotFound) {
					t.Errorf("SignIn of user %q: %v, want auth.ErrNotFound", other, err)
				}
				_, err = a.SignIn(t.Context(), auth.SignIn{UpdateUser: &auth.User{ID: other, Name: "Eve"}})
				if !errors.Is(err, auth.ErrNotFound) {
					t.Errorf("SignIn that updates user %q: %v, want auth.ErrNotFound", other, err)
				}
				if err := a.DeleteSessions(t.Context(), other); err != nil {
					t.Errorf("DeleteSessions(%q): %v", other, err)
				}
				if err := a.DeleteUser(t.Context(), other); !errors.Is(err, auth.ErrNotFound) {
					t.Errorf("DeleteUser(%q): %v, want auth.ErrNotFound", other, err)
				}
			}
			if _, err := a.User(t.Context(), id); err != nil {
				t.Errorf("User(%q): %v", id, err)
			}
		})
	}
}

// TestDeleteExpired removes what has expired and nothing else.
func TestDeleteExpired(t *testing.T) {
	for _, l := range layouts() {
		t.Run(l.name+" on "+l.system.Name, func(t *testing.T) {
			ctx := t.Context()
			a := sqldb.NewShared(l.open(t), l.system.Dialect, l.tables)
			user, err := a.SignIn(ctx, auth.SignIn{CreateUser: &auth.User{Name: "Ada"}})
			if err != nil {
				t.Fatal(err)
			}
			ends := map[string]time.Time{"long ago": time.Now().Add(-time.Hour), "just now": time.Now().Add(-3 * time.Second), "soon": time.Now().Add(time.Minute)}
			for token, expires := range ends {
				if _, err := a.SignIn(ctx, auth.SignIn{UserID: user.ID, CreateSession: &auth.SessionRecord{Token: token, Expires: expires}}); err != nil {
					t.Fatal(err)
				}
				if err := a.CreateVerificationToken(ctx, auth.VerificationToken{Identifier: "a@example.com", Token: token, Expires: expires}); err != nil {
					t.Fatal(err)
				}
			}
			if n, err := a.DeleteExpired(ctx, 1); err != nil || n != 4 {
				t.Errorf("DeleteExpired = %d, %v, want 4", n, err)
			}
			if sessions, err := a.Sessions(ctx, user.ID); err != nil || len(sessions) != 1 || sessions[0].Token != "soon" {
				t.Errorf("Sessions = %+v, %v, want the one that ends soon", sessions, err)
			}
			if _, err := a.VerificationToken(ctx, "a@example.com", "soon"); err != nil {
				t.Errorf("VerificationToken: %v", err)
			}
		})
	}
}

// TestOtherTimes has rows whose times are of another kind than the tables say, as
// another version of an adapter or another driver writes them. They are understood,
// and never taken for expired because of their kind.
func TestOtherTimes(t *testing.T) {
	for _, name := range []string{"Drizzle", "auth-d1", "Prisma v4"} {
		t.Run(name, func(t *testing.T) {
			l := namedLayout(t, name, database.SQLite())
			db := l.open(t)
			a := sqldb.NewShared(db, l.system.Dialect, l.tables)
			end := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
			user, err := a.SignIn(t.Context(), auth.SignIn{
				CreateUser: &auth.User{Name: "Ada"}, CreateSession: &auth.SessionRecord{Token: "s", Expires: end},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, value := range []any{end.UnixMilli(), end.Format("2006-01-02T15:04:05.000Z"), end.Format("2006-01-02T15:04:05.000+00:00"), end.Format("2006-01-02 15:04:05.000")} {
				query := "UPDATE " + l.quoted(l.tables.Sessions.Table) + " SET expires = ?"
				if _, err := db.ExecContext(t.Context(), query, value); err != nil {
					t.Fatal(err)
				}
				if n, err := a.DeleteExpired(t.Context(), 0); err != nil || n != 0 {
					t.Fatalf("DeleteExpired with %v = %d, %v, want 0", value, n, err)
				}
				got, _, err := a.SessionAndUser(t.Context(), "s")
				if err != nil || !got.Expires.Equal(end) || got.UserID != user.ID {
					t.Errorf("SessionAndUser with %v = %+v, %v, want the end %v", value, got, err, end)
				}
			}
		})
	}
}

// TestUpdatedAt moves updatedAt with a session, as Prisma does.
func TestUpdatedAt(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			l := namedLayout(t, "Prisma v5", system)
			db := l.open(t)
			a := sqldb.NewShared(db, l.system.Dialect, l.tables)
			session := &auth.SessionRecord{Token: "s", Expires: time.Now().Add(time.Hour)}
			if _, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}, CreateSession: session}); err != nil {
				t.Fatal(err)
			}
			updated, created := l.quoted("updatedAt"), l.quoted("createdAt")
			table := l.quoted(l.tables.Sessions.Table)
			if _, err := db.ExecContext(t.Context(), "UPDATE "+table+" SET "+updated+" = '2001-02-03 04:05:06', "+created+" = '2001-02-03 04:05:06'"); err != nil {
				t.Fatal(err)
			}
			if err := a.UpdateSession(t.Context(), "s", time.Now().Add(2*time.Hour)); err != nil {
				t.Fatal(err)
			}
			var n int
			query := "SELECT count(*) FROM " + table + " WHERE " + updated + " <> '2001-02-03 04:05:06' AND " + created + " = '2001-02-03 04:05:06'"
			if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d sessions have a new updatedAt and the old createdAt, %v, want 1", n, err)
			}
		})
	}
}

// TestNoAddress has a column for addresses that may not be empty, as the
// documentation of Auth.js v5 has it: who has no address cannot sign in for the
// first time, and nothing is left of it.
func TestNoAddress(t *testing.T) {
	l := namedLayout(t, "Prisma v5", database.PostgreSQL())
	db := l.open(t)
	if _, err := db.ExecContext(t.Context(), `ALTER TABLE "User" ALTER email SET NOT NULL`); err != nil {
		t.Fatal(err)
	}
	a := sqldb.NewShared(db, l.system.Dialect, l.tables)
	account := &auth.Account{Provider: "github", ProviderAccountID: "1", Type: auth.AccountOAuth}
	_, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Ada"}, LinkAccount: account})
	var failed *auth.StepError
	if !errors.As(err, &failed) || failed.Step != auth.StepCreateUser || errors.Is(err, auth.ErrConflict) {
		t.Errorf("SignIn without an address: %v, want an error of the step CreateUser", err)
	}
	if _, err := a.UserByAccount(t.Context(), "github", "1"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("UserByAccount: %v, want auth.ErrNotFound", err)
	}
	if _, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Email: "ada@example.com"}, LinkAccount: account}); err != nil {
		t.Errorf("SignIn with an address: %v", err)
	}
}

// TestEqualToTheDatabase has identities, addresses and tokens that the collation of
// MySQL's tables takes for those of another person. None of them finds that person,
// and what its unique key refuses is refused (case DB-16).
func TestEqualToTheDatabase(t *testing.T) {
	for _, l := range layouts() {
		if l.system.Name != database.MariaDB().Name {
			continue
		}
		t.Run(l.name, func(t *testing.T) {
			a := sqldb.NewShared(l.open(t), l.system.Dialect, l.tables)
			signIn := func(email, id, token string) (*auth.User, error) {
				return a.SignIn(t.Context(), auth.SignIn{
					CreateUser:    &auth.User{Email: email},
					LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: id, Type: auth.AccountOAuth},
					CreateSession: &auth.SessionRecord{Token: token, Expires: time.Now().Add(time.Hour)},
				})
			}
			ada, err := signIn("ada@example.com", "abc", "token")
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range [][3]string{
				{"\u00e1da@example.com", "1", "1"}, {"a\u0301da@example.com", "2", "2"}, {"b@example.com", "ABC", "3"}, {"c@example.com", "abc ", "4"},
				{"d@example.com", "\u00e1bc", "5"}, {"e@example.com", "6", "TOKEN"}, {"f@example.com", "7", "token "},
			} {
				user, err := signIn(other[0], other[1], other[2])
				switch {
				case err == nil && user.ID == ada.ID:
					t.Errorf("%q signs in as ada", other)
				case err != nil && !errors.Is(err, auth.ErrConflict):
					t.Errorf("%q: %v, want auth.ErrConflict or a user", other, err)
				case err != nil:
					_, err := a.UserByEmail(t.Context(), other[0])
					_, err2 := a.UserByAccount(t.Context(), "github", other[1])
					_, _, err3 := a.SessionAndUser(t.Context(), other[2])
					for _, err := range []error{err, err2, err3} {
						if !errors.Is(err, auth.ErrNotFound) {
							t.Errorf("%q was refused and something of it is there: %v", other, err)
						}
					}
				}
			}
			if got, err := a.UserByEmail(t.Context(), "ada@example.com"); err != nil || got.ID != ada.ID {
				t.Errorf("UserByEmail = %+v, %v", got, err)
			}
			if got, err := a.UserByAccount(t.Context(), "github", "abc"); err != nil || got.ID != ada.ID {
				t.Errorf("UserByAccount = %+v, %v", got, err)
			}
			if _, got, err := a.SessionAndUser(t.Context(), "token"); err != nil || got.ID != ada.ID {
				t.Errorf("SessionAndUser = %+v, %v", got, err)
			}
		})
	}
}

// TestEmptyTexts keeps the difference between NULL and ” of rows that others wrote,
// which sessions show.
func TestEmptyTexts(t *testing.T) {
	l := namedLayout(t, "Drizzle", database.SQLite())
	db := l.open(t)
	a := sqldb.NewShared(db, l.system.Dialect, l.tables)
	if _, err := db.ExecContext(t.Context(), "INSERT INTO user (id, name, email) VALUES ('1', '', 'ada@example.com')"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		user, err := a.User(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		name, hasName := user.Extra["name"]
		image, hasImage := user.Extra["image"]
		if !hasName || name != "" || !hasImage || image != nil || len(user.Extra) != 2 {
			t.Errorf("Extra = %v, want an empty name and no image", user.Extra)
		}
		user.EmailVerified = time.Now()
		if _, err := a.SignIn(t.Context(), auth.SignIn{UpdateUser: user}); err != nil {
			t.Fatal(err)
		}
	}
	var name, image sql.NullString
	if err := db.QueryRowContext(t.Context(), "SELECT name, image FROM user").Scan(&name, &image); err != nil || !name.Valid || image.Valid {
		t.Errorf("name = %+v and image = %+v, %v, want '' and NULL", name, image, err)
	}
}

// TestTwice has an identity and an address that tables without unique keys hold
// twice, as two first sign-ins at once leave them with NextAuth.js. Its owner is the
// user who was there first, every time.
func TestTwice(t *testing.T) {
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			l := namedLayout(t, "auth-pg", system)
			db := l.open(t)
			a := sqldb.NewShared(db, l.system.Dialect, l.tables)
			userID, accountID := l.quoted("userId"), l.quoted("providerAccountId")
			for _, statement := range []string{
				"INSERT INTO users (name, email) VALUES ('first', 'ada@example.com')",
				"INSERT INTO users (name, email) VALUES ('second', 'ada@example.com')",
				"INSERT INTO accounts (" + userID + ", type, provider, " + accountID + ") SELECT id, 'oauth', 'github', '1' FROM users ORDER BY id DESC",
			} {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			byAccount, err := a.UserByAccount(t.Context(), "github", "1")
			if err != nil || byAccount.Name != "first" {
				t.Errorf("UserByAccount = %+v, %v, want the first", byAccount, err)
			}
			byEmail, err := a.UserByEmail(t.Context(), "ada@example.com")
			if err != nil || byEmail.Name != "first" {
				t.Errorf("UserByEmail = %+v, %v, want the first", byEmail, err)
			}
			account := &auth.Account{Provider: "github", ProviderAccountID: "1", Type: auth.AccountOAuth}
			if _, err := a.SignIn(t.Context(), auth.SignIn{UserID: byEmail.ID, LinkAccount: account}); !errors.Is(err, auth.ErrConflict) {
				t.Errorf("SignIn that links the account: %v, want auth.ErrConflict", err)
			}
		})
	}
}
