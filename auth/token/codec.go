package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// Errors that [Codec.Open] returns, to be tested with errors.Is. Their text says
// why and holds nothing of the token.
var (
	// ErrInvalid reports a token that is malformed, that none of the secrets
	// opens, whose header is refused, or whose claims are unusable.
	ErrInvalid = errors.New("token: invalid")
	// ErrExpired reports a genuine token whose time is over.
	ErrExpired = errors.New("token: expired")
)

// errNoSecret is the answer of a Codec that New did not make.
var errNoSecret = errors.New("token: the codec has no secret")

// invalid returns ErrInvalid with a reason.
func invalid(reason string) error { return fmt.Errorf("%w: %s", ErrInvalid, reason) }

const (
	// maxTokenSize is the longest token that is sealed or opened, in bytes.
	maxTokenSize = 64 << 10
	// keyLabel is the HKDF info of the session key.
	keyLabel = "NextAuth.js Generated Encryption Key"
)

// Options says how tokens are sealed and opened.
type Options struct {
	// Secrets protect the tokens, as NEXTAUTH_SECRET does. The first seals, all
	// open. At least one is required and none may be empty.
	Secrets []string
	// InsecureAllowMissingExpiry opens tokens without an "exp" claim, which are
	// valid for ever, as NextAuth.js v4 does. Tokens that NextAuth.js or this
	// package made always have one.
	InsecureAllowMissingExpiry bool
}

// Codec seals and opens tokens. Its keys are derived when it is made. It can be
// used from many goroutines at the same time. The zero Codec opens nothing and
// seals nothing.
type Codec struct {
	keys               []cipher.AEAD
	allowMissingExpiry bool

	// derive returns the keys of a cookie. It keeps the secrets in its closure,
	// where printing a Codec does not show them.
	derive func(cookie string) ([]cipher.AEAD, error)
}

// New returns the Codec for session tokens. The error names every unusable
// secret by its place, never by its text.
func New(o Options) (*Codec, error) {
	if len(o.Secrets) == 0 {
		return nil, errors.New("token: Secrets is empty; at least one is required")
	}
	secrets := make([][]byte, len(o.Secrets))
	var problems []error
	for i, secret := range o.Secrets {
		if secret == "" {
			problems = append(problems, fmt.Errorf("token: Secrets[%d] is empty", i))
		}
		secrets[i] = []byte(secret)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	c := &Codec{
		allowMissingExpiry: o.InsecureAllowMissingExpiry,
		derive: func(cookie string) ([]cipher.AEAD, error) {
			return deriveKeys(secrets, cookie)
		},
	}
	var err error
	if c.keys, err = c.derive(""); err != nil {
		return nil, err
	}
	return c, nil
}

// ForCookie returns the Codec for the check cookie of a name, such as
// "next-auth.state" or "__Secure-next-auth.pkce.code_verifier". A token sealed
// for one cookie opens for no other, and not as a session token. The name ""
// means the session key.
//
// Deriving the keys costs about as much as opening a token: call it once per name
// and keep the result.
func (c *Codec) ForCookie(name string) *Codec {
	if c.derive == nil {
		return &Codec{}
	}
	keys, err := c.derive(name)
	if err != nil { // cannot happen: New derived keys from the same secrets
		return &Codec{}
	}
	return &Codec{keys: keys, allowMissingExpiry: c.allowMissingExpiry, derive: c.derive}
}

// deriveKeys derives one AES-256-GCM key from each secret: HKDF-SHA-256 with
// the cookie's name as the salt and, in parentheses, at the end of the info.
func deriveKeys(secrets [][]byte, cookie string) ([]cipher.AEAD, error) {
	label := keyLabel
	if cookie != "" {
		label += " (" + cookie + ")"
	}
	keys := make([]cipher.AEAD, len(secrets))
	for i, secret := range secrets {
		key, err := hkdf.Key(sha256.New, secret, []byte(cookie), label, 32)
		if err != nil {
			return nil, fmt.Errorf("token: Secrets[%d]: %w", i, err)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("token: Secrets[%d]: %w", i, err)
		}
		if keys[i], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("token: Secrets[%d]: %w", i, err)
		}
	}
	return keys, nil
}

// Seal encrypts claims with the first secret. The token is valid from now for
// maxAge, in whole seconds, rounded down; Open adds its 15 seconds to that. With a
// negative maxAge the token is born expired. Claims is not changed and may be
// nil: "iat", "exp" and "jti" are written anew, whatever it held under these
// names.
//
// Values are written as encoding/json writes them. A json.Number keeps its
// digits. JavaScript reads integers beyond 2^53 rounded; keep those as text. A
// value that has no JSON form is an error, and so is a token of more than 64
// KiB; browsers accept about 4 KB in one cookie.
func (c *Codec) Seal(claims Claims, maxAge time.Duration) (string, error) {
	if len(c.keys) == 0 {
		return "", errNoSecret
	}
	now := time.Now().Unix()
	plaintext, err := appendClaims(make([]byte, 0, 512), claims, now, now+int64(maxAge/time.Second))
	if err != nil {
		return "", err
	}
	encoding := base64.RawURLEncoding
	size := len(ownHeader) + len("..") + ivSegment + len(".") + encoding.EncodedLen(len(plaintext)) + len(".") + tagSegment
	if size > maxTokenSize {
		return "", fmt.Errorf("token: the claims make a token of %d bytes, more than %d", size, maxTokenSize)
	}
	tok := make([]byte, 0, size)
	tok = append(tok, ownHeader...)
	sealed := c.keys[0].Seal(nil, nil, plaintext, tok) // iv, ciphertext, tag
	tag := len(sealed) - tagSize
	tok = append(tok, ".."...)
	tok = encoding.AppendEncode(tok, sealed[:ivSize])
	tok = append(tok, '.')
	tok = encoding.AppendEncode(tok, sealed[ivSize:tag])
	tok = append(tok, '.')
	tok = encoding.AppendEncode(tok, sealed[tag:])
	return string(tok), nil
}

// Open decrypts a token with whichever secret sealed it, checks its times and
// returns its claims: strings, json.Number, bool, nil, []any and map[string]any.
// The claims belong to the caller. On error they are nil, and the error is
// [ErrExpired] or [ErrInvalid], unless the Codec is the zero Codec.
//
// Clocks may differ by 15 seconds: a token opens until 15 seconds after "exp"
// and from 15 seconds before "nbf". An "iat" in the future is no error. These
// three must be numbers where present, and "exp" must be there unless
// Options.InsecureAllowMissingExpiry says otherwise (RFC 7519 section 4.1).
//
// Open does not look at any other claim, such as "iss" or "aud".
func (c *Codec) Open(tok string) (Claims, error) {
	jwe, err := parse(tok)
	if err != nil {
		return nil, err
	}
	plaintext, err := c.decrypt(jwe)
	if err != nil {
		return nil, err
	}
	claims, _, err := decodeObject(plaintext)
	if err != nil {
		return nil, invalid("the claims are not a JSON object")
	}
	if !jwe.agrees(claims) {
		return nil, invalid("a claim differs from its copy in the header")
	}
	if err := c.checkTimes(claims, time.Now()); err != nil {
		return nil, err
	}
	return claims, nil
}

// decrypt tries the keys in turn.
func (c *Codec) decrypt(jwe compact) ([]byte, error) {
	if len(c.keys) == 0 {
		return nil, errNoSecret
	}
	plaintext := make([]byte, 0, len(jwe.sealed))
	for _, key := range c.keys {
		if opened, err := key.Open(plaintext, nil, jwe.sealed, jwe.header); err == nil {
			return opened, nil
		}
	}
	return nil, invalid("no secret opens it")
}
