package shared_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// layout is a way in which the tables of NextAuth.js or Auth.js are laid out, in
// one kind of database.
type layout struct {
	name   string
	system database.System
	// schema is the file below testdata that makes the tables.
	schema string
	// more are files with what is added to them.
	more   []string
	tables sqldb.Tables
	// renamed are names in those files, each followed by another one.
	renamed []string
	// collation, if not empty, is that of the database.
	collation collation
	// limits are what such tables cannot keep.
	limits []limit
}

// open makes an empty database with the tables.
func (l layout) open(t testing.TB) *sql.DB {
	t.Helper()
	db := l.make(t).Open(t)
	return db
}

// make is open without a pool.
func (l layout) make(t testing.TB) database.Database {
	t.Helper()
	made := l.system.New(t)
	db, err := sql.Open(made.Driver, made.Source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l.collation.use(t, db)
	for _, file := range append([]string{l.schema}, l.more...) {
		l.runFile(t, db, file)
	}
	return made
}

// runFile runs the statements of a file below testdata.
func (l layout) runFile(t testing.TB, db *sql.DB, file string) {
	t.Helper()
	names := make([]string, len(l.renamed))
	for i, name := range l.renamed {
		names[i] = l.quoted(name)
	}
	rename := strings.NewReplacer(names...)
	content, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(rename.Replace(string(content)), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %s: %v", file, statement, err)
		}
	}
}

// names are the tables in an order in which they can be emptied.
func (l layout) names() []string {
	t := l.tables
	names := []string{t.Sessions.Table, t.Accounts.Table, t.Users.Table, t.VerificationTokens.Table}
	for i, name := range names {
		names[i] = l.quoted(name)
	}
	return names
}

// quoted is the name of a table or column in a query.
func (l layout) quoted(name string) string {
	if l.system.Dialect.String() == "mysql" {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// collation is a way to compare text in MySQL and MariaDB.
type collation string

// The collations that such tables usually have.
const (
	// serverCollation is what the server has by itself.
	serverCollation collation = ""
	// newestCollation is the one that new versions have by themselves: uca1400
	// in MariaDB and 0900 in MySQL.
	newestCollation collation = "newest"
)

// use makes a collation that of new tables.
func (c collation) use(t testing.TB, db *sql.DB) {
	t.Helper()
	if c == serverCollation {
		return
	}
	var name string
	err := db.QueryRowContext(t.Context(), `SELECT FULL_COLLATION_NAME FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY
		WHERE FULL_COLLATION_NAME = 'utf8mb4_uca1400_ai_ci'`).Scan(&name)
	if err != nil { // MySQL, or a MariaDB before 10.10
		name = "utf8mb4_unicode_520_ci"
	}
	if _, err := db.ExecContext(t.Context(), `ALTER DATABASE COLLATE `+name); err != nil {
		t.Fatal(err)
	}
}

// layouts are all of them.
func layouts() []layout {
	postgresql, mysql, sqlite := database.PostgreSQL(), database.MariaDB(), database.SQLite()
	return []layout{
		{name: "auth-pg", system: postgresql, schema: "authpg.postgresql.sql", tables: sqldb.AuthPG},
		{name: "auth-pg with keys", system: postgresql, schema: "authpg.postgresql.sql", more: []string{"authpg-keys.postgresql.sql"}, tables: sqldb.AuthPG},
		{name: "auth-pg with 64-bit ids", system: postgresql, schema: "authpg-bigint.postgresql.sql", tables: sqldb.AuthPG},
		{name: "auth-pg with UUIDs", system: postgresql, schema: "authpg-uuid.postgresql.sql", tables: uuids(sqldb.AuthPG)},
		{name: "auth-pg", system: mysql, schema: "authpg.mysql.sql", tables: sqldb.AuthPG, limits: timestampLimits()},
		{name: "auth-pg with keys", system: mysql, schema: "authpg.mysql.sql", more: []string{"authpg-keys.mysql.sql"}, tables: sqldb.AuthPG,
			collation: newestCollation, limits: limitsOf(collationLimits(), timestampLimits())},
		{name: "auth-pg", system: sqlite, schema: "authpg.sqlite.sql", tables: sqldb.AuthPG},
		{name: "auth-d1", system: sqlite, schema: "d1.sqlite.sql", tables: d1(), limits: tokenLimits()},
		{name: "Prisma v4", system: postgresql, schema: "prisma4.postgresql.sql", tables: sqldb.Prisma, limits: limitsOf(integerLimits(), tokenLimits())},
		{name: "Prisma v4", system: mysql, schema: "prisma4.mysql.sql", tables: sqldb.Prisma, limits: limitsOf(integerLimits(), tokenLimits(), collationLimits(), lengthLimits())},
		{name: "Prisma v4", system: sqlite, schema: "prisma4.sqlite.sql", tables: sqldb.Prisma, limits: tokenLimits()},
		{name: "Prisma v5", system: postgresql, schema: "prisma5.postgresql.sql", tables: prisma5(), limits: integerLimits()},
		{name: "Prisma v5", system: mysql, schema: "prisma5.mysql.sql", tables: prisma5(), limits: limitsOf(integerLimits(), collationLimits(), lengthLimits())},
		{name: "Prisma v5", system: sqlite, schema: "prisma5.sqlite.sql", tables: prisma5()},
		{name: "other names", system: postgresql, schema: "prisma5.postgresql.sql", tables: otherNames(), renamed: renamed(), limits: integerLimits()},
		{name: "other names", system: mysql, schema: "prisma5.mysql.sql", tables: otherNames(), renamed: renamed(), limits: limitsOf(integerLimits(), collationLimits(), lengthLimits())},
		{name: "other names", system: sqlite, schema: "prisma5.sqlite.sql", tables: otherNames(), renamed: renamed()},
		{name: "Drizzle", system: postgresql, schema: "drizzle.postgresql.sql", tables: sqldb.Drizzle, limits: integerLimits()},
		{name: "Drizzle", system: mysql, schema: "drizzle.mysql.sql", tables: sqldb.Drizzle, collation: newestCollation,
			limits: limitsOf(integerLimits(), collationLimits(), lengthLimits(), timestampLimits())},
		{name: "Drizzle on the server's collation", system: mysql, schema: "drizzle.mysql.sql", tables: sqldb.Drizzle,
			limits: limitsOf(integerLimits(), collationLimits(), lengthLimits(), timestampLimits())},
		{name: "Drizzle", system: sqlite, schema: "drizzle.sqlite.sql", tables: sqldb.Drizzle},
	}
}

// uuids are tables whose ids are UUIDs.
func uuids(t sqldb.Tables) sqldb.Tables {
	t.ID = sqldb.UUIDID
	return t
}

// d1 are the tables of @auth/d1-adapter.
func d1() sqldb.Tables {
	t := sqldb.AuthPG
	t.VerificationTokens.Table = "verification_tokens"
	t.Accounts.ID, t.Sessions.ID = "id", "id"
	t.ID, t.Time = sqldb.TextID, sqldb.TextTime
	return t
}

// prisma5 are the tables of Prisma for Auth.js v5.
func prisma5() sqldb.Tables {
	t := sqldb.Prisma
	t.Accounts.ID, t.Sessions.ID = "", ""
	t.Users.CreatedAt, t.Users.UpdatedAt = "createdAt", "updatedAt"
	t.Accounts.CreatedAt, t.Accounts.UpdatedAt = "createdAt", "updatedAt"
	t.Sessions.CreatedAt, t.Sessions.UpdatedAt = "createdAt", "updatedAt"
	return t
}

// renamed are the names of prisma5, each followed by that of otherNames: some of
// them are words of SQL, and some have to be quoted.
func renamed() []string {
	return []string{
		"User", "group", "id", "user id", "name", "full_name", "email", "e-mail", "emailVerified", "email_verified", "image", "select",
		"Account", "oauth accounts", "userId", "user_id", "type", "kind", "provider", "from", "providerAccountId", "provider_account_id",
		"refresh_token", "refreshToken", "access_token", "accessToken", "expires_at", "expiresAt", "id_token", "idToken",
		"token_type", "tokenType", "scope", "scopes", "session_state", "sessionState",
		"Session", "Sessions", "sessionToken", "key", "expires", "until",
		"VerificationToken", "links", "identifier", "to", "token", "hash", "createdAt", "created", "updatedAt", "updated",
	}
}

// otherNames are the tables of prisma5 with another name for everything.
func otherNames() sqldb.Tables {
	t := prisma5()
	t.Users = sqldb.UserTable{
		Table: "group", ID: "user id", Name: "full_name", Email: "e-mail", EmailVerified: "email_verified", Image: "select",
		CreatedAt: "created", UpdatedAt: "updated",
	}
	t.Accounts = sqldb.AccountTable{
		Table: "oauth accounts", UserID: "user_id", Type: "kind", Provider: "from", ProviderAccountID: "provider_account_id",
		RefreshToken: "refreshToken", AccessToken: "accessToken", ExpiresAt: "expiresAt", IDToken: "idToken",
		TokenType: "tokenType", Scope: "scopes", SessionState: "sessionState", CreatedAt: "created", UpdatedAt: "updated",
	}
	t.Sessions = sqldb.SessionTable{Table: "Sessions", SessionToken: "key", UserID: "user_id", Expires: "until", CreatedAt: "created", UpdatedAt: "updated"}
	t.VerificationTokens = sqldb.VerificationTokenTable{Table: "links", Identifier: "to", Token: "hash", Expires: "until"}
	return t
}
