package databases_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/adapters/tiered"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// whole is an adapter that can do everything.
type whole interface {
	auth.Adapter
	auth.Revoker
	auth.UserManager
	auth.AccountRewriter
}

// sequences is how many sequences of calls TestStateMachine draws for each
// adapter, unless -rapid.checks says it.
const sequences = 100

// TestStateMachine makes the same random calls to adapters/memory and to another
// adapter. They agree about every result and every error.
func TestStateMachine(t *testing.T) {
	setDefault(t, "rapid.checks", strconv.Itoa(sequences))
	setDefault(t, "rapid.nofailfile", "true") // the seed is printed
	var all sync.WaitGroup
	for _, system := range database.Systems() {
		all.Go(func() {
			t.Run(system.Name, func(t *testing.T) {
				db := system.New(t).Migrated(t)
				a := sqldb.New(db, system.Dialect)
				agree(t, func() whole {
					database.Empty(t, db, database.OwnTables()...)
					return a
				}, rules{keepsExpired: true})
			})
		})
	}
	all.Go(func() {
		t.Run("Redis", func(t *testing.T) {
			need.Redis(t)
			client := redisClient(t, redis.Options{})
			prefixes := newRedisPrefixes(t, client)
			// Redis forgets what has expired.
			agree(t, func() whole { return redisAdapter(t, client, prefixes.next()) }, rules{})
		})
	})
	all.Go(func() {
		t.Run("tiered", func(t *testing.T) {
			need.Redis(t)
			client := redisClient(t, redis.Options{})
			prefixes := newRedisPrefixes(t, client)
			db := database.SQLite().New(t).Migrated(t)
			users := sqldb.New(db, sqldb.SQLite)
			agree(t, func() whole {
				database.Empty(t, db, database.OwnTables()...)
				return tiered.New(users, redisSessions(t, client, prefixes.next()))
			}, rules{otherOrder: true})
		})
	})
	all.Wait()
}

// setDefault sets a flag that the command line leaves alone.
func setDefault(t *testing.T, name, value string) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return
	}
	before := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set(name, before); err != nil {
			t.Error(err)
		}
	})
}

// rules are where adapters may differ.
type rules struct {
	// keepsExpired says that what has expired is found.
	keepsExpired bool
	// otherOrder says that of several things that are wrong with a call another one
	// may be named.
	otherOrder bool
}

// agree draws sequences of calls to new adapters.
func agree(t *testing.T, newAdapter func() whole, r rules) {
	t.Helper()
	texts := newPool(time.Now().Truncate(time.Microsecond), r.keepsExpired)
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{pool: texts.few(t), sides: [2]*side{{adapter: memory.New()}, {adapter: newAdapter()}}, otherOrder: r.otherOrder}
		t.Repeat(map[string]func(*rapid.T){
			"SignIn":                  m.signIn,
			"SignIn of a new user":    m.firstSignIn,
			"SignIn of another":       m.firstSignIn,
			"SignIn of one more":      m.firstSignIn,
			"SignIn again":            m.signIn,
			"User":                    m.user,
			"UserByEmail":             m.userByEmail,
			"UserByAccount":           m.userByAccount,
			"SessionAndUser":          m.sessionAndUser,
			"UpdateSession":           m.updateSession,
			"DeleteSession":           m.deleteSession,
			"DeleteSessions":          m.deleteSessions,
			"CreateVerificationToken": m.createLink,
			"VerificationToken":       m.link,
			"UseVerificationToken":    m.useLink,
			"Revoke":                  m.revoke,
			"Revocations":             m.revocations,
			"Accounts":                m.accounts,
			"Sessions":                m.sessions,
			"UnlinkAccount":           m.unlinkAccount,
			"DeleteUser":              m.deleteUser,
			"AccountsAfter":           m.accountsAfter,
			"ReplaceTokens":           m.replaceTokens,
		})
		m.compareAll(t)
	})
}

// side is one of the two adapters with the ids that it gave.
type side struct {
	adapter whole
	ids     []string
}

// id is the id of the nth user, or one that nobody has.
func (s *side) id(n int) string {
	if n < len(s.ids) {
		return s.ids[n]
	}
	return []string{"nobody", "0", "Nobody "}[n%3]
}

// name is what stands for an id on both sides.
func (s *side) name(id string) string {
	for n, known := range s.ids {
		if known == id {
			return fmt.Sprint("user ", n)
		}
	}
	return "another user " + id
}

// machine makes each call to both sides.
type machine struct {
	pool  *pool
	sides [2]*side
	links []auth.VerificationToken // that were stored once

	otherOrder bool // see rules
}

// outcome is the result of a call in a form that both sides share.
type outcome struct {
	Error  string
	Values []any
}

// both makes a call to both sides and compares.
func (m *machine) both(t *rapid.T, call string, f func(s *side) ([]any, error)) {
	t.Helper()
	var got [2]outcome
	for i, s := range m.sides {
		values, err := f(s)
		got[i] = outcome{Error: kindOf(err)}
		if err == nil {
			for _, value := range values {
				got[i].Values = append(got[i].Values, s.plain(value))
			}
		} else if got[i].Error == "another error" {
			t.Logf("%T: %s: %v", s.adapter, call, err)
		}
	}
	if m.otherOrder && got[0].Error != "" && got[1].Error != "" {
		for i := range got {
			got[i].Error = "an error"
		}
	}
	if diff := cmp.Diff(got[0], got[1]); diff != "" {
		t.Fatalf("%s: memory (-) and %T (+) differ:\n%s", call, m.sides[1].adapter, diff)
	}
}

// kindOf is what a caller can tell from an error.
func kindOf(err error) string {
	if err == nil {
		return ""
	}
	kind := "another error"
	for name, known := range map[string]error{"not found": auth.ErrNotFound, "conflict": auth.ErrConflict, "last account": auth.ErrLastAccount} {
		if errors.Is(err, known) {
			kind = name
		}
	}
	var step *auth.StepError
	if errors.As(err, &step) {
		kind += " at " + string(step.Step)
	}
	return kind
}

// plain replaces what both sides have of their own: ids, the time zone, the Go types
// in Extra and the moment at which a session was extended.
func (s *side) plain(value any) any {
	switch v := value.(type) {
	case *auth.User:
		u := *v
		u.ID, u.EmailVerified, u.Extra = s.name(u.ID), u.EmailVerified.UTC(), plainExtra(u.Extra)
		return u
	case *auth.SessionRecord:
		r := *v
		r.UserID, r.Expires, r.CreatedAt, r.LastSeenAt = s.name(r.UserID), r.Expires.UTC(), r.CreatedAt.UTC(), r.LastSeenAt.UTC()
		if time.Since(r.LastSeenAt).Abs() < time.Minute {
			r.LastSeenAt = time.Unix(0, 0).UTC()
		}
		return r
	case auth.Account:
		v.UserID, v.Extra = s.name(v.UserID), plainExtra(v.Extra)
		return v
	case *auth.VerificationToken:
		link := *v
		link.Expires = link.Expires.UTC()
		return link
	case auth.Revocation:
		v.At, v.Expires = v.At.UTC(), v.Expires.UTC()
		return v
	}
	return value
}

// plainExtra is nil when it is empty.
func plainExtra(extra map[string]any) map[string]any {
	if len(extra) == 0 {
		return nil
	}
	text, err := json.Marshal(extra)
	if err != nil {
		return map[string]any{"not JSON": err.Error()}
	}
	return map[string]any{"json": string(text)}
}

// list is the elements of a slice.
func list[T any](elements []T, one func(T) any) []any {
	out := []any{len(elements)}
	for _, e := range elements {
		out = append(out, one(e))
	}
	return out
}

// compareAll compares everything that can be found.
func (m *machine) compareAll(t *rapid.T) {
	t.Helper()
	ctx := context.Background()
	for n := range len(m.sides[0].ids) + 1 {
		m.both(t, "User", func(s *side) ([]any, error) { return one(s.adapter.User(ctx, s.id(n))) })
		m.both(t, "Accounts", func(s *side) ([]any, error) {
			accounts, err := s.adapter.Accounts(ctx, s.id(n))
			return list(accounts, func(a auth.Account) any { return s.plain(a) }), err
		})
		m.both(t, "Sessions", func(s *side) ([]any, error) { return sessionsOf(ctx, s, n) })
	}
	for _, token := range m.pool.tokens {
		m.both(t, "SessionAndUser", func(s *side) ([]any, error) { return two(s.adapter.SessionAndUser(ctx, token)) })
	}
	for _, address := range m.pool.addresses {
		m.both(t, "UserByEmail", func(s *side) ([]any, error) { return one(s.adapter.UserByEmail(ctx, address)) })
		for _, token := range m.pool.tokens {
			m.both(t, "VerificationToken", func(s *side) ([]any, error) { return one(s.adapter.VerificationToken(ctx, address, token)) })
		}
	}
}

func one[T any](value T, err error) ([]any, error) { return []any{value}, err }

func two[T, U any](value T, other U, err error) ([]any, error) { return []any{value, other}, err }
