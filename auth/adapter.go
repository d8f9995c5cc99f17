package auth

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Adapter stores users, accounts, sessions and mailed links. All methods may be
// called at the same time from many goroutines. A value that a method returns
// belongs to the caller.
//
// A look-up that finds nothing returns [ErrNotFound], possibly wrapped; any
// other error means that the store could not answer, and nothing is decided
// from it. Package adaptertest checks an implementation against these rules.
//
// Auth ends the context of a call when the calls of one request have taken five
// seconds together, and answers the request with 503.
//
// Auth never removes rows that have expired by themselves. An adapter that keeps
// them has a method for it, as DeleteExpired of adapters/sqldb, which the program
// calls from time to time.
type Adapter interface {
	// User finds a user by id.
	User(ctx context.Context, id string) (*User, error)
	// UserByEmail finds a user by mail address. The comparison ignores case.
	UserByEmail(ctx context.Context, email string) (*User, error)
	// UserByAccount finds the user that an identity at a provider belongs to.
	UserByAccount(ctx context.Context, provider, providerAccountID string) (*User, error)

	// SignIn writes everything that one sign-in changes, in one transaction:
	// either all of it is stored or nothing. See [SignIn] for what it may hold
	// and in which order it is applied. It returns the user as stored.
	//
	// It returns [ErrConflict] when a unique key was taken by another request
	// in the meantime (the address of a user to create, the identity of an
	// account to link); the caller then looks again and decides anew. It
	// returns ErrNotFound when SignIn.UseVerificationToken is not there any
	// more, or the user is not. The failure of a step is a [StepError] around
	// its cause.
	SignIn(ctx context.Context, s SignIn) (*User, error)

	// SessionAndUser finds a session and its user by the session's token, also
	// when the session has expired: the caller compares the time. A session
	// whose user is gone is ErrNotFound.
	SessionAndUser(ctx context.Context, token string) (*SessionRecord, *User, error)
	// UpdateSession moves the end of a session, and sets LastSeenAt to now where
	// the adapter keeps it. It returns ErrNotFound when the session is not
	// there.
	UpdateSession(ctx context.Context, token string, expires time.Time) error
	// DeleteSession removes a session and returns what was removed. It returns
	// ErrNotFound when the session is not there.
	DeleteSession(ctx context.Context, token string) (*SessionRecord, error)
	// DeleteSessions removes every session of a user. It is no error when there
	// is none.
	DeleteSessions(ctx context.Context, userID string) error

	// CreateVerificationToken stores a mailed link, or that an answer of a
	// provider was used. It returns ErrConflict when a row with the same
	// Identifier and Token is there.
	CreateVerificationToken(ctx context.Context, t VerificationToken) error
	// VerificationToken finds a mailed link by its address and hash without
	// using it up, also when it has expired.
	VerificationToken(ctx context.Context, identifier, token string) (*VerificationToken, error)
	// UseVerificationToken removes a mailed link and returns it, also when it
	// has expired. Of any number of parallel calls for one link, one gets it
	// and the others get ErrNotFound.
	UseVerificationToken(ctx context.Context, identifier, token string) (*VerificationToken, error)
}

// SignIn is everything that one sign-in writes. Exactly one of CreateUser,
// UpdateUser and UserID names the user; the other parts are optional and are
// applied in the order of the fields.
type SignIn struct {
	// UseVerificationToken removes the mailed link (Identifier and Token are
	// compared, Expires is not) and every other link of its Identifier, so
	// that older mails are of no use any more. When the link is not there,
	// nothing is written and the result is [ErrNotFound].
	UseVerificationToken *VerificationToken

	// CreateUser stores a new user. Its ID is empty and assigned by the
	// adapter.
	CreateUser *User
	// UpdateUser stores a user that exists: every field, Extra included.
	UpdateUser *User
	// UserID is a user that stays as it is.
	UserID string

	// RemoveAttached removes every account and every session of the user
	// before the next parts are applied. It is set when a mailbox is proven
	// for the first time: whatever an earlier, unproven owner attached is
	// dropped.
	RemoveAttached bool
	// LinkAccount stores an account; the adapter sets its UserID.
	LinkAccount *Account
	// DeleteSession is the token of a session that this sign-in replaces. It
	// is no error when it is not there.
	DeleteSession string
	// CreateSession stores a session; the adapter sets its UserID.
	CreateSession *SessionRecord
}

// Revoker is implemented by adapters that can withdraw JWT sessions before they
// expire. Without it a JWT session lives until its expiry, as in NextAuth.js
// v4.
type Revoker interface {
	// Revoke stores a revocation. It replaces one with the same subject that
	// is older. One that names neither a session nor a user is an error.
	Revoke(ctx context.Context, r Revocation) error
	// Revocations returns those that were stored at or after a time and have
	// not expired yet.
	Revocations(ctx context.Context, since time.Time) ([]Revocation, error)
}

// Revocation withdraws JWT sessions: one session, or every session of a user
// that began before a time.
type Revocation struct {
	// SessionID is the "sid" claim of a session that is withdrawn.
	SessionID string
	// UserID withdraws all sessions of a user that began before At.
	UserID string
	// At is when the revocation was made.
	At time.Time
	// Expires is when every token it concerns has expired by itself, so that
	// the row can be removed.
	Expires time.Time
}

// UserManager is implemented by adapters that can list and remove what belongs to
// a user. [Auth.Accounts], [Auth.Sessions], [Auth.Revoke], [Auth.UnlinkAccount]
// and [Auth.DeleteUser] need it.
type UserManager interface {
	// Accounts returns the accounts of a user, sorted by Provider and
	// ProviderAccountID. A user who is not there has none.
	Accounts(ctx context.Context, userID string) ([]Account, error)
	// Sessions returns the sessions of a user, also those that have expired, the
	// one that expires last first. A user who is not there has none.
	Sessions(ctx context.Context, userID string) ([]SessionRecord, error)
	// UnlinkAccount removes an account of a user. It returns [ErrNotFound] when
	// the user does not have it. otherWays, unless it is nil, are ids of
	// providers: it then returns [ErrLastAccount] when no other account of the
	// user is of one of them. Of parallel calls with the same otherWays one such
	// account remains.
	UnlinkAccount(ctx context.Context, userID, provider, providerAccountID string, otherWays []string) error
	// DeleteUser removes a user with its accounts, its sessions and the links
	// mailed to its address, in one transaction. It returns ErrNotFound when
	// the user is not there.
	DeleteUser(ctx context.Context, id string) error
}

// AccountRewriter is implemented by adapters whose provider tokens can be
// encrypted after the fact, see [EncryptAccounts].
type AccountRewriter interface {
	// AccountsAfter returns at most limit accounts that come after one, sorted by
	// Provider and ProviderAccountID; two empty texts stand before the first.
	AccountsAfter(ctx context.Context, provider, providerAccountID string, limit int) ([]Account, error)
	// ReplaceTokens stores AccessToken, RefreshToken, IDToken and, where the
	// adapter keeps it, Extra of an account when the three tokens that are stored
	// are still those of old. It returns [ErrConflict] when they are not and
	// [ErrNotFound] when the account is gone.
	ReplaceTokens(ctx context.Context, old, replacement Account) error
}

// SharedStore is implemented by adapters whose tables a NextAuth.js server uses
// as well. Where SharedWithNextAuth returns true Auth stores session tokens and
// provider tokens as NextAuth.js does, neither hashed nor encrypted, and says so
// once when it starts.
type SharedStore interface {
	SharedWithNextAuth() bool
}

// Errors that adapters return.
var (
	// ErrNotFound reports that a row is not there.
	ErrNotFound = errors.New("auth: not found")
	// ErrConflict reports that a unique key was taken in the meantime.
	ErrConflict = errors.New("auth: conflict")
	// ErrLastAccount reports that an account is the last way in of its user.
	ErrLastAccount = errors.New("auth: the account is the user's last way in")
)

// Step is a part of a [SignIn].
type Step string

// The steps of a sign-in.
const (
	StepUseVerificationToken Step = "UseVerificationToken"
	StepCreateUser           Step = "CreateUser"
	StepUpdateUser           Step = "UpdateUser"
	StepRemoveAttached       Step = "RemoveAttached"
	StepLinkAccount          Step = "LinkAccount"
	StepDeleteSession        Step = "DeleteSession"
	StepCreateSession        Step = "CreateSession"
)

// StepError is the failure of one step of a [SignIn]. It tells an operator
// where a sign-in stopped, and the visitor whether the account could not be
// created.
type StepError struct {
	Step Step
	Err  error
}

func (e *StepError) Error() string { return fmt.Sprintf("auth: %s: %v", e.Step, e.Err) }

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }
