package auth

import (
	"context"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// Events tell an application what happened, for audit logs and welcome mails.
// Each is optional and runs after the fact, before the request is answered: it
// cannot change the outcome, and a panic in it is logged. A handler that takes
// its time starts a goroutine of its own.
type Events struct {
	SignIn      func(ctx context.Context, e SignInEvent)
	SignOut     func(ctx context.Context, e SignOutEvent)
	CreateUser  func(ctx context.Context, e UserEvent)
	UpdateUser  func(ctx context.Context, e UserEvent)
	LinkAccount func(ctx context.Context, e LinkAccountEvent)
	Session     func(ctx context.Context, e SessionEvent)
}

// SignInEvent reports a completed sign-in.
type SignInEvent struct {
	User    *User
	Account *Account
	// Profile is the user as the provider described it, for OAuth providers.
	Profile   *User
	IsNewUser bool
}

// SignOutEvent reports the end of a session. Token has the claims of a JWT
// session; Session is the removed row of a database session, or nil when it was
// gone already. A cookie that opens no JWT session is cleared without an event.
type SignOutEvent struct {
	Token   token.Claims
	Session *SessionRecord
}

// UserEvent reports a user that was created or updated.
type UserEvent struct {
	User *User
}

// LinkAccountEvent reports an account that was connected with a user.
type LinkAccountEvent struct {
	User    *User
	Account *Account
	// Profile is the user as the provider described it.
	Profile *User
}

// SessionEvent reports that a session was read over HTTP.
type SessionEvent struct {
	Session *Session
	Token   token.Claims
}
