package auth_test

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// inBothModes runs the test of one row of the compatibility table, by default
// and with StrictV4.
func inBothModes(t *testing.T, row string, test func(t *testing.T, strictV4 bool)) {
	t.Helper()
	t.Run(row, func(t *testing.T) {
		t.Run("default", func(t *testing.T) { test(t, false) })
		t.Run("StrictV4", func(t *testing.T) { test(t, true) })
	})
}

// strictly is a change of the configuration that sets the mode.
func strictly(strictV4 bool) func(*auth.Config) {
	return func(c *auth.Config) { c.StrictV4 = strictV4 }
}

// decoded is the value of a cookie without its percent-encoding.
func decoded(t *testing.T, c *http.Cookie) string {
	t.Helper()
	if c == nil {
		t.Fatal("the cookie is not set")
	}
	value, err := url.PathUnescape(c.Value)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func plainHash(token string) string {
	sum := sha256.Sum256([]byte(token + secret))
	return hex.EncodeToString(sum[:])
}

func keyedHash(t *testing.T, token string) string {
	t.Helper()
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "Gatehouse csrf", 32)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestContractCSRFCookieValue(t *testing.T) {
	inBothModes(t, "CSRF cookie: value", func(t *testing.T, strictV4 bool) {
		b := newTestSite(t, strictly(strictV4)).browser()
		token, hash, ok := strings.Cut(decoded(t, b.get("/api/auth/csrf").cookie("next-auth.csrf-token")), "|")
		want := keyedHash(t, token)
		if strictV4 {
			want = plainHash(token)
		}
		if !ok || len(token) != 64 || hash != want {
			t.Errorf("the cookie holds %q and %q, want 64 digits and %q", token, hash, want)
		}
	})
}

func TestContractCSRFCookiePlanted(t *testing.T) {
	inBothModes(t, "CSRF cookie: planted", func(t *testing.T, strictV4 bool) {
		const token = "planted"
		for _, row := range []struct {
			name, cookie       string
			wantV4, wantByHash bool
		}{
			{"plain hash", token + "|" + plainHash(token), true, false},
			{"keyed hash", token + "|" + keyedHash(t, token), false, true},
			{"keyed hash and a second bar", token + "|" + keyedHash(t, token) + "|x", false, true},
			{"plain hash and a second bar", token + "|" + plainHash(token) + "|x", true, false},
			{"no hash", token, false, false},
			{"empty hash", token + "|", false, false},
			{"hash of another token", token + "|" + plainHash("other"), false, false},
			{"upper-case hash", token + "|" + strings.ToUpper(keyedHash(t, token)), false, false},
		} {
			t.Run(row.name, func(t *testing.T) {
				b := newTestSite(t, strictly(strictV4)).browser()
				b.setCookie(&http.Cookie{Name: "next-auth.csrf-token", Value: url.PathEscape(row.cookie)})
				got := b.do(http.MethodPost, "/api/auth/callback/credentials",
					strings.NewReader(url.Values{"csrfToken": {token}, "username": {"alice"}, "password": {"wonderland"}}.Encode()), formHeader())
				want := row.wantByHash
				if strictV4 {
					want = row.wantV4
				}
				if accepted := got.cookie("next-auth.session-token") != nil; accepted != want {
					t.Errorf("signed in: %v, want %v (%d %s)", accepted, want, got.status, got.location)
				}
				if replaced := got.cookie("next-auth.csrf-token") != nil; replaced == want {
					t.Errorf("the cookie was replaced: %v, want %v", replaced, !want)
				}
			})
		}
	})
}

func TestContractCSRFCookieOriginOfTheRequest(t *testing.T) {
	inBothModes(t, "CSRF cookie: origin of the request", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, strictly(strictV4))
		for _, row := range []struct {
			name   string
			header http.Header
			want   bool
		}{
			{"no header", http.Header{}, true},
			{"same origin", http.Header{"Origin": {s.url}}, true},
			{"other origin", http.Header{"Origin": {"https://evil.example"}}, false},
			{"other scheme", http.Header{"Origin": {strings.Replace(s.url, "http:", "https:", 1)}}, false},
			{"null origin on a plain site", http.Header{"Origin": {"null"}}, true},
			{"same-origin fetch", http.Header{"Sec-Fetch-Site": {"same-origin"}}, true},
			{"typed address", http.Header{"Sec-Fetch-Site": {"none"}}, true},
			{"cross-site fetch", http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
			{"same-site fetch", http.Header{"Sec-Fetch-Site": {"same-site"}}, false},
			{"null origin across sites", http.Header{"Origin": {"null"}, "Sec-Fetch-Site": {"cross-site"}}, false},
		} {
			t.Run(row.name, func(t *testing.T) {
				b := s.browser()
				form := url.Values{"csrfToken": {b.csrfToken()}, "username": {"alice"}, "password": {"wonderland"}, "json": {"true"}}
				header := formHeader()
				for name, values := range row.header {
					header[name] = values
				}
				got := b.do(http.MethodPost, "/api/auth/callback/credentials", strings.NewReader(form.Encode()), header)
				accepted := got.cookie("next-auth.session-token") != nil
				if want := row.want || strictV4; accepted != want {
					t.Fatalf("signed in: %v, want %v (%d %s)", accepted, want, got.status, got.body)
				}
				if !accepted && (got.status != http.StatusForbidden || !strings.Contains(got.body, `"url":"`+s.url+`/api/auth/`)) {
					t.Errorf("answered %d %s, want 403 with an absolute url", got.status, got.body)
				}
			})
		}
	})
}

// formHeader is the header of a posted form.
func formHeader() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

// jsonHeader is the header of a posted JSON body.
func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
