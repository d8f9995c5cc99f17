package auth

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// linkCase is everything that decides whose session a proven identity opens.
type linkCase struct {
	// kind is AccountOAuth or AccountEmail.
	kind AccountType
	// owner is the user the identity belongs to.
	owner *User
	// byEmail is the user with the same mail address.
	byEmail *User
	// current is who is signed in, and may get the identity linked.
	current *User
	// emailVerified says that the provider is believed to have checked the
	// address.
	emailVerified bool
	// linkByEmail is AllowDangerousEmailAccountLinking.
	linkByEmail bool
	strictV4    bool
}

// linkDecision is what happens with a proven identity.
type linkDecision struct {
	// refuse is a code when nobody is signed in.
	refuse ErrorCode
	// user is the one who is signed in; nil creates one.
	user *User
	// link connects the identity with the user.
	link bool
	// isNewUser counts the sign-in as the user's first.
	isNewUser bool
	// verifyEmail records that the mailbox was proven now.
	verifyEmail bool
	// removeAttached drops what an owner attached who never proved the
	// mailbox.
	removeAttached bool
	// keepSession leaves the running session as it is.
	keepSession bool
}

// decideLink decides whose session a proven identity opens. It is the only
// place where users and identities are brought together.
func decideLink(c linkCase) linkDecision {
	switch {
	case c.kind == AccountEmail && c.byEmail != nil:
		return linkDecision{user: c.byEmail, verifyEmail: true, removeAttached: !c.strictV4 && c.byEmail.EmailVerified.IsZero()}
	case c.kind == AccountEmail:
		return linkDecision{isNewUser: true, verifyEmail: true}
	case c.owner != nil && c.current != nil && c.owner.ID != c.current.ID:
		return linkDecision{refuse: ErrorOAuthAccountNotLinked}
	case c.owner != nil:
		return linkDecision{user: c.owner, keepSession: c.strictV4 && c.current != nil}
	case c.current != nil:
		return linkDecision{user: c.current, link: true, keepSession: c.strictV4}
	case c.byEmail == nil:
		return linkDecision{link: true, isNewUser: true, verifyEmail: !c.strictV4 && c.emailVerified}
	case c.linkByEmail && c.strictV4:
		return linkDecision{user: c.byEmail, link: true, isNewUser: true}
	case c.linkByEmail && c.emailVerified:
		unproven := c.byEmail.EmailVerified.IsZero()
		return linkDecision{user: c.byEmail, link: true, isNewUser: true, verifyEmail: unproven, removeAttached: unproven}
	}
	return linkDecision{refuse: ErrorOAuthAccountNotLinked}
}

// identity is what a provider has proven.
type identity struct {
	account *Account
	// profile is the user as the provider describes it; its ID is the subject
	// at the provider.
	profile *User
	// document is the provider's own profile document.
	document      Profile
	emailVerified bool
	// mailedLink is the link that proved a mailbox.
	mailedLink *VerificationToken
	// startedBy is who was signed in when the attempt began. Only StrictV4
	// links an account to somebody else.
	startedBy string
}

// signedIn is a completed sign-in.
type signedIn struct {
	identity
	user      *User
	isNewUser bool
	// began is when the sign-in was decided: a revocation after that counts.
	began time.Time
	// sessionToken and sessionExpires are those of a database session.
	sessionToken   string
	sessionExpires time.Time
}

// maxConflicts is how often a decision is made anew when another request was
// faster.
const maxConflicts = 3

// refusal is the error of a sign-in that a rule refuses.
type refusal struct{ code ErrorCode }

func (r refusal) Error() string { return "auth: refused: " + string(r.code) }

// storeSignIn decides and stores what a proven identity changes, in one
// transaction. Without an adapter there is nothing to store.
func (a *Auth) storeSignIn(ctx context.Context, x *exchange, id identity) (*signedIn, error) {
	if a.config.Adapter == nil {
		return &signedIn{identity: id, user: id.profile}, nil
	}
	current, err := a.currentSession(ctx, x)
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		in, err := a.tryStoreSignIn(ctx, x, id, current)
		if errors.Is(err, ErrConflict) && try < maxConflicts {
			continue
		}
		return in, err
	}
}

// tryStoreSignIn makes the decision on what the adapter knows now.
func (a *Auth) tryStoreSignIn(ctx context.Context, x *exchange, id identity, current *loaded) (*signedIn, error) {
	began := time.Now()
	c, err := a.linkCase(ctx, x, id, current)
	if err != nil {
		return nil, err
	}
	decision := decideLink(c)
	if decision.refuse != "" {
		return nil, refusal{decision.refuse}
	}
	a.debug(ctx, x, "decided", slog.Bool("createsUser", decision.user == nil), slog.Bool("linksAccount", decision.link),
		slog.Bool("removesAttached", decision.removeAttached))
	in := &signedIn{identity: id, isNewUser: decision.isNewUser, began: began}
	write := a.signInWrite(id, decision)
	a.replaceSession(x, &write, in, decision, current)
	if a.config.StrictV4 {
		return in, a.storeStepwise(ctx, in, write, decision)
	}
	if in.user, err = a.signInAndRevoke(ctx, write, in); err != nil {
		return nil, err
	}
	if err := a.checkOvertaken(ctx, decision.user, write); err != nil {
		return nil, err
	}
	in.account.UserID = in.user.ID
	a.emitUser(ctx, in, write, decision)
	a.emitLink(ctx, in, write)
	return in, nil
}

// signInAndRevoke writes a sign-in. When it drops what somebody attached who never
// proved the mailbox, that person's JWT sessions end as well: before the write,
// so that its success leaves none, and after it, for one that began in between.
// The session of this sign-in begins after both.
func (a *Auth) signInAndRevoke(ctx context.Context, write SignIn, in *signedIn) (*User, error) {
	if !write.RemoveAttached {
		return a.store.SignIn(ctx, write)
	}
	if err := a.revokeUser(ctx, write.userID()); err != nil {
		return nil, err
	}
	user, err := a.store.SignIn(ctx, write)
	if err != nil {
		return nil, err
	}
	err = a.revokeUser(ctx, user.ID)
	in.began = time.Now().Add(time.Microsecond)
	return user, err
}

// userID is the id of the user that exists, or "".
func (s SignIn) userID() string {
	if s.UpdateUser != nil {
		return s.UpdateUser.ID
	}
	return s.UserID
}

// storeStepwise writes what NextAuth.js v4 writes, one step after the other: a
// failure leaves what came before it.
func (a *Auth) storeStepwise(ctx context.Context, in *signedIn, write SignIn, d linkDecision) error {
	adapter := a.store
	if write.DeleteSession != "" {
		if _, err := adapter.DeleteSession(ctx, write.DeleteSession); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	var err error
	if in.user, err = adapter.SignIn(ctx, SignIn{CreateUser: write.CreateUser, UpdateUser: write.UpdateUser, UserID: write.UserID}); err != nil {
		return err
	}
	a.emitUser(ctx, in, write, d)
	if write.LinkAccount != nil {
		if _, err := adapter.SignIn(ctx, SignIn{UserID: in.user.ID, LinkAccount: write.LinkAccount}); err != nil {
			return err
		}
		a.emitLink(ctx, in, write)
	}
	if write.CreateSession != nil {
		_, err = adapter.SignIn(ctx, SignIn{UserID: in.user.ID, CreateSession: write.CreateSession})
	}
	return err
}

// linkCase collects what the decision needs.
func (a *Auth) linkCase(ctx context.Context, x *exchange, id identity, current *loaded) (linkCase, error) {
	c := linkCase{kind: id.account.Type, emailVerified: id.emailVerified, strictV4: a.config.StrictV4}
	if o := x.provider.oauth; o != nil {
		c.linkByEmail = o.AllowDangerousEmailAccountLinking
		var err error
		if c.owner, err = found(a.store.UserByAccount(ctx, id.account.Provider, id.account.ProviderAccountID)); err != nil {
			return c, err
		}
	}
	if current != nil && (a.config.StrictV4 || id.startedBy == current.user.ID) {
		c.current = current.user
	}
	if id.profile.Email == "" || c.owner != nil || c.current != nil && c.kind == AccountOAuth {
		return c, nil
	}
	var err error
	c.byEmail, err = found(a.store.UserByEmail(ctx, id.profile.Email))
	if err == nil && c.byEmail != nil && x.provider.oauth != nil {
		// Another first sign-in of the same person may have made that user
		// after the first look.
		c.owner, err = found(a.store.UserByAccount(ctx, id.account.Provider, id.account.ProviderAccountID))
	}
	return c, err
}

// found turns ErrNotFound into nil.
func found(u *User, err error) (*User, error) {
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return u, err
}

// signInWrite is what the adapter has to write for a decision.
func (a *Auth) signInWrite(id identity, d linkDecision) SignIn {
	write := SignIn{UseVerificationToken: id.mailedLink, RemoveAttached: d.removeAttached}
	switch {
	case d.user == nil:
		write.CreateUser = id.profile.Clone()
		write.CreateUser.ID = ""
		if d.verifyEmail {
			write.CreateUser.EmailVerified = time.Now()
		}
	case d.verifyEmail:
		write.UpdateUser = d.user.Clone()
		write.UpdateUser.EmailVerified = time.Now()
	default:
		write.UserID = d.user.ID
	}
	if d.link {
		write.LinkAccount = id.account
	}
	return write
}

// replaceSession adds the new session to what is written and removes the one
// that the browser had.
func (a *Auth) replaceSession(x *exchange, write *SignIn, in *signedIn, d linkDecision, current *loaded) {
	if a.config.Session.Strategy != StrategyDatabase {
		return
	}
	if current != nil && d.keepSession {
		in.sessionToken, in.sessionExpires = current.token, current.record.Expires
		return
	}
	// NextAuth.js v4 removes the old session only when another user who exists
	// signs in by e-mail.
	replacesV4 := in.account.Type == AccountEmail && d.user != nil && current != nil && d.user.ID != current.user.ID
	if current != nil && (!a.config.StrictV4 || replacesV4) {
		write.DeleteSession = current.record.Token
	}
	in.sessionToken = a.newSessionToken()
	write.CreateSession = a.newSessionRecord(x, in.sessionToken)
	in.sessionExpires = write.CreateSession.Expires
}

// currentSession finds who is signed in, with the user as stored. A session that
// cannot be used is nobody.
func (a *Auth) currentSession(ctx context.Context, x *exchange) (*loaded, error) {
	if a.config.StrictV4 && a.config.Session.Strategy == StrategyDatabase {
		return a.currentSessionV4(ctx, x)
	}
	l, err := a.loadSession(ctx, x.cookies, x.names)
	if errors.Is(err, errNoSession) {
		return nil, nil
	}
	if err != nil || l.record != nil {
		return l, err
	}
	if l.claims.Subject() == "" {
		return nil, nil
	}
	l.user, err = found(a.store.User(ctx, l.claims.Subject()))
	if err != nil || l.user == nil {
		return nil, err
	}
	return l, nil
}

// currentSessionV4 also accepts a session row that has expired, as NextAuth.js
// v4 does.
func (a *Auth) currentSessionV4(ctx context.Context, x *exchange) (*loaded, error) {
	for _, t := range x.cookies.Chunked(x.names.sessionToken.Name).Values {
		record, user, err := a.store.SessionAndUser(ctx, t)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &loaded{token: t, record: record, user: user}, nil
	}
	return nil, nil
}
