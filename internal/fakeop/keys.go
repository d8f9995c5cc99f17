package fakeop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

// keyring has the signing keys by algorithm. They are made when they are first
// needed.
type keyring struct {
	configured crypto.Signer
	keys       map[string]signingKey
	generation int
}

type signingKey struct {
	id     string
	signer crypto.Signer
}

func newKeyring(configured crypto.Signer) keyring {
	return keyring{configured: configured, keys: map[string]signingKey{}}
}

// key returns the key for an algorithm.
func (k *keyring) key(algorithm string) (signingKey, error) {
	if key, ok := k.keys[algorithm]; ok {
		return key, nil
	}
	signer, err := k.newSigner(algorithm)
	if err != nil {
		return signingKey{}, err
	}
	key := signingKey{fmt.Sprintf("%s-%d", algorithm, k.generation), signer}
	k.keys[algorithm] = key
	return key, nil
}

// newSigner makes a key, or returns the configured one of the first generation.
func (k *keyring) newSigner(algorithm string) (crypto.Signer, error) {
	configured := k.configured
	if k.generation > 0 {
		configured = nil
	}
	switch algorithm {
	case "RS256":
		if key, ok := configured.(*rsa.PrivateKey); ok {
			return key, nil
		}
		return rsa.GenerateKey(rand.Reader, 2048)
	case "ES256":
		if key, ok := configured.(*ecdsa.PrivateKey); ok {
			return key, nil
		}
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return nil, fmt.Errorf("fakeop: algorithm %q is not supported", algorithm)
}

// RotateKeys withdraws all keys. New ones with new key ids take their place.
func (p *Provider) RotateKeys() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys.generation++
	p.keys.keys = map[string]signingKey{}
}

// ReplaceKeys does as RotateKeys, but the new keys take the key ids of the old.
func (p *Provider) ReplaceKeys() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys.generation++
	for algorithm, old := range p.keys.keys {
		signer, err := p.keys.newSigner(algorithm)
		if err != nil {
			return err
		}
		p.keys.keys[algorithm] = signingKey{old.id, signer}
	}
	return nil
}

// PublicKey returns the public key for RS256 or ES256.
func (p *Provider) PublicKey(algorithm string) (crypto.PublicKey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key, err := p.keys.key(algorithm)
	if err != nil {
		return nil, err
	}
	return key.signer.Public(), nil
}

// jwks answers with the public keys (RFC 7517, section 5).
func (p *Provider) jwks(w http.ResponseWriter, _ *http.Request) {
	var set jose.JSONWebKeySet
	p.mu.Lock()
	behavior := p.behavior.JWKS
	for _, algorithm := range []string{"RS256", "ES256"} {
		key, err := p.keys.key(algorithm)
		if err != nil {
			p.mu.Unlock()
			writeError(w, http.StatusInternalServerError, "server_error", "no key could be made")
			return
		}
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.signer.Public(), KeyID: key.id, Algorithm: algorithm, Use: "sig"})
	}
	p.mu.Unlock()
	writeJSON(w, http.StatusOK, behavior.edit(map[string]any{"keys": set.Keys}))
}

// idToken makes an ID token (OpenID Connect Core 1.0, section 2).
func (p *Provider) idToken(b IDTokenBehavior, issuer string, client Client, g grant, accessToken string) (string, error) {
	if b.Raw != "" {
		return b.Raw, nil
	}
	payload, err := p.idTokenClaims(b, issuer, client, g, accessToken)
	if err != nil {
		return "", err
	}
	algorithm := b.Algorithm
	if algorithm == "" {
		algorithm = "RS256"
	}
	header := map[string]any{"typ": "JWT", "alg": algorithm}
	if algorithm == "none" {
		return encodeToken(edit(header, b.Header, nil), payload, func([]byte) ([]byte, error) { return nil, nil })
	}
	if algorithm == "HS256" {
		secret := b.HMACKey
		if secret == nil {
			secret = []byte(client.Secret)
		}
		return encodeToken(edit(header, b.Header, nil), payload, func(input []byte) ([]byte, error) {
			mac := hmac.New(sha256.New, secret)
			mac.Write(input)
			return mac.Sum(nil), nil
		})
	}
	key, err := p.signingKey(algorithm, b.BadSignature)
	if err != nil {
		return "", err
	}
	header["kid"] = key.id
	if b.UnknownKeyID {
		header["kid"] = "no-such-key"
	}
	if b.OmitKeyID {
		delete(header, "kid")
	}
	return encodeToken(edit(header, b.Header, nil), payload, key.sign)
}

// idTokenClaims returns the claims of an ID token as JSON.
func (p *Provider) idTokenClaims(b IDTokenBehavior, issuer string, client Client, g grant, accessToken string) ([]byte, error) {
	now := p.cfg.Now().Unix()
	claims := userClaims(g.user)
	claims["iss"] = issuer
	claims["aud"] = client.ID
	claims["iat"] = now
	claims["exp"] = now + int64(tokenLifetime.Seconds())
	if g.request.Nonce != "" {
		claims["nonce"] = g.request.Nonce
	}
	if b.AccessTokenHash {
		sum := sha256.Sum256([]byte(accessToken))
		claims["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	payload, err := json.Marshal(edit(claims, b.Claims, b.Omit))
	if err != nil {
		return nil, fmt.Errorf("fakeop: claims: %w", err)
	}
	return payload, nil
}

// signingKey returns the published key for an algorithm, or another under its
// id.
func (p *Provider) signingKey(algorithm string, other bool) (signingKey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key, err := p.keys.key(algorithm)
	if err == nil && other {
		unpublished := newKeyring(nil)
		key.signer, err = unpublished.newSigner(algorithm)
	}
	return key, err
}

// sign signs with RS256 or ES256 (RFC 7518, sections 3.3 and 3.4).
func (k signingKey) sign(input []byte) ([]byte, error) {
	sum := sha256.Sum256(input)
	ec, ok := k.signer.(*ecdsa.PrivateKey)
	if !ok {
		return k.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
	}
	r, s, err := ecdsa.Sign(rand.Reader, ec, sum[:])
	if err != nil {
		return nil, err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature, nil
}

// encodeToken makes a compact JWS (RFC 7515, section 7.1). It does so by hand,
// since go-jose refuses to make most of the wrong ones.
func encodeToken(header map[string]any, payload []byte, sign func([]byte) ([]byte, error)) (string, error) {
	head, err := json.Marshal(header)
	if err != nil {
		return "", fmt.Errorf("fakeop: header: %w", err)
	}
	encoding := base64.RawURLEncoding
	input := encoding.EncodeToString(head) + "." + encoding.EncodeToString(payload)
	signature, err := sign([]byte(input))
	if err != nil {
		return "", fmt.Errorf("fakeop: sign: %w", err)
	}
	return input + "." + encoding.EncodeToString(signature), nil
}
