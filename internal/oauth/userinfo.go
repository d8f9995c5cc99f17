package oauth

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
)

// requestUserinfo fetches the profile with the access token, which travels in
// the Authorization header (RFC 6750, section 2.1) unless the configuration
// says otherwise. With StrictV4 the header's scheme is the token type as it was
// received, and JSON that is not an object gives a nil profile.
func (c *Client) requestUserinfo(ctx context.Context, p *provider, tokens map[string]any) (map[string]any, error) {
	const stage = "userinfo request"
	if err := c.checkEndpoint("userinfo", p.userinfo, c.cfg.Userinfo.URL != ""); err != nil {
		return nil, stageError(stage, err)
	}
	req, err := c.newUserinfoRequest(ctx, p, tokens)
	if err != nil {
		return nil, stageError(stage, err)
	}
	// The path may hold the access token, so errors name the endpoint.
	shown, err := url.Parse(p.userinfo)
	if err != nil {
		return nil, stageError(stage, err)
	}
	resp, err := sendAs(c.http, req, shown)
	if err != nil {
		return nil, stageError(stage, err)
	}
	if c.cfg.SignedUserinfo {
		return c.signedProfile(ctx, p, resp, shown)
	}
	value, err := jsonvalue.Decode(resp.body)
	if err != nil || resp.status != http.StatusOK {
		return nil, stageError(stage, statusFailure(shown, resp, "200 and a JSON object"))
	}
	profile, err := c.unwrap(value)
	if err != nil && !c.cfg.StrictV4 {
		return nil, stageError(stage, statusFailure(shown, resp, "200 and "+err.Error()))
	}
	return profile, nil
}

// newUserinfoRequest builds the userinfo request. Placeholders count in what is
// configured, and not in what a discovery document says.
func (c *Client) newUserinfoRequest(ctx context.Context, p *provider, tokens map[string]any) (*http.Request, error) {
	accessToken, _ := tokens["access_token"].(string)
	if accessToken == "" {
		return nil, errors.New("there is no access token")
	}
	endpoint := c.cfg.Userinfo
	target, header, sent := p.userinfo, http.Header{}, false
	expand := func(text string, escape func(string) (string, error)) (string, error) {
		sent = sent || strings.Contains(text, "{access_token}")
		return expandPlaceholders(text, tokens, escape)
	}
	var err error
	if endpoint.URL != "" {
		if target, err = expand(target, escapeSegment); err != nil {
			return nil, err
		}
	}
	for name, values := range endpoint.Header {
		for _, value := range values {
			if value, err = expand(value, func(s string) (string, error) { return s, nil }); err != nil {
				return nil, err
			}
			header.Add(name, value)
		}
	}
	req, err := newRequest(ctx, cmp.Or(endpoint.Method, http.MethodGet), target, endpoint.Params, endpoint.Body)
	if err != nil {
		return nil, err
	}
	if len(endpoint.Body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.cfg.SignedUserinfo {
		req.Header.Set("Accept", "application/jwt")
	}
	addHeader(req, header)
	c.addAccessToken(req, tokens, sent)
	return req, nil
}

// addAccessToken puts the access token where it belongs, unless a placeholder
// has done so.
func (c *Client) addAccessToken(req *http.Request, tokens map[string]any, sent bool) {
	accessToken, _ := tokens["access_token"].(string)
	switch name := c.cfg.UserinfoTokenParameter; {
	case sent:
	case name != "":
		query := req.URL.Query()
		query.Set(name, accessToken)
		req.URL.RawQuery = query.Encode()
	default:
		scheme := "Bearer"
		if tokenType, _ := tokens["token_type"].(string); tokenType != "" && c.cfg.StrictV4 {
			scheme = tokenType
		}
		req.Header.Set("Authorization", scheme+" "+accessToken)
	}
}

// placeholder stands for a member of the token response.
var placeholder = regexp.MustCompile(`\{[A-Za-z0-9_.-]+\}`)

// expandPlaceholders replaces {name} by that member of the token response.
func expandPlaceholders(text string, tokens map[string]any, escape func(string) (string, error)) (string, error) {
	var failed error
	expanded := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name := match[1 : len(match)-1]
		var value string
		switch member := tokens[name].(type) {
		case string:
			value = member
		case json.Number:
			value = member.String()
		}
		if value == "" {
			failed = cmp.Or(failed, fmt.Errorf("the token response has no %s", name))
			return ""
		}
		escaped, err := escape(value)
		if err != nil {
			failed = cmp.Or(failed, fmt.Errorf("%s of the token response %w", name, err))
		}
		return escaped
	})
	return expanded, failed
}

// escapeSegment makes a value part of one segment of a path, or of one value of
// a query.
func escapeSegment(value string) (string, error) {
	if value == "." || value == ".." {
		return "", errors.New("would change the path")
	}
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20"), nil
}

// unwrap follows ProfilePath into an answer.
func (c *Client) unwrap(value any) (map[string]any, error) {
	inner, _ := jsonvalue.At(value, c.cfg.ProfilePath)
	profile, ok := inner.(map[string]any)
	if !ok {
		return nil, errors.New(strings.TrimSuffix("a JSON object at "+strings.Join(c.cfg.ProfilePath, "."), " at "))
	}
	return profile, nil
}

// signedProfile returns the claims of a userinfo answer that is a JWT (OpenID
// Connect Core 1.0, section 5.3.2). Such an answer need not expire.
func (c *Client) signedProfile(ctx context.Context, p *provider, resp *response, shown *url.URL) (map[string]any, error) {
	const stage = "userinfo request"
	if resp.status != http.StatusOK || resp.mediaType != "application/jwt" {
		return nil, stageError(stage, statusFailure(shown, resp, "200 and application/jwt"))
	}
	raw := string(bytes.TrimSpace(resp.body))
	algorithm, err := c.tokenAlgorithm(raw)
	if err != nil {
		return nil, stageError(stage, err)
	}
	claims, err := c.signedClaims(ctx, p, raw, algorithm)
	if err != nil {
		return nil, stageError(stage, err)
	}
	if err := checkTimes(claims, c.now()); err != nil {
		return nil, stageError(stage, err)
	}
	profile, err := c.unwrap(claims)
	if err != nil {
		return nil, stageError(stage, statusFailure(shown, resp, "200 and "+err.Error()))
	}
	return profile, nil
}

// lacksClaims reports whether an ID token leaves out what was asked for: in the
// code flow a provider may keep the claims of scopes for its userinfo endpoint
// (OpenID Connect Core 1.0, section 5.4).
func (c *Client) lacksClaims(p *provider, claims map[string]any) bool {
	if p.userinfo == "" {
		return false
	}
	for scope, claim := range map[string]string{"profile": "name", "email": "email"} {
		if _, ok := claims[claim]; !ok && slices.Contains(c.cfg.Scopes, scope) {
			return true
		}
	}
	return false
}

// completeClaims adds to an ID token's claims those of the userinfo endpoint that
// it lacks. The ID token alone proves who somebody is: a userinfo endpoint that
// does not answer takes nothing away from that, but one that speaks of somebody
// else, or of nobody, is refused. The address and whether it is verified belong
// together, so both come from the ID token or both from the endpoint.
func (c *Client) completeClaims(ctx context.Context, p *provider, r *Result) (map[string]any, error) {
	profile := maps.Clone(r.Claims)
	info, err := c.requestUserinfo(ctx, p, r.Tokens)
	if err != nil {
		r.UserinfoError = err
		return profile, ctx.Err()
	}
	if _, ok := info["sub"]; !ok {
		return nil, errNoSubject
	}
	if err := sameSubject(r.Claims, info); err != nil {
		return nil, err
	}
	verified := cmp.Or(c.cfg.EmailVerifiedClaim, "email_verified")
	if _, ok := r.Claims["email"]; ok {
		delete(info, verified)
	} else {
		delete(profile, verified)
	}
	for name, value := range info {
		if _, ok := profile[name]; !ok {
			profile[name] = value
		}
	}
	return profile, nil
}
