package shared_test

import (
	"database/sql"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// limit is a rule that some tables cannot keep, and why.
type limit struct{ rule, reason string }

// commonLimits are those of all tables of NextAuth.js.
func commonLimits() []limit {
	return []limit{
		{"Value/times keep microseconds", "JavaScript's Date has milliseconds, and so have the columns that are made for it"},
		{"User/the case of an email is kept", "NextAuth.js stores addresses in lower case and looks for them as they are stored"},
	}
}

// collationLimits are those of MySQL's usual collations, which take letters for
// equal. What differs only in them cannot be stored beside each other; it is never
// found in place of the other either.
func collationLimits() []limit {
	return []limit{
		{"User/accounts that differ in a byte live side by side", "the unique key takes them for equal and refuses the second"},
		{"Session/tokens that differ in a byte live side by side", "the unique key takes them for equal and refuses the second"},
		{"AccountRewriter/AccountsAfter sorts by byte", "the unique key takes some of the accounts for equal and refuses the second"},
	}
}

// lengthLimits are those of VARCHAR columns. MySQL in strict mode refuses what is
// too long, so that nothing is cut.
func lengthLimits() []limit {
	return []limit{{"Value/long values survive", "tokens or the picture have VARCHAR columns of 191, 255 or 2048 characters"}}
}

// timestampLimits are those of MySQL's type TIMESTAMP.
func timestampLimits() []limit {
	return []limit{
		{"Value/times after 2038 are kept", "TIMESTAMP ends in January 2038"},
		{"Value/times before 1970 are kept", "TIMESTAMP begins in 1970"},
	}
}

// integerLimits are those of columns of 32 bits.
func integerLimits() []limit {
	return []limit{{"UserManager/Accounts returns an ExpiresAt after 2038", "expires_at has an INTEGER column, which ends in January 2038"}}
}

// tokenLimits are those of links whose token alone is unique.
func tokenLimits() []limit {
	return []limit{{"VerificationToken/two addresses may have the same token", "the token has a unique key of its own; tokens are random"}}
}

func limitsOf(lists ...[]limit) []limit { return slices.Concat(lists...) }

// TestRules runs the rules of the interface on every layout.
func TestRules(t *testing.T) {
	for _, l := range layouts() {
		t.Run(l.name+" on "+l.system.Name, func(t *testing.T) {
			l.run(t, l.open(t))
		})
	}
}

// run runs the rules of the interface on a database with the layout.
func (l layout) run(t *testing.T, db *sql.DB) {
	t.Helper()
	var without []adaptertest.Option
	for _, limit := range append(commonLimits(), l.limits...) {
		without = append(without, adaptertest.Without(limit.rule, limit.reason))
	}
	// Each adapter keeps its prepared statements, of which a server has so many.
	adapter := sqldb.NewShared(db, l.system.Dialect, l.tables)
	adaptertest.Run(t, func(t *testing.T) auth.Adapter {
		database.Empty(t, db, l.names()...)
		return adapter
	}, without...)
}

// TestIsolation has connections with an isolation level that is not the server's
// own, on tables without unique keys.
func TestIsolation(t *testing.T) {
	tests := []struct {
		name    string
		system  database.System
		setting string
	}{
		{"MariaDB reads what is committed", database.MariaDB(), "?tx_isolation=" + url.QueryEscape("'READ-COMMITTED'")},
		{"PostgreSQL reads as the transaction began", database.PostgreSQL(), "&default_transaction_isolation=" + url.PathEscape("repeatable read")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := namedLayout(t, "auth-pg", test.system)
			made := l.make(t)
			made.Source += test.setting
			l.run(t, made.Open(t))
		})
	}
}

// TestCheck has the tables as they are, and without some of their columns and
// tables.
func TestCheck(t *testing.T) {
	for _, l := range layouts() {
		t.Run(l.name+" on "+l.system.Name, func(t *testing.T) {
			db := l.open(t)
			check := func() error { return sqldb.NewShared(db, l.system.Dialect, l.tables).Check(t.Context()) }
			if err := check(); err != nil {
				t.Fatalf("Check: %v", err)
			}
			names := l.names()
			accounts, links := names[1], names[3]
			scope, refresh := l.tables.Accounts.Scope, l.tables.Accounts.RefreshToken
			want := []string{"table " + l.tables.Accounts.Table + " lacks the columns " + refresh + ", " + scope, l.tables.VerificationTokens.Table}
			for i, statement := range []string{
				"ALTER TABLE " + accounts + " DROP COLUMN " + l.quoted(scope), "ALTER TABLE " + accounts + " DROP COLUMN " + l.quoted(refresh), "DROP TABLE " + links,
			} {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("statement %d: %v", i, err)
				}
			}
			err := check()
			for _, part := range want {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("Check: %v, want an error that says %q", err, part)
				}
			}
		})
	}
}
