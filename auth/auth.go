package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// Auth signs people in. It is an http.Handler for the API and its pages, to be
// registered at the base path of Config.URL ("/api/auth/" by default), and has
// the middleware for the rest of the application. Create it with [New]. It is
// safe for concurrent use and holds no state that another Auth sees.
type Auth struct {
	config    Config
	log       *slog.Logger
	sites     sites
	providers []*provider
	// severalEmail is set when there is more than one e-mail provider.
	severalEmail bool
	pages        *pages.Renderer
	languages    *language.Catalogues

	store       *store
	sessions    *token.Codec
	keys        keys
	cookies     [2]cookieSet // by secure
	revocations *revocations
	oauth1      requestTokens
	clientLog   clientLog
}

// ServeHTTP answers the requests below the base path.
func (a *Auth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, answer := a.newExchange(w, r)
	if answer == nil {
		answer = a.serve(withBudget(r.Context()), x)
	}
	a.write(w, x, answer)
}

// flow answers an exchange.
type flow func(ctx context.Context, x *exchange) *response

// route returns the flow for an action and a method, or nil when NextAuth.js has
// none. This table is the whole API.
func (a *Auth) route(method, action string, p *provider) flow {
	switch method + " " + action {
	case "GET providers":
		return a.listProviders
	case "GET session":
		return a.readSession
	case "POST session":
		return a.updateSession
	case "GET csrf":
		return a.csrfToken
	case "GET signin":
		return a.signInPage
	case "POST signin":
		return a.startSignIn
	case "GET signout":
		return a.signOutPage
	case "POST signout":
		return a.signOut
	case "GET callback", "POST callback":
		if p != nil {
			return a.callback
		}
	case "GET verify-request":
		return a.verifyRequestPage
	case "GET error":
		return a.errorPage
	case "POST _log":
		return a.logFromClient
	case "GET " + assetAction:
		return a.asset
	}
	return nil
}

// serve prepares what every flow needs (CSRF token, callback URL) and runs the
// flow of the request.
func (a *Auth) serve(ctx context.Context, x *exchange) (answer *response) {
	defer func() {
		if cause := recover(); cause != nil {
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			answer = a.internalError(ctx, x, cause)
		}
	}()
	if refusal := a.checkCallbackURLs(x); refusal != nil {
		return refusal
	}
	handle := a.route(x.method, x.action, x.provider)
	if handle == nil {
		return unsupported(x.method)
	}
	x.csrf = a.readCSRF(x)
	if x.csrf.crossOrigin && !x.foreignPost() {
		return a.refuseCrossOrigin(ctx, x)
	}
	x.callbackURL = a.resolveCallbackURL(ctx, x)
	if x.query.Has("lang") || x.query.Has("ui_locales") {
		a.languageOf(x) // which remembers it
	}
	return handle(ctx, x)
}

// unsupported is the answer to a method or action that does not exist. Its text
// is part of the wire contract.
func unsupported(method string) *response {
	const tail = " is not supported by NextAuth.js"
	return &response{
		status:    http.StatusBadRequest,
		text:      "Error: This action with HTTP " + strings.ToUpper(method) + tail,
		noCookies: true,
	}
}
