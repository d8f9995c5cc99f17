package oauth

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// tolerance is how far the provider's clock may be from ours.
const tolerance = 10 * time.Second

// idTokenChecks are the values that an ID token must be bound to. Empty ones
// are not expected.
type idTokenChecks struct {
	nonce       string
	accessToken string
	// code is the code that came with an ID token through the browser.
	code string
}

// verifyIDToken verifies an ID token (OpenID Connect Core 1.0, section 3.1.3.7)
// and returns its claims.
func (c *Client) verifyIDToken(ctx context.Context, p *provider, raw string, checks idTokenChecks) (map[string]any, error) {
	claims, err := c.idTokenClaims(ctx, p, raw, checks)
	if err != nil {
		return nil, stageError("id token", err)
	}
	return claims, nil
}

func (c *Client) idTokenClaims(ctx context.Context, p *provider, raw string, checks idTokenChecks) (map[string]any, error) {
	algorithm, err := c.tokenAlgorithm(raw)
	if err != nil {
		return nil, err
	}
	claims, err := c.signedClaims(ctx, p, raw, algorithm)
	if err != nil {
		return nil, err
	}
	return claims, cmp.Or(checkTimes(claims, c.now(), "exp", "iat"), checkBinding(claims, algorithm, checks))
}

// signedClaims returns the claims of a token after checking its signature, its
// issuer and its audience.
func (c *Client) signedClaims(ctx context.Context, p *provider, raw, algorithm string) (map[string]any, error) {
	keys, err := c.keySet(ctx, p, algorithm)
	if err != nil {
		return nil, err
	}
	// go-oidc verifies the signature and the audience. It reads claims by
	// names in any case, so that all others, and the audience once more, are
	// checked below on what the token says exactly.
	token, err := oidc.NewVerifier("", keys, &oidc.Config{
		ClientID:             c.cfg.ClientID,
		SupportedSigningAlgs: []string{algorithm},
		SkipIssuerCheck:      true,
		SkipExpiryCheck:      true,
	}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	var payload json.RawMessage
	if err := token.Claims(&payload); err != nil {
		return nil, errors.New("malformed claims")
	}
	claims, err := parseObject(payload)
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	return claims, cmp.Or(c.checkIssuer(p, claims), c.checkAudience(claims))
}

// tokenAlgorithm returns the algorithm in the header of a token when it is an
// accepted one.
func (c *Client) tokenAlgorithm(raw string) (string, error) {
	accepted := []jose.SignatureAlgorithm{jose.RS256}
	if len(c.cfg.IDTokenAlgorithms) > 0 {
		accepted = nil
	}
	for _, name := range c.cfg.IDTokenAlgorithms {
		switch a := jose.SignatureAlgorithm(name); a {
		case jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
			jose.ES256, jose.ES384, jose.ES512, jose.EdDSA, jose.HS256, jose.HS384, jose.HS512:
			accepted = append(accepted, a)
		default:
			return "", fmt.Errorf("algorithm %q is not supported", name)
		}
	}
	token, err := jose.ParseSignedCompact(raw, accepted)
	if err != nil || len(token.Signatures) != 1 {
		return "", fmt.Errorf("not a token signed with %v", accepted)
	}
	return token.Signatures[0].Header.Algorithm, nil
}

// checkIssuer checks the claim iss, with the tenant filled in if there is a
// template.
func (c *Client) checkIssuer(p *provider, claims map[string]any) error {
	iss, _ := claims["iss"].(string)
	ok := iss != "" && (iss == p.issuer || p.issuer == "" && c.cfg.IssuerTemplate != "")
	if c.cfg.IssuerTemplate != "" {
		tenant, _ := claims["tid"].(string)
		ok = ok && isTenant(tenant) && iss == strings.ReplaceAll(c.cfg.IssuerTemplate, tenantPlaceholder, tenant)
	}
	if !ok {
		return errors.New("iss is not the provider's issuer")
	}
	return nil
}

// checkAudience checks the claims aud, azp and sub.
func (c *Client) checkAudience(claims map[string]any) error {
	azp, hasParty := claims["azp"]
	switch aud := claims["aud"].(type) {
	case string:
		if aud != c.cfg.ClientID {
			return errors.New("aud is not the client")
		}
	case []any:
		if !slices.Contains(aud, any(c.cfg.ClientID)) {
			return errors.New("aud is not the client")
		}
		if len(aud) > 1 && !hasParty {
			return errors.New("aud has several audiences and there is no azp")
		}
	default:
		return errors.New("aud is missing")
	}
	if hasParty && azp != c.cfg.ClientID {
		return errors.New("azp is not the client")
	}
	if sub, _ := claims["sub"].(string); sub == "" {
		return errors.New("sub is missing")
	}
	return nil
}

// checkTimes checks those of the claims exp, iat and nbf that are there or
// required.
func checkTimes(claims map[string]any, now time.Time, required ...string) error {
	seconds, leeway := float64(now.Unix()), tolerance.Seconds()
	for _, check := range []struct {
		name   string
		wrong  func(claimed float64) bool
		reason string
	}{
		{"exp", func(expires float64) bool { return seconds-leeway >= expires }, "expired"},
		{"iat", func(issued float64) bool { return issued > seconds+leeway }, "iat is in the future"},
		{"nbf", func(notBefore float64) bool { return notBefore > seconds+leeway }, "nbf is in the future"},
	} {
		if _, ok := claims[check.name]; !ok && !slices.Contains(required, check.name) {
			continue
		}
		claimed, err := numericDate(claims, check.name)
		if err != nil {
			return err
		}
		if check.wrong(claimed) {
			return errors.New(check.reason)
		}
	}
	return nil
}

// numericDate returns a claim that is a NumericDate (RFC 7519, section 2).
func numericDate(claims map[string]any, name string) (float64, error) {
	number, ok := claims[name].(json.Number)
	if !ok {
		return 0, fmt.Errorf("%s is missing or not a number", name)
	}
	seconds, err := number.Float64()
	if err != nil {
		return 0, fmt.Errorf("%s is out of range", name)
	}
	return seconds, nil
}

// checkBinding checks the claims nonce, at_hash and c_hash.
func checkBinding(claims map[string]any, algorithm string, checks idTokenChecks) error {
	nonce, _ := claims["nonce"].(string)
	if !equal(nonce, checks.nonce) {
		return errors.New("nonce does not match")
	}
	if _, ok := claims["at_hash"]; ok && checks.accessToken != "" {
		if atHash, _ := claims["at_hash"].(string); !equal(atHash, halfHash(algorithm, checks.accessToken)) {
			return errors.New("at_hash does not match the access token")
		}
	}
	if checks.code != "" {
		if codeHash, _ := claims["c_hash"].(string); !equal(codeHash, halfHash(algorithm, checks.code)) {
			return errors.New("c_hash does not match the code")
		}
	}
	return nil
}

// halfHash returns the left half of the hash of a value, for at_hash and c_hash
// (OpenID Connect Core 1.0, section 3.1.3.6). EdDSA means Ed25519 here, whose
// hash is SHA-512.
func halfHash(algorithm, value string) string {
	h := newHash(algorithm)
	h.Write([]byte(value))
	sum := h.Sum(nil)
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

func newHash(algorithm string) hash.Hash {
	switch {
	case strings.HasSuffix(algorithm, "256"):
		return sha256.New()
	case strings.HasSuffix(algorithm, "384"):
		return sha512.New384()
	}
	return sha512.New()
}

// keySet returns the keys that verify tokens signed with algorithm: the client
// secret for HMAC, the provider's published keys otherwise.
func (c *Client) keySet(ctx context.Context, p *provider, algorithm string) (oidc.KeySet, error) {
	if strings.HasPrefix(algorithm, "HS") {
		secret, err := c.clientSecret(ctx)
		if err != nil {
			return nil, err
		}
		if len(secret) < newHash(algorithm).Size() && !c.cfg.StrictV4 {
			return nil, fmt.Errorf("the client secret is too short for %s", algorithm)
		}
		return secretKey{algorithm, []byte(secret)}, nil
	}
	if err := c.checkEndpoint("jwks", p.jwks, c.cfg.JWKS != ""); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil || c.keys.url != p.jwks || c.now().After(c.keys.until) {
		c.keys = &remoteKeys{
			url:   p.jwks,
			until: c.now().Add(documentTTL),
			set:   oidc.NewRemoteKeySet(oidc.ClientContext(context.WithoutCancel(ctx), c.keyHTTP), p.jwks),
		}
	}
	return c.keys, nil
}

// remoteKeys are the provider's keys. An unknown key id or a failed signature
// makes the set fetch them again, once for all who wait; the new keys replace
// the old.
type remoteKeys struct {
	url   string
	until time.Time
	set   *oidc.RemoteKeySet
}

// VerifySignature implements oidc.KeySet. It replaces the errors of the set,
// which can hold what the key server answered.
func (k *remoteKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.set.VerifySignature(ctx, token)
	if err == nil {
		return payload, nil
	}
	var failed *url.Error
	if errors.As(err, &failed) || ctx.Err() != nil {
		if u, parseErr := url.Parse(k.url); parseErr == nil {
			return nil, requestFailure(u, err)
		}
	}
	return nil, errors.New("no key of the provider fits")
}

// secretKey is the client secret as the key of an HMAC algorithm.
type secretKey struct {
	algorithm string
	secret    []byte
}

// VerifySignature implements oidc.KeySet.
func (k secretKey) VerifySignature(_ context.Context, token string) ([]byte, error) {
	end := strings.LastIndexByte(token, '.')
	start := strings.IndexByte(token, '.')
	if start < 0 || start == end {
		return nil, errors.New("malformed token")
	}
	encoding := base64.RawURLEncoding.Strict()
	signature, err := encoding.DecodeString(token[end+1:])
	if err != nil {
		return nil, errors.New("malformed signature")
	}
	mac := hmac.New(func() hash.Hash { return newHash(k.algorithm) }, k.secret)
	mac.Write([]byte(token[:end]))
	if !hmac.Equal(signature, mac.Sum(nil)) {
		return nil, errors.New("the client secret does not fit")
	}
	return encoding.DecodeString(token[start+1 : end])
}
