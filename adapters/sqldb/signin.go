package sqldb

import (
	"context"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// SignIn writes what one sign-in changes in one transaction. The values that s
// points to are not modified.
func (a *Adapter) SignIn(ctx context.Context, s auth.SignIn) (user *auth.User, err error) {
	w, err := newSignIn(s)
	if err != nil {
		return nil, err
	}
	err = a.transaction(ctx, "sign in", signInQueries(), func(ctx context.Context, t transaction) error {
		user, err = w.apply(ctx, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	return user, nil
}

// signIn is an auth.SignIn with what is known before the transaction.
type signIn struct {
	auth.SignIn
	userID  string
	user    []any // of insertUser or updateUser
	account []any // of insertAccount
}

func newSignIn(s auth.SignIn) (*signIn, error) {
	w := &signIn{SignIn: s, userID: s.UserID}
	named := 0
	var err error
	if s.CreateUser != nil {
		named++
		w.userID = newID()
		if w.user, err = userValues(s.CreateUser, w.userID); err != nil {
			return nil, &auth.StepError{Step: auth.StepCreateUser, Err: err}
		}
	}
	if s.UpdateUser != nil {
		named++
		w.userID = s.UpdateUser.ID
		if w.user, err = userValues(s.UpdateUser, w.userID); err != nil {
			return nil, &auth.StepError{Step: auth.StepUpdateUser, Err: err}
		}
	}
	if s.UserID != "" {
		named++
	}
	if named != 1 {
		return nil, fmt.Errorf("sqldb: sign in: %d of CreateUser, UpdateUser and UserID are set, want one", named)
	}
	if s.LinkAccount != nil {
		values, err := accountValues(s.LinkAccount)
		if err != nil {
			return nil, &auth.StepError{Step: auth.StepLinkAccount, Err: err}
		}
		w.account = append([]any{w.userID}, values...)
	}
	return w, nil
}

// apply runs the steps in their order.
func (w *signIn) apply(ctx context.Context, t transaction) (*auth.User, error) {
	if link := w.UseVerificationToken; link != nil {
		_, err := readLink(ctx, t, takeLink, link.Identifier, link.Token)
		if err == nil {
			_, err = execute(ctx, t, deleteLinksOfAddress, link.Identifier)
		}
		if err != nil {
			return nil, &auth.StepError{Step: auth.StepUseVerificationToken, Err: err}
		}
	}
	user, err := w.applyUser(ctx, t)
	if err != nil {
		return nil, err
	}
	steps := []struct {
		step  auth.Step
		do    bool
		query string
		args  []any
	}{
		{auth.StepRemoveAttached, w.RemoveAttached, deleteAccountsOfUser, []any{w.userID}},
		{auth.StepRemoveAttached, w.RemoveAttached, deleteSessionsOfUser, []any{w.userID}},
		{auth.StepLinkAccount, w.LinkAccount != nil, insertAccount, w.account},
		{auth.StepDeleteSession, w.DeleteSession != "", deleteSession, []any{w.DeleteSession}},
	}
	for _, s := range steps {
		if !s.do {
			continue
		}
		if _, err := execute(ctx, t, s.query, s.args...); err != nil {
			return nil, &auth.StepError{Step: s.step, Err: err}
		}
	}
	if session := w.CreateSession; session != nil {
		_, err := execute(ctx, t, insertSession, session.Token, w.userID, session.Expires.UnixMicro())
		if err != nil {
			return nil, &auth.StepError{Step: auth.StepCreateSession, Err: err}
		}
	}
	return user, nil
}

// applyUser creates, updates or finds the user and returns it as stored.
func (w *signIn) applyUser(ctx context.Context, t transaction) (*auth.User, error) {
	step := auth.StepUpdateUser
	query := updateUser
	if w.CreateUser != nil {
		step, query = auth.StepCreateUser, insertUser
	}
	if w.user != nil {
		if _, err := execute(ctx, t, query, w.user...); err != nil {
			return nil, &auth.StepError{Step: step, Err: err}
		}
	}
	user, err := readUser(ctx, t, selectUser, w.userID)
	if err != nil {
		return nil, &auth.StepError{Step: step, Err: err}
	}
	return user, nil
}
