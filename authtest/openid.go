package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// tenant is where people belong whose profile has no claim "tid".
const tenant = "9122040d-6c67-4c5b-b112-36a304b66dad"

// discovery is the metadata of the provider (OpenID Connect Discovery 1.0, section
// 3).
func (s *Simulation) discovery() Response {
	return jsonResponse(http.StatusOK, map[string]any{
		"issuer":                                s.endpoints.issuer,
		"authorization_endpoint":                s.endpoints.authorization,
		"token_endpoint":                        s.endpoints.token,
		"userinfo_endpoint":                     s.endpoints.userinfo,
		"jwks_uri":                              s.endpoints.keys,
		"response_types_supported":              []string{"code", "code id_token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{s.keys.algorithm},
		"token_endpoint_auth_methods_supported": []auth.ClientAuthentication{auth.ClientSecretBasic, auth.ClientSecretPost},
		"code_challenge_methods_supported":      []string{"S256"},
	})
}

// issuer is the claim iss for other claims, which say what the tenant is.
func (s *Simulation) issuer(claims map[string]any) string {
	if s.Provider.IssuerTemplate == "" {
		return s.endpoints.issuer
	}
	if _, ok := claims["tid"]; !ok {
		claims["tid"] = tenant
	}
	return strings.ReplaceAll(s.Provider.IssuerTemplate, "{tenantid}", reads(claims["tid"]))
}

// idToken makes an ID token (OpenID Connect Core 1.0, section 2).
func (s *Simulation) idToken(g *grant, extra map[string]any) (string, error) {
	claims := map[string]any{}
	switch {
	case g.account.Claims != nil:
		maps.Copy(claims, g.account.Claims)
	case s.Provider.ProfileFromUserinfo:
		path := append(append([]string{}, s.Provider.ProfilePath...), "sub")
		if sub, ok := at(s.document(g.account), path); ok {
			claims["sub"] = sub
		}
	default:
		claims = s.withoutUser(g.account.Profile)
	}
	now := time.Now()
	claims["iss"], claims["aud"] = s.issuer(claims), s.Provider.ClientID
	claims["iat"], claims["exp"] = now.Unix(), now.Add(time.Hour).Unix()
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	maps.Copy(claims, extra)
	return s.sign(claims)
}

// sign makes a JWT of claims.
func (s *Simulation) sign(claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("authtest: claims: %w", err)
	}
	var key any = []byte(s.Provider.ClientSecret)
	if !isHMAC(s.keys.algorithm) {
		if key, err = s.keys.signer(); err != nil {
			return "", err
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: jose.SignatureAlgorithm(s.keys.algorithm),
		Key:       jose.JSONWebKey{Key: key, KeyID: s.keys.algorithm},
	}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("authtest: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("authtest: %w", err)
	}
	return signed.CompactSerialize()
}

// keys has the key that tokens are signed with. It is made when it is first needed.
type keys struct {
	algorithm string
	made      crypto.Signer
}

// rsaKey makes the RSA key of this process: making one takes too long for every
// test to have its own.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func (k *keys) signer() (crypto.Signer, error) {
	if k.made != nil {
		return k.made, nil
	}
	var err error
	switch k.algorithm {
	case "EdDSA":
		_, k.made, err = ed25519.GenerateKey(rand.Reader)
	case "ES256":
		k.made, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		k.made, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ES512":
		k.made, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	default:
		k.made, err = rsaKey()
	}
	return k.made, err
}

// response is the set of public keys (RFC 7517, section 5).
func (k *keys) response() Response {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	if !isHMAC(k.algorithm) {
		signer, err := k.signer()
		if err != nil {
			return refusal(http.StatusInternalServerError, "server_error", err.Error())
		}
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: signer.Public(), KeyID: k.algorithm, Algorithm: k.algorithm, Use: "sig"})
	}
	return jsonResponse(http.StatusOK, set)
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
