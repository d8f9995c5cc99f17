package oauth

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Answer is what the provider sent through the browser, and what the caller
// remembered of the [AuthorizationRequest].
type Answer struct {
	// Params are the parameters of the callback: the query, or the form of a
	// POST.
	Params url.Values
	// RedirectURI is that of the request.
	RedirectURI string
	// State, Nonce and CodeVerifier are those of the request; empty when they
	// were not used.
	State, Nonce, CodeVerifier string
}

// checkState makes the checks that need nothing from the network: no repeated
// parameter, and the expected state.
func (c *Client) checkState(a Answer) error {
	for _, name := range []string{"code", c.codeParameter(), "state", "iss", "error", "error_description", "id_token", "access_token", "response"} {
		if len(a.Params[name]) > 1 {
			return fmt.Errorf("oauth: authorization answer: parameter %s is repeated", name)
		}
	}
	if c.cfg.StrictV4 {
		if err := answeredError(a); err != nil {
			return err
		}
	}
	switch state := a.Params.Get("state"); {
	case a.State == "" && a.Params.Has("state"):
		return errors.New("oauth: authorization answer: state was not requested")
	case a.State != "" && state == "":
		return errors.New("oauth: authorization answer: state is missing")
	case !equal(state, a.State):
		return errors.New("oauth: authorization answer: state does not match")
	}
	return nil
}

// checkAnswer checks the rest of an answer and returns the code.
func (c *Client) checkAnswer(p *provider, a Answer) (code string, err error) {
	if err := c.checkIssuerParameter(p, a); err != nil {
		return "", err
	}
	if err := answeredError(a); err != nil {
		return "", err
	}
	if a.Params.Has("response") {
		return "", errors.New("oauth: authorization answer: signed responses are not supported")
	}
	if code = cmp.Or(a.Params.Get(c.codeParameter()), a.Params.Get("code")); code == "" {
		return "", errors.New("oauth: authorization answer: code is missing")
	}
	return code, nil
}

// codeParameter is the name under which the provider returns the code.
func (c *Client) codeParameter() string { return cmp.Or(c.cfg.CodeParameter, "code") }

// checkIssuerParameter compares the parameter iss (RFC 9207) with the issuer.
// When no issuer is known the parameter means nothing, and StrictV4 refuses it.
// With an issuer template it must fit, and is compared with the ID token later.
func (c *Client) checkIssuerParameter(p *provider, a Answer) error {
	if !a.Params.Has("iss") {
		if p.issuerParameter {
			return errors.New("oauth: authorization answer: iss is missing")
		}
		return nil
	}
	iss := a.Params.Get("iss")
	ok := !c.cfg.StrictV4
	switch {
	case p.issuer != "":
		ok = iss == p.issuer
	case c.cfg.IssuerTemplate != "":
		ok = matchesTemplate(c.cfg.IssuerTemplate, iss)
	}
	if !ok {
		return errors.New("oauth: authorization answer: iss is not the provider's issuer")
	}
	return nil
}

// checkFrontIDToken verifies an ID token that came with the code, which only a
// hybrid response type allows (OpenID Connect Core 1.0, section 3.3.2).
func (c *Client) checkFrontIDToken(ctx context.Context, p *provider, a Answer, code string) error {
	hybrid := c.cfg.OpenID && slices.Contains(strings.Fields(c.responseType()), "id_token")
	raw := a.Params.Get("id_token")
	switch {
	case !hybrid && raw != "":
		return errors.New("oauth: authorization answer: id_token was not requested")
	case !hybrid:
		return nil
	case raw == "":
		return errors.New("oauth: authorization answer: id_token is missing")
	}
	_, err := c.verifyIDToken(ctx, p, raw, idTokenChecks{
		nonce: a.Nonce, accessToken: a.Params.Get("access_token"), code: code,
	})
	return err
}

// answeredError returns the error that the provider answered, or nil.
func answeredError(a Answer) error {
	code := a.Params.Get("error")
	if code == "" {
		return nil
	}
	return NewProviderError("authorization", code, a.Params.Get("error_description"))
}

// equal compares two secrets in constant time.
func equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
