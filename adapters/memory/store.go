package memory

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// store holds the rows by their unique keys. The mutex of the Adapter guards
// it.
type store struct {
	rows        uint64
	users       map[string]row[auth.User]
	emails      map[string]string // folded address to user id
	accounts    map[accountKey]row[auth.Account]
	sessions    map[string]row[auth.SessionRecord]
	links       map[linkKey]row[auth.VerificationToken]
	revocations map[subject]auth.Revocation
}

// row is a value with its place in the order of creation.
type row[T any] struct {
	number uint64
	value  T
}

type accountKey struct{ provider, providerAccountID string }

type linkKey struct{ identifier, token string }

type subject struct{ sessionID, userID string }

// prepare makes the maps of a zero store.
func (s *store) prepare() {
	if s.users != nil {
		return
	}
	s.users = map[string]row[auth.User]{}
	s.emails = map[string]string{}
	s.accounts = map[accountKey]row[auth.Account]{}
	s.sessions = map[string]row[auth.SessionRecord]{}
	s.links = map[linkKey]row[auth.VerificationToken]{}
	s.revocations = map[subject]auth.Revocation{}
}

// next numbers a new row.
func (s *store) next() uint64 {
	s.rows++
	return s.rows
}

// user returns a copy of a user.
func (s *store) user(id string) (*auth.User, error) {
	found, ok := s.users[id]
	if !ok {
		return nil, notFound("user")
	}
	user := copyUser(found.value)
	return &user, nil
}

// putUser stores a user that is new or replaces the one with its id. The
// address must be free or the user's own.
func (s *store) putUser(u auth.User) {
	old, exists := s.users[u.ID]
	number := old.number
	if exists {
		s.dropEmail(old.value.Email)
	} else {
		number = s.next()
	}
	s.users[u.ID] = row[auth.User]{number, u}
	if u.Email != "" {
		s.emails[mailaddr.Fold(u.Email)] = u.ID
	}
}

// emailTaken tells whether a mail address belongs to a user other than id. No
// address is never taken.
func (s *store) emailTaken(email, id string) bool {
	if email == "" {
		return false
	}
	owner, ok := s.emails[mailaddr.Fold(email)]
	return ok && owner != id
}

func (s *store) dropEmail(email string) {
	if email != "" {
		delete(s.emails, mailaddr.Fold(email))
	}
}

// removeAttached removes every account and session of a user.
func (s *store) removeAttached(userID string) {
	for key, account := range s.accounts {
		if account.value.UserID == userID {
			delete(s.accounts, key)
		}
	}
	s.removeSessions(userID)
}

func (s *store) removeSessions(userID string) {
	for token, session := range s.sessions {
		if session.value.UserID == userID {
			delete(s.sessions, token)
		}
	}
}

// inOrder returns the values of a table in the order of their creation.
func inOrder[K comparable, T any](table map[K]row[T]) []T {
	rows := make([]row[T], 0, len(table))
	for _, r := range table {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b row[T]) int { return cmp.Compare(a.number, b.number) })
	values := make([]T, len(rows))
	for i, r := range rows {
		values[i] = r.value
	}
	return values
}

func conflict(step auth.Step) error {
	return &auth.StepError{Step: step, Err: fmt.Errorf("memory: %w", auth.ErrConflict)}
}

func missing(step auth.Step) error {
	return &auth.StepError{Step: step, Err: fmt.Errorf("memory: %w", auth.ErrNotFound)}
}
