package memory

import (
	"context"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Data is the content of a store, for tests and demos.
type Data struct {
	Users              []auth.User
	Accounts           []auth.Account
	Sessions           []auth.SessionRecord
	VerificationTokens []auth.VerificationToken
}

// Dump returns a copy of everything but the revocations, each table in the
// order in which its rows were created.
func (a *Adapter) Dump() Data {
	a.mu.Lock()
	defer a.mu.Unlock()
	d := Data{
		Users:              inOrder(a.store.users),
		Accounts:           inOrder(a.store.accounts),
		Sessions:           inOrder(a.store.sessions),
		VerificationTokens: inOrder(a.store.links),
	}
	for i, u := range d.Users {
		d.Users[i] = copyUser(u)
	}
	for i, account := range d.Accounts {
		d.Accounts[i].Extra = copyExtra(account.Extra)
	}
	return d
}

// Insert adds rows as they are, each table in the order given. A user without
// an ID gets one. An account or a session may name a user that is not there.
//
// It returns [auth.ErrConflict] when a unique key is taken, and an error when a
// value inside Extra has no JSON form; nothing is added then.
func (a *Adapter) Insert(d Data) error {
	if err := a.lock(context.Background()); err != nil {
		return err
	}
	defer a.mu.Unlock()
	next := a.store.clone()
	if err := next.insert(d, a.newID); err != nil {
		return fmt.Errorf("memory: insert: %w", err)
	}
	a.store = next
	return nil
}

func (s *store) insert(d Data, newID func() string) error {
	for _, u := range d.Users {
		u, err := storedUser(u)
		if err != nil {
			return err
		}
		if u.ID == "" {
			u.ID = newID()
		}
		if _, taken := s.users[u.ID]; taken || s.emailTaken(u.Email, "") {
			return fmt.Errorf("user %q: %w", u.ID, auth.ErrConflict)
		}
		s.putUser(u)
	}
	for i, account := range d.Accounts {
		account, err := storedAccount(account)
		if err != nil {
			return err
		}
		if !add(s.accounts, accountKey{account.Provider, account.ProviderAccountID}, s.next(), account) {
			return fmt.Errorf("account %d: %w", i, auth.ErrConflict)
		}
	}
	for i, session := range d.Sessions {
		if !add(s.sessions, session.Token, s.next(), storedSession(session)) {
			return fmt.Errorf("session %d: %w", i, auth.ErrConflict)
		}
	}
	for i, link := range d.VerificationTokens {
		link.Expires = storedTime(link.Expires)
		if !add(s.links, linkKey{link.Identifier, link.Token}, s.next(), link) {
			return fmt.Errorf("verification token %d: %w", i, auth.ErrConflict)
		}
	}
	return nil
}

// add puts a row under a key that is free.
func add[K comparable, T any](table map[K]row[T], key K, number uint64, value T) bool {
	if _, taken := table[key]; taken {
		return false
	}
	table[key] = row[T]{number, value}
	return true
}
