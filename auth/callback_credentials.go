package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// credentialsCallback signs in with what the application checks.
func (a *Auth) credentialsCallback(ctx context.Context, x *exchange) *response {
	if x.method != http.MethodPost {
		if a.config.StrictV4 {
			return &response{status: http.StatusInternalServerError, text: "Error: Callback for provider type credentials not supported"}
		}
		return unsupported(x.method)
	}
	a.rememberTyped(x)
	if !x.csrf.verified {
		return redirectTo(x.url("signin?csrf=true"))
	}
	began := time.Now()
	credentials := x.body.credentials()
	user, err := x.provider.credentials.Authorize(ctx, credentials, x.request)
	if err == nil && user == nil {
		err = ErrInvalidCredentials
	}
	if errors.Is(err, ErrInvalidCredentials) {
		return a.invalidCredentials(x, err)
	}
	if err != nil {
		answer := a.thrown(ctx, x, ErrorCredentialsSignin, "AUTHORIZE_ERROR", err)
		if answer.redirect != "" {
			answer.status = http.StatusUnauthorized
		}
		return answer
	}
	if user.ID == "" && !a.config.StrictV4 {
		a.logError(ctx, x, string(ErrorConfiguration), errors.New("auth: Authorize returned a user without an ID; set User.ID"))
		return a.invalidCredentials(x, nil)
	}
	user = user.Clone()
	account := &Account{Provider: x.provider.id, ProviderAccountID: user.ID, Type: AccountCredentials}
	if denied := a.allow(ctx, x, SignInParams{User: user, Account: account, Credentials: credentials}); denied != nil {
		return denied
	}
	in := &signedIn{identity: identity{account: account, profile: user}, user: user, began: began}
	if a.config.Session.Strategy == StrategyDatabase && !a.config.StrictV4 {
		if in, err = a.storeCredentialsSession(ctx, x, in); err != nil {
			return a.fail(ctx, x, ErrorCallback, "CALLBACK_ERROR", err)
		}
	}
	return a.openSession(ctx, x, in)
}

// invalidCredentials answers wrong credentials, the same for every reason.
func (a *Auth) invalidCredentials(x *exchange, err error) *response {
	query := url.Values{"error": {string(ErrorCredentialsSignin)}, "provider": {x.provider.id}}
	if public := publicCode(err); public != "" && !a.config.StrictV4 {
		query.Set("code", public)
	}
	return &response{status: http.StatusUnauthorized, redirect: x.url("error?" + query.Encode())}
}

// storeCredentialsSession opens a database session for a user that Authorize
// found. The user has to be one of the adapter's.
func (a *Auth) storeCredentialsSession(ctx context.Context, x *exchange, in *signedIn) (*signedIn, error) {
	current, err := a.currentSession(ctx, x)
	if err != nil {
		return nil, err
	}
	write := SignIn{UserID: in.user.ID}
	a.replaceSession(x, &write, in, linkDecision{user: in.user}, current)
	stored, err := a.store.SignIn(ctx, write)
	if errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("auth: Authorize returned user %q, which the adapter does not have; create the user first or use Session.Strategy \"jwt\": %w", in.user.ID, err)
	}
	in.user = stored
	return in, err
}

// protocolFields are posted with the credentials but are not part of them.
var protocolFields = map[string]bool{"csrfToken": true, "callbackUrl": true, "json": true, "redirect": true}

// credentials are the posted fields that are the application's own.
func (b body) credentials() Credentials {
	out := make(Credentials, len(b.form)+len(b.object))
	for name, values := range b.form {
		if !protocolFields[name] && len(values) > 0 {
			out[name] = values[0]
		}
	}
	for name := range b.object {
		if protocolFields[name] {
			continue
		}
		if text := b.scalar(name); text != "" {
			out[name] = text
		}
	}
	return out
}
