package oauth

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// AuthorizationRequest is one attempt to sign in. The caller makes the secret
// values, each with at least 128 random bits, and keeps them for [Answer].
type AuthorizationRequest struct {
	// RedirectURI is where the provider sends the browser back to.
	RedirectURI string
	// State, Nonce and CodeVerifier are left out when they are empty. Of the
	// verifier (RFC 7636) only the S256 challenge is sent.
	State, Nonce, CodeVerifier string
	// Params are further parameters, such as prompt or login_hint. They win
	// over those of the configuration, but have no effect on what protects the
	// flow: client_id, redirect_uri, response_type, state, nonce,
	// code_challenge, code_challenge_method and everything that begins with
	// "request".
	Params url.Values
}

// AuthorizationURL returns the address to send the browser to (RFC 6749,
// section 4.1.1). It fails when the discovery document is needed and cannot be
// had.
func (c *Client) AuthorizationURL(ctx context.Context, r AuthorizationRequest) (string, error) {
	p, err := c.provider(ctx)
	if err != nil {
		return "", err
	}
	if err := c.checkEndpoint("authorization", p.authorization, c.cfg.Authorization.URL != ""); err != nil {
		return "", stageError("authorization URL", err)
	}
	u, err := url.Parse(p.authorization)
	if err != nil {
		return "", stageError("authorization URL", err)
	}
	// A space is %20: some providers take a plus sign for itself.
	u.RawQuery = strings.ReplaceAll(c.authorizationQuery(u.Query(), r).Encode(), "+", "%20")
	u.Fragment = c.cfg.AuthorizationFragment
	return u.String(), nil
}

// authorizationQuery completes query, the query of the endpoint's URL.
func (c *Client) authorizationQuery(query url.Values, r AuthorizationRequest) url.Values {
	switch {
	case len(c.cfg.Scopes) > 0:
		query.Set("scope", strings.Join(c.cfg.Scopes, cmp.Or(c.cfg.ScopeSeparator, " ")))
	case !query.Has("scope") && (c.cfg.OpenID || c.cfg.StrictV4):
		query.Set("scope", "openid")
	}
	if c.cfg.ResponseMode != "" {
		query.Set("response_mode", c.cfg.ResponseMode)
	}
	for name, values := range c.cfg.Authorization.Params {
		query[name] = values
	}
	for name, values := range r.Params {
		if !isReserved(name) && name != c.cfg.ClientIDParameter {
			query[name] = values
		}
	}
	query.Set(c.clientIDParameter(), c.cfg.ClientID)
	query.Set("response_type", c.responseType())
	query.Set("redirect_uri", r.RedirectURI)
	if r.State != "" {
		query.Set("state", r.State)
	}
	if r.Nonce != "" {
		query.Set("nonce", r.Nonce)
	}
	if r.CodeVerifier != "" {
		query.Set("code_challenge", oauth2.S256ChallengeFromVerifier(r.CodeVerifier))
		query.Set("code_challenge_method", "S256")
	}
	return query
}

// responseType is "code" unless the configuration says otherwise.
func (c *Client) responseType() string {
	return cmp.Or(c.cfg.ResponseType, c.cfg.Authorization.Params.Get("response_type"), "code")
}

// clientIDParameter is the name under which the client id is sent.
func (c *Client) clientIDParameter() string {
	return cmp.Or(c.cfg.ClientIDParameter, "client_id")
}

// isReserved names the parameters that nobody but this package may set.
func isReserved(name string) bool {
	switch name {
	case "client_id", "redirect_uri", "response_type", "state", "nonce", "code_challenge", "code_challenge_method":
		return true
	}
	return strings.HasPrefix(name, "request")
}
