package auth

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
	"github.com/gatehouse-auth/gatehouse/internal/weburl"
)

// startSignIn answers POST /signin/:provider.
func (a *Auth) startSignIn(ctx context.Context, x *exchange) *response {
	if x.provider != nil && x.provider.email != nil {
		a.rememberTyped(x)
	}
	if !x.csrf.verified || x.provider == nil {
		return redirectTo(x.url("signin?csrf=true"))
	}
	switch x.provider.kind {
	case AccountOAuth:
		return a.startOAuth(ctx, x)
	case AccountEmail:
		return a.sendLink(ctx, x)
	}
	return redirectTo(x.url("signin"))
}

// startOAuth sends the browser to the provider.
func (a *Auth) startOAuth(ctx context.Context, x *exchange) *response {
	var target string
	var cookies []*http.Cookie
	user, err := a.currentUserID(ctx, x)
	if err == nil && x.provider.oauth1 != nil {
		target, cookies, err = a.startOAuth1(ctx, x, user)
	} else if err == nil {
		target, cookies, err = a.startOAuth2(ctx, x, user)
	}
	if err != nil {
		return a.fail(ctx, x, ErrorOAuthSignin, "SIGNIN_OAUTH_ERROR", err)
	}
	origin, _ := weburl.Origin(target)
	a.debug(ctx, x, "the browser goes to the provider", slog.String("origin", origin))
	return redirectTo(target, cookies...)
}

func (a *Auth) startOAuth2(ctx context.Context, x *exchange, userID string) (string, []*http.Cookie, error) {
	t, cookies, err := a.beginAttempt(x, userID)
	if err != nil {
		return "", nil, err
	}
	target, err := x.provider.client.AuthorizationURL(ctx, oauth.AuthorizationRequest{
		RedirectURI:  x.url("callback/" + x.provider.id),
		State:        t.state,
		Nonce:        t.nonce,
		CodeVerifier: t.codeVerifier,
		Params:       a.authorizationParams(x),
	})
	return target, cookies, err
}

func (a *Auth) startOAuth1(ctx context.Context, x *exchange, userID string) (string, []*http.Cookie, error) {
	client := x.provider.oauth1
	requestToken, secret, err := client.RequestToken(ctx, x.url("callback/"+x.provider.id), a.authorizationParams(x))
	if err != nil {
		return "", nil, err
	}
	target := client.AuthorizationURL(requestToken)
	if a.config.StrictV4 {
		a.oauth1.add(requestToken, secret, x.csrf.token)
		return target, nil, nil
	}
	cookies, err := a.flowCookies(x, requestToken, userID, token.Claims{"secret": secret, "token": requestToken})
	return target, cookies, err
}

// passedParams are the authorization parameters that a request to
// POST /signin/:provider may set for any provider.
var passedParams = []string{"prompt", "login_hint", "ui_locales", "acr_values", "max_age", "hd", "display"}

// reservedParams are never taken from a request, and neither is a name that
// begins with "request" or, for OAuth 1.0a, with "oauth_".
var reservedParams = []string{
	"client_id", "redirect_uri", "response_type", "response_mode", "state", "nonce",
	"code_challenge", "code_challenge_method", "client_assertion", "client_assertion_type",
}

// authorizationParams are the query parameters that go on to the provider.
func (a *Auth) authorizationParams(x *exchange) url.Values {
	out := url.Values{}
	for name, values := range x.query {
		known := slices.Contains(passedParams, name) || slices.Contains(x.provider.oauth.AuthorizationParams, name)
		reserved := slices.Contains(reservedParams, name) || strings.HasPrefix(name, "request") || strings.HasPrefix(name, "oauth_")
		if len(values) == 1 && !reserved && (known || a.config.StrictV4) {
			out.Set(name, values[0])
		}
	}
	if chosen := a.languageOf(x); chosen.asked && x.provider.oauth.OpenID && !a.config.StrictV4 {
		out.Set("ui_locales", cmp.Or(out.Get("ui_locales"), chosen.Tag()))
	}
	return out
}

// currentUserID returns the id of the user who is signed in, without a call to
// the database for JWT sessions. An unknown session is nobody.
func (a *Auth) currentUserID(ctx context.Context, x *exchange) (string, error) {
	if a.config.Adapter == nil || a.config.StrictV4 {
		return "", nil
	}
	l, err := a.loadSession(ctx, x.cookies, x.names)
	switch {
	case errors.Is(err, errNoSession):
		return "", nil
	case err != nil:
		return "", err
	}
	return l.userID(), nil
}
