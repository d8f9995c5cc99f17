package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// linkMaxAge is how long a mailed link works by default.
const linkMaxAge = 24 * time.Hour

// sendLink mails a link. The answer is the same whether the address is known or
// not.
func (a *Auth) sendLink(ctx context.Context, x *exchange) *response {
	typed := x.body.text("email")
	if typed == "" {
		return redirectTo(x.url("error?error=" + string(ErrorEmailSignin)))
	}
	address, err := a.normalizeAddress(x.provider.email, typed)
	if err != nil {
		a.logRefusal(ctx, x, "SIGNIN_EMAIL_ERROR", "the address is not one plain mail address")
		return redirectTo(x.url("error?error=" + string(ErrorEmailSignin)))
	}
	user, err := a.userOfAddress(ctx, address)
	if err != nil {
		return a.fail(ctx, x, ErrorEmailSignin, "SIGNIN_EMAIL_ERROR", err)
	}
	account := &Account{UserID: address, Provider: x.provider.id, ProviderAccountID: address, Type: AccountEmail}
	if denied := a.allow(ctx, x, SignInParams{User: user, Account: account, VerificationRequest: true}); denied != nil {
		return denied
	}
	binding, err := a.storeAndSend(ctx, x, address)
	if err != nil {
		return a.fail(ctx, x, ErrorEmailSignin, "SIGNIN_EMAIL_ERROR", err)
	}
	a.debug(ctx, x, "a link was mailed")
	query := url.Values{"provider": {x.provider.id}, "type": {string(AccountEmail)}}
	answer := redirectTo(x.url("verify-request?" + query.Encode()))
	if !a.config.StrictV4 {
		answer.cookies = []*http.Cookie{binding}
	}
	return answer
}

// storeAndSend stores a new link, then mails it, and returns the cookie that ties
// it to this browser. A link that could not be sent is removed again.
func (a *Auth) storeAndSend(ctx context.Context, x *exchange, address string) (*http.Cookie, error) {
	p := x.provider.email
	secretToken, err := p.GenerateToken()
	if err != nil {
		return nil, err
	}
	expires := time.Now().Add(p.MaxAge)
	row := VerificationToken{Identifier: address, Token: a.hashLink(p, secretToken, 0), Expires: expires}
	if err := a.store.CreateVerificationToken(ctx, row); err != nil {
		return nil, err
	}
	query := url.Values{"callbackUrl": {x.callbackURL}, "token": {secretToken}, "email": {address}}
	if chosen := a.languageOf(x); chosen.asked && !a.config.StrictV4 {
		query.Set("lang", chosen.Tag()) // for the page that another browser shows
	}
	err = p.Sender.SendVerificationRequest(ctx, VerificationRequest{
		Identifier: address,
		URL:        x.url("callback/" + x.provider.id + "?" + query.Encode()),
		Host:       x.site.host,
		Token:      secretToken,
		Expires:    expires,
		From:       p.From,
		Theme:      a.config.Theme,
		Language:   a.languageOf(x).Catalogue,
		ProviderID: x.provider.id,
	})
	if err != nil {
		_, removeErr := a.store.UseVerificationToken(context.WithoutCancel(ctx), row.Identifier, row.Token)
		return nil, errors.Join(err, removeErr)
	}
	binding := x.names.binding.with(a.addBinding(x, secretToken))
	binding.Expires = expires
	return binding, nil
}

// hashLink is what is stored of a link, under secret i, as NextAuth.js v4 stores
// it. Beside other e-mail providers the provider counts as well, so that a link
// of one is of no use at another.
func (a *Auth) hashLink(p *EmailProvider, secretToken string, i int) string {
	secret := a.config.Secrets[i]
	if p.Secret != "" {
		secret = p.Secret
	}
	if a.severalEmail && !a.config.StrictV4 {
		secret += " " + p.common().id
	}
	sum := sha256.Sum256([]byte(secretToken + secret))
	return hex.EncodeToString(sum[:])
}

// userOfAddress is the stored user with a mail address, or one made of the
// address alone.
func (a *Auth) userOfAddress(ctx context.Context, address string) (*User, error) {
	user, err := found(a.store.UserByEmail(ctx, address))
	if err != nil || user != nil {
		return user, err
	}
	return &User{ID: address, Email: address}, nil
}
