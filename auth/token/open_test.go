package token_test

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// forEver is a claims set that does not expire.
const forEver = `{"exp":4102444800}`

// shaped returns a token of the right shape under a header, for refusals that
// come before any key is used.
func shaped(header string) string {
	return encode(header) + ".." + encode("twelve bytes") + "." + encode("{}") + "." + encode("sixteen bytes...")
}

// refusal is a token that is refused before any key is used.
type refusal struct {
	name string
	tok  string
	want string // in the error's text
}

// check opens the token with a Codec that has no key at all. Such a Codec says
// so as soon as it needs a key; that it says "invalid" proves that the refusal
// came first.
func (r refusal) check(t *testing.T) {
	var zero token.Codec
	for name, c := range map[string]*token.Codec{"no key": &zero, "key": newCodec(t, secret)} {
		claims, err := c.Open(r.tok)
		if claims != nil || !errors.Is(err, token.ErrInvalid) || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s: got %v, %v; want ErrInvalid with %q", name, claims, err, r.want)
		}
	}
}

func TestOpenRefusesShapes(t *testing.T) {
	good := seal(t, newCodec(t, secret), nil, time.Hour)
	parts := strings.Split(good, ".")
	with := func(i int, segment string) string {
		changed := append([]string(nil), parts...)
		changed[i] = segment
		return strings.Join(changed, ".")
	}
	tests := []refusal{
		{"empty", "", "segments"},
		{"word", "x", "segments"},
		{"JSON serialization", `{"protected":"` + parts[0] + `","iv":"","ciphertext":"","tag":""}`, "segments"},
		{"signed token", encode(`{"alg":"HS256"}`) + "." + encode("{}") + "." + encode("x"), "segments"},
		{"unsigned token", encode(`{"alg":"none"}`) + "." + encode("{}") + ".", "segments"},
		{"four segments", strings.Join(parts[:4], "."), "segments"},
		{"six segments", good + ".", "segments"},
		{"six segments, one in front", "." + good, "segments"},
		{"a million dots", strings.Repeat(".", 1<<20), "64 KiB"},
		{"64 KiB and a byte", strings.Repeat("x", token.MaxTokenSize+1), "64 KiB"},
		{"64 KiB of dots", strings.Repeat(".", token.MaxTokenSize), "segments"},
		{"four dots", "....", "header"},
		{"no header", with(0, ""), "header"},
		{"no vector", with(2, ""), "length"},
		{"no ciphertext", with(3, ""), "length"},
		{"no tag", with(4, ""), "length"},
		{"encrypted key", with(1, "AA"), "encrypted key"},
		{"vector of 11 bytes", with(2, encode("eleven byte")), "length"},
		{"vector of 16 bytes", with(2, encode("sixteen bytes...")), "length"},
		{"tag of 12 bytes", with(4, encode("twelve bytes")), "length"},
		{"tag of 17 bytes", with(4, encode("seventeen bytes..")), "length"},
		{"padding", with(4, parts[4]+"=="), "length"},
		{"padding in the ciphertext", with(3, encode("x")+"=="), "base64url"},
		{"standard alphabet", with(3, "+/+/"), "base64url"},
		{"one character", with(3, "A"), "base64url"},
		{"bits beyond the last byte", with(3, "AB"), "base64url"},
		{"bits beyond the tag", with(4, "AAAAAAAAAAAAAAAAAAAAAB"), "base64url"},
		{"line break", with(3, parts[3]+"\n"), "base64url"},
		{"line break in the vector", with(2, parts[2][:15]+"\r"), "base64url"},
		{"space", good + " ", "length"},
		{"space in front", " " + good, "header"},
		{"zero byte", with(3, "AA\x00A"), "base64url"},
		{"beyond ASCII", with(3, "ÀÀ"), "base64url"},
		{"Bearer", "Bearer " + good, "header"},
		{"header is no base64url", with(0, "e30="), "header is not base64url"},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.check)
	}
}

func TestOpenRefusesHeaders(t *testing.T) {
	tests := []refusal{
		{"header is no JSON", shaped(`{"alg"`), "not a JSON object"},
		{"header is a list", shaped(`[]`), "not a JSON object"},
		{"header is null", shaped(`null`), "not a JSON object"},
		{"header with text behind", shaped(header + "x"), "not a JSON object"},
		{"header with byte order mark", shaped("\ufeff" + header), "not a JSON object"},
		{"header without alg", shaped(`{"enc":"A256GCM"}`), "algorithm"},
		{"header without enc", shaped(`{"alg":"dir"}`), "algorithm"},
		{"empty header object", shaped(`{}`), "algorithm"},
		{"alg in capitals", shaped(`{"alg":"DIR","enc":"A256GCM"}`), "algorithm"},
		{"alg is a list", shaped(`{"alg":["dir"],"enc":"A256GCM"}`), "algorithm"},
		{"name in capitals", shaped(`{"ALG":"dir","enc":"A256GCM"}`), "algorithm"},
		{"password with a huge count", shaped(`{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647,"p2s":"AAAAAAAAAAA"}`), "algorithm"},
		{"key wrap", shaped(`{"alg":"A256KW","enc":"A256GCM"}`), "algorithm"},
		{"GCM key wrap", shaped(`{"alg":"A256GCMKW","enc":"A256GCM","iv":"AAAA","tag":"AAAA"}`), "algorithm"},
		{"RSA", shaped(`{"alg":"RSA-OAEP","enc":"A256GCM"}`), "algorithm"},
		{"elliptic curve", shaped(`{"alg":"ECDH-ES","enc":"A256GCM","epk":{"kty":"EC"}}`), "algorithm"},
		{"none", shaped(`{"alg":"none","enc":"A256GCM"}`), "algorithm"},
		{"shorter key", shaped(`{"alg":"dir","enc":"A128GCM"}`), "algorithm"},
		{"CBC", shaped(`{"alg":"dir","enc":"A256CBC-HS512"}`), "algorithm"},
		{"zip", shaped(`{"alg":"dir","enc":"A256GCM","zip":"DEF"}`), "zip"},
		{"zip null", shaped(`{"alg":"dir","enc":"A256GCM","zip":null}`), "zip"},
		{"zip escaped", shaped(`{"alg":"dir","enc":"A256GCM","\u007aip":"DEF"}`), "zip"},
		{"crit", shaped(`{"alg":"dir","enc":"A256GCM","crit":["exp"],"exp":1}`), "crit"},
		{"crit empty", shaped(`{"alg":"dir","enc":"A256GCM","crit":[]}`), "crit"},
		{"b64", shaped(`{"alg":"dir","enc":"A256GCM","b64":false}`), "b64"},
		{"alg twice", shaped(`{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","alg":"dir"}`), "twice"},
		{"alg twice, escaped", shaped(`{"alg":"dir","enc":"A256GCM","\u0061lg":"dir"}`), "twice"},
		{"kid twice", shaped(`{"alg":"dir","enc":"A256GCM","kid":1,"kid":1}`), "twice"},
		{"header of 1 KiB and a byte", shaped(padded(1025)), "1 KiB"},
		{"header of 60 KB", shaped(padded(48_000)), "1 KiB"},
		{"header of 64 KiB", shaped(padded(64 << 10)), "64 KiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.check)
	}
}

// padded returns a harmless header of a size in bytes.
func padded(size int) string {
	const start, end = `{"alg":"dir","enc":"A256GCM","kid":"`, `"}`
	return start + strings.Repeat("x", size-len(start)-len(end)) + end
}

func TestOpenAcceptsForeignHeaders(t *testing.T) {
	tests := []struct {
		name   string
		header string
	}{
		{"ours", header},
		{"other order", `{"enc":"A256GCM","alg":"dir"}`},
		{"white space", " {\n\t\"alg\" : \"dir\" ,\r\n\"enc\":\"A256GCM\" } "},
		{"escapes", `{"\u0061lg":"\u0064ir","enc":"A256GCM"}`},
		{"typ, cty and kid", `{"typ":"JWT","cty":"JWT","alg":"dir","enc":"A256GCM","kid":"1"}`},
		{"nested member", `{"alg":"dir","enc":"A256GCM","jwk":{"zip":"DEF","crit":[1,1]}}`},
		{"count without password", `{"alg":"dir","enc":"A256GCM","p2c":2147483647}`},
		{"1 KiB", padded(1024)},
	}
	c := newCodec(t, secret)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := c.Open(sealRaw(t, tt.header, forEver)); err != nil {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// TestOpenRefusesCompressed seals a token as a sender that compresses would:
// were it opened, its content would be inflated.
func TestOpenRefusesCompressed(t *testing.T) {
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, forEver)
	w.Close()
	tok := sealRaw(t, `{"alg":"dir","enc":"A256GCM","zip":"DEF"}`, deflated.String())
	if _, err := newCodec(t, secret).Open(tok); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("got %v, want ErrInvalid", err)
	}
}

// TestOpenRefusesEveryChange changes each character of a token in turn.
func TestOpenRefusesEveryChange(t *testing.T) {
	c := newCodec(t, secret)
	tok := seal(t, c, token.Claims{"sub": "42"}, time.Hour)
	for i := range tok {
		for _, b := range []byte("AQgw_.=\n") {
			changed := tok[:i] + string(b) + tok[i+1:]
			if changed == tok {
				continue
			}
			if claims, err := c.Open(changed); claims != nil || !errors.Is(err, token.ErrInvalid) {
				t.Fatalf("character %d changed to %q: got %v, %v", i, b, claims, err)
			}
		}
	}
}

func TestOpenRefusesClaims(t *testing.T) {
	tests := []struct {
		name   string
		header string
		claims string
		want   string
	}{
		{"no JSON", header, `{"exp":4102444800`, "JSON object"},
		{"text behind", header, forEver + "x", "JSON object"},
		{"two objects", header, forEver + forEver, "JSON object"},
		{"list", header, `[` + forEver + `]`, "JSON object"},
		{"null", header, `null`, "JSON object"},
		{"text", header, `"exp"`, "JSON object"},
		{"space", header, ` `, "JSON object"},
		{"byte order mark", header, "\ufeff" + forEver, "JSON object"},
		{"line break in a text", header, "{\"exp\":4102444800,\"sub\":\"\n\"}", "JSON object"},
		{"deeply nested", header, `{"exp":4102444800,"v":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, "JSON object"},
		{"no exp", header, `{}`, "exp is missing"},
		{"exp null", header, `{"exp":null}`, "exp is not a number"},
		{"exp text", header, `{"exp":"4102444800"}`, "exp is not a number"},
		{"exp true", header, `{"exp":true}`, "exp is not a number"},
		{"exp list", header, `{"exp":[4102444800]}`, "exp is not a number"},
		{"exp beyond every number", header, `{"exp":1e999}`, "exp is not a number"},
		{"iat text", header, `{"exp":4102444800,"iat":"1"}`, "iat is not a number"},
		{"iat null", header, `{"exp":4102444800,"iat":null}`, "iat is not a number"},
		{"nbf text", header, `{"exp":4102444800,"nbf":"1"}`, "nbf is not a number"},
		{"nbf in the future", header, `{"exp":4102444800,"nbf":4102444800}`, "not valid yet"},
		{"nbf in the future, expired", header, `{"exp":1,"nbf":4102444800}`, "not valid yet"},
		{"iss differs", `{"alg":"dir","enc":"A256GCM","iss":"me"}`, `{"exp":4102444800,"iss":"you"}`, "differs"},
		{"sub missing", `{"alg":"dir","enc":"A256GCM","sub":"me"}`, forEver, "differs"},
		{"aud differs", `{"alg":"dir","enc":"A256GCM","aud":["a"]}`, `{"exp":4102444800,"aud":"a"}`, "differs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			claims, err := newCodec(t, secret).Open(sealRaw(t, tt.header, tt.claims))
			if claims != nil || !errors.Is(err, token.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v; want ErrInvalid with %q", claims, err, tt.want)
			}
		})
	}
}

func TestOpenTimes(t *testing.T) {
	tests := []struct {
		name   string
		claims string // with the seconds from now
		offset float64
		want   error
	}{
		{"exp in the future", `{"exp":%f}`, 1, nil},
		{"exp now", `{"exp":%f}`, 0, nil},
		{"exp 14 s ago", `{"exp":%f}`, -14, nil},
		{"exp 14.5 s ago", `{"exp":%f}`, -14.5, nil},
		{"exp 15 s ago", `{"exp":%f}`, -15, token.ErrExpired},
		{"exp 16 s ago", `{"exp":%f}`, -16, token.ErrExpired},
		{"exp before 1970", `{"exp":-1,"v":%f}`, 0, token.ErrExpired},
		{"exp zero", `{"exp":0,"v":%f}`, 0, token.ErrExpired},
		{"exp twice, the last counts", `{"exp":0,"exp":%f}`, 60, nil},
		{"nbf now", `{"exp":4102444800,"nbf":%f}`, 0, nil},
		{"nbf in 15 s", `{"exp":4102444800,"nbf":%f}`, 15, nil},
		{"nbf in 15.5 s", `{"exp":4102444800,"nbf":%f}`, 15.5, token.ErrInvalid},
		{"nbf in 16 s", `{"exp":4102444800,"nbf":%f}`, 16, token.ErrInvalid},
		{"iat in an hour", `{"exp":4102444800,"iat":%f}`, 3600, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				claims := fmt.Sprintf(tt.claims, float64(time.Now().Unix())+tt.offset)
				got, err := newCodec(t, secret).Open(sealRaw(t, header, claims))
				if !errors.Is(err, tt.want) || (got != nil) != (tt.want == nil) {
					t.Errorf("got %v, %v; want %v", got, err, tt.want)
				}
			})
		})
	}
}

func TestTokenExpires(t *testing.T) {
	tests := []struct {
		name   string
		maxAge time.Duration
		after  time.Duration
		want   error
	}{
		{"at once", time.Minute, 0, nil},
		{"within the tolerance", time.Minute, 75*time.Second - 1, nil},
		{"after the tolerance", time.Minute, 75 * time.Second, token.ErrExpired},
		{"zero", 0, 15*time.Second - 1, nil},
		{"zero, later", 0, 15 * time.Second, token.ErrExpired},
		{"negative", -15 * time.Second, 0, token.ErrExpired},
		{"centuries", 1<<63 - 1, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCodec(t, secret)
				tok := seal(t, c, nil, tt.maxAge)
				time.Sleep(tt.after) // the bubble's clock, not a real wait
				if _, err := c.Open(tok); !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			})
		})
	}
}

// TestExpiredOnlyWhenGenuine opens expired tokens that are not genuine: a
// stranger learns nothing from the time in them.
func TestExpiredOnlyWhenGenuine(t *testing.T) {
	expired := seal(t, newCodec(t, secret), nil, -time.Hour)
	for name, opener := range map[string]*token.Codec{
		"wrong secret": newCodec(t, otherSecret),
		"wrong cookie": newCodec(t, secret).ForCookie("c"),
	} {
		if _, err := opener.Open(expired); !errors.Is(err, token.ErrInvalid) || errors.Is(err, token.ErrExpired) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

func TestInsecureAllowMissingExpiry(t *testing.T) {
	lax, err := token.New(token.Options{Secrets: []string{secret}, InsecureAllowMissingExpiry: true})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		claims string
		want   error
	}{
		{"missing", `{"sub":"42"}`, nil},
		{"null", `{"exp":null}`, token.ErrInvalid},
		{"text", `{"exp":"x"}`, token.ErrInvalid},
		{"past", `{"exp":1}`, token.ErrExpired},
		{"nbf in the future", `{"nbf":4102444800}`, token.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := lax.Open(sealRaw(t, header, tt.claims)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	cookie := lax.ForCookie("c")
	if _, err := cookie.Open(seal(t, cookie, nil, -time.Hour)); !errors.Is(err, token.ErrExpired) {
		t.Errorf("got %v, want ErrExpired", err)
	}
}

// TestErrorsHoldNoContent looks for what was in a token in the errors about it.
func TestErrorsHoldNoContent(t *testing.T) {
	c := newCodec(t, secret)
	const private = "private"
	for _, tok := range []string{
		sealRaw(t, header, `{"exp":1,"sub":"private"}`),
		sealRaw(t, header, `{"exp":"private"}`),
		sealRaw(t, header, `private`),
		shaped(`{"alg":"private"}`),
		shaped(`private`),
		private,
	} {
		if _, err := c.Open(tok); err == nil || strings.Contains(err.Error(), private) {
			t.Errorf("got %v", err)
		}
	}
}

// FuzzOpen looks for a text that opens without having been sealed. The same
// content can open only as the very token that was sealed.
func FuzzOpen(f *testing.F) {
	c := newCodec(f, secret)
	genuine := map[string]bool{
		sealRaw(f, header, forEver):                               true,
		sealRaw(f, `{"enc":"A256GCM","alg":"dir"}`, forEver):      true,
		sealRaw(f, header, `{"exp":4102444800,"v":["\ud800",1]}`): true,
	}
	for tok := range genuine {
		f.Add(tok)
	}
	f.Add(shaped(`{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647}`))
	f.Add(shaped(`{"alg":"dir","enc":"A256GCM","zip":"DEF","kid":{"a":["b"]}}`))
	f.Add("....")
	f.Fuzz(func(t *testing.T, tok string) {
		claims, err := c.Open(tok)
		if (err == nil) != genuine[tok] || (claims != nil) != genuine[tok] {
			t.Fatalf("%q: got %v, %v", tok, claims, err)
		}
		if err != nil && !errors.Is(err, token.ErrInvalid) {
			t.Fatalf("%q: got %v, want ErrInvalid", tok, err)
		}
	})
}

// FuzzClaims opens any content in a genuine token, and seals again what came
// out.
func FuzzClaims(f *testing.F) {
	for _, claims := range []string{forEver, `{"exp":4102444800.5,"iat":-0,"v":[{"a":1e2}],"k\"":"\u2028"}`, `{"exp":1e999}`, `[]`} {
		f.Add(claims)
	}
	c := newCodec(f, secret)
	f.Fuzz(func(t *testing.T, content string) {
		if len(content) > 32<<10 {
			return
		}
		claims, err := c.Open(sealRaw(t, header, content))
		if err != nil {
			if claims != nil || !errors.Is(err, token.ErrInvalid) && !errors.Is(err, token.ErrExpired) {
				t.Fatalf("got %v, %v", claims, err)
			}
			return
		}
		if !json.Valid([]byte(content)) {
			t.Fatalf("%q opened", content)
		}
		again, err := c.Open(seal(t, c, claims, time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range claims {
			if name == "iat" || name == "exp" || name == "jti" {
				continue
			}
			if !reflect.DeepEqual(value, again[name]) {
				t.Fatalf("%q was %v, is %v", name, value, again[name])
			}
		}
	})
}
