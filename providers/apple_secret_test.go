package providers_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/providers"
)

// appleKeyFile makes a key and the .p8 file that Apple would hand out for it.
func appleKeyFile(t testing.TB) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private, pkcs8(t, private)
}

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// openAppleSecret verifies the signature and returns header and claims.
func openAppleSecret(t *testing.T, secret string, public *ecdsa.PublicKey) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(secret, ".")
	if len(parts) != 3 {
		t.Fatalf("the secret has %d parts, want 3", len(parts))
	}
	var decoded [3][]byte
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			t.Fatal(err)
		}
	}
	if len(decoded[2]) != 64 {
		t.Fatalf("the signature has %d bytes, want 64", len(decoded[2]))
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(decoded[2][:32]), new(big.Int).SetBytes(decoded[2][32:])
	if !ecdsa.Verify(public, digest[:], r, s) {
		t.Fatal("the signature is wrong")
	}
	if err := json.Unmarshal(decoded[0], &header); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(decoded[1], &claims); err != nil {
		t.Fatal(err)
	}
	return header, claims
}

func TestAppleClientSecret(t *testing.T) {
	private, file := appleKeyFile(t)
	synctest.Test(t, func(t *testing.T) {
		makeSecret, err := providers.AppleClientSecret("com.example.web",
			providers.AppleKey{TeamID: "TEAM123456", KeyID: "KEY1234567", PrivateKey: file})
		if err != nil {
			t.Fatal(err)
		}
		// Also after a year without a restart there is a good secret.
		for _, wait := range []time.Duration{0, time.Minute, 2 * time.Hour, 365 * 24 * time.Hour} {
			time.Sleep(wait) // the bubble's clock
			secret, err := makeSecret(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			header, claims := openAppleSecret(t, secret, &private.PublicKey)
			if diff := cmp.Diff(map[string]any{"alg": "ES256", "kid": "KEY1234567"}, header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			now := time.Now().Unix()
			want := map[string]any{
				"iss": "TEAM123456",
				"sub": "com.example.web",
				"aud": "https://appleid.apple.com",
				"iat": float64(now),
				"exp": float64(now + 3600),
			}
			if diff := cmp.Diff(want, claims); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
		}
	})
}

func TestAppleClientSecretConcurrently(t *testing.T) {
	private, file := appleKeyFile(t)
	makeSecret, err := providers.AppleClientSecret("com.example.web",
		providers.AppleKey{TeamID: "TEAM123456", KeyID: "KEY1234567", PrivateKey: file})
	if err != nil {
		t.Fatal(err)
	}
	secrets := make([]string, 16)
	var group sync.WaitGroup
	for i := range secrets {
		group.Go(func() { secrets[i], _ = makeSecret(t.Context()) })
	}
	group.Wait()
	for _, secret := range secrets {
		openAppleSecret(t, secret, &private.PublicKey)
	}
}

func TestAppleClientSecretErrors(t *testing.T) {
	_, good := appleKeyFile(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name                    string
		clientID, teamID, keyID string
		file                    []byte
		want                    []string
	}{
		{"no client id", "", "T", "K", good, []string{"the client id (the Services ID) is missing"}},
		{"no team id", "c", "", "K", good, []string{"the team id is missing"}},
		{"no key id", "c", "T", "", good, []string{"the key id is missing"}},
		{"nothing", "", "", "", nil, []string{"client id", "team id", "key id", "not PEM; pass the whole content"}},
		{"file name", "c", "T", "K", []byte("AuthKey_K.p8"), []string{"not PEM; pass the whole content"}},
		{"escaped line breaks", "c", "T", "K", []byte(strings.ReplaceAll(string(good), "\n", `\n`)), []string{"with its line breaks"}},
		{"certificate", "c", "T", "K", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE"}), []string{`holds a "CERTIFICATE"`, "pass the whole content"}},
		{"damaged", "c", "T", "K", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), []string{"damaged", "pass the whole content"}},
		{"other curve", "c", "T", "K", pkcs8(t, p384), []string{"not a P-256 key; pass the whole content"}},
		{"RSA", "c", "T", "K", pkcs8(t, rsaKey), []string{"not a P-256 key; pass the whole content"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			makeSecret, err := providers.AppleClientSecret(tt.clientID,
				providers.AppleKey{TeamID: tt.teamID, KeyID: tt.keyID, PrivateKey: tt.file})
			if err == nil || makeSecret != nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("err = %v, want %q", err, want)
				}
			}
		})
	}
}

func FuzzAppleClientSecret(f *testing.F) {
	_, good := appleKeyFile(f)
	f.Add(good)
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("AuthKey_K.p8"))
	f.Fuzz(func(t *testing.T, file []byte) {
		makeSecret, err := providers.AppleClientSecret("c", providers.AppleKey{TeamID: "T", KeyID: "K", PrivateKey: file})
		if (err == nil) != (makeSecret != nil) {
			t.Fatal("a function and an error, or neither")
		}
		if err != nil {
			return
		}
		if _, err := makeSecret(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
