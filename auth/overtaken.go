package auth

import (
	"context"
	"errors"
)

// checkOvertaken takes a sign-in back when somebody proved the user's mailbox while
// it was written: what it stored belongs to an earlier, unproven owner and came too
// late to be removed with the rest. The mailbox is looked at after the write, so that
// either this finds it proven, or who proves it finds what was written. A visitor
// who goes away in between changes nothing about it.
func (a *Auth) checkOvertaken(ctx context.Context, before *User, write SignIn) error {
	if before == nil || before.Email == "" || !before.EmailVerified.IsZero() || write.RemoveAttached ||
		write.LinkAccount == nil && write.CreateSession == nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	now, err := a.store.User(ctx, before.ID)
	if err == nil && now.EmailVerified.IsZero() {
		return nil
	}
	if taken := a.takeBack(ctx, before.ID, write); taken != nil {
		return taken
	}
	if err == nil || errors.Is(err, ErrNotFound) {
		return refusal{ErrorOAuthAccountNotLinked}
	}
	return err
}

// takeBack removes the session and the account that a sign-in has stored.
func (a *Auth) takeBack(ctx context.Context, userID string, write SignIn) error {
	var errs []error
	if s := write.CreateSession; s != nil {
		_, err := a.store.DeleteSession(ctx, s.Token)
		errs = append(errs, err)
	}
	if manager, ok := a.config.Adapter.(UserManager); ok && write.LinkAccount != nil {
		c := beginCall(ctx)
		errs = append(errs, c.end(manager.UnlinkAccount(c.ctx, userID, write.LinkAccount.Provider, write.LinkAccount.ProviderAccountID, nil)))
	}
	for i, err := range errs {
		if errors.Is(err, ErrNotFound) {
			errs[i] = nil // it was removed with the rest
		}
	}
	return errors.Join(errs...)
}
