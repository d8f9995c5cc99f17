package oauth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
)

// requestToken redeems the code (RFC 6749, section 4.1.3).
func (c *Client) requestToken(ctx context.Context, p *provider, a Answer, code string) (map[string]any, error) {
	tokens, err := c.tokenMembers(ctx, p, a, code)
	if err == nil {
		err = c.checkTokens(tokens)
	}
	if err != nil {
		return nil, stageError("token request", err)
	}
	normalizeTokens(tokens, c.now())
	return tokens, nil
}

// tokenMembers returns the members of the token response. The request is made
// here and not by x/oauth2, which drops members of the answer, refuses some
// answers that NextAuth.js v4 accepts and puts bodies into its errors.
func (c *Client) tokenMembers(ctx context.Context, p *provider, a Answer, code string) (map[string]any, error) {
	if c.cfg.FetchTokens != nil {
		return c.fetchTokens(ctx, p, a, code)
	}
	req, err := c.newTokenRequest(ctx, p, a, code)
	if err != nil {
		return nil, err
	}
	resp, err := send(c.http, req)
	if err != nil {
		return nil, err
	}
	tokens, err := c.parseTokenResponse(resp)
	if err != nil {
		return nil, err
	}
	if tokens == nil {
		return nil, statusFailure(req.URL, resp, "200 and a JSON object")
	}
	return tokens, nil
}

// fetchTokens lets the configuration get the tokens.
func (c *Client) fetchTokens(ctx context.Context, p *provider, a Answer, code string) (map[string]any, error) {
	r := &TokenRequest{
		Code: code, RedirectURI: a.RedirectURI, CodeVerifier: a.CodeVerifier, ClientID: c.cfg.ClientID, Client: c.http,
	}
	if p.clientAuthentication != ClientAuthNone {
		var err error
		if r.ClientSecret, err = c.clientSecret(ctx); err != nil {
			return nil, err
		}
	}
	tokens, err := c.cfg.FetchTokens(ctx, r)
	if err != nil {
		return nil, withoutURL(err)
	}
	if tokens == nil {
		return nil, errors.New("there are no tokens")
	}
	return tokens, c.fixTokens(tokens)
}

// newTokenRequest builds the token request with the client's authentication.
func (c *Client) newTokenRequest(ctx context.Context, p *provider, a Answer, code string) (*http.Request, error) {
	if err := c.checkEndpoint("token", p.token, c.cfg.Token.URL != ""); err != nil {
		return nil, err
	}
	form := url.Values{}
	if !c.cfg.StrictV4 {
		maps.Copy(form, c.cfg.Token.Params)
	}
	form.Set("grant_type", "authorization_code")
	form.Set("code", code)
	form.Set("redirect_uri", a.RedirectURI)
	if a.CodeVerifier != "" {
		form.Set("code_verifier", a.CodeVerifier)
	}
	var secret string
	if p.clientAuthentication != ClientAuthNone {
		var err error
		if secret, err = c.clientSecret(ctx); err != nil {
			return nil, err
		}
	}
	switch p.clientAuthentication {
	case ClientSecretBasic:
	case ClientSecretPost:
		form.Set(cmp.Or(c.cfg.ClientSecretParameter, "client_secret"), secret)
		fallthrough
	case ClientAuthNone:
		form.Set(c.clientIDParameter(), c.cfg.ClientID)
	default:
		return nil, fmt.Errorf("client authentication %q is not supported", p.clientAuthentication)
	}
	if c.cfg.TokenForm != nil {
		c.cfg.TokenForm(form)
	}
	req, err := c.formRequest(ctx, p.token, form)
	if err != nil {
		return nil, err
	}
	if p.clientAuthentication == ClientSecretBasic {
		req.SetBasicAuth(url.QueryEscape(c.cfg.ClientID), url.QueryEscape(secret))
	}
	return req, nil
}

// formRequest sends the form to the token endpoint where it is wanted: in the
// body or in the query.
func (c *Client) formRequest(ctx context.Context, target string, form url.Values) (*http.Request, error) {
	method := cmp.Or(c.cfg.Token.Method, http.MethodPost)
	var req *http.Request
	var err error
	if c.cfg.TokenInQuery {
		req, err = newRequest(ctx, method, target, form, nil)
	} else {
		req, err = newRequest(ctx, method, target, nil, []byte(form.Encode()))
	}
	if err != nil {
		return nil, err
	}
	addHeader(req, c.cfg.Token.Header)
	if !c.cfg.TokenInQuery {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return req, nil
}

// clientSecret returns the secret, which must not be empty.
func (c *Client) clientSecret(ctx context.Context) (string, error) {
	secret := c.cfg.ClientSecret
	if c.cfg.ClientSecretFunc != nil {
		var err error
		if secret, err = c.cfg.ClientSecretFunc(ctx); err != nil {
			return "", fmt.Errorf("client secret: %w", withoutURL(err))
		}
	}
	if secret == "" {
		return "", errors.New("client secret is empty")
	}
	return secret, nil
}

// parseTokenResponse returns the members of a token response, nil when it is
// none, or a *ProviderError.
func (c *Client) parseTokenResponse(resp *response) (map[string]any, error) {
	var members map[string]any
	if resp.mediaType == "application/x-www-form-urlencoded" && !c.cfg.StrictV4 {
		members = parseForm(resp.body)
	} else {
		members, _ = parseObject(resp.body)
	}
	if err := c.fixTokens(members); err != nil {
		return nil, err
	}
	if resp.status != http.StatusOK && (c.cfg.StrictV4 || resp.status != http.StatusCreated) {
		return nil, nil
	}
	return members, nil
}

// fixTokens lets the configuration change the members of a token response and
// returns the error that they then hold, a *ProviderError, or nil.
func (c *Client) fixTokens(members map[string]any) error {
	if members != nil && c.cfg.FixTokens != nil {
		c.cfg.FixTokens(members)
	}
	if code, _ := members["error"].(string); code != "" {
		description, _ := members["error_description"].(string)
		return NewProviderError("token", code, description)
	}
	return nil
}

// parseForm returns the members of a form-encoded token response, as some
// providers send it; nil when one is repeated or malformed.
func parseForm(body []byte) map[string]any {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil
	}
	members := make(map[string]any, len(values))
	for name, v := range values {
		if len(v) != 1 {
			return nil
		}
		members[name] = v[0]
	}
	return members
}

// parseObject decodes one JSON object and nothing else.
func parseObject(data []byte) (map[string]any, error) {
	value, err := jsonvalue.Decode(data)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("not a JSON object")
	}
	return object, nil
}

// checkTokens checks a token response (RFC 6749, section 5.1).
func (c *Client) checkTokens(tokens map[string]any) error {
	idToken, _ := tokens["id_token"].(string)
	if c.cfg.StrictV4 {
		if !c.cfg.OpenID && idToken != "" {
			return errors.New("id_token from a provider without OpenID")
		}
		return nil
	}
	if accessToken, _ := tokens["access_token"].(string); accessToken == "" {
		return errors.New("access_token is missing")
	}
	switch tokenType := tokens["token_type"].(type) {
	case nil:
		return nil
	case string:
		if tokenType == "" || strings.EqualFold(tokenType, "bearer") {
			return nil
		}
	}
	return errors.New("token_type is not Bearer")
}

// normalizeTokens replaces expires_in by expires_at, unless the answer has that
// as well, joins a list of scopes and drops an empty ID token.
func normalizeTokens(tokens map[string]any, now time.Time) {
	if lifetime, ok := tokens["expires_in"]; ok {
		delete(tokens, "expires_in")
		_, given := tokens["expires_at"].(json.Number)
		if seconds, ok := wholeSeconds(lifetime); ok && !given {
			tokens["expires_at"] = json.Number(strconv.FormatInt(now.Unix()+seconds, 10))
		}
	}
	if tokens["id_token"] == "" {
		delete(tokens, "id_token")
	}
	if list, ok := tokens["scope"].([]any); ok {
		scopes := make([]string, len(list))
		for i, scope := range list {
			scopes[i] = fmt.Sprint(scope)
		}
		tokens["scope"] = strings.Join(scopes, " ")
	}
}

// wholeSeconds reads a number, or text that is one, of at most 1e12.
func wholeSeconds(value any) (int64, bool) {
	var text string
	switch v := value.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = strings.TrimSpace(v)
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) || math.Abs(seconds) > 1e12 {
		return 0, false
	}
	return int64(seconds), true
}
