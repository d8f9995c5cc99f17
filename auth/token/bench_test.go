package token_test

import (
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// person is what NextAuth.js keeps of a user without callbacks.
func person() token.Claims {
	return token.Claims{
		"name": "Ada Lovelace", "email": "ada@example.com", "sub": "42",
		"picture": "https://avatars.githubusercontent.com/u/583231?v=4",
	}
}

// sealers returns two functions that do the same, by this package and by
// go-jose.
func sealers(t testing.TB) (ours, theirs func()) {
	c := newCodec(t, secret)
	encrypter := joseEncrypter(t, joseKey(t, ""), nil)
	ours = func() { seal(t, c, person(), time.Hour) }
	theirs = func() {
		claims := person()
		now := time.Now()
		claims["iat"], claims["exp"] = now.Unix(), now.Add(time.Hour).Unix()
		claims["jti"] = "b7c63ca5-5a4d-4a41-9a5c-4c24b6e9d1f1"
		joseSeal(t, encrypter, claims)
	}
	return ours, theirs
}

// openers returns two functions that do the same, by this package and by
// go-jose.
func openers(t testing.TB) (ours, theirs func()) {
	c := newCodec(t, secret)
	key := joseKey(t, "")
	tok := seal(t, c, person(), time.Hour)
	ours = func() {
		if _, err := c.Open(tok); err != nil {
			t.Fatal(err)
		}
	}
	theirs = func() {
		parsed, err := jwt.ParseEncrypted(tok, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256GCM})
		if err != nil {
			t.Fatal(err)
		}
		var claims map[string]any
		if err := parsed.Claims(key, &claims); err != nil {
			t.Fatal(err)
		}
	}
	return ours, theirs
}

func BenchmarkSeal(b *testing.B) {
	ours, theirs := sealers(b)
	compare(b, ours, theirs)
}

func BenchmarkOpen(b *testing.B) {
	ours, theirs := openers(b)
	compare(b, ours, theirs)
}

// compare measures both functions alone, and by turns in one loop, where it
// reports how much of go-jose's time and allocations ours takes.
func compare(b *testing.B, ours, theirs func()) {
	alone := func(f func()) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		}
	}
	b.Run("gatehouse", alone(ours))
	b.Run("go-jose", alone(theirs))
	b.Run("ratio", func(b *testing.B) {
		var our, their time.Duration
		for b.Loop() {
			start := time.Now()
			ours()
			middle := time.Now()
			theirs()
			our += middle.Sub(start)
			their += time.Since(middle)
		}
		b.ReportMetric(float64(our)/float64(their), "time/go-jose")
		b.ReportMetric(testing.AllocsPerRun(100, ours)/testing.AllocsPerRun(100, theirs), "allocs/go-jose")
	})
}

// BenchmarkOpenSeveralSecrets opens a token of the last of three secrets.
func BenchmarkOpenSeveralSecrets(b *testing.B) {
	tok := seal(b, newCodec(b, secret), person(), time.Hour)
	c := newCodec(b, otherSecret, otherSecret+"2", secret)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Open(tok); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefuse measures what a stranger's token costs.
func BenchmarkRefuse(b *testing.B) {
	c := newCodec(b, secret)
	genuine := seal(b, newCodec(b, otherSecret), person(), time.Hour)
	for _, bm := range []struct{ name, tok string }{
		{"wrong secret", genuine},
		{"algorithm", shaped(`{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647}`)},
		{"header of 64 KiB", shaped(padded(48_000))},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Open(bm.tok); err == nil {
					b.Fatal("opened")
				}
			}
		})
	}
}

// TestAllocations keeps opening and sealing to a quarter of go-jose's
// allocations.
func TestAllocations(t *testing.T) {
	for name, pair := range map[string]func(testing.TB) (ours, theirs func()){"Open": openers, "Seal": sealers} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := pair(t)
			our, their := testing.AllocsPerRun(100, ours), testing.AllocsPerRun(100, theirs)
			if our > their/4 {
				t.Errorf("%v allocations, more than a quarter of go-jose's %v", our, their)
			}
		})
	}
}
