package redisdb

import (
	"context"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// SignIn writes what one sign-in changes with one script: everything is checked
// before the first change, and nothing else runs in between. The values that s
// points to are not modified.
func (a *Adapter) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	w, err := newSignIn(s)
	if err != nil {
		return nil, err
	}
	id := newID()
	r, err := a.do(ctx, id, w.call(&a.store, id))
	if err != nil {
		return nil, err
	}
	user, err := parseUser(r[0])
	if err != nil {
		return nil, fmt.Errorf("redisdb: sign in: %w", err)
	}
	return user, nil
}

// signIn is an auth.SignIn with its rows.
type signIn struct {
	auth.SignIn
	mode          string
	userID        string // escaped
	user, account []any
}

func newSignIn(s auth.SignIn) (*signIn, error) {
	w := &signIn{SignIn: s, mode: "keep", userID: key.Escape(s.UserID)}
	named := 0
	var err error
	if s.CreateUser != nil {
		named++
		w.mode, w.userID = "create", newID()
		if w.user, err = userFields(s.CreateUser, w.userID); err != nil {
			return nil, &auth.StepError{Step: auth.StepCreateUser, Err: err}
		}
	}
	if s.UpdateUser != nil {
		named++
		w.mode, w.userID = "update", key.Escape(s.UpdateUser.ID)
		if w.user, err = userFields(s.UpdateUser, w.userID); err != nil {
			return nil, &auth.StepError{Step: auth.StepUpdateUser, Err: err}
		}
	}
	if s.UserID != "" {
		named++
	}
	if named != 1 {
		return nil, fmt.Errorf("redisdb: sign in: %d of CreateUser, UpdateUser and UserID are set, want one", named)
	}
	if s.LinkAccount != nil {
		if w.account, err = accountFields(s.LinkAccount, w.userID); err != nil {
			return nil, &auth.StepError{Step: auth.StepLinkAccount, Err: err}
		}
	}
	return w, nil
}

// address is the address of the user that is written, as a part of a key.
func (w *signIn) address() string {
	switch {
	case w.CreateUser != nil:
		return addressKey(w.CreateUser.Email)
	case w.UpdateUser != nil:
		return addressKey(w.UpdateUser.Email)
	}
	return ""
}

// call lays out keys and arguments as sign_in.lua expects them.
func (w *signIn) call(s *store, id string) call {
	mark := s.markKey(id)
	address, account, links, linkEnds, oldSession, newSession := mark, mark, mark, mark, mark, mark
	var identifier, link, pair, oldToken, newToken string
	var ends int64
	var session []any
	if w.address() != "" {
		address = s.addressKey(w.address())
	}
	if t := w.UseVerificationToken; t != nil {
		links, linkEnds = s.linksOf(addressKey(t.Identifier)), s.linkEndsOf(addressKey(t.Identifier))
		identifier, link = linkField(t.Identifier, ""), linkField(t.Identifier, t.Token)
	}
	if w.LinkAccount != nil {
		pair = key.Pair(w.LinkAccount.Provider, w.LinkAccount.ProviderAccountID)
		account = s.accountKey(pair)
	}
	if w.DeleteSession != "" {
		oldToken = key.Escape(w.DeleteSession)
		oldSession = s.sessionKey(oldToken)
	}
	if w.CreateSession != nil {
		newToken = key.Escape(w.CreateSession.Token)
		newSession = s.sessionKey(newToken)
		session = sessionFields(w.CreateSession, w.userID)
		ends = keyEnd(w.CreateSession.Expires)
	}
	args := []any{w.mode, w.userID, w.address(), identifier, link, flag(w.RemoveAttached), pair, oldToken, newToken, ends}
	for _, list := range [][]any{w.user, w.account, session} {
		args = append(append(args, len(list)), list...)
	}
	return call{name: "sign in", script: "sign_in", args: args, keys: []string{
		mark, s.userKey(w.userID), address, account, s.accountsOf(w.userID), s.accountsKey(),
		links, linkEnds, oldSession, newSession, s.sessionsOf(w.userID),
	}}
}

// flag is how a script is told whether.
func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}
