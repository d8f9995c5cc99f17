package sqldb

import (
	"strings"
)

// queries are the statements of an adapter. They are written by hand as templates
// in standard SQL with ? for a value and names in braces, such as {users} and
// {users.email}, which stand for the tables and columns of a [Tables]. {users.id is}
// is the condition that the column has a value, and {users.id sorted} the column as
// it is sorted by its bytes. What a dialect does in its own way is a field of
// [Dialect].
type queries struct {
	beginWrite string
	// isUser is the condition that a row of users has an id.
	isUser string

	selectUser, selectUserByEmail, selectUserByAccount, lockUser string
	deleteUser                                                   string
	takenAccount, takenEmail                                     string

	lockAccount, selectAccounts, selectAccountsAfter, deleteAccountsOfUser, lockAccounts, deleteAccount, replaceTokens string

	selectSessionAndUser, selectSession, selectSessions, takeSession, updateSession string
	deleteSession, deleteSessionsOfUser                                             string

	selectLink, takeLink, deleteLink, deleteLinksOfAddress string

	deleteExpiredSessions, deleteExpiredLinks string
}

func newQueries(d Dialect, t Tables) queries {
	names := namesOf(d, t)
	q := func(template string) string { return names.Replace(template) }
	touched := ""
	if t.own != nil || t.Sessions.UpdatedAt != "" {
		touched = `, {sessions.touched_at} = ?`
	}
	extra := ""
	if t.own != nil {
		extra = `, {accounts.extra} = ?`
	}
	forUpdate := d.forUpdate
	first, byUser := "", ""
	if t.own == nil {
		// Tables without unique keys may hold an identity or an address twice. The
		// same row is taken every time.
		first, byUser = ` LIMIT 1`, ` ORDER BY u.{users.id}`
	}
	return queries{
		beginWrite: q(d.beginWrite),
		isUser:     q(`{users.id is}`),

		selectUser:        q(`SELECT {user} FROM {users} u WHERE {u.users.id is}`),
		selectUserByEmail: q(`SELECT {user} FROM {users} u WHERE {same email}` + byUser),
		selectUserByAccount: q(`SELECT {user}, a.{accounts.provider}, a.{accounts.provider_account_id}
			FROM {accounts} a JOIN {users} u ON u.{users.id} = a.{accounts.user_id}
			WHERE {a.accounts.provider is} AND {a.accounts.provider_account_id is}` + byUser + first),
		lockUser:   q(`SELECT {user} FROM {users} u WHERE {u.users.id is}` + forUpdate),
		deleteUser: q(`DELETE FROM {users} WHERE {users.id is}`),
		takenEmail: q(`SELECT {user} FROM {users} u WHERE {same email}` + forUpdate),
		takenAccount: q(`SELECT {accounts.user_id} FROM {accounts}
			WHERE {accounts.provider is} AND {accounts.provider_account_id is}` + first + forUpdate),

		lockAccount: q(`SELECT {account} FROM {accounts}
			WHERE {accounts.provider is} AND {accounts.provider_account_id is}` + forUpdate),
		selectAccounts: q(`SELECT {account} FROM {accounts} WHERE {accounts.user_id is}
			ORDER BY {accounts.provider sorted}, {accounts.provider_account_id sorted}`),
		selectAccountsAfter: q(`SELECT {account} FROM {accounts}
			WHERE {accounts.provider sorted} > ? OR {accounts.provider sorted} = ? AND {accounts.provider_account_id sorted} > ?
			ORDER BY {accounts.provider sorted}, {accounts.provider_account_id sorted} LIMIT ?`),
		lockAccounts:         q(`SELECT {account} FROM {accounts} WHERE {accounts.user_id is}` + forUpdate),
		deleteAccountsOfUser: q(`DELETE FROM {accounts} WHERE {accounts.user_id is}`),
		deleteAccount: q(`DELETE FROM {accounts}
			WHERE {accounts.user_id is} AND {accounts.provider is} AND {accounts.provider_account_id is}`),
		replaceTokens: q(`UPDATE {accounts}
			SET {accounts.access_token} = ?, {accounts.refresh_token} = ?, {accounts.id_token} = ?` + extra + `
			WHERE {accounts.provider is} AND {accounts.provider_account_id is}`),

		selectSessionAndUser: q(`SELECT {session}, {user}
			FROM {sessions} s JOIN {users} u ON u.{users.id} = s.{sessions.user_id} WHERE {s.sessions.token is}`),
		selectSession: q(`SELECT {session} FROM {sessions} s WHERE {s.sessions.token is}`),
		selectSessions: q(`SELECT {session} FROM {sessions} s WHERE {s.sessions.user_id is}
			ORDER BY s.{sessions.expires} DESC, s.{sessions.token}`),
		updateSession: q(`UPDATE {sessions} SET {sessions.expires} = ?` + touched + ` WHERE {sessions.token is}`),
		deleteSession: q(`DELETE FROM {sessions} WHERE {sessions.token is}`),
		takeSession: strings.ReplaceAll(q(`DELETE FROM {sessions} WHERE {sessions.token is} RETURNING {session}`),
			"s."+d.quote, d.quote),
		deleteSessionsOfUser: q(`DELETE FROM {sessions} WHERE {sessions.user_id is}`),

		selectLink: q(`SELECT {links.identifier}, {links.token}, {links.expires read} FROM {links}
			WHERE {links.identifier is} AND {links.token is}`),
		takeLink: q(`DELETE FROM {links} WHERE {links.identifier is} AND {links.token is}
			RETURNING {links.identifier}, {links.token}, {links.expires}`),
		deleteLink:           q(`DELETE FROM {links} WHERE {links.identifier is} AND {links.token is}`),
		deleteLinksOfAddress: q(`DELETE FROM {links} WHERE {links.identifier is}`),

		deleteExpiredSessions: q(deleteExpired(d, t, `{sessions}`, `{sessions.token}`, `{sessions.expires}`)),
		deleteExpiredLinks:    q(deleteExpired(d, t, `{links}`, `{links.identifier}, {links.token}`, `{links.expires}`)),
	}
}

// deleteExpired removes a batch of rows that have expired. The time is compared
// twice: a row that was extended in between stays.
func deleteExpired(d Dialect, t Tables, table, key, expires string) string {
	expired := expires + ` <= ?`
	if d.dynamicTypes && t.own == nil {
		if t.Time == TextTime {
			expired = `julianday(` + expires + `) <= julianday(?)` // in whatever form it is written
		}
		// Every number comes before every text, expired or not.
		expired += ` AND typeof(` + expires + `) = typeof(?^)`
	}
	if d.limitDelete {
		return `DELETE FROM ` + table + ` WHERE ` + expired + ` ORDER BY ` + expires + ` LIMIT ?`
	}
	return `DELETE FROM ` + table + ` WHERE (` + key + `) IN (
		SELECT ` + key + ` FROM ` + table + ` WHERE ` + expired + ` ORDER BY ` + expires + ` LIMIT ?) AND ` + expired
}

// namesOf replaces the names in a template.
func namesOf(d Dialect, t Tables) *strings.Replacer {
	n := names{dialect: d, shared: t.own == nil}
	n.add("users", t.Users.Table)
	n.addID("u", "users.id", t.Users.ID, t.ID)
	n.add("accounts", t.Accounts.Table)
	n.addID("a", "accounts.user_id", t.Accounts.UserID, t.ID)
	n.addKey("a", "accounts.provider", t.Accounts.Provider)
	n.addKey("a", "accounts.provider_account_id", t.Accounts.ProviderAccountID)
	n.add("accounts.access_token", t.Accounts.AccessToken)
	n.add("accounts.refresh_token", t.Accounts.RefreshToken)
	n.add("accounts.id_token", t.Accounts.IDToken)
	n.add("sessions", t.Sessions.Table)
	n.addKey("s", "sessions.token", t.Sessions.SessionToken)
	n.addID("s", "sessions.user_id", t.Sessions.UserID, t.ID)
	n.add("sessions.expires", t.Sessions.Expires)
	n.add("links", t.VerificationTokens.Table)
	n.addKey("l", "links.identifier", t.VerificationTokens.Identifier)
	n.addKey("l", "links.token", t.VerificationTokens.Token)
	n.add("links.expires", t.VerificationTokens.Expires)
	sameEmail, touchedAt := `u.`+d.quoted(t.Users.Email)+` IN (?, ?)`, t.Sessions.UpdatedAt
	if t.own != nil {
		n.add("accounts.extra", t.own.accountExtra)
		sameEmail, touchedAt = `u.`+d.quoted(t.own.emailKey)+` = ?`, t.own.sessionLastSeenAt
	}
	n.add("sessions.touched_at", touchedAt)
	return strings.NewReplacer(append(n.pairs, "{same email}", sameEmail,
		"{links.expires read}", n.read("", []string{t.VerificationTokens.Expires}, t.VerificationTokens.Expires),
		"{user}", n.read("u.", userColumns(t), t.Users.EmailVerified),
		"{account}", n.read("", accountColumns(t), ""),
		"{session}", n.read("s.", sessionColumns(t), t.Sessions.Expires))...)
}

// names are the names in templates and what stands for them, in pairs.
type names struct {
	dialect Dialect
	// shared says that the tables are not our own: nobody knows their collations, nor
	// what the driver makes of their times.
	shared bool
	pairs  []string
}

// read is a list of columns to be read, one of which may be a time.
func (n *names) read(prefix string, columns []string, moment string) string {
	list := columnList(n.dialect, prefix, columns)
	if moment == "" || !n.shared || n.dialect.timeText == "" {
		return list
	}
	quoted := prefix + n.dialect.quoted(moment)
	return strings.ReplaceAll(list, quoted, strings.ReplaceAll(n.dialect.timeText, "{}", quoted))
}

func (n *names) add(name, column string) {
	n.pairs = append(n.pairs, "{"+name+"}", n.dialect.quoted(column))
}

// addKey adds a column with text that a row is found by, also for queries in which
// its table has an alias.
func (n *names) addKey(alias, name, column string) {
	is, sorted := n.dialect.exactly, n.dialect.sorted
	if !n.shared {
		is, sorted = `{} = ?`, `{}`
	}
	n.addFound(alias, name, column, is, sorted)
}

// addID is addKey for the id of a user.
func (n *names) addID(alias, name, column string, kind IDKind) {
	switch {
	case kind == TextID:
		n.addKey(alias, name, column)
	case kind == IntegerID && n.dialect.wholeNumber != "":
		n.addFound(alias, name, column, `{} = `+n.dialect.wholeNumber, `{}`)
	default:
		n.addFound(alias, name, column, `{} = ?`, `{}`)
	}
}

func (n *names) addFound(alias, name, column, is, sorted string) {
	n.add(name, column)
	for _, prefix := range []string{"", alias + "."} {
		quoted := prefix + n.dialect.quoted(column)
		n.pairs = append(n.pairs,
			"{"+prefix+name+" is}", strings.ReplaceAll(is, "{}", quoted),
			"{"+prefix+name+" sorted}", strings.ReplaceAll(sorted, "{}", quoted))
	}
}

// columnList is the list of some columns, each of the table with a prefix.
func columnList(d Dialect, prefix string, columns []string) string {
	list := make([]string, len(columns))
	for i, column := range columns {
		list[i] = prefix + d.quoted(column)
	}
	return strings.Join(list, ", ")
}

// command is a statement with its values.
type command struct {
	query string
	args  []any
}

// assignment gives a column a value. One without a column is left out, as is the
// value nil of an INSERT, where the database fills the column.
type assignment struct {
	column string
	value  any
}

// insert is the statement that adds a row.
func insert(d Dialect, table string, assignments []assignment) command {
	var columns []string
	var c command
	for _, a := range assignments {
		if a.column != "" && a.value != nil {
			columns = append(columns, a.column)
			c.args = append(c.args, a.value)
		}
	}
	values := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	c.query = `INSERT INTO ` + d.quoted(table) + ` (` + columnList(d, "", columns) + `) VALUES (` + values + `)`
	return c
}

// update is the statement that changes the row for which a condition on one value
// holds.
func update(d Dialect, table string, assignments []assignment, condition string, key any) command {
	var columns []string
	var c command
	for _, a := range assignments {
		if a.column != "" {
			columns = append(columns, d.quoted(a.column)+" = ?")
			c.args = append(c.args, a.value)
		}
	}
	c.query = `UPDATE ` + d.quoted(table) + ` SET ` + strings.Join(columns, ", ") + ` WHERE ` + condition
	c.args = append(c.args, key)
	return c
}
