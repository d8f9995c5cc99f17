package auth

import (
	"context"
	"fmt"
	"log/slog"
)

// emit runs an event handler; a panic in it is logged and goes no further.
func emit[E any](ctx context.Context, log *slog.Logger, name string, handle func(context.Context, E), event E) {
	if handle == nil {
		return
	}
	defer func() {
		if cause := recover(); cause != nil {
			log.ErrorContext(ctx, "an event handler panicked", "code", "EVENT_ERROR", "event", name, "error", fmt.Sprint(cause))
		}
	}()
	handle(ctx, event)
}

func (a *Auth) emitSession(ctx context.Context, e SessionEvent) {
	emit(ctx, a.log, "Session", a.config.Events.Session, e)
}

func (a *Auth) emitSignOut(ctx context.Context, e SignOutEvent) {
	emit(ctx, a.log, "SignOut", a.config.Events.SignOut, e)
}

// emitSignIn reports a completed sign-in.
func (a *Auth) emitSignIn(ctx context.Context, in *signedIn) {
	event := SignInEvent{User: in.user, Account: in.account, IsNewUser: in.isNewUser}
	if in.account.Type == AccountOAuth {
		event.Profile = in.profile
	}
	emit(ctx, a.log, "SignIn", a.config.Events.SignIn, event)
}

// emitUser reports a user that a sign-in created or updated.
func (a *Auth) emitUser(ctx context.Context, in *signedIn, write SignIn, d linkDecision) {
	switch {
	case d.isNewUser:
		emit(ctx, a.log, "CreateUser", a.config.Events.CreateUser, UserEvent{in.user})
	case write.UpdateUser != nil:
		emit(ctx, a.log, "UpdateUser", a.config.Events.UpdateUser, UserEvent{in.user})
	}
}

// emitLink reports an account that a sign-in connected.
func (a *Auth) emitLink(ctx context.Context, in *signedIn, write SignIn) {
	if write.LinkAccount != nil {
		emit(ctx, a.log, "LinkAccount", a.config.Events.LinkAccount, LinkAccountEvent{User: in.user, Account: in.account, Profile: in.profile})
	}
}
