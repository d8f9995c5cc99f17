package token_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

const (
	secret      = "0123456789abcdef0123456789abcdef"
	otherSecret = "fedcba9876543210fedcba9876543210"
	header      = `{"alg":"dir","enc":"A256GCM"}`
)

func newCodec(t testing.TB, secrets ...string) *token.Codec {
	t.Helper()
	c, err := token.New(token.Options{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func seal(t testing.TB, c *token.Codec, claims token.Claims, maxAge time.Duration) string {
	t.Helper()
	tok, err := c.Seal(claims, maxAge)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// sealRaw makes a token of any header and any content under the session key of
// secret, without the help of the package.
func sealRaw(t testing.TB, header, plaintext string) string {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "NextAuth.js Generated Encryption Key", 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	iv := []byte("twelve bytes")
	aad := encode(header)
	sealed := gcm.Seal(nil, iv, []byte(plaintext), []byte(aad))
	tag := len(sealed) - 16
	return strings.Join([]string{aad, "", encode(string(iv)), encode(string(sealed[:tag])), encode(string(sealed[tag:]))}, ".")
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// wantUUID4 is a version 4 UUID in lower case.
var wantUUID4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestSealWritesTheStandardClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCodec(t, secret)
		claims := token.Claims{
			"name": "Ada", "email": "ada@example.com", "picture": "https://example.com/a.png", "sub": "42",
			"iat": 1, "exp": "never", "jti": nil,
		}
		tok := seal(t, c, claims, time.Hour+time.Second-1)
		if claims["exp"] != "never" || claims["iat"] != 1 || len(claims) != 7 {
			t.Errorf("Seal changed the claims it got: %v", claims)
		}
		got, err := c.Open(tok)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now().UTC()
		if !wantUUID4.MatchString(got.ID()) {
			t.Errorf("jti %q is no version 4 UUID", got.ID())
		}
		want := token.Claims{
			"name": "Ada", "email": "ada@example.com", "picture": "https://example.com/a.png", "sub": "42",
			"iat": json.Number(fmt.Sprint(now.Unix())), "exp": json.Number(fmt.Sprint(now.Unix() + 3600)),
			"jti": got["jti"],
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("claims (-want +got):\n%s", diff)
		}
		if !got.IssuedAt().Equal(now) || !got.Expires().Equal(now.Add(time.Hour)) {
			t.Errorf("issued %v, expires %v", got.IssuedAt(), got.Expires())
		}
	})
}

func TestSealNil(t *testing.T) {
	c := newCodec(t, secret)
	got, err := c.Open(seal(t, c, nil, time.Hour))
	if err != nil || len(got) != 3 {
		t.Errorf("got %v, %v; want iat, exp and jti", got, err)
	}
}

func TestSealNeverRepeats(t *testing.T) {
	c := newCodec(t, secret)
	ivs, ids := map[string]bool{}, map[string]bool{}
	for range 1000 {
		tok := seal(t, c, nil, time.Hour)
		got, err := c.Open(tok)
		if err != nil {
			t.Fatal(err)
		}
		ivs[strings.Split(tok, ".")[2]] = true
		ids[got.ID()] = true
	}
	if len(ivs) != 1000 || len(ids) != 1000 {
		t.Errorf("%d vectors and %d ids in 1000 tokens", len(ivs), len(ids))
	}
}

func TestSealValues(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  any
	}{
		{"int", 42, json.Number("42")},
		{"negative int", -42, json.Number("-42")},
		{"int64", int64(9007199254740991), json.Number("9007199254740991")},
		{"uint8", uint8(7), json.Number("7")},
		{"float", 0.1, json.Number("0.1")},
		{"whole float", float64(1e20), json.Number("100000000000000000000")},
		{"large float", 1e21, json.Number("1e+21")},
		{"number", json.Number("12345678901234567890"), json.Number("12345678901234567890")},
		{"number with zeros", json.Number("1.500"), json.Number("1.500")},
		{"number with exponent", json.Number("-0E+2"), json.Number("-0E+2")},
		{"zero", json.Number("0"), json.Number("0")},
		{"true", true, true},
		{"false", false, false},
		{"null", nil, nil},
		{"empty text", "", ""},
		{"script", "</script><!--&-->", "</script><!--&-->"},
		{"separators", "\u2028\u2029", "\u2028\u2029"},
		{"escapes", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "\"\\/\b\f\n\r\t\x00\x1f\x7f"},
		{"unicode", "山田太郎 👩🏽‍💻", "山田太郎 👩🏽‍💻"},
		{"invalid UTF-8", "a\xffb\xed\xa0\x80", "a\ufffdb\ufffd\ufffd\ufffd"},
		{"list", []any{"a", 1, nil}, []any{"a", json.Number("1"), nil}},
		{"strings", []string{"<a>"}, []any{"<a>"}},
		{"object", map[string]any{"a": json.Number("1.0")}, map[string]any{"a": json.Number("1.0")}},
		{"time", time.Unix(0, 0).UTC(), "1970-01-01T00:00:00Z"},
	}
	c := newCodec(t, secret)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opened, err := c.Open(seal(t, c, token.Claims{"v": tt.value}, time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, opened["v"]); diff != "" {
				t.Errorf("opened (-want +got):\n%s", diff)
			}
			again, err := c.Open(seal(t, c, opened, time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, again["v"]); diff != "" {
				t.Errorf("sealed again (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSealNames(t *testing.T) {
	want := token.Claims{}
	for i := range 40 { // more than fit in one page of anything
		want[fmt.Sprintf("claim %d \"\\\n<é>", i)] = "x"
	}
	c := newCodec(t, secret)
	got, err := c.Open(seal(t, c, want, time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"iat", "exp", "jti"} {
		delete(got, name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestSealRefuses(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"NaN", math.NaN(), `token: claim "v"`},
		{"infinity", math.Inf(1), `token: claim "v"`},
		{"channel", make(chan int), `token: claim "v"`},
		{"no number", json.Number("0x10"), `token: claim "v"`},
		{"number with a leading zero", json.Number("007"), `token: claim "v"`},
		{"two members in a number", json.Number(`1,"sub":"2"`), `token: claim "v"`},
		{"too long", strings.Repeat("x", 49<<10), "more than 65536"},
	}
	c := newCodec(t, secret)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tok, err := c.Seal(token.Claims{"v": tt.value}, time.Hour)
			if err == nil || tok != "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, %v; want an error with %q", tok, err, tt.want)
			}
		})
	}
}

func TestLongestToken(t *testing.T) {
	c := newCodec(t, secret)
	var longest string
	for size := 48<<10 - 150; ; size++ {
		tok, err := c.Seal(token.Claims{"v": strings.Repeat("x", size)}, time.Hour)
		if err != nil {
			break
		}
		longest = tok
	}
	if len(longest) < token.MaxTokenSize-2 || len(longest) > token.MaxTokenSize {
		t.Errorf("the longest token has %d bytes, want about %d", len(longest), token.MaxTokenSize)
	}
	if _, err := c.Open(longest); err != nil {
		t.Errorf("the longest token does not open: %v", err)
	}
}

func TestSeveralSecrets(t *testing.T) {
	before, after, both := newCodec(t, secret), newCodec(t, otherSecret), newCodec(t, otherSecret, secret)
	tests := []struct {
		name   string
		sealer *token.Codec
		opener *token.Codec
		want   error
	}{
		{"old token, both secrets", before, both, nil},
		{"new token, both secrets", both, both, nil},
		{"the first seals", both, after, nil},
		{"the second does not seal", both, before, token.ErrInvalid},
		{"wrong secret", before, after, token.ErrInvalid},
		{"old cookie, both secrets", before.ForCookie("c"), both.ForCookie("c"), nil},
		{"same cookie", before.ForCookie("c"), before.ForCookie("c"), nil},
		{"other cookie", before.ForCookie("c"), before.ForCookie("d"), token.ErrInvalid},
		{"cookie as session", before.ForCookie("c"), before, token.ErrInvalid},
		{"session as cookie", before, before.ForCookie("c"), token.ErrInvalid},
		{"cookie of a cookie", before.ForCookie("c").ForCookie("d"), before.ForCookie("d"), nil},
		{"no name is the session", before.ForCookie(""), before, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			claims, err := tt.opener.Open(seal(t, tt.sealer, token.Claims{"sub": "42"}, time.Hour))
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if (claims != nil) != (tt.want == nil) {
				t.Errorf("got claims %v with error %v", claims, err)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name    string
		secrets []string
		want    string
	}{
		{"none", nil, "token: Secrets is empty; at least one is required"},
		{"one empty", []string{""}, "token: Secrets[0] is empty"},
		{"two empty", []string{"", secret, ""}, "token: Secrets[0] is empty\ntoken: Secrets[2] is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := token.New(token.Options{Secrets: tt.secrets})
			if c != nil || err == nil || err.Error() != tt.want {
				t.Errorf("got %v, %v; want %q", c, err, tt.want)
			}
		})
	}
}

func TestZeroCodec(t *testing.T) {
	var zero token.Codec
	tok := seal(t, newCodec(t, secret), nil, time.Hour)
	for name, c := range map[string]*token.Codec{"itself": &zero, "for a cookie": zero.ForCookie("c")} {
		if _, err := c.Seal(nil, time.Hour); !errors.Is(err, token.ErrNoSecret) {
			t.Errorf("%s: Seal: %v", name, err)
		}
		if claims, err := c.Open(tok); claims != nil || !errors.Is(err, token.ErrNoSecret) {
			t.Errorf("%s: Open: %v, %v", name, claims, err)
		}
	}
}

func TestPrintingShowsNoSecret(t *testing.T) {
	c := newCodec(t, secret)
	holder := struct{ C *token.Codec }{c}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		text := fmt.Sprintf(format+format+format, c, *c, holder)
		if strings.Contains(text, secret[:8]) || strings.Contains(text, fmt.Sprintf("%x", secret[:8])) {
			t.Errorf("%s prints the secret", format)
		}
	}
}

func TestManyGoroutines(t *testing.T) {
	c := newCodec(t, secret, otherSecret)
	old := seal(t, newCodec(t, otherSecret), token.Claims{"sub": "old"}, time.Hour)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			sub := fmt.Sprint(i)
			for range 50 {
				tok, err := c.Seal(token.Claims{"sub": sub}, time.Hour)
				if err != nil {
					t.Error(err)
				}
				if got, err := c.Open(tok); err != nil || got.Subject() != sub {
					t.Errorf("got %v, %v", got, err)
				}
				if got, err := c.Open(old); err != nil || got.Subject() != "old" {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}
