package sqldb

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"
)

// Tables says what the tables and columns of an existing NextAuth.js or Auth.js
// database are called, for [NewShared]. [AuthPG], [Prisma] and [Drizzle] are
// those of the usual adapters; a copy of one of them, with some names changed, is
// another one. A table may have the name of its schema in front, with a dot.
//
// A column that may be empty is not there, or is filled by the database, when
// its name is "".
type Tables struct {
	Users              UserTable
	Accounts           AccountTable
	Sessions           SessionTable
	VerificationTokens VerificationTokenTable

	// ID is the kind of the users' ids, and of the ids that rows of other
	// tables have.
	ID IDKind
	// Time is how times are stored.
	Time TimeKind

	// own has what only the tables of Migrate have.
	own *ownColumns
}

// UserTable is the table of users.
type UserTable struct {
	Table, ID, Name, Email, EmailVerified, Image string
	// CreatedAt and UpdatedAt may be empty.
	CreatedAt, UpdatedAt string
}

// AccountTable is the table of accounts. The pair of Provider and
// ProviderAccountID should have a unique key.
type AccountTable struct {
	Table string
	// ID may be empty. It is filled with an id of the kind Tables.ID.
	ID                                                                            string
	UserID, Type, Provider, ProviderAccountID                                     string
	RefreshToken, AccessToken, ExpiresAt, IDToken, TokenType, Scope, SessionState string
	// CreatedAt and UpdatedAt may be empty.
	CreatedAt, UpdatedAt string
}

// SessionTable is the table of sessions. SessionToken should have a unique key.
type SessionTable struct {
	Table string
	// ID may be empty. It is filled with an id of the kind Tables.ID.
	ID                            string
	SessionToken, UserID, Expires string
	// CreatedAt and UpdatedAt may be empty.
	CreatedAt, UpdatedAt string
}

// VerificationTokenTable is the table of mailed links. The pair of Identifier and
// Token should have a unique key.
type VerificationTokenTable struct {
	Table, Identifier, Token, Expires string
}

// ownColumns are columns of the tables of Migrate that NextAuth.js does not have.
type ownColumns struct {
	emailKey, userExtra, accountExtra            string
	sessionLastSeenAt, sessionAddress, sessionUA string
}

// ownTables are those that Migrate makes.
var ownTables = Tables{
	Users: UserTable{Table: "users", ID: "id", Name: "name", Email: "email", EmailVerified: "email_verified", Image: "image"},
	Accounts: AccountTable{
		Table: "accounts", UserID: "user_id", Type: "type", Provider: "provider", ProviderAccountID: "provider_account_id",
		RefreshToken: "refresh_token", AccessToken: "access_token", ExpiresAt: "expires_at", IDToken: "id_token",
		TokenType: "token_type", Scope: "scope", SessionState: "session_state",
	},
	Sessions:           SessionTable{Table: "sessions", SessionToken: "token", UserID: "user_id", Expires: "expires", CreatedAt: "created_at"},
	VerificationTokens: VerificationTokenTable{Table: "verification_tokens", Identifier: "identifier", Token: "token", Expires: "expires"},
	Time:               MicrosecondTime,
	own: &ownColumns{
		emailKey: "email_key", userExtra: "extra", accountExtra: "extra",
		sessionLastSeenAt: "last_seen_at", sessionAddress: "address", sessionUA: "user_agent",
	},
}

// nextAuthUsers, nextAuthAccounts and nextAuthSessions have the columns that all
// adapters of Auth.js name alike, in tables of these names. id is the column of the
// row's own id where the adapter fills it.
func nextAuthUsers(table string) UserTable {
	return UserTable{Table: table, ID: "id", Name: "name", Email: "email", EmailVerified: "emailVerified", Image: "image"}
}

func nextAuthAccounts(table, id string) AccountTable {
	return AccountTable{
		Table: table, ID: id, UserID: "userId", Type: "type", Provider: "provider", ProviderAccountID: "providerAccountId",
		RefreshToken: "refresh_token", AccessToken: "access_token", ExpiresAt: "expires_at", IDToken: "id_token",
		TokenType: "token_type", Scope: "scope", SessionState: "session_state",
	}
}

func nextAuthSessions(table, id string) SessionTable {
	return SessionTable{Table: table, ID: id, SessionToken: "sessionToken", UserID: "userId", Expires: "expires"}
}

// The tables of the usual adapters.
var (
	// AuthPG has the tables of @auth/pg-adapter: users, accounts, sessions and
	// verification_token, with ids that the database counts. Those tables have
	// no unique keys; docs/nextauth-database.md has the statements that add them.
	AuthPG = Tables{
		Users:              nextAuthUsers("users"),
		Accounts:           nextAuthAccounts("accounts", ""),
		Sessions:           nextAuthSessions("sessions", ""),
		VerificationTokens: VerificationTokenTable{Table: "verification_token", Identifier: "identifier", Token: "token", Expires: "expires"},
		ID:                 IntegerID,
	}
	// Prisma has the tables of the schema for @auth/prisma-adapter and
	// @next-auth/prisma-adapter: User, Account, Session and VerificationToken. It
	// is the schema of NextAuth.js v4, whose accounts and sessions have ids. For
	// that of Auth.js v5 without them, leave Accounts.ID and Sessions.ID empty,
	// and name CreatedAt and UpdatedAt where the schema has them.
	Prisma = Tables{
		Users:              nextAuthUsers("User"),
		Accounts:           nextAuthAccounts("Account", "id"),
		Sessions:           nextAuthSessions("Session", "id"),
		VerificationTokens: VerificationTokenTable{Table: "VerificationToken", Identifier: "identifier", Token: "token", Expires: "expires"},
	}
	// Drizzle has the tables of the schema for @auth/drizzle-adapter: user,
	// account, session and verificationToken.
	Drizzle = Tables{
		Users:              nextAuthUsers("user"),
		Accounts:           nextAuthAccounts("account", ""),
		Sessions:           nextAuthSessions("session", ""),
		VerificationTokens: VerificationTokenTable{Table: "verificationToken", Identifier: "identifier", Token: "token", Expires: "expires"},
	}
)

// IDKind is the kind of an id in a database.
type IDKind int

// The kinds of ids.
const (
	// TextID is any text. New ones are 128 random bits in hexadecimal.
	TextID IDKind = iota
	// UUIDID is a UUID. New ones are random (RFC 9562, version 4).
	UUIDID
	// IntegerID is a whole number that the database assigns.
	IntegerID
)

// newID makes an id. It is nil when the database assigns it.
func (k IDKind) newID() any {
	switch k {
	case IntegerID:
		return nil
	case UUIDID:
		return newUUID()
	}
	return newTextID()
}

// value is what a statement takes for an id, or false when no row can have it.
func (k IDKind) value(id string) (any, bool) {
	switch k {
	case IntegerID:
		n, err := strconv.ParseInt(id, 10, 64)
		return n, err == nil && strconv.FormatInt(n, 10) == id
	case UUIDID:
		return id, isUUID(id)
	}
	return id, true
}

func newTextID() string {
	var id [16]byte
	rand.Read(id[:]) // crypto/rand never returns an error
	return hex.EncodeToString(id[:])
}

func newUUID() string {
	var id [16]byte
	rand.Read(id[:])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	h := hex.EncodeToString(id[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// isUUID reports whether a text is a UUID as databases print it.
func isUUID(id string) bool {
	parts := strings.Split(id, "-")
	if len(id) != 36 || len(parts) != 5 {
		return false
	}
	for i, length := range []int{8, 4, 4, 4, 12} {
		if len(parts[i]) != length || strings.Trim(parts[i], "0123456789abcdef") != "" {
			return false
		}
	}
	return true
}
