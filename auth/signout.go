package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/cookie"
	"github.com/gatehouse-auth/gatehouse/internal/weburl"
)

// signOutPage answers GET /signout. Whoever has no session is told so.
func (a *Auth) signOutPage(ctx context.Context, x *exchange) *response {
	if a.config.Pages.SignOut != "" {
		return redirectTo(a.config.Pages.SignOut)
	}
	if !a.config.StrictV4 {
		switch _, err := a.loadSession(ctx, x.cookies, x.names); {
		case errors.Is(err, errNoSession):
			return a.signedOutPage(x)
		case errors.Is(err, errStoreTimeout):
			return a.fail(ctx, x, ErrorSignout, "SESSION_ERROR", err)
		}
	}
	return a.page(x, http.StatusOK, func(s pages.Site) ([]byte, error) {
		return a.pages.SignOut(pages.SignOut{
			Site: s, CSRFToken: x.csrf.token,
			// An address that was asked for is where the visitor goes at once.
			ShowSignedOut: x.parameter("callbackUrl") == "" && !a.config.StrictV4,
			Expired:       x.parameter("csrf") != "" && !a.config.StrictV4,
		})
	})
}

// signedOutPage says that the visitor is signed out, with a link to where the
// sign-out would have led.
func (a *Auth) signedOutPage(x *exchange) *response {
	return a.page(x, http.StatusOK, func(s pages.Site) ([]byte, error) {
		view := pages.SignedOut{Site: s, BackURL: x.callbackURL}
		if origin, ok := weburl.Origin(x.callbackURL); ok {
			_, view.BackHost, _ = strings.Cut(origin, "://")
		}
		return a.pages.SignedOut(view)
	})
}

// signOut answers POST /signout. The cookies are cleared also when the session
// could not be ended in the store, and the answer says so. A store that does not
// answer in time leaves everything as it is.
func (a *Auth) signOut(ctx context.Context, x *exchange) *response {
	if !x.csrf.verified {
		return redirectTo(x.url("signout?csrf=true"))
	}
	chunked := x.cookies.Chunked(x.names.sessionToken.Name)
	answer := redirectTo(x.callbackURL)
	if !a.config.StrictV4 {
		if x.body.text("signedOutPage") == "true" {
			answer = redirectTo(x.url("signout"))
		}
		answer.cookies = x.unfinished()
	}
	if len(chunked.Names) == 0 {
		return answer
	}
	a.debug(ctx, x, "signing out")
	if err := a.endSession(ctx, chunked.Values); err != nil {
		switch {
		case a.config.StrictV4:
			a.logError(ctx, x, "SIGNOUT_ERROR", err)
		case errors.Is(err, errStoreTimeout):
			return a.fail(ctx, x, ErrorSignout, "SIGNOUT_ERROR", err)
		default:
			unfinished := answer.cookies
			answer = a.fail(ctx, x, ErrorSignout, "SIGNOUT_ERROR", err)
			answer.status, answer.cookies = http.StatusServiceUnavailable, unfinished
		}
	}
	answer.cookies = append(chunked.Clear(x.names.sessionToken.Cookie), answer.cookies...)
	return answer
}

// unfinished clears what this browser has begun: sign-ins at providers and
// mailed links.
func (x *exchange) unfinished() []*http.Cookie {
	var cookies []*http.Cookie
	for _, name := range x.cookies.Names(x.names.flow.Name+".", maxAttempts*2) {
		cookies = append(cookies, cookie.Clear(x.names.flow.Cookie, name))
	}
	if x.cookies.Get(x.names.binding.Name) != "" {
		cookies = append(cookies, cookie.Clear(x.names.binding.Cookie, x.names.binding.Name))
	}
	return cookies
}

// maxSignOutTries is how often ending a session in the store is tried.
const maxSignOutTries = 3

// endSession ends the sessions of the given cookie values.
func (a *Auth) endSession(ctx context.Context, tokens []string) error {
	end := a.endJWT
	if a.config.Session.Strategy == StrategyDatabase {
		end = a.endStoredSession
	}
	tries := maxSignOutTries
	if a.config.StrictV4 {
		tries = 1
	}
	var errs error
	for _, t := range tokens {
		var err error
		for range tries {
			if err = end(ctx, t); err == nil || ctx.Err() != nil || errors.Is(err, errStoreTimeout) {
				break
			}
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

// endStoredSession removes a session row.
func (a *Auth) endStoredSession(ctx context.Context, sessionToken string) error {
	var removed *SessionRecord
	for _, stored := range a.storedTokens(sessionToken) {
		record, err := a.store.DeleteSession(ctx, stored)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err == nil {
			removed = record
		}
	}
	a.emitSignOut(ctx, SignOutEvent{Session: removed})
	return nil
}

// endJWT withdraws a JWT session where the adapter can.
func (a *Auth) endJWT(ctx context.Context, sealed string) error {
	claims, err := a.sessions.Open(sealed)
	if err != nil {
		if a.config.StrictV4 {
			return err
		}
		return nil // it opens nothing any more
	}
	if err := a.revokeSession(ctx, claims); err != nil {
		return err
	}
	a.emitSignOut(ctx, SignOutEvent{Token: claims})
	return nil
}
