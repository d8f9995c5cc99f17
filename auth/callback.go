package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

// callback answers GET and POST /callback/:provider.
func (a *Auth) callback(ctx context.Context, x *exchange) *response {
	switch x.provider.kind {
	case AccountOAuth:
		return a.oauthCallback(ctx, x)
	case AccountEmail:
		return a.emailCallback(ctx, x)
	}
	return a.credentialsCallback(ctx, x)
}

// allow asks the SignIn callback. It returns nil when the sign-in goes on, and
// the answer when it does not.
func (a *Auth) allow(ctx context.Context, x *exchange, p SignInParams) *response {
	if a.config.Callbacks.SignIn == nil {
		return nil
	}
	decision, err := a.config.Callbacks.SignIn(ctx, p)
	switch {
	case err != nil && p.VerificationRequest && a.config.StrictV4:
		return a.thrown(ctx, x, ErrorAccessDenied, "SIGNIN_CALLBACK_ERROR", fmt.Errorf("Error: %w", err)) //nolint:staticcheck // the wording of v4
	case err != nil:
		return a.thrown(ctx, x, ErrorAccessDenied, "SIGNIN_CALLBACK_ERROR", err)
	case decision.redirect != "":
		return redirectTo(decision.redirect)
	case !decision.allow:
		denied := redirectTo(x.url("error?error=" + string(ErrorAccessDenied)))
		if x.provider.kind == AccountCredentials {
			denied.status = http.StatusForbidden
		}
		return denied
	}
	return nil
}

// thrown answers an error from the application's own code. With StrictV4 its
// text becomes the code, as in NextAuth.js v4; otherwise the code is fixed and
// only a [PublicError] adds one of its own.
func (a *Auth) thrown(ctx context.Context, x *exchange, code ErrorCode, logCode string, err error) *response {
	if a.config.StrictV4 {
		a.logError(ctx, x, logCode, err)
		return redirectTo(x.url("error?error=" + cookie.Encode(err.Error())))
	}
	answer := a.fail(ctx, x, code, logCode, err)
	if public := publicCode(err); public != "" && answer.redirect != "" {
		answer.redirect = withParameter(answer.redirect, "code", public)
	}
	return answer
}

// complete finishes a sign-in whose identity is proven and allowed: it stores
// what changes, makes the session and sends the visitor on.
func (a *Auth) complete(ctx context.Context, x *exchange, id identity) *response {
	a.debug(ctx, x, "the identity is proven and allowed")
	in, err := a.storeSignIn(ctx, x, id)
	if err != nil {
		return a.storeFailed(ctx, x, err)
	}
	return a.openSession(ctx, x, in)
}

// openSession makes the session of a completed sign-in.
func (a *Auth) openSession(ctx context.Context, x *exchange, in *signedIn) *response {
	cookies, err := a.sessionCookies(ctx, x, in)
	var refused refusal
	if errors.As(err, &refused) {
		a.logRefusal(ctx, x, "JWT_CALLBACK_REFUSED", "the JWT callback returned no claims")
		return redirectTo(x.url("error?error=" + string(refused.code)))
	}
	if err != nil {
		return a.fail(ctx, x, ErrorCallback, "JWT_CALLBACK_ERROR", err)
	}
	a.debug(ctx, x, "signed in", slog.String("user", in.user.ID), slog.Bool("isNewUser", in.isNewUser),
		slog.String("session", string(a.config.Session.Strategy)))
	a.emitSignIn(ctx, in)
	target := x.callbackURL
	if in.isNewUser && a.config.Pages.NewUser != "" {
		target = withParameter(a.config.Pages.NewUser, "callbackUrl", x.callbackURL)
	}
	return redirectTo(target, append(cookies, a.rememberProvider(x)...)...)
}

// storeFailed answers a sign-in that could not be stored or was refused by the
// linking rules.
func (a *Auth) storeFailed(ctx context.Context, x *exchange, err error) *response {
	var refused refusal
	if errors.As(err, &refused) {
		a.logRefusal(ctx, x, "ACCOUNT_NOT_LINKED", refused.Error())
		return redirectTo(x.url("error?error=" + string(refused.code)))
	}
	var step *StepError
	if errors.As(err, &step) {
		switch {
		case step.Step == StepUseVerificationToken && errors.Is(err, ErrNotFound):
			return redirectTo(x.url("error?error=" + string(ErrorVerification)))
		case step.Step == StepCreateUser && x.provider.kind == AccountEmail:
			return a.fail(ctx, x, ErrorEmailCreateAccount, "CREATE_USER_ERROR", err)
		case step.Step == StepCreateUser:
			return a.fail(ctx, x, ErrorOAuthCreateAccount, "CREATE_USER_ERROR", err)
		}
	}
	return a.fail(ctx, x, ErrorCallback, "CALLBACK_ERROR", err)
}

// sessionCookies makes the session and returns its cookies.
func (a *Auth) sessionCookies(ctx context.Context, x *exchange, in *signedIn) ([]*http.Cookie, error) {
	chunked := x.cookies.Chunked(x.names.sessionToken.Name)
	template := x.names.sessionToken.Cookie
	if in.sessionToken != "" {
		template.Expires = in.sessionExpires
		return chunked.Set(template, in.sessionToken)
	}
	sealed, expires, err := a.sealSession(ctx, in)
	if err != nil {
		return nil, err
	}
	template.Expires = expires
	return chunked.Set(template, sealed)
}
