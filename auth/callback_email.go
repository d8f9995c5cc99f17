package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

// emailCallback completes a sign-in by a mailed link. In the browser that asked
// for it the link works at once; elsewhere a page asks first, so that neither a
// mail scanner nor a planted link signs anybody in.
func (a *Auth) emailCallback(ctx context.Context, x *exchange) *response {
	secretToken, address := x.linkParameter("token"), x.linkParameter("email")
	if secretToken == "" {
		code := ErrorVerification
		if a.config.StrictV4 {
			code = "configuration"
		}
		return redirectTo(x.url("error?error=" + string(code)))
	}
	if !a.config.StrictV4 {
		if !a.confirmed(x, secretToken) {
			a.debug(ctx, x, "the link was opened in another browser: a page asks first")
			return a.confirmLink(x, secretToken, address)
		}
		a.rememberAddress(x, address)
	}
	link, err := a.findLink(ctx, x.provider.email, address, secretToken)
	if err != nil {
		return a.fail(ctx, x, ErrorCallback, "CALLBACK_EMAIL_ERROR", err)
	}
	if link == nil {
		return redirectTo(x.url("error?error=" + string(ErrorVerification)))
	}
	user, err := a.userOfAddress(ctx, link.Identifier)
	if err != nil {
		return a.fail(ctx, x, ErrorCallback, "CALLBACK_EMAIL_ERROR", err)
	}
	account := &Account{Provider: x.provider.id, ProviderAccountID: user.Email, Type: AccountEmail}
	if denied := a.allow(ctx, x, SignInParams{User: user, Account: account}); denied != nil {
		if _, err := a.store.UseVerificationToken(ctx, link.Identifier, link.Token); err != nil && !errors.Is(err, ErrNotFound) {
			return a.fail(ctx, x, ErrorCallback, "CALLBACK_EMAIL_ERROR", err)
		}
		return denied
	}
	return a.complete(ctx, x, identity{
		account:       account,
		profile:       &User{Email: user.Email},
		emailVerified: true,
		mailedLink:    link,
	})
}

// linkParameter returns a parameter of a mailed link, from the query or from the
// confirmation form.
func (x *exchange) linkParameter(name string) string {
	if value := x.parameter(name); value != "" {
		return value
	}
	return x.body.text(name)
}

// findLink finds a link without using it up, or nil when there is none. One that
// has expired is used up. With StrictV4 every link that is found is used up at
// once, as in NextAuth.js v4.
func (a *Auth) findLink(ctx context.Context, p *EmailProvider, address, secretToken string) (*VerificationToken, error) {
	find := a.store.VerificationToken
	if a.config.StrictV4 {
		find = a.store.UseVerificationToken
	}
	for i := range a.config.Secrets {
		hash := a.hashLink(p, secretToken, i)
		link, err := find(ctx, address, hash)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if link.Expires.After(time.Now()) {
			return link, nil
		}
		if _, err = a.store.UseVerificationToken(ctx, address, hash); errors.Is(err, ErrNotFound) {
			err = nil
		}
		return nil, err
	}
	return nil, nil
}

// confirmed reports whether this request may use the link up: the browser asked
// for it, or somebody pressed the button of the confirmation page.
func (a *Auth) confirmed(x *exchange, secretToken string) bool {
	if x.method == http.MethodPost {
		return x.csrf.verified
	}
	if isPrefetch(x.request.Header) {
		return false
	}
	for _, sent := range x.bindings() {
		for i := range a.config.Secrets {
			if constantTimeEqual(sent, a.bindingOf(secretToken, i)) {
				return true
			}
		}
	}
	return false
}

// maxBindings is how many links a browser may have asked for that all work at
// once in it: somebody who asks again may still open the first mail.
const maxBindings = 3

// bindings are the proofs of the cookie, the latest first.
func (x *exchange) bindings() []string {
	proofs := strings.SplitN(x.cookies.Get(x.names.binding.Name), ".", maxBindings+1)
	return proofs[:min(len(proofs), maxBindings)]
}

// addBinding is the value of the cookie with the proof of one more link.
func (a *Auth) addBinding(x *exchange, secretToken string) string {
	proofs := []string{a.bindingOf(secretToken, 0)}
	for _, earlier := range x.bindings() {
		if len(earlier) == len(proofs[0]) && len(proofs) < maxBindings {
			proofs = append(proofs, earlier)
		}
	}
	return strings.Join(proofs, ".")
}

// isPrefetch reports whether a browser loads a page that nobody has asked for yet.
func isPrefetch(h http.Header) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if value := h.Get(name); strings.Contains(value, "prefetch") || strings.Contains(value, "preview") {
			return true
		}
	}
	return false
}

// bindingOf is the cookie's proof that a browser asked for a link.
func (a *Auth) bindingOf(secretToken string, i int) string {
	return a.keys.binding[i].sum(secretToken)
}

// confirmLink shows the page that asks before a link is used. Whoever made the
// address of this page chose what it says, so that only a plain mail address is
// shown.
func (a *Auth) confirmLink(x *exchange, secretToken, address string) *response {
	shown := ""
	if plain, err := normalizeAddress(address); err == nil && plain == address {
		shown = maskAddress(address)
	}
	return a.page(x, http.StatusOK, func(s pages.Site) ([]byte, error) {
		return a.pages.ConfirmLink(pages.ConfirmLink{
			Site:      s,
			CSRFToken: x.csrf.token,
			Action:    x.url("callback/" + x.provider.id),
			Address:   shown,
			Expired:   x.method == http.MethodPost,
			Hidden: []pages.HiddenField{
				{Name: "token", Value: secretToken},
				{Name: "email", Value: address},
				{Name: "callbackUrl", Value: x.callbackURL},
			},
		})
	})
}
