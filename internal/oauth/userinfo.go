package oauth

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
)

// requestUserinfo fetches the profile with the access token, which travels in
// the Authorization header (RFC 6750, section 2.1) and never in the URL.
// With StrictV4 the header's scheme is the token type as it was received, and
// JSON that is not an object gives a nil profile.
func (c *Client) requestUserinfo(ctx context.Context, p *provider, tokens map[string]any) (map[string]any, error) {
	const stage = "userinfo request"
	if err := c.checkEndpoint("userinfo", p.userinfo, c.cfg.Userinfo.URL != ""); err != nil {
		return nil, stageError(stage, err)
	}
	accessToken, _ := tokens["access_token"].(string)
	if accessToken == "" {
		return nil, stageError(stage, errors.New("there is no access token"))
	}
	req, err := newGet(ctx, p.userinfo, c.cfg.Userinfo.Params)
	if err != nil {
		return nil, stageError(stage, err)
	}
	scheme := "Bearer"
	if tokenType, _ := tokens["token_type"].(string); tokenType != "" && c.cfg.StrictV4 {
		scheme = tokenType
	}
	req.Header.Set("Authorization", scheme+" "+accessToken)
	resp, err := send(c.http, req)
	if err != nil {
		return nil, stageError(stage, err)
	}
	value, err := jsonvalue.Decode(resp.body)
	profile, ok := value.(map[string]any)
	if resp.status != http.StatusOK || err != nil || !ok && !c.cfg.StrictV4 {
		return nil, stageError(stage, statusFailure(req.URL, resp, "200 and a JSON object"))
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
		return nil, errors.New("oauth: profile: the userinfo answer has no subject")
	}
	if err := sameSubject(r.Claims, info); err != nil {
		return nil, err
	}
	if _, ok := r.Claims["email"]; ok {
		delete(info, "email_verified")
	} else {
		delete(profile, "email_verified")
	}
	for name, value := range info {
		if _, ok := profile[name]; !ok {
			profile[name] = value
		}
	}
	return profile, nil
}
