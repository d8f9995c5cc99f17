package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
	"github.com/gatehouse-auth/gatehouse/internal/subject"
)

// oauthCallback completes a sign-in at an OAuth provider.
func (a *Auth) oauthCallback(ctx context.Context, x *exchange) *response {
	params := x.answerParams()
	if params.Get("error") != "" && a.config.StrictV4 {
		return a.fail(ctx, x, ErrorCallback, "OAUTH_CALLBACK_HANDLER_ERROR", answeredError(params))
	}
	answer, refused, failed := params.Get("state"), params.Get("error") == "access_denied", ErrorOAuthCallback
	if x.provider.oauth1 != nil {
		// RFC 5849 has no answer for somebody who refuses. Providers send the
		// request token as "denied".
		answer, refused, failed = cmp.Or(params.Get("oauth_token"), params.Get("denied")), refused || params.Has("denied"), ErrorCallback
	}
	if hop := a.sameSiteHop(x, params, answer); hop != nil {
		return hop
	}
	t, burnt, err := a.finishAttempt(x, answer)
	if !a.config.StrictV4 {
		x.setCookies = append(x.setCookies, burnt...) // whatever follows, also a panic
	}
	switch {
	case refused:
		a.logRefusal(ctx, x, "OAUTH_CALLBACK_HANDLER_ERROR", "the visitor or the provider refused the sign-in")
		return redirectTo(x.url("error?error=" + string(ErrorCallback)))
	case params.Get("error") != "":
		return a.fail(ctx, x, ErrorCallback, "OAUTH_CALLBACK_HANDLER_ERROR", answeredError(params))
	case err != nil:
		return a.fail(ctx, x, failed, "OAUTH_CALLBACK_ERROR", err)
	}
	if err := a.claimAttempt(ctx, x, answer); err != nil {
		return a.fail(ctx, x, failed, "OAUTH_CALLBACK_ERROR", err)
	}
	result, err := a.exchangeCode(ctx, x, params, t)
	if err != nil {
		return a.fail(ctx, x, failed, "OAUTH_CALLBACK_ERROR", err)
	}
	a.debug(ctx, x, "the provider answered")
	if result.UserinfoError != nil {
		a.logFailure(ctx, x, slog.LevelWarn, "USERINFO_ERROR", result.UserinfoError)
	}
	if a.config.StrictV4 {
		x.setCookies = append(x.setCookies, burnt...) // NextAuth.js v4 keeps them until here
	}
	return a.identified(ctx, x, params, t, result)
}

// answeredError is the error that the provider answered with.
func answeredError(params url.Values) error {
	return oauth.NewProviderError("authorization", params.Get("error"), params.Get("error_description"))
}

// answerParams are the parameters of the provider's answer: the query of a GET,
// the form of a POST.
func (x *exchange) answerParams() url.Values {
	params := url.Values{}
	source := x.query
	if x.method == http.MethodPost && len(x.body.form) > 0 {
		source = x.body.form
	}
	for name, values := range source {
		if len(values) == 1 {
			params.Set(name, values[0])
		}
	}
	return params
}

// sameSiteHop answers a provider's POST that came without the cookies of its
// attempt, which browsers hold back from posts of another site: a redirect to
// the same answer as a GET brings them along.
func (a *Auth) sameSiteHop(x *exchange, params url.Values, answer string) *response {
	if x.method != http.MethodPost || a.hasAttempt(x, answer) {
		return nil
	}
	hop := url.Values{}
	for _, name := range append(hopParams, x.provider.oauth.UserFromCallback) {
		if value := params.Get(name); value != "" {
			hop.Set(name, value)
		}
	}
	target := x.url("callback/"+x.provider.id) + "?" + hop.Encode()
	if len(target) > maxHop {
		return nil // nothing that a provider would send
	}
	return &response{redirect: target, noCookies: true}
}

// hopParams are what an answer consists of. Tokens never go into an address.
var hopParams = []string{"code", "state", "iss", "error", "error_description", "oauth_token", "oauth_verifier"}

// maxHop is the longest address of a hop.
const maxHop = 8 << 10

// hasAttempt reports whether a POST came with the cookies of its attempt. With
// StrictV4 only providers that are known to post can do without.
func (a *Auth) hasAttempt(x *exchange, answer string) bool {
	if !a.config.StrictV4 {
		return x.cookies.Get(x.flowName(answer)) != ""
	}
	var t attempt
	for _, c := range x.v4Checks(&t) {
		if x.provider.checks(c.check) && x.cookies.Get(c.template.Name) != "" {
			return true
		}
	}
	return x.provider.oauth.ResponseMode != "form_post"
}

// exchangeCode gets the tokens and the profile from the provider.
func (a *Auth) exchangeCode(ctx context.Context, x *exchange, params url.Values, t attempt) (*oauth.Result, error) {
	if x.provider.oauth1 == nil {
		return x.provider.client.Exchange(ctx, oauth.Answer{
			Params:       params,
			RedirectURI:  x.url("callback/" + x.provider.id),
			State:        t.state,
			Nonce:        t.nonce,
			CodeVerifier: t.codeVerifier,
		})
	}
	requestToken, secret := params.Get("oauth_token"), t.tokenSecret
	if a.config.StrictV4 {
		secret = a.oauth1.take(requestToken, x.csrf.token)
	}
	if secret == "" {
		return nil, errNoAttempt
	}
	return x.provider.oauth1.Exchange(ctx, requestToken, secret, params.Get("oauth_verifier"))
}

// identified turns the provider's answer into an identity and signs it in.
func (a *Auth) identified(ctx context.Context, x *exchange, params url.Values, t attempt, result *oauth.Result) *response {
	document := a.profileDocument(x, params, result)
	profile, err := x.provider.oauth.profile(document, Tokens(result.Tokens))
	if err == nil {
		err = checkProfile(&profile)
	}
	if err != nil {
		a.logError(ctx, x, "OAUTH_PARSE_PROFILE_ERROR", err)
		return redirectTo(x.url("signin"))
	}
	id := identity{
		account:       newAccount(x.provider.id, profile.ID, result.Tokens),
		profile:       &profile,
		document:      document,
		emailVerified: x.provider.oauth.emailVerified(document),
		startedBy:     t.userID,
	}
	user, err := a.knownUser(ctx, id)
	if err != nil {
		return a.fail(ctx, x, ErrorCallback, "OAUTH_CALLBACK_HANDLER_ERROR", err)
	}
	if denied := a.allow(ctx, x, SignInParams{User: user, Account: id.account, Profile: document}); denied != nil {
		return denied
	}
	return a.complete(ctx, x, id)
}

// checkProfile refuses a profile without an id or with an address that is no
// text, writes the address in lower case and takes NULs out of the name. JSON can
// hold a NUL and PostgreSQL cannot.
func checkProfile(profile *User) error {
	if !subject.Usable(profile.ID) {
		return errors.New("auth: the profile has no id")
	}
	if strings.Contains(profile.ID+profile.Email, nul) {
		return errors.New("auth: the profile's id or email has a NUL in it")
	}
	profile.Name, profile.Image = strings.ReplaceAll(profile.Name, nul, ""), strings.ReplaceAll(profile.Image, nul, "")
	if address, ok := profile.Extra["email"]; ok && profile.Email == "" {
		if address == nil {
			delete(profile.Extra, "email")
		} else if address != "" {
			return errors.New("auth: the profile's email is no text")
		}
	}
	profile.Email = mailaddr.Fold(profile.Email)
	return nil
}

// profileDocument is the provider's document, with the user that some
// providers add to their answer on the first consent.
func (a *Auth) profileDocument(x *exchange, params url.Values, result *oauth.Result) Profile {
	field := x.provider.oauth.UserFromCallback
	if field == "" || params.Get(field) == "" {
		return result.Profile
	}
	user, err := jsonvalue.Decode([]byte(params.Get(field)))
	if err != nil {
		return result.Profile
	}
	document := make(Profile, len(result.Profile)+1)
	maps.Copy(document, result.Profile)
	document["user"] = user
	return document
}

// knownUser is the stored user of an identity, or its profile.
func (a *Auth) knownUser(ctx context.Context, id identity) (*User, error) {
	if a.config.Adapter == nil {
		return id.profile, nil
	}
	owner, err := found(a.store.UserByAccount(ctx, id.account.Provider, id.account.ProviderAccountID))
	if err != nil || owner != nil {
		return owner, err
	}
	return id.profile, nil
}

// newAccount makes the account of a token response.
func newAccount(provider, subject string, tokens map[string]any) *Account {
	account := &Account{Provider: provider, ProviderAccountID: subject, Type: AccountOAuth}
	fields := map[string]*string{
		"access_token": &account.AccessToken, "refresh_token": &account.RefreshToken, "id_token": &account.IDToken,
		"token_type": &account.TokenType, "scope": &account.Scope, "session_state": &account.SessionState,
	}
	for name, value := range tokens {
		if field, ok := fields[name]; ok {
			setMember(field, &account.Extra, name, tokens, name)
			continue
		}
		if name == "expires_at" {
			if account.ExpiresAt = Tokens(tokens).Int(name); account.ExpiresAt != 0 {
				continue
			}
		}
		if account.Extra == nil {
			account.Extra = make(map[string]any)
		}
		account.Extra[name] = value
	}
	for _, field := range fields {
		*field = strings.ReplaceAll(*field, nul, "")
	}
	return account
}

// nul is a character that no database has to keep.
const nul = "\x00"

// profile makes a user of the provider's document.
func (p *OAuthProvider) profile(document Profile, tokens Tokens) (user User, err error) {
	if p.Profile != nil {
		return p.Profile(document, tokens)
	}
	user.ID = subjectText(document["sub"])
	setMember(&user.Name, &user.Extra, "name", document, "name")
	setMember(&user.Email, &user.Extra, "email", document, "email")
	setMember(&user.Image, &user.Extra, "image", document, "picture")
	return user, nil
}

// subjectText is a subject as text. Anything but text and a whole number other
// than zero is none.
func subjectText(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		if n, err := v.Int64(); err == nil && n != 0 {
			return v.String()
		}
	}
	return ""
}

// emailVerified reports whether a document's address counts as proven.
func (p *OAuthProvider) emailVerified(document Profile) bool {
	path := p.EmailVerifiedPath
	if len(path) == 0 {
		path = []string{"email_verified"}
	}
	claim, _ := jsonvalue.At(map[string]any(document), path)
	switch p.EmailTrust {
	case EmailVerifiedByClaim:
		return claim == true
	case EmailVerifiedByTextClaim:
		return claim == true || claim == "true"
	case EmailAlwaysVerified:
		return true
	}
	return false
}
