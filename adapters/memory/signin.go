package memory

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// SignIn writes what one sign-in changes. Everything is checked before the
// first change, so that a sign-in that fails leaves no trace. The values that s
// points to are not modified.
func (a *Adapter) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	w, err := newSignIn(s)
	if err != nil {
		return nil, err
	}
	if err := a.lock(ctx); err != nil {
		return nil, err
	}
	defer a.mu.Unlock()
	if s.CreateUser != nil {
		w.user.ID = a.newID()
	}
	if err := w.check(&a.store); err != nil {
		return nil, err
	}
	w.apply(&a.store)
	return a.store.user(w.user.ID)
}

// signIn is an auth.SignIn whose rows are copies in the form they are stored
// in.
type signIn struct {
	auth.SignIn
	user    auth.User // only the ID when the user stays as it is
	account auth.Account
}

func newSignIn(s auth.SignIn) (*signIn, error) {
	w := &signIn{SignIn: s}
	named := 0
	var err error
	if s.CreateUser != nil {
		named++
		if w.user, err = storedUser(*s.CreateUser); err != nil {
			return nil, &auth.StepError{Step: auth.StepCreateUser, Err: err}
		}
	}
	if s.UpdateUser != nil {
		named++
		if w.user, err = storedUser(*s.UpdateUser); err != nil {
			return nil, &auth.StepError{Step: auth.StepUpdateUser, Err: err}
		}
	}
	if s.UserID != "" {
		named++
		w.user.ID = s.UserID
	}
	if named != 1 {
		return nil, fmt.Errorf("memory: sign in: %d of CreateUser, UpdateUser and UserID are set, want one", named)
	}
	if s.LinkAccount != nil {
		if w.account, err = storedAccount(*s.LinkAccount); err != nil {
			return nil, &auth.StepError{Step: auth.StepLinkAccount, Err: err}
		}
	}
	return w, nil
}

// check returns the error that the first step to fail would give.
func (w *signIn) check(s *store) error {
	if link := w.UseVerificationToken; link != nil {
		if _, ok := s.links[linkKey{link.Identifier, link.Token}]; !ok {
			return missing(auth.StepUseVerificationToken)
		}
	}
	if err := w.checkUser(s); err != nil {
		return err
	}
	if w.LinkAccount != nil {
		old, taken := s.accounts[accountKey{w.account.Provider, w.account.ProviderAccountID}]
		if taken && !w.removes(old.value.UserID) {
			return conflict(auth.StepLinkAccount)
		}
	}
	if w.CreateSession != nil && w.CreateSession.Token != w.DeleteSession {
		old, taken := s.sessions[w.CreateSession.Token]
		if taken && !w.removes(old.value.UserID) {
			return conflict(auth.StepCreateSession)
		}
	}
	return nil
}

func (w *signIn) checkUser(s *store) error {
	_, exists := s.users[w.user.ID]
	switch {
	case w.CreateUser != nil && exists:
		return &auth.StepError{Step: auth.StepCreateUser, Err: errors.New("memory: NewID returned an id that is in use")}
	case w.CreateUser != nil && s.emailTaken(w.user.Email, ""):
		return conflict(auth.StepCreateUser)
	case w.CreateUser != nil:
		return nil
	case !exists:
		return missing(auth.StepUpdateUser)
	case s.emailTaken(w.user.Email, w.user.ID):
		return conflict(auth.StepUpdateUser)
	}
	return nil
}

// removes tells whether what belongs to a user is removed by this sign-in.
func (w *signIn) removes(userID string) bool { return w.RemoveAttached && userID == w.user.ID }

// apply makes the changes that check has found possible.
func (w *signIn) apply(s *store) {
	if link := w.UseVerificationToken; link != nil {
		for key := range s.links {
			if key.identifier == link.Identifier {
				delete(s.links, key)
			}
		}
	}
	if w.UserID == "" {
		s.putUser(w.user)
	}
	if w.RemoveAttached {
		s.removeAttached(w.user.ID)
	}
	if w.LinkAccount != nil {
		w.account.UserID = w.user.ID
		key := accountKey{w.account.Provider, w.account.ProviderAccountID}
		s.accounts[key] = row[auth.Account]{s.next(), w.account}
	}
	delete(s.sessions, w.DeleteSession)
	if w.CreateSession != nil {
		session := storedSession(*w.CreateSession)
		session.UserID = w.user.ID
		s.sessions[session.Token] = row[auth.SessionRecord]{s.next(), session}
	}
}
