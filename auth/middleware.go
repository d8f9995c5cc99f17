package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

// ErrUnavailable reports that the store could not say whether there is a
// session.
var ErrUnavailable = errors.New("auth: the session cannot be checked now")

// sessionKey is the context key of a request's session.
type sessionKey struct{}

// contextSession is the session of a request.
type contextSession struct {
	session *Session
	// stored finds the row of a database session.
	stored string
}

// FromContext returns the session that [Auth.Require] or [Auth.Load] found, or
// nil when nobody is signed in. Of several Auths around a handler the innermost
// counts.
func FromContext(ctx context.Context) *Session {
	s, _ := ctx.Value(sessionKey{}).(contextSession)
	return s.session
}

// Session returns the session of a request, from its cookie or from an
// "Authorization: Bearer" header, or nil when nobody is signed in. The error is
// not nil only when that could not be found out; it wraps [ErrUnavailable].
//
// It runs the Session callback but not the JWT callback, and changes neither the
// session nor its cookie: GET /session and [Auth.Require] extend sessions.
func (a *Auth) Session(r *http.Request) (*Session, error) {
	v, err := a.visit(withBudget(r.Context()), r)
	return v.session, err
}

// visit is a request with its session.
type visit struct {
	// session is nil when nobody is signed in.
	session *Session
	loaded  *loaded
	names   *cookieSet
	// cookies carried the session; none did when it came as a Bearer token.
	cookies cookie.Chunked
}

// visit finds the session of a request.
func (a *Auth) visit(ctx context.Context, r *http.Request) (v visit, err error) {
	s, ok := a.sites.of(r)
	if !ok {
		return v, nil
	}
	v.names = a.cookieNames(s)
	v.cookies = cookie.Of(r).Chunked(v.names.sessionToken.Name)
	tokens := v.cookies.Values
	if len(tokens) == 0 {
		v.cookies = cookie.Chunked{}
		bearer, ok := bearerToken(r)
		if !ok {
			return v, nil
		}
		tokens = []string{bearer}
	}
	v.loaded, err = a.loadSessionToken(ctx, tokens)
	if errors.Is(err, errNoSession) {
		return v, nil
	}
	if err != nil {
		return v, errors.Join(ErrUnavailable, err)
	}
	session := v.loaded.session()
	if err := a.shapeSession(ctx, SessionParams{Session: session, Token: v.loaded.claims, User: v.loaded.user}); err != nil {
		return v, errors.Join(ErrUnavailable, err)
	}
	v.session = session
	return v, nil
}

// session is the session as it came in.
func (l *loaded) session() *Session {
	if l.record != nil {
		return newStoredSession(l.user, l.record.Expires)
	}
	return newSession(l.claims, l.claims.Expires())
}

// bearerToken returns the token of an Authorization header (RFC 6750, section
// 2.1). It may be percent-encoded, as NextAuth.js accepts it.
func bearerToken(r *http.Request) (string, bool) {
	scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	decoded, err := url.PathUnescape(strings.TrimSpace(value))
	return decoded, err == nil && decoded != ""
}

// Load makes the session of each request available to [FromContext], and lets
// everybody through. When the session cannot be checked it answers 503, so that
// nobody is taken for signed out. It does not extend sessions: what it guards may
// be a page that caches keep.
func (a *Auth) Load(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := a.checked(withBudget(r.Context()), r)
		if err != nil {
			a.guardUnavailable(w, r, err)
			return
		}
		next.ServeHTTP(w, withSession(r, v))
	})
}

// Require lets only signed-in visitors through; [FromContext] returns their
// session. Others are sent to the sign-in page when a browser asks for a page,
// and get 401 with a JSON body otherwise: a script's request is told apart by
// its Sec-Fetch-Mode or, without it, its Accept header, by X-Requested-With, by a
// method other than GET and HEAD, and by Upgrade. When the session cannot be
// checked it answers 503.
//
// When a browser asks for a page and the session is past UpdateAge, Require
// extends it, as GET /session does. The answer then has a Set-Cookie header and
// "Cache-Control: private"; next must not make it public.
func (a *Auth) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := withBudget(r.Context())
		v, err := a.checked(ctx, r)
		if err == nil && v.session != nil {
			err = a.extend(ctx, w, r, v)
		}
		switch {
		case errors.Is(err, errNoSession), err == nil && v.session == nil:
			a.refuseVisitor(w, r)
		case err != nil:
			a.guardUnavailable(w, r, err)
		default:
			next.ServeHTTP(w, withSession(r, v))
		}
	})
}

// extend extends a session that is due, on the way to a page. A session that
// cannot be extended now goes on as it is. The error errNoSession says that the
// JWT callback ended it.
func (a *Auth) extend(ctx context.Context, w http.ResponseWriter, r *http.Request, v visit) (err error) {
	if a.config.StrictV4 || len(v.cookies.Values) != 1 || !wantsPage(r) {
		return nil
	}
	defer func() {
		if cause := recover(); cause != nil {
			a.log.ErrorContext(r.Context(), "a callback panicked", "code", "PANIC", "error", fmt.Sprint(cause))
		}
	}()
	var cookies []*http.Cookie
	now := time.Now()
	switch {
	case v.loaded.record != nil && a.rowDue(v.loaded.record, now):
		expires := now.Add(a.config.Session.MaxAge)
		if err = a.store.UpdateSession(ctx, v.loaded.record.Token, expires); err == nil {
			c := v.names.sessionToken.with(v.loaded.token)
			c.Expires = expires
			cookies = []*http.Cookie{c}
		}
	case v.loaded.record == nil && a.updateDue(v.loaded.claims):
		var claims token.Claims
		if claims, _, err = a.readClaims(ctx, v.loaded.claims, TriggerNone, nil); err == nil {
			cookies, err = a.resealed(v.names, v.cookies, claims, now.Add(a.bounded(a.config.Session.MaxAge, claims)))
		}
	}
	if errors.Is(err, ErrNotFound) {
		err = errNoSession // it was ended in the meantime
	}
	if errors.Is(err, errNoSession) {
		cookies = v.cookies.Clear(v.names.sessionToken.Cookie)
	} else if err != nil {
		a.log.ErrorContext(r.Context(), "the session could not be extended", "code", "SESSION_ERROR", "error", err)
		err = nil
	}
	for _, c := range cookies {
		w.Header().Set("Cache-Control", "private")
		w.Header().Add("Set-Cookie", c.String())
	}
	return err
}

// checked finds the session of a request. A panic in a callback counts as a
// fault: it lets nobody through.
func (a *Auth) checked(ctx context.Context, r *http.Request) (v visit, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			v, err = visit{}, errors.Join(ErrUnavailable, fmt.Errorf("auth: a callback panicked: %v", cause))
		}
	}()
	return a.visit(ctx, r)
}

// withSession sets the session also when there is none: that of another Auth
// around this one does not count.
func withSession(r *http.Request, v visit) *http.Request {
	s := contextSession{session: v.session}
	if v.session != nil && v.loaded.record != nil {
		s.stored = v.loaded.record.Token
	}
	return r.WithContext(context.WithValue(r.Context(), sessionKey{}, s))
}

// guardUnavailable answers while sessions cannot be checked.
func (a *Auth) guardUnavailable(w http.ResponseWriter, r *http.Request, err error) {
	ref := reference()
	a.log.ErrorContext(r.Context(), "the session could not be checked", "code", "SESSION_ERROR", "ref", ref, "error", err)
	const message = "Sign-in is temporarily unavailable. Try again in a moment."
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Retry-After", "5")
	h.Add("Vary", "Cookie, Authorization")
	if wantsPage(r) {
		http.Error(w, message+" (Reference "+ref+")", http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Type", "application/json")
	send(w, http.StatusServiceUnavailable, []byte(`{"error":"Unavailable","message":"`+message+`","ref":"`+ref+`"}`))
}

// refuseVisitor answers a request that needs a session and has none.
func (a *Auth) refuseVisitor(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "private, no-store")
	h.Add("Vary", "Cookie, Authorization")
	s, ok := a.sites.of(r)
	if !ok || !wantsPage(r) {
		h.Set("Content-Type", "application/json")
		h.Set("WWW-Authenticate", "Bearer")
		send(w, http.StatusUnauthorized, []byte(`{"error":"Unauthorized","message":"Sign in to use this resource."}`))
		return
	}
	// The visitor comes back to the path that was asked for, on the public
	// address: the request's own host is not believed.
	h.Set("Location", escapeLocation(s.baseURL+"/signin?callbackUrl="+cookie.Encode(s.origin+returnPath(r))))
	w.WriteHeader(http.StatusFound)
}

// returnPath is the path and query that the browser asked for, with one slash in
// front. A handler between may have changed r.URL.
func returnPath(r *http.Request) string {
	target := r.URL
	if asked, err := url.ParseRequestURI(r.RequestURI); err == nil {
		target = asked
	}
	return "/" + strings.TrimLeft(target.RequestURI(), `/\`)
}

// wantsPage reports whether a browser asks for a page, rather than a script for
// data.
func wantsPage(r *http.Request) bool {
	h := r.Header
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return false
	case h.Get("Upgrade") != "", h.Get("X-Requested-With") != "":
		return false
	}
	if mode := h.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return strings.Contains(h.Get("Accept"), "text/html")
}
