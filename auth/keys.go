package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"
	"sync"
)

// keys are derived from the secrets, one of each per secret, so that what is
// made for one purpose is useless for another.
type keys struct {
	csrf    []*macKey
	session []*macKey
	binding []*macKey
	// lastProvider proves the cookie that marks a button.
	lastProvider []*macKey
}

func newKeys(secrets []string) (keys, error) {
	var k keys
	for _, secret := range secrets {
		for _, purpose := range []struct {
			list  *[]*macKey
			label string
		}{{&k.csrf, "csrf"}, {&k.session, "session token"}, {&k.binding, "mailed link"}, {&k.lastProvider, "last provider"}} {
			key, err := hkdf.Key(sha256.New, []byte(secret), nil, "Gatehouse "+purpose.label, sha256.Size)
			if err != nil {
				return keys{}, fmt.Errorf("auth: deriving the %s key: %w", purpose.label, err)
			}
			*purpose.list = append(*purpose.list, newMACKey(key))
		}
	}
	return k, nil
}

// macKey makes HMAC-SHA-256 sums under one key. Preparing the key costs more
// than the sum of a short text, so prepared ones are kept.
type macKey struct{ ready sync.Pool }

func newMACKey(key []byte) *macKey {
	return &macKey{ready: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

// sum returns the sum of a text in hexadecimal digits.
func (k *macKey) sum(text string) string {
	mac := k.ready.Get().(hash.Hash)
	defer k.ready.Put(mac)
	mac.Reset()
	mac.Write([]byte(text))
	var sum [sha256.Size]byte
	return hex.EncodeToString(mac.Sum(sum[:0]))
}

// constantTimeEqual compares a proof that was sent with the right one.
func constantTimeEqual(sent, right string) bool {
	return subtle.ConstantTimeCompare([]byte(sent), []byte(right)) == 1
}
