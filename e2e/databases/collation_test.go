package databases_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// collations are databases whose own collation takes letters for equal.
func collations(t *testing.T) map[string]func(t *testing.T) (database.System, *sql.DB) {
	t.Helper()
	of := func(system database.System, statement, settings string) func(t *testing.T) (database.System, *sql.DB) {
		return func(t *testing.T) (database.System, *sql.DB) {
			t.Helper()
			made := system.New(t)
			made.Source += settings
			if statement != "" {
				if _, err := made.Open(t).ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			return system, made.Migrated(t)
		}
	}
	return map[string]func(t *testing.T) (database.System, *sql.DB){
		"SQLite":              of(database.SQLite(), "", ""),
		"PostgreSQL":          of(database.PostgreSQL(), "", ""),
		"MariaDB":             of(database.MariaDB(), "", ""),
		"MariaDB, general_ci": of(database.MariaDB(), "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", ""),
		"MariaDB, unicode_ci": of(database.MariaDB(), "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci", "?collation=utf8mb4_unicode_ci"),
		"MariaDB, latin1":     of(database.MariaDB(), "ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_german2_ci", ""),
	}
}

// DB-16: tokens, identities and ids are compared byte by byte, whatever the
// collation of the database.
func TestSecurityCollation(t *testing.T) {
	const stored = "aBcé-sS"
	alike := []string{
		"AbCé-sS", "abcé-ss", "ABCÉ-SS", "aBce-sS", "aBce\u0301-sS", "aBcé-ß", "aBcé-sS ", " aBcé-sS", "aBcé-sS\u00a0", "aBcé-sS\x00",
		"\uff41Bcé-sS", "aBc\u00e8-sS", "aBcé\u00adsS", "aBcé-s%", "aBcé-s_", "aBcé-s",
	}
	for name, open := range collations(t) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			alike := slices.Clone(alike)
			system, db := open(t)
			a := sqldb.New(db, system.Dialect)
			signIn := func(text string) *auth.User {
				t.Helper()
				user, err := a.SignIn(ctx, auth.SignIn{
					CreateUser:    &auth.User{Name: text},
					LinkAccount:   &auth.Account{Provider: text, ProviderAccountID: text, Type: auth.AccountOAuth},
					CreateSession: &auth.SessionRecord{Token: text, Expires: time.Now().Add(time.Hour)},
				})
				if err != nil {
					t.Fatalf("SignIn of %q: %v", text, err)
				}
				link := auth.VerificationToken{Identifier: text, Token: text, Expires: time.Now().Add(time.Hour)}
				if err := a.CreateVerificationToken(ctx, link); err != nil {
					t.Fatalf("CreateVerificationToken of %q: %v", text, err)
				}
				return user
			}
			owner := signIn(stored)
			if system.Dialect.String() == "postgresql" {
				alike = slices.DeleteFunc(alike, func(text string) bool { return strings.Contains(text, "\x00") }) // no text of PostgreSQL has it
			}
			for _, text := range alike {
				_, _, sessionErr := a.SessionAndUser(ctx, text)
				_, accountErr := a.UserByAccount(ctx, text, stored)
				_, accountErr2 := a.UserByAccount(ctx, stored, text)
				_, linkErr := a.UseVerificationToken(ctx, stored, text)
				_, linkErr2 := a.UseVerificationToken(ctx, text, stored)
				for what, err := range map[string]error{"session": sessionErr, "provider": accountErr, "account": accountErr2, "link": linkErr, "address": linkErr2} {
					if !errors.Is(err, auth.ErrNotFound) {
						t.Errorf("%q is found as the %s %q: %v", stored, what, text, err)
					}
				}
			}
			for _, text := range alike {
				signIn(text)
			}
			if _, user, err := a.SessionAndUser(ctx, stored); err != nil || user.ID != owner.ID {
				t.Errorf("the session beside those that look alike: %+v, %v", user, err)
			}
			if user, err := a.UserByAccount(ctx, stored, stored); err != nil || user.ID != owner.ID {
				t.Errorf("the account beside those that look alike: %+v, %v", user, err)
			}
		})
	}
}
