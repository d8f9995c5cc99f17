package tiered

import (
	"context"
	"errors"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// SignIn writes what one sign-in changes: everything but sessions in one
// transaction of the users' store, with the session reserved before and stored
// after it. The package comment says what a failure leaves.
func (a *Adapter) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	w := &signIn{SignIn: s, adapter: a}
	if err := w.reserve(ctx); err != nil {
		return nil, err
	}
	user, err := w.storeUser(ctx)
	if err != nil {
		w.release(ctx)
		return nil, err
	}
	// What the transaction has decided is finished although the visitor may have
	// gone: a cancelled sign-in has its user and its session or neither.
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := w.storeSession(ctx, user.ID); err != nil {
		w.release(ctx)
		return nil, err
	}
	return user, nil
}

// signIn is an auth.SignIn under way.
type signIn struct {
	auth.SignIn
	adapter *Adapter
	// reserved is whether the token of the session is reserved. One that this
	// sign-in itself makes free cannot be.
	reserved bool
}

// userID is the id of the user that exists, or "".
func (w *signIn) userID() string {
	if w.UpdateUser != nil {
		return w.UpdateUser.ID
	}
	return w.UserID
}

// reserve takes the token of the new session.
func (w *signIn) reserve(ctx context.Context) error {
	if w.CreateSession == nil {
		return nil
	}
	err := w.adapter.sessions.ReserveSession(ctx, w.CreateSession.Token)
	if err == nil {
		w.reserved = true
		return nil
	}
	if errors.Is(err, auth.ErrConflict) {
		free, lookErr := w.frees(ctx, w.CreateSession.Token)
		if free {
			return nil
		}
		err = errors.Join(err, lookErr)
	}
	return &auth.StepError{Step: auth.StepCreateSession, Err: err}
}

// frees tells whether this sign-in removes the session that has a token.
func (w *signIn) frees(ctx context.Context, token string) (bool, error) {
	if w.DeleteSession == token {
		return true, nil
	}
	if !w.RemoveAttached || w.userID() == "" {
		return false, nil
	}
	old, err := w.adapter.sessions.Session(ctx, token)
	if errors.Is(err, auth.ErrNotFound) {
		return false, nil // reserved by another sign-in
	}
	return err == nil && old.UserID == w.userID(), err
}

// release gives up what reserve took. A failure has no effect: a reservation ends
// by itself.
func (w *signIn) release(ctx context.Context) {
	if !w.reserved {
		return
	}
	ctx, cancel := detached(ctx)
	defer cancel()
	_ = w.adapter.sessions.ReleaseSession(ctx, w.CreateSession.Token)
}

// storeUser has the users' store write everything but sessions.
func (w *signIn) storeUser(ctx context.Context) (*auth.User, error) {
	write := w.SignIn
	write.DeleteSession, write.CreateSession = "", nil
	if w.RemoveAttached && w.userID() != "" {
		if err := w.check(ctx); err != nil {
			return nil, err
		}
		if err := w.removeSessions(ctx, w.userID()); err != nil {
			return nil, err
		}
	}
	return w.adapter.users.SignIn(ctx, write)
}

// check returns the error of a step that would fail, so that nobody's sessions are
// removed for a sign-in that does not happen. The transaction decides in the end.
func (w *signIn) check(ctx context.Context) error {
	users := w.adapter.users
	if t := w.UseVerificationToken; t != nil {
		if _, err := users.VerificationToken(ctx, t.Identifier, t.Token); err != nil {
			return &auth.StepError{Step: auth.StepUseVerificationToken, Err: err}
		}
	}
	if _, err := users.User(ctx, w.userID()); err != nil {
		return &auth.StepError{Step: auth.StepUpdateUser, Err: err}
	}
	if w.UpdateUser != nil && w.UpdateUser.Email != "" {
		owner, err := users.UserByEmail(ctx, w.UpdateUser.Email)
		if err := w.mine(owner, err); err != nil {
			return &auth.StepError{Step: auth.StepUpdateUser, Err: err}
		}
	}
	if w.LinkAccount != nil {
		owner, err := users.UserByAccount(ctx, w.LinkAccount.Provider, w.LinkAccount.ProviderAccountID)
		if err := w.mine(owner, err); err != nil {
			return &auth.StepError{Step: auth.StepLinkAccount, Err: err}
		}
	}
	return nil
}

// mine returns auth.ErrConflict when something belongs to another user.
func (w *signIn) mine(owner *auth.User, err error) error {
	switch {
	case errors.Is(err, auth.ErrNotFound):
		return nil
	case err == nil && owner.ID != w.userID():
		return auth.ErrConflict
	}
	return err
}

// removeSessions removes the sessions of a user.
func (w *signIn) removeSessions(ctx context.Context, userID string) error {
	if err := w.adapter.sessions.DeleteSessions(ctx, userID); err != nil {
		return &auth.StepError{Step: auth.StepRemoveAttached, Err: err}
	}
	return nil
}

// storeSession replaces the sessions after the transaction.
func (w *signIn) storeSession(ctx context.Context, userID string) error {
	sessions := w.adapter.sessions
	if w.RemoveAttached {
		// Once more, for one that began in between.
		if err := w.removeSessions(ctx, userID); err != nil {
			return err
		}
	}
	if w.DeleteSession != "" {
		if _, err := sessions.DeleteSession(ctx, w.DeleteSession); err != nil && !errors.Is(err, auth.ErrNotFound) {
			return &auth.StepError{Step: auth.StepDeleteSession, Err: err}
		}
	}
	if w.CreateSession == nil {
		return nil
	}
	session := *w.CreateSession
	session.UserID = userID
	if err := sessions.CreateSession(ctx, session); err != nil {
		return &auth.StepError{Step: auth.StepCreateSession, Err: err}
	}
	return w.confirm(ctx, session)
}

// confirm removes the session again when its user was deleted in the meantime.
// DeleteUser removes the user before the sessions: either this finds no user or
// DeleteUser finds the session.
func (w *signIn) confirm(ctx context.Context, session auth.SessionRecord) error {
	_, err := w.adapter.users.User(ctx, session.UserID)
	if !errors.Is(err, auth.ErrNotFound) {
		return nil // another error is no answer, and the sign-in is stored
	}
	if _, removeErr := w.adapter.sessions.DeleteSession(ctx, session.Token); removeErr != nil && !errors.Is(removeErr, auth.ErrNotFound) {
		err = errors.Join(err, removeErr)
	}
	return &auth.StepError{Step: auth.StepCreateSession, Err: err}
}
