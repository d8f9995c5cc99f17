package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// sealedPrefix begins what is stored of a provider token that is encrypted:
//
//	gatehouse:v1:<key id>:<base64url of nonce and ciphertext>
const sealedPrefix = "gatehouse:v1:"

// keyIDSize is how many bytes of a hash of the key tell which one sealed a value.
const keyIDSize = 6

// tokenSealer encrypts the tokens of providers. Each value is bound to its
// account and column, so that it is of no use in another row.
type tokenSealer struct{ keys []sealingKey }

type sealingKey struct {
	id   string
	aead cipher.AEAD
}

// newTokenSealer derives a key from each secret. The first seals, all open.
func newTokenSealer(secrets []string) (*tokenSealer, error) {
	s := &tokenSealer{}
	for _, secret := range secrets {
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "Gatehouse provider token", 32)
		if err != nil {
			return nil, fmt.Errorf("auth: deriving the key of provider tokens: %w", err)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("auth: preparing the key of provider tokens: %w", err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("auth: preparing the key of provider tokens: %w", err)
		}
		sum := sha256.Sum256(append([]byte("Gatehouse key id "), key...))
		s.keys = append(s.keys, sealingKey{id: base64.RawURLEncoding.EncodeToString(sum[:keyIDSize]), aead: aead})
	}
	return s, nil
}

// secretMember is the member of Extra that is a secret like the tokens: what OAuth
// 1.0a signs requests with.
const secretMember = "oauth_token_secret"

// tokenColumns are the three tokens of an account by the name of their column.
func (a *Account) tokenColumns() [3]tokenColumn {
	return [3]tokenColumn{{"access_token", &a.AccessToken}, {"refresh_token", &a.RefreshToken}, {"id_token", &a.IDToken}}
}

type tokenColumn struct {
	name  string
	value *string
}

// sealAccount returns the account as it is stored.
func (s *tokenSealer) sealAccount(account *Account) *Account {
	sealed := *account
	for _, column := range sealed.tokenColumns() {
		*column.value = s.seal(account, column.name, *column.value)
	}
	if secret, ok := account.Extra[secretMember].(string); ok {
		sealed.Extra = maps.Clone(account.Extra)
		sealed.Extra[secretMember] = s.seal(account, secretMember, secret)
	}
	return &sealed
}

// openAccount turns a stored account into what the provider gave. It may change
// the map of the stored one. A value that cannot be opened is an error when they
// are encrypted here; otherwise it is what somebody stored as it is.
func (s *tokenSealer) openAccount(stored Account, encrypted bool) (Account, error) {
	open := func(column, value string) (string, error) {
		opened, err := s.open(&stored, column, value)
		if err != nil && !encrypted {
			return value, nil
		}
		return opened.value, err
	}
	account := stored
	for _, column := range account.tokenColumns() {
		var err error
		if *column.value, err = open(column.name, *column.value); err != nil {
			return Account{}, err
		}
	}
	if secret, ok := stored.Extra[secretMember].(string); ok {
		opened, err := open(secretMember, secret)
		if err != nil {
			return Account{}, err
		}
		account.Extra[secretMember] = opened
	}
	return account, nil
}

// seal encrypts a value. No value stays none.
func (s *tokenSealer) seal(account *Account, column, value string) string {
	if value == "" {
		return ""
	}
	key := s.keys[0]
	sealed := key.aead.Seal(nil, nil, []byte(value), bindingData(account, column))
	return sealedPrefix + key.id + ":" + base64.RawURLEncoding.EncodeToString(sealed)
}

// openedToken is a stored value that was read.
type openedToken struct {
	value string
	// current says that nothing better can be stored: the value is sealed under
	// the first key, or there is none.
	current bool
}

// errSealed reports a value that is encrypted and cannot be opened.
var errSealed = errors.New("auth: an encrypted provider token cannot be opened")

// open reads a stored value. One without the prefix was stored before there was
// encryption, and is what it says.
func (s *tokenSealer) open(account *Account, column, stored string) (openedToken, error) {
	rest, sealed := strings.CutPrefix(stored, sealedPrefix)
	if !sealed {
		return openedToken{value: stored, current: stored == ""}, nil
	}
	id, encoded, _ := strings.Cut(rest, ":")
	content, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return openedToken{}, fmt.Errorf("%w: %s of an account at %q is cut or damaged", errSealed, column, account.Provider)
	}
	known := false
	for i, key := range s.keys {
		if key.id != id {
			continue
		}
		known = true
		if value, err := key.aead.Open(nil, nil, content, bindingData(account, column)); err == nil {
			return openedToken{value: string(value), current: i == 0}, nil
		}
	}
	if !known {
		return openedToken{}, fmt.Errorf("%w: %s of an account at %q needs a secret that is not configured (key %s): add the one that was in use before to the end of Secrets",
			errSealed, column, account.Provider, printable(id, 16))
	}
	return openedToken{}, fmt.Errorf("%w: %s of an account at %q is damaged, or was moved from another row", errSealed, column, account.Provider)
}

// bindingData is what a value is bound to.
func bindingData(account *Account, column string) []byte {
	return fmt.Appendf(nil, "%q %q %q", account.Provider, account.ProviderAccountID, column)
}
