package faults_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// store is a database in which a server keeps everything.
type store interface {
	// flags are those that lead the server there.
	flags() []string
	// read returns everything, as it was at one moment where the database
	// can do that.
	read(ctx context.Context) (*contents, error)
}

// contents is what a database holds.
type contents struct {
	users    map[string]storedUser
	accounts map[string]string // the ids of users by the ids at the provider
	sessions map[string]int    // how many there are by the ids of users
}

type storedUser struct {
	email  string
	proven bool
}

func newContents() *contents {
	return &contents{users: map[string]storedUser{}, accounts: map[string]string{}, sessions: map[string]int{}}
}

// problems says what is half done. What one sign-in writes is one transaction, so
// that there are none whenever one looks.
func (c *contents) problems() []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	linked, byEmail := map[string]bool{}, map[string]string{}
	for account, user := range c.accounts {
		linked[user] = true
		if _, ok := c.users[user]; !ok {
			say("the account %s has no user", account)
		}
	}
	for user, n := range c.sessions {
		if _, ok := c.users[user]; !ok {
			say("%d sessions have no user", n)
		}
	}
	for id, user := range c.users {
		if !linked[id] && !user.proven {
			say("the user %s has neither an account nor a proven address", user.email)
		}
		if other, ok := byEmail[user.email]; ok {
			say("%s has two users, %s and %s", user.email, other, id)
		}
		byEmail[user.email] = id
	}
	return found
}

// sqlStore is a store of adapters/sqldb.
type sqlStore struct {
	database database.Database
	db       *sql.DB
}

func newSQLStore(t *testing.T, d database.Database) *sqlStore {
	t.Helper()
	return &sqlStore{d, d.Migrated(t)}
}

func (s *sqlStore) flags() []string {
	return []string{"-driver", s.database.Driver, "-source", s.database.Source}
}

func (s *sqlStore) read(ctx context.Context) (*contents, error) {
	o := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	if s.database.Driver == "sqlite" {
		o = nil // a transaction sees one moment anyway
	}
	tx, err := s.db.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	c := newContents()
	var id, other string
	var email sql.NullString
	var proven sql.NullInt64
	var n int
	for _, q := range []struct {
		query   string
		targets []any
		keep    func()
	}{
		{`SELECT id, email, email_verified FROM users`, []any{&id, &email, &proven}, func() { c.users[id] = storedUser{email.String, proven.Valid} }},
		{`SELECT provider_account_id, user_id FROM accounts`, []any{&id, &other}, func() { c.accounts[id] = other }},
		{`SELECT user_id, count(*) FROM sessions GROUP BY user_id`, []any{&id, &n}, func() { c.sessions[id] = n }},
	} {
		if err := each(ctx, tx, q.query, q.targets, q.keep); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// each calls keep for every row of a query.
func each(ctx context.Context, tx *sql.Tx, query string, targets []any, keep func()) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		keep()
	}
	return rows.Err()
}

// integrity asks SQLite whether its file is whole.
func (s *sqlStore) integrity(ctx context.Context) error {
	if s.database.Driver != "sqlite" {
		return nil
	}
	var answer string
	err := s.db.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&answer)
	if err == nil && answer != "ok" {
		err = fmt.Errorf("PRAGMA integrity_check: %s", answer)
	}
	return err
}

// redisStore is a store of adapters/redisdb.
type redisStore struct {
	client       *redis.Client
	addr, prefix string
}

// newRedisStore returns a store whose keys are removed when the test ends.
func newRedisStore(t *testing.T, addr, prefix string) *redisStore {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: addr, ContextTimeoutEnabled: true})
	s := &redisStore{client, addr, prefix}
	t.Cleanup(func() {
		if err := s.each(context.Background(), "*", func(key string) error { return client.Del(context.Background(), key).Err() }); err != nil {
			t.Log(err)
		}
		client.Close()
	})
	return s
}

func (s *redisStore) flags() []string {
	return []string{"-driver", "redis", "-source", s.addr, "-prefix", s.prefix}
}

// read looks at one key after the other: a sign-in may come in between.
func (s *redisStore) read(ctx context.Context) (*contents, error) {
	c := newContents()
	// hashes hands over the fields of every hash of a kind.
	hashes := func(kind string, keep func(fields []any), names ...string) error {
		return s.each(ctx, kind+":*", func(key string) error {
			fields, err := s.client.HMGet(ctx, key, names...).Result()
			if err == nil && fields[0] != nil {
				keep(fields)
			}
			return err
		})
	}
	text := func(field any) string { s, _ := field.(string); return s }
	if err := hashes("a", func(f []any) { c.accounts[text(f[1])] = text(f[0]) }, "user", "id"); err != nil {
		return nil, err
	}
	if err := hashes("s", func(f []any) { c.sessions[text(f[0])]++ }, "user"); err != nil {
		return nil, err
	}
	err := hashes("u", func(f []any) { c.users[text(f[0])] = storedUser{text(f[1]), text(f[2]) != ""} }, "id", "email", "email_verified")
	return c, err
}

// each calls f for every key that matches a pattern.
func (s *redisStore) each(ctx context.Context, pattern string, f func(key string) error) error {
	seen := map[string]bool{}
	keys := s.client.Scan(ctx, 0, "{"+s.prefix+"}:"+pattern, 1000).Iterator()
	for keys.Next(ctx) {
		if key := keys.Val(); !seen[key] { // a scan may return a key twice
			seen[key] = true
			if err := f(key); err != nil {
				return err
			}
		}
	}
	return keys.Err()
}
