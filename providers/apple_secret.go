package providers

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// AppleKey is a key for Sign in with Apple, made at
// https://developer.apple.com/account/resources/authkeys/list.
type AppleKey struct {
	// TeamID is the ten characters in the upper right corner of the developer
	// account.
	TeamID string
	// KeyID is the ten characters that the console shows for the key.
	KeyID string
	// PrivateKey is the content of the file AuthKey_<KeyID>.p8, which the
	// console lets you download once: PEM with a P-256 key in PKCS #8.
	PrivateKey []byte
}

// appleSecretLife is how long a client secret is good for. It is used at once;
// the rest is for clocks that disagree. Apple allows six months.
const appleSecretLife = time.Hour

// AppleClientSecret returns a value for [auth.OAuthProvider.ClientSecretFunc] that
// signs a new client secret for each token request, so that none ever expires in
// use. The client id is that of the provider, the Services ID. The error lists
// everything that is missing or wrong; it never holds a part of the key. The
// returned function may be called from many goroutines.
func AppleClientSecret(clientID string, key AppleKey) (func(ctx context.Context) (string, error), error) {
	var problems []error
	for _, required := range [...]struct{ name, value string }{
		{"client id (the Services ID)", clientID}, {"team id", key.TeamID}, {"key id", key.KeyID},
	} {
		if required.value == "" {
			problems = append(problems, fmt.Errorf("providers: apple: the %s is missing", required.name))
		}
	}
	private, err := parseAppleKey(key.PrivateKey)
	if err != nil {
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	teamID, keyID := key.TeamID, key.KeyID
	return func(context.Context) (string, error) {
		now := time.Now()
		return signAppleSecret(private, keyID, appleClaims{
			Issuer:   teamID,
			IssuedAt: now.Unix(),
			Expires:  now.Add(appleSecretLife).Unix(),
			Audience: appleIssuer,
			Subject:  clientID,
		})
	}, nil
}

// parseAppleKey reads a .p8 file.
func parseAppleKey(p8 []byte) (*ecdsa.PrivateKey, error) {
	const fix = "pass the whole content of the file AuthKey_<key id>.p8 from Apple's developer console"
	block, _ := pem.Decode(p8)
	if block == nil {
		return nil, errors.New("providers: apple: the private key is not PEM; " + fix + ", with its line breaks")
	}
	if block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("providers: apple: the file holds a %q, not a PRIVATE KEY; %s", block.Type, fix)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("providers: apple: the private key is damaged or not in PKCS #8; " + fix)
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || private.Curve != elliptic.P256() {
		return nil, errors.New("providers: apple: the private key is not a P-256 key; " + fix)
	}
	return private, nil
}

type appleClaims struct {
	Issuer   string `json:"iss"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
}

// signAppleSecret makes a compact JWS (RFC 7515, section 7.1) with ES256.
func signAppleSecret(private *ecdsa.PrivateKey, keyID string, claims appleClaims) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("providers: apple: %w", err)
	}
	key := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: private, KeyID: keyID}}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		return "", fmt.Errorf("providers: apple: signing the client secret: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("providers: apple: signing the client secret: %w", err)
	}
	return signed.CompactSerialize()
}
