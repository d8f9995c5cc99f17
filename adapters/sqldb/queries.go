package sqldb

import (
	"strings"
)

// queries are the statements of an adapter. They are written by hand as templates
// in standard SQL with ? for a value and names in braces, such as {users} and
// {users.email}, which stand for the tables and columns of a [Tables]. What a
// dialect does in its own way is a field of [Dialect].
type queries struct {
	beginWrite string

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
	seen := ""
	if t.own != nil {
		seen = `, {sessions.last_seen_at} = ?`
	}
	forUpdate := d.forUpdate
	return queries{
		beginWrite: q(d.beginWrite),

		selectUser:        q(`SELECT {user} FROM {users} u WHERE u.{users.id} = ?`),
		selectUserByEmail: q(`SELECT {user} FROM {users} u WHERE {same email}`),
		selectUserByAccount: q(`SELECT {user}, a.{accounts.provider}, a.{accounts.provider_account_id}
			FROM {accounts} a JOIN {users} u ON u.{users.id} = a.{accounts.user_id}
			WHERE a.{accounts.provider} = ? AND a.{accounts.provider_account_id} = ?`),
		lockUser:   q(`SELECT {user} FROM {users} u WHERE u.{users.id} = ?` + forUpdate),
		deleteUser: q(`DELETE FROM {users} WHERE {users.id} = ?`),
		takenEmail: q(`SELECT {user} FROM {users} u WHERE {same email}` + forUpdate),
		takenAccount: q(`SELECT {accounts.user_id} FROM {accounts}
			WHERE {accounts.provider} = ? AND {accounts.provider_account_id} = ?` + forUpdate),

		lockAccount: q(`SELECT {account} FROM {accounts}
			WHERE {accounts.provider} = ? AND {accounts.provider_account_id} = ?` + forUpdate),
		selectAccounts: q(`SELECT {account} FROM {accounts} WHERE {accounts.user_id} = ?
			ORDER BY {accounts.provider}, {accounts.provider_account_id}`),
		selectAccountsAfter: q(`SELECT {account} FROM {accounts}
			WHERE {accounts.provider} > ? OR {accounts.provider} = ? AND {accounts.provider_account_id} > ?
			ORDER BY {accounts.provider}, {accounts.provider_account_id} LIMIT ?`),
		lockAccounts:         q(`SELECT {account} FROM {accounts} WHERE {accounts.user_id} = ?` + forUpdate),
		deleteAccountsOfUser: q(`DELETE FROM {accounts} WHERE {accounts.user_id} = ?`),
		deleteAccount: q(`DELETE FROM {accounts}
			WHERE {accounts.user_id} = ? AND {accounts.provider} = ? AND {accounts.provider_account_id} = ?`),
		replaceTokens: q(`UPDATE {accounts}
			SET {accounts.access_token} = ?, {accounts.refresh_token} = ?, {accounts.id_token} = ?
			WHERE {accounts.provider} = ? AND {accounts.provider_account_id} = ?`),

		selectSessionAndUser: q(`SELECT {session}, {user}
			FROM {sessions} s JOIN {users} u ON u.{users.id} = s.{sessions.user_id} WHERE s.{sessions.token} = ?`),
		selectSession: q(`SELECT {session} FROM {sessions} s WHERE s.{sessions.token} = ?`),
		selectSessions: q(`SELECT {session} FROM {sessions} s WHERE s.{sessions.user_id} = ?
			ORDER BY s.{sessions.expires} DESC, s.{sessions.token}`),
		updateSession: q(`UPDATE {sessions} SET {sessions.expires} = ?` + seen + ` WHERE {sessions.token} = ?`),
		deleteSession: q(`DELETE FROM {sessions} WHERE {sessions.token} = ?`),
		takeSession: strings.ReplaceAll(q(`DELETE FROM {sessions} WHERE {sessions.token} = ? RETURNING {session}`),
			"s."+d.quote, d.quote),
		deleteSessionsOfUser: q(`DELETE FROM {sessions} WHERE {sessions.user_id} = ?`),

		selectLink: q(`SELECT {links.identifier}, {links.token}, {links.expires} FROM {links}
			WHERE {links.identifier} = ? AND {links.token} = ?`),
		takeLink: q(`DELETE FROM {links} WHERE {links.identifier} = ? AND {links.token} = ?
			RETURNING {links.identifier}, {links.token}, {links.expires}`),
		deleteLink:           q(`DELETE FROM {links} WHERE {links.identifier} = ? AND {links.token} = ?`),
		deleteLinksOfAddress: q(`DELETE FROM {links} WHERE {links.identifier} = ?`),

		deleteExpiredSessions: q(deleteExpired(d, `{sessions}`, `{sessions.token}`, `{sessions.expires}`)),
		deleteExpiredLinks:    q(deleteExpired(d, `{links}`, `{links.identifier}, {links.token}`, `{links.expires}`)),
	}
}

// deleteExpired removes a batch of rows that have expired. The time is compared
// twice: a row that was extended in between stays.
func deleteExpired(d Dialect, table, key, expires string) string {
	if d.limitDelete {
		return `DELETE FROM ` + table + ` WHERE ` + expires + ` <= ? ORDER BY ` + expires + ` LIMIT ?`
	}
	return `DELETE FROM ` + table + ` WHERE (` + key + `) IN (
		SELECT ` + key + ` FROM ` + table + ` WHERE ` + expires + ` <= ? ORDER BY ` + expires + ` LIMIT ?) AND ` + expires + ` <= ?`
}

// namesOf replaces the names in a template.
func namesOf(d Dialect, t Tables) *strings.Replacer {
	var pairs []string
	add := func(name, column string) { pairs = append(pairs, "{"+name+"}", d.quoted(column)) }
	add("users", t.Users.Table)
	add("users.id", t.Users.ID)
	add("accounts", t.Accounts.Table)
	add("accounts.user_id", t.Accounts.UserID)
	add("accounts.provider", t.Accounts.Provider)
	add("accounts.provider_account_id", t.Accounts.ProviderAccountID)
	add("accounts.access_token", t.Accounts.AccessToken)
	add("accounts.refresh_token", t.Accounts.RefreshToken)
	add("accounts.id_token", t.Accounts.IDToken)
	add("sessions", t.Sessions.Table)
	add("sessions.token", t.Sessions.SessionToken)
	add("sessions.user_id", t.Sessions.UserID)
	add("sessions.expires", t.Sessions.Expires)
	add("links", t.VerificationTokens.Table)
	add("links.identifier", t.VerificationTokens.Identifier)
	add("links.token", t.VerificationTokens.Token)
	add("links.expires", t.VerificationTokens.Expires)
	sameEmail := `u.` + d.quoted(t.Users.Email) + ` IN (?, ?)`
	if t.own != nil {
		add("sessions.last_seen_at", t.own.sessionLastSeenAt)
		sameEmail = `u.` + d.quoted(t.own.emailKey) + ` = ?`
	}
	pairs = append(pairs, "{same email}", sameEmail,
		"{user}", columnList(d, "u.", userColumns(t)),
		"{account}", columnList(d, "", accountColumns(t)),
		"{session}", columnList(d, "s.", sessionColumns(t)))
	return strings.NewReplacer(pairs...)
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

// update is the statement that changes the row with a key.
func update(d Dialect, table string, assignments []assignment, key assignment) command {
	var columns []string
	var c command
	for _, a := range assignments {
		if a.column != "" {
			columns = append(columns, d.quoted(a.column)+" = ?")
			c.args = append(c.args, a.value)
		}
	}
	c.query = `UPDATE ` + d.quoted(table) + ` SET ` + strings.Join(columns, ", ") + ` WHERE ` + d.quoted(key.column) + ` = ?`
	c.args = append(c.args, key.value)
	return c
}
