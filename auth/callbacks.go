package auth

import (
	"context"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// Callbacks let an application decide. Each is optional. They run during the
// request, with the request's context; an error refuses the request and is
// logged, and the visitor sees a stable code, never the error's text.
type Callbacks struct {
	// SignIn decides whether somebody may sign in. It runs after the provider
	// has proven who it is and before anything is stored, and once more when a
	// mailed link is requested.
	SignIn func(ctx context.Context, p SignInParams) (Decision, error)
	// Redirect decides where a visitor may be sent after signing in or out.
	// It gets what was asked for and the origin of the site, and returns the
	// address to use. Nil allows paths and addresses of the same origin and
	// sends everybody else to the origin.
	Redirect func(ctx context.Context, url, baseURL string) (string, error)
	// JWT makes the session token's claims, at sign-in, on an update from the
	// client and whenever GET /session reads the token. It returns the claims
	// to seal; no claims and no error end a session that is read, and refuse
	// a sign-in with AccessDenied. The claims
	// "sid" and "auth_time", by which sessions are withdrawn, stay as they are.
	// With database sessions it does not run.
	JWT func(ctx context.Context, p JWTParams) (token.Claims, error)
	// Session shapes what GET /session answers and what FromContext returns:
	// it changes p.Session in place.
	Session func(ctx context.Context, p SessionParams) error
}

// SignInParams is what the SignIn callback decides on.
type SignInParams struct {
	// User is the stored user, or what the provider said about a new one.
	User *User
	// Account is the identity that signs in.
	Account *Account
	// Profile is the provider's own document, for OAuth providers.
	Profile Profile
	// Credentials are the posted fields, for credentials providers.
	Credentials Credentials
	// VerificationRequest is true when a mailed link is being requested and
	// nobody signs in yet.
	VerificationRequest bool
}

// Decision is what the SignIn callback answers. Its zero value denies.
type Decision struct {
	allow    bool
	redirect string
}

// Allow lets the visitor in.
func Allow() Decision { return Decision{allow: true} }

// Deny refuses the visitor, who sees the error AccessDenied.
func Deny() Decision { return Decision{} }

// RedirectTo refuses the visitor and sends the browser to a URL, which is used
// as it is.
func RedirectTo(url string) Decision { return Decision{redirect: url} }

// Trigger says why a callback runs.
type Trigger string

// The triggers. Reading a session has none.
const (
	TriggerNone   Trigger = ""
	TriggerSignIn Trigger = "signIn"
	TriggerSignUp Trigger = "signUp"
	TriggerUpdate Trigger = "update"
)

// JWTParams is what the JWT callback gets.
type JWTParams struct {
	// Token holds the claims so far. The callback may change it and return it.
	Token token.Claims
	// User, Account, Profile and IsNewUser are set at sign-in alone. Profile
	// is set for OAuth providers.
	User      *User
	Account   *Account
	Profile   Profile
	IsNewUser bool
	Trigger   Trigger
	// Update is what the client passed to update(), decoded from JSON with
	// numbers as json.Number. It is what a browser sent: check it before any of
	// it becomes a claim.
	Update any
}

// SessionParams is what the Session callback gets.
type SessionParams struct {
	// Session is changed in place.
	Session *Session
	// Token holds the claims of a JWT session.
	Token token.Claims
	// User is the stored user of a database session.
	User    *User
	Trigger Trigger
	// Update is what the client passed to update(), as in [JWTParams].
	Update any
}
