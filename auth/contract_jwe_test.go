package auth_test

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// nextAuthKey is the key of session tokens, as NextAuth.js derives it.
func nextAuthKey(t *testing.T, size int) []byte {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "NextAuth.js Generated Encryption Key", size)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sealWith makes a token with an independent implementation.
func sealWith(t *testing.T, alg jose.KeyAlgorithm, enc jose.ContentEncryption, keySize int, options *jose.EncrypterOptions, claims map[string]any) string {
	t.Helper()
	encrypter, err := jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: nextAuthKey(t, keySize)}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := encrypter.Encrypt(text)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := sealed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

func TestContractJWE(t *testing.T) {
	inBothModes(t, "JWE", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, strictly(strictV4))
		claims := func() map[string]any {
			return map[string]any{"name": "Alice", "sub": "alice-id", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix()}
		}
		eternal := claims()
		delete(eternal, "exp")
		expired := claims()
		expired["exp"] = time.Now().Add(-time.Minute).Unix()
		for _, row := range []struct {
			name         string
			token        string
			want, wantV4 bool
		}{
			{"dir and A256GCM", sealWith(t, jose.DIRECT, jose.A256GCM, 32, nil, claims()), true, true},
			{"without exp", sealWith(t, jose.DIRECT, jose.A256GCM, 32, nil, eternal), false, true},
			{"expired", sealWith(t, jose.DIRECT, jose.A256GCM, 32, nil, expired), false, false},
			{"compressed", sealWith(t, jose.DIRECT, jose.A256GCM, 32, &jose.EncrypterOptions{Compression: jose.DEFLATE}, claims()), false, false},
			{"critical header", sealWith(t, jose.DIRECT, jose.A256GCM, 32,
				&jose.EncrypterOptions{ExtraHeaders: map[jose.HeaderKey]any{"crit": []string{"exp"}, "exp": 1}}, claims()), false, false},
			{"A256KW", sealWith(t, jose.A256KW, jose.A256GCM, 32, nil, claims()), false, false},
			{"A128GCM", sealWith(t, jose.DIRECT, jose.A128GCM, 16, nil, claims()), false, false},
			{"A256CBC-HS512", sealWith(t, jose.DIRECT, jose.A256CBC_HS512, 64, nil, claims()), false, false},
		} {
			t.Run(row.name, func(t *testing.T) {
				b := s.browser()
				b.setCookie(&http.Cookie{Name: sessionName, Value: row.token})
				want := row.want
				if strictV4 {
					want = row.wantV4
				}
				if got := b.get("/private").status == http.StatusOK; got != want {
					t.Errorf("the middleware accepts it: %v, want %v", got, want)
				}
				if got := b.signedInAs() == "Alice"; got != want {
					t.Errorf("GET /session accepts it: %v, want %v", got, want)
				}
			})
		}
	})
}
