package token_test

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// TestNextAuthVectors opens tokens that NextAuth.js made; testdata/vectors.mjs
// wrote them.
func TestNextAuthVectors(t *testing.T) {
	var file struct {
		Secret  string `json:"secret"`
		Made    int64  `json:"made"`
		Vectors []struct {
			Name   string          `json:"name"`
			Cookie string          `json:"cookie"`
			Token  string          `json:"token"`
			Claims json.RawMessage `json:"claims"`
			Want   string          `json:"want"`
		} `json:"vectors"`
	}
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	wants := map[string]error{"": nil, "expired": token.ErrExpired, "invalid": token.ErrInvalid}
	for _, v := range file.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Unix(file.Made, 0))) // the bubble's clock, not a real wait
				got, err := newCodec(t, file.Secret).ForCookie(v.Cookie).Open(v.Token)
				want, known := wants[v.Want]
				if !known || !errors.Is(err, want) {
					t.Fatalf("got %v, want %q", err, v.Want)
				}
				if want != nil {
					return
				}
				claims, ok := decodeSlowly(string(v.Claims))
				if !ok {
					t.Fatal("the vector's claims are not an object")
				}
				if diff := cmp.Diff(claims, got); diff != "" {
					t.Errorf("claims (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// joseKey derives the key of a cookie, or of sessions, without the package.
func joseKey(t testing.TB, cookie string) []byte {
	t.Helper()
	label := "NextAuth.js Generated Encryption Key"
	if cookie != "" {
		label += " (" + cookie + ")"
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), []byte(cookie), label, 32)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// joseEncrypter makes go-jose's counterpart of a Codec that seals.
func joseEncrypter(t testing.TB, key []byte, o *jose.EncrypterOptions) jose.Encrypter {
	t.Helper()
	encrypter, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.DIRECT, Key: key}, o)
	if err != nil {
		t.Fatal(err)
	}
	return encrypter
}

// joseSeal seals claims by go-jose.
func joseSeal(t testing.TB, encrypter jose.Encrypter, claims map[string]any) string {
	t.Helper()
	tok, err := jwt.Encrypted(encrypter).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// joseOpen opens a token by go-jose.
func joseOpen(t testing.TB, key []byte, tok string) map[string]any {
	t.Helper()
	parsed, err := jwt.ParseEncrypted(tok, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := parsed.Claims(key, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestGoJose(t *testing.T) {
	compressed := &jose.EncrypterOptions{Compression: jose.DEFLATE}
	tests := []struct {
		name    string
		cookie  string
		options *jose.EncrypterOptions
		want    error
	}{
		{"session", "", nil, nil},
		{"cookie", "next-auth.state", nil, nil},
		{"typ, cty and kid", "", (&jose.EncrypterOptions{}).WithType("JWT").WithContentType("JWT").WithHeader("kid", "1"), nil},
		{"compressed", "", compressed, token.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key := joseKey(t, tt.cookie)
			c := newCodec(t, secret).ForCookie(tt.cookie)
			claims := map[string]any{"sub": "42", "name": "Ada </script> 山田", "exp": time.Now().Add(time.Hour).Unix()}
			got, err := c.Open(joseSeal(t, joseEncrypter(t, key, tt.options), claims))
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if tt.want == nil && (got.Subject() != "42" || got.Name() != claims["name"]) {
				t.Errorf("got %v", got)
			}
			sealed := token.Claims{"sub": "42", "name": claims["name"], "n": 7, "roles": []any{"a", true, nil}}
			want := map[string]any{"sub": "42", "name": claims["name"], "n": 7.0, "roles": sealed["roles"]}
			opened := joseOpen(t, key, seal(t, c, sealed, time.Hour))
			for _, name := range []string{"iat", "exp", "jti"} {
				if opened[name] == nil {
					t.Errorf("%s is missing", name)
				}
				delete(opened, name)
			}
			if diff := cmp.Diff(want, opened); diff != "" {
				t.Errorf("go-jose opens (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOwnHeader pins the protected header, byte for byte.
func TestOwnHeader(t *testing.T) {
	tok := seal(t, newCodec(t, secret), nil, time.Hour)
	if want := encode(header) + ".."; !strings.HasPrefix(tok, want) {
		t.Errorf("got %q, want %q in front", tok, want)
	}
}
