package sqldb

// The queries in standard SQL with ? for a value. A dialect rewrites the
// placeholders and replaces the one that is not standard, see Dialect.
const (
	userColumns = `u.id, COALESCE(u.name, ''), COALESCE(u.email, ''), COALESCE(u.image, ''), u.email_verified, COALESCE(u.extra, '')`

	selectUser          = `SELECT ` + userColumns + ` FROM users u WHERE u.id = ?`
	selectUserByEmail   = `SELECT ` + userColumns + ` FROM users u WHERE u.email_key = ?`
	selectUserByAccount = `SELECT ` + userColumns + ` FROM accounts a JOIN users u ON u.id = a.user_id
		WHERE a.provider = ? AND a.provider_account_id = ?`

	insertUser = `INSERT INTO users (name, email, email_key, email_verified, image, extra, id)
		VALUES (?, ?, ?, ?, ?, ?, ?)`
	updateUser = `UPDATE users SET name = ?, email = ?, email_key = ?, email_verified = ?, image = ?, extra = ?
		WHERE id = ?`
	deleteUser = `DELETE FROM users WHERE id = ?`

	insertAccount = `INSERT INTO accounts (user_id, provider, provider_account_id, type, access_token, refresh_token,
		id_token, token_type, scope, session_state, expires_at, extra)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	deleteAccountsOfUser = `DELETE FROM accounts WHERE user_id = ?`

	selectSessionAndUser = `SELECT s.expires, ` + userColumns + `
		FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = ?`
	insertSession        = `INSERT INTO sessions (token, user_id, expires) VALUES (?, ?, ?)`
	updateSession        = `UPDATE sessions SET expires = ? WHERE token = ?`
	deleteSession        = `DELETE FROM sessions WHERE token = ?`
	takeSession          = `DELETE FROM sessions WHERE token = ? RETURNING user_id, expires`
	deleteSessionsOfUser = `DELETE FROM sessions WHERE user_id = ?`

	insertLink = `INSERT INTO verification_tokens (identifier, token, expires) VALUES (?, ?, ?)`
	selectLink = `SELECT expires FROM verification_tokens WHERE identifier = ? AND token = ?`
	takeLink   = `DELETE FROM verification_tokens WHERE identifier = ? AND token = ?
		RETURNING expires`
	deleteLinksOfAddress = `DELETE FROM verification_tokens WHERE identifier = ?`

	selectRevocations = `SELECT session_id, user_id, at, expires FROM revocations
		WHERE at >= ? AND expires > ? ORDER BY at`

	// The inner SELECT has a name of its own because MySQL does not let a
	// DELETE read the table it deletes from.
	deleteExpiredSessions = `DELETE FROM sessions WHERE token IN (
		SELECT token FROM (SELECT token FROM sessions WHERE expires <= ? ORDER BY expires LIMIT ?) AS expired)`
	deleteExpiredLinks = `DELETE FROM verification_tokens WHERE (identifier, token) IN (
		SELECT identifier, token FROM (
			SELECT identifier, token FROM verification_tokens WHERE expires <= ? ORDER BY expires LIMIT ?) AS expired)`
	deleteExpiredRevocations = `DELETE FROM revocations WHERE (session_id, user_id) IN (
		SELECT session_id, user_id FROM (
			SELECT session_id, user_id FROM revocations WHERE expires <= ? ORDER BY expires LIMIT ?) AS expired)`

	createSchemaTable = `CREATE TABLE IF NOT EXISTS gatehouse_schema (
		id INTEGER NOT NULL PRIMARY KEY, version INTEGER NOT NULL)`
	insertSchemaRow = `INSERT INTO gatehouse_schema (id, version)
		SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM gatehouse_schema)`
	lockSchema   = `UPDATE gatehouse_schema SET version = version WHERE id = 1`
	selectSchema = `SELECT version FROM gatehouse_schema WHERE id = 1`
	updateSchema = `UPDATE gatehouse_schema SET version = ? WHERE id = 1`
)

// signInQueries are the queries of a sign-in, prepared before its transaction
// starts.
func signInQueries() []string {
	return []string{
		takeLink, deleteLinksOfAddress, insertUser, updateUser, selectUser, deleteAccountsOfUser, deleteSessionsOfUser,
		insertAccount, deleteSession, insertSession,
	}
}

func deleteUserQueries() []string {
	return []string{deleteAccountsOfUser, deleteSessionsOfUser, deleteUser}
}
