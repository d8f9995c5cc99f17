package databases_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// pool is what arguments are drawn from: such texts that a collation or a case
// folding takes some for equal. A sequence of calls uses few of each kind, so that
// they meet again.
type pool struct {
	addresses, providers, accountIDs, tokens, names []string
	ends                                            []time.Time
	extras                                          []map[string]any
	now                                             time.Time
}

func newPool(now time.Time, keepsExpired bool) *pool {
	p := &pool{
		addresses: []string{
			"ada@example.com", "ADA@example.com", "ada@example.com ", "adá@example.com", "ADÁ@example.com", "ad\u0061\u0301@example.com",
			"fi@example.com", "ﬁ@example.com", "i@example.com", "ı@example.com", "İ@example.com", "k@example.com", "K@example.com",
			"ss@example.com", "ß@example.com", "a%@example.com", "a_@example.com",
		},
		providers:  []string{"github", "GitHub", "github ", "gíthub", "git"},
		accountIDs: []string{"1", "01", "1 ", "a", "A", "á", "a:b", "hub1", "\\", "😀"},
		tokens:     []string{"t", "T", "t ", "þ", "th", "é", "e\u0301", "😀", "t\n", "'\"`\\%_{}"},
		names:      []string{"", "Ada", " Ada ", "😀 \u0001 \" ' \\", "null", "0"},
		ends:       []time.Time{now.Add(time.Hour), now.Add(2*time.Hour + time.Microsecond), now.Add(30 * 24 * time.Hour), time.Date(2106, 2, 7, 6, 28, 16, 1000, time.UTC)},
		extras:     []map[string]any{nil, {}, {"a": "x"}, {"name": nil, "n": 1.5, "deep": map[string]any{"list": []any{true, "ß", nil}}}, {"A": "x", "a": "y"}},
		now:        now,
	}
	if keepsExpired {
		p.ends = append(p.ends, now.Add(-time.Hour), time.Unix(0, 1000))
	}
	return p
}

// few is a pool for one sequence.
func (p *pool) few(t *rapid.T) *pool {
	chosen := *p
	for _, kind := range []struct {
		texts *[]string
		n     int
	}{{&chosen.addresses, 4}, {&chosen.providers, 2}, {&chosen.accountIDs, 2}, {&chosen.tokens, 3}} {
		*kind.texts = rapid.Permutation(*kind.texts).Draw(t, "few")[:kind.n]
	}
	return &chosen
}

func draw[T any](t *rapid.T, from []T, what string) T { return rapid.SampledFrom(from).Draw(t, what) }

func (p *pool) address(t *rapid.T) string         { return draw(t, p.addresses, "address") }
func (p *pool) provider(t *rapid.T) string        { return draw(t, p.providers, "provider") }
func (p *pool) accountID(t *rapid.T) string       { return draw(t, p.accountIDs, "account id") }
func (p *pool) token(t *rapid.T) string           { return draw(t, p.tokens, "token") }
func (p *pool) name(t *rapid.T) string            { return draw(t, p.names, "name") }
func (p *pool) end(t *rapid.T) time.Time          { return draw(t, p.ends, "end") }
func (p *pool) some(t *rapid.T, what string) bool { return rapid.IntRange(0, 2).Draw(t, what) == 0 }

func (p *pool) user(t *rapid.T) *auth.User {
	u := &auth.User{Name: p.name(t), Image: p.name(t), Extra: draw(t, p.extras, "extra")}
	if !p.some(t, "no address") {
		u.Email = p.address(t)
	}
	if p.some(t, "proven") {
		u.EmailVerified = p.end(t)
	}
	return u
}

func (p *pool) account(t *rapid.T) *auth.Account {
	return &auth.Account{
		Provider: p.provider(t), ProviderAccountID: p.accountID(t), Type: auth.AccountOAuth,
		AccessToken: p.name(t), RefreshToken: p.name(t), IDToken: p.name(t), Scope: p.name(t),
		ExpiresAt: draw(t, []int64{0, 1, 1 << 40}, "expires_at"), Extra: draw(t, p.extras, "extra"),
	}
}

func (p *pool) session(t *rapid.T) *auth.SessionRecord {
	r := &auth.SessionRecord{Token: p.token(t), Expires: p.end(t)}
	if p.some(t, "details") {
		r.CreatedAt, r.LastSeenAt, r.Address, r.UserAgent = p.now, p.now.Add(-time.Hour), "2001:db8::1", p.name(t)
	}
	return r
}

// anybody is the number of a user, or of nobody.
func (m *machine) anybody(t *rapid.T) int {
	return rapid.IntRange(0, len(m.sides[0].ids)).Draw(t, "user")
}

// someLink is mostly a link that was stored once.
func (m *machine) someLink(t *rapid.T) auth.VerificationToken {
	if len(m.links) > 0 && !m.pool.some(t, "any link") {
		return draw(t, m.links, "link")
	}
	return auth.VerificationToken{Identifier: m.pool.address(t), Token: m.pool.token(t)}
}

// write draws what a sign-in has beside its user.
func (m *machine) write(t *rapid.T) auth.SignIn {
	var w auth.SignIn
	if m.pool.some(t, "use link") {
		link := m.someLink(t)
		w.UseVerificationToken = &link
	}
	w.RemoveAttached = m.pool.some(t, "remove attached")
	if !m.pool.some(t, "no account") {
		w.LinkAccount = m.pool.account(t)
	}
	if m.pool.some(t, "delete session") {
		w.DeleteSession = m.pool.token(t)
	}
	if !m.pool.some(t, "no session") {
		w.CreateSession = m.pool.session(t)
	}
	return w
}

func (m *machine) firstSignIn(t *rapid.T) {
	w := m.write(t)
	w.CreateUser = m.pool.user(t)
	m.both(t, "SignIn", func(s *side) ([]any, error) {
		u, err := s.adapter.SignIn(context.Background(), w)
		if err == nil {
			s.ids = append(s.ids, u.ID)
		}
		return []any{u}, err
	})
}

func (m *machine) signIn(t *rapid.T) {
	w := m.write(t)
	n := m.anybody(t)
	if m.pool.some(t, "update") {
		w.UpdateUser = m.pool.user(t)
	}
	m.both(t, "SignIn", func(s *side) ([]any, error) {
		w := w
		if w.UpdateUser != nil {
			w.UpdateUser = w.UpdateUser.Clone()
			w.UpdateUser.ID = s.id(n)
		} else {
			w.UserID = s.id(n)
		}
		return one(s.adapter.SignIn(context.Background(), w))
	})
}

func (m *machine) user(t *rapid.T) {
	n := m.anybody(t)
	m.both(t, "User", func(s *side) ([]any, error) { return one(s.adapter.User(context.Background(), s.id(n))) })
}

func (m *machine) userByEmail(t *rapid.T) {
	address := m.pool.address(t)
	m.both(t, "UserByEmail", func(s *side) ([]any, error) { return one(s.adapter.UserByEmail(context.Background(), address)) })
}

func (m *machine) userByAccount(t *rapid.T) {
	provider, id := m.pool.provider(t), m.pool.accountID(t)
	m.both(t, "UserByAccount", func(s *side) ([]any, error) {
		return one(s.adapter.UserByAccount(context.Background(), provider, id))
	})
}

func (m *machine) sessionAndUser(t *rapid.T) {
	token := m.pool.token(t)
	m.both(t, "SessionAndUser", func(s *side) ([]any, error) {
		return two(s.adapter.SessionAndUser(context.Background(), token))
	})
}

func (m *machine) updateSession(t *rapid.T) {
	token, end := m.pool.token(t), m.pool.end(t)
	m.both(t, "UpdateSession", func(s *side) ([]any, error) {
		return nil, s.adapter.UpdateSession(context.Background(), token, end)
	})
}

func (m *machine) deleteSession(t *rapid.T) {
	token := m.pool.token(t)
	m.both(t, "DeleteSession", func(s *side) ([]any, error) { return one(s.adapter.DeleteSession(context.Background(), token)) })
}

func (m *machine) deleteSessions(t *rapid.T) {
	n := m.anybody(t)
	m.both(t, "DeleteSessions", func(s *side) ([]any, error) {
		return nil, s.adapter.DeleteSessions(context.Background(), s.id(n))
	})
}

func (m *machine) createLink(t *rapid.T) {
	link := auth.VerificationToken{Identifier: m.pool.address(t), Token: m.pool.token(t), Expires: m.pool.end(t)}
	m.links = append(m.links, link)
	m.both(t, "CreateVerificationToken", func(s *side) ([]any, error) {
		return nil, s.adapter.CreateVerificationToken(context.Background(), link)
	})
}

func (m *machine) link(t *rapid.T) {
	link := m.someLink(t)
	m.both(t, "VerificationToken", func(s *side) ([]any, error) {
		return one(s.adapter.VerificationToken(context.Background(), link.Identifier, link.Token))
	})
}

func (m *machine) useLink(t *rapid.T) {
	link := m.someLink(t)
	m.both(t, "UseVerificationToken", func(s *side) ([]any, error) {
		return one(s.adapter.UseVerificationToken(context.Background(), link.Identifier, link.Token))
	})
}

func (m *machine) revoke(t *rapid.T) {
	ids := []string{"", "a", "A", "a ", "á"}
	r := auth.Revocation{
		SessionID: draw(t, ids, "session id"), UserID: draw(t, ids, "user id"),
		At: m.pool.now.Add(draw(t, []time.Duration{0, time.Microsecond, -time.Minute}, "at")), Expires: m.pool.end(t),
	}
	m.both(t, "Revoke", func(s *side) ([]any, error) { return nil, s.adapter.Revoke(context.Background(), r) })
}

func (m *machine) revocations(t *rapid.T) {
	since := m.pool.now.Add(draw(t, []time.Duration{0, time.Microsecond, -time.Minute, -time.Hour, time.Hour}, "since"))
	m.both(t, "Revocations", func(s *side) ([]any, error) {
		found, err := s.adapter.Revocations(context.Background(), since)
		slices.SortFunc(found, func(a, b auth.Revocation) int {
			return cmp.Or(strings.Compare(a.SessionID, b.SessionID), strings.Compare(a.UserID, b.UserID))
		})
		return list(found, func(r auth.Revocation) any { return s.plain(r) }), err
	})
}

func (m *machine) accounts(t *rapid.T) {
	n := m.anybody(t)
	m.both(t, "Accounts", func(s *side) ([]any, error) {
		accounts, err := s.adapter.Accounts(context.Background(), s.id(n))
		return list(accounts, func(a auth.Account) any { return s.plain(a) }), err
	})
}

func (m *machine) sessions(t *rapid.T) {
	n := m.anybody(t)
	m.both(t, "Sessions", func(s *side) ([]any, error) { return sessionsOf(context.Background(), s, n) })
}

// sessionsOf lists the sessions of a user. The order of those that end at the same
// time is open.
func sessionsOf(ctx context.Context, s *side, n int) ([]any, error) {
	found, err := s.adapter.Sessions(ctx, s.id(n))
	sorted := slices.IsSortedFunc(found, func(a, b auth.SessionRecord) int { return b.Expires.Compare(a.Expires) })
	slices.SortFunc(found, func(a, b auth.SessionRecord) int { return strings.Compare(a.Token, b.Token) })
	return append(list(found, func(r auth.SessionRecord) any { return s.plain(&r) }), sorted), err
}

func (m *machine) unlinkAccount(t *rapid.T) {
	n, provider, id := m.anybody(t), m.pool.provider(t), m.pool.accountID(t)
	var otherWays []string
	if rapid.Bool().Draw(t, "another way has to be there") {
		otherWays = []string{m.pool.provider(t)}
	}
	accounts, err := m.sides[0].adapter.Accounts(context.Background(), m.sides[0].id(n))
	if err == nil && len(accounts) > 0 && !m.pool.some(t, "any account") {
		provider, id = accounts[0].Provider, accounts[0].ProviderAccountID
	}
	m.both(t, "UnlinkAccount", func(s *side) ([]any, error) {
		return nil, s.adapter.UnlinkAccount(context.Background(), s.id(n), provider, id, otherWays)
	})
}

// deleteUser also removes the links to other spellings of the user's address. It
// is open whether they go with the user.
func (m *machine) deleteUser(t *rapid.T) {
	n := m.anybody(t)
	user, err := m.sides[0].adapter.User(context.Background(), m.sides[0].id(n))
	m.both(t, "DeleteUser", func(s *side) ([]any, error) { return nil, s.adapter.DeleteUser(context.Background(), s.id(n)) })
	if err != nil {
		return
	}
	for _, address := range m.pool.addresses {
		if address == user.Email || address == strings.ToLower(user.Email) || !strings.EqualFold(address, user.Email) {
			continue
		}
		for _, s := range m.sides {
			for _, token := range m.pool.tokens {
				_, _ = s.adapter.UseVerificationToken(context.Background(), address, token)
			}
		}
	}
}

func (m *machine) accountsAfter(t *rapid.T) {
	provider, id, limit := "", "", rapid.IntRange(1, 20).Draw(t, "limit")
	if rapid.Bool().Draw(t, "after one") {
		provider, id = m.pool.provider(t), m.pool.accountID(t)
	}
	m.both(t, "AccountsAfter", func(s *side) ([]any, error) {
		found, err := s.adapter.AccountsAfter(context.Background(), provider, id, limit)
		return list(found, func(a auth.Account) any { return s.plain(a) }), err
	})
}

func (m *machine) replaceTokens(t *rapid.T) {
	old, replacement := *m.pool.account(t), *m.pool.account(t)
	if rapid.Bool().Draw(t, "of an account") {
		found, err := m.sides[0].adapter.AccountsAfter(context.Background(), "", "", 20)
		if err == nil && len(found) > 0 {
			old = draw(t, found, "account")
		}
	}
	m.both(t, "ReplaceTokens", func(s *side) ([]any, error) {
		return nil, s.adapter.ReplaceTokens(context.Background(), old, replacement)
	})
}
