package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

// errNoSession reports that a request has no valid session: no cookie, or one
// that is expired, withdrawn, unknown or not ours.
var errNoSession = errors.New("auth: no session")

// loaded is a valid session as it came in.
type loaded struct {
	// token is what the cookie holds.
	token string
	// claims are those of a JWT session.
	claims token.Claims
	// record and user are those of a database session.
	record *SessionRecord
	user   *User
}

// userID is who is signed in.
func (l *loaded) userID() string {
	if l.record != nil {
		return l.record.UserID
	}
	return l.claims.Subject()
}

// loadSession finds the session of a request. It returns errNoSession when there
// is none, and any other error when that cannot be known now.
func (a *Auth) loadSession(ctx context.Context, cookies cookie.Cookies, names *cookieSet) (*loaded, error) {
	chunked := cookies.Chunked(names.sessionToken.Name)
	return a.loadSessionToken(ctx, chunked.Values)
}

// loadSessionToken finds the session of the one token among several that is
// valid. Two valid ones are no session: somebody planted one of them.
func (a *Auth) loadSessionToken(ctx context.Context, tokens []string) (*loaded, error) {
	open := a.openJWT
	if a.config.Session.Strategy == StrategyDatabase {
		open = a.findSession
	}
	if len(tokens) == 1 {
		return open(ctx, tokens[0])
	}
	var found *loaded
	for _, t := range tokens {
		l, err := open(ctx, t)
		if errors.Is(err, errNoSession) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if found != nil {
			return nil, errNoSession
		}
		found = l
	}
	if found == nil {
		return nil, errNoSession
	}
	return found, nil
}

// openJWT opens a session token.
func (a *Auth) openJWT(ctx context.Context, sealed string) (*loaded, error) {
	claims, err := a.sessions.Open(sealed)
	if err != nil {
		return nil, errNoSession
	}
	withdrawn, err := a.withdrawn(ctx, claims)
	if err != nil {
		return nil, err
	}
	if withdrawn {
		return nil, errNoSession
	}
	return &loaded{token: sealed, claims: claims}, nil
}

// findSession looks a session up in the adapter. An expired one is removed.
func (a *Auth) findSession(ctx context.Context, sessionToken string) (*loaded, error) {
	if len(sessionToken) > cookie.ChunkSize {
		return nil, errNoSession
	}
	for _, stored := range a.storedTokens(sessionToken) {
		record, user, err := a.store.SessionAndUser(ctx, stored)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !record.Expires.After(time.Now()) {
			if _, err := a.store.DeleteSession(ctx, stored); err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
			return nil, errNoSession
		}
		return &loaded{token: sessionToken, record: record, user: user}, nil
	}
	return nil, errNoSession
}

// readSession answers GET /session.
func (a *Auth) readSession(ctx context.Context, x *exchange) *response {
	answer := a.session(ctx, x, TriggerNone, nil)
	answer.sessionHeaders = true
	return answer
}

// updateSession answers POST /session, which lets the client change its session
// through the callbacks.
func (a *Auth) updateSession(ctx context.Context, x *exchange) *response {
	if !x.csrf.verified {
		return &response{status: http.StatusBadRequest, json: []byte("{}")}
	}
	var data any
	if x.body.object != nil {
		data = x.body.object["data"]
	} else if x.body.form.Has("data") {
		data = x.body.form.Get("data")
	}
	return a.session(ctx, x, TriggerUpdate, data)
}

// session answers with the session, extended when it is due.
func (a *Auth) session(ctx context.Context, x *exchange, trigger Trigger, data any) *response {
	chunked := x.cookies.Chunked(x.names.sessionToken.Name)
	signedOut := &response{json: []byte("{}")}
	if len(chunked.Values) == 0 {
		if !slices.Contains(chunked.Names, x.names.sessionToken.Name) {
			signedOut.cookies = chunked.Clear(x.names.sessionToken.Cookie) // parts of a token that are not whole
		}
		return signedOut
	}
	l, err := a.loadSessionToken(ctx, chunked.Values)
	switch {
	case errors.Is(err, errNoSession):
		signedOut.cookies = chunked.Clear(x.names.sessionToken.Cookie)
		return signedOut
	case err != nil:
		return a.sessionFault(ctx, x, err)
	case l.record != nil:
		return a.sessionFromDatabase(ctx, x, l, trigger, data)
	}
	return a.sessionFromJWT(ctx, x, chunked, l, trigger, data)
}

// sessionFault answers when the store cannot say whether there is a session:
// nobody is signed out by mistake.
func (a *Auth) sessionFault(ctx context.Context, x *exchange, err error) *response {
	a.logError(ctx, x, "SESSION_ERROR", err)
	if a.config.StrictV4 {
		return &response{json: []byte("{}")}
	}
	return unavailable(x)
}

// sessionFromJWT answers with a JWT session. The token is sealed again when it
// is due, when a callback changed it or when the client asked for an update.
func (a *Auth) sessionFromJWT(ctx context.Context, x *exchange, chunked cookie.Chunked, l *loaded, trigger Trigger, data any) *response {
	expires := time.Now().Add(a.bounded(a.config.Session.MaxAge, l.claims))
	reissue := a.config.StrictV4 || trigger == TriggerUpdate || a.updateDue(l.claims)
	claims, changed, err := a.readClaims(ctx, l.claims, trigger, data)
	if errors.Is(err, errNoSession) {
		return &response{json: []byte("{}"), cookies: chunked.Clear(x.names.sessionToken.Cookie)}
	}
	session := newSession(l.claims, expires)
	if reissue = reissue || changed; !reissue {
		session.Expires = l.claims.Expires()
	}
	answer := &response{}
	if err == nil {
		err = a.shapeSession(ctx, SessionParams{Session: session, Token: claims, Trigger: trigger, Update: data})
	}
	if err == nil && reissue {
		a.debug(ctx, x, "the session token is sealed again")
		answer.cookies, err = a.resealed(x.names, chunked, claims, expires)
	}
	if err == nil {
		answer.json, err = session.MarshalJSON()
	}
	if err != nil {
		return a.callbackFault(ctx, x, chunked, err)
	}
	a.emitSession(ctx, SessionEvent{Session: session, Token: claims})
	return answer
}

// readClaims runs the JWT callback on the claims of a session that is read, and
// reports whether it changed any. The callback may change the claims in place:
// the session is made of them, as in NextAuth.js. It ends the session by
// returning no claims.
func (a *Auth) readClaims(ctx context.Context, claims token.Claims, trigger Trigger, data any) (made token.Claims, changed bool, err error) {
	callback := a.config.Callbacks.JWT
	if callback == nil {
		return claims, false, nil
	}
	received := claims.Clone()
	made, err = callback(ctx, JWTParams{Token: claims, Trigger: trigger, Update: data})
	switch {
	case err != nil:
		return nil, false, err
	case made == nil && !a.config.StrictV4:
		return nil, false, errNoSession
	}
	made = a.protectedLike(made, received)
	return made, !sameJSON(made, received), nil
}

// resealed seals the claims of a session again and returns its cookies.
func (a *Auth) resealed(names *cookieSet, chunked cookie.Chunked, claims token.Claims, expires time.Time) ([]*http.Cookie, error) {
	sealed, err := a.sessions.Seal(a.protectedLike(claims, claims), a.bounded(a.config.Session.MaxAge, claims))
	if err != nil {
		return nil, err
	}
	template := names.sessionToken.Cookie
	template.Expires = expires
	return chunked.Set(template, sealed)
}

// callbackFault answers when a callback failed: nobody is signed out because the
// application has a problem. NextAuth.js v4 clears the session.
func (a *Auth) callbackFault(ctx context.Context, x *exchange, chunked cookie.Chunked, err error) *response {
	if !a.config.StrictV4 {
		return a.sessionFault(ctx, x, err)
	}
	a.logError(ctx, x, "JWT_SESSION_ERROR", err)
	return &response{json: []byte("{}"), cookies: chunked.Clear(x.names.sessionToken.Cookie)}
}

// sameJSON reports whether two sets of claims are the same in a token, whatever
// Go types they have.
func sameJSON(a, b token.Claims) bool {
	encodedA, errA := json.Marshal(a)
	encodedB, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(encodedA, encodedB)
}

// sessionFromDatabase answers with a database session. The row moves only past
// UpdateAge; the cookie moves on every read.
func (a *Auth) sessionFromDatabase(ctx context.Context, x *exchange, l *loaded, trigger Trigger, data any) *response {
	now := time.Now()
	expires := now.Add(a.config.Session.MaxAge)
	if a.rowDue(l.record, now) {
		err := a.store.UpdateSession(ctx, l.record.Token, expires)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return a.sessionFault(ctx, x, err)
		}
	}
	session := newStoredSession(l.user, l.record.Expires)
	err := a.shapeSession(ctx, SessionParams{Session: session, User: l.user, Trigger: trigger, Update: data})
	if err != nil {
		return a.sessionFault(ctx, x, err)
	}
	body, err := session.MarshalJSON()
	if err != nil {
		return a.sessionFault(ctx, x, err)
	}
	extended := x.names.sessionToken.with(l.token)
	extended.Expires = expires
	a.emitSession(ctx, SessionEvent{Session: session})
	return &response{json: body, cookies: []*http.Cookie{extended}}
}

// rowDue reports whether a session row is old enough to be extended.
func (a *Auth) rowDue(record *SessionRecord, now time.Time) bool {
	return !record.Expires.Add(a.config.Session.UpdateAge - a.config.Session.MaxAge).After(now)
}

// shapeSession runs the Session callback.
func (a *Auth) shapeSession(ctx context.Context, p SessionParams) error {
	if a.config.Callbacks.Session == nil {
		return nil
	}
	return a.config.Callbacks.Session(ctx, p)
}

// newSession makes the session of a token, with the user as the token has it.
func newSession(claims token.Claims, expires time.Time) *Session {
	user := &SessionUser{ID: claims.Subject()}
	setMember(&user.Name, &user.Extra, "name", claims, "name")
	setMember(&user.Email, &user.Extra, "email", claims, "email")
	setMember(&user.Image, &user.Extra, "image", claims, "picture")
	return &Session{User: user, Expires: expires}
}

// newStoredSession makes the session of a stored user.
func newStoredSession(u *User, expires time.Time) *Session {
	user := &SessionUser{ID: u.ID, Name: u.Name, Email: u.Email, Image: u.Image}
	for _, key := range []string{"name", "email", "image"} {
		if value, ok := u.Extra[key]; ok {
			if user.Extra == nil {
				user.Extra = make(map[string]any, 3)
			}
			user.Extra[key] = value
		}
	}
	return &Session{User: user, Expires: expires}
}

// setMember copies a member into a field when it is text, and otherwise keeps it
// as it is in extra. An absent one stays absent.
func setMember(field *string, extra *map[string]any, key string, from map[string]any, name string) {
	value, ok := from[name]
	if !ok {
		return
	}
	if s, isText := value.(string); isText && s != "" {
		*field = s
		return
	}
	if *extra == nil {
		*extra = make(map[string]any, 1)
	}
	(*extra)[key] = value
}

// updateDue reports whether a token is old enough to be sealed again.
func (a *Auth) updateDue(claims token.Claims) bool {
	return time.Since(claims.IssuedAt()) >= a.config.Session.UpdateAge
}
