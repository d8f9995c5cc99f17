package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"regexp"
	"testing"
)

// hidden is the value of a hidden field of a page.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	match := regexp.MustCompile(`<input type="hidden" name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(page)
	if match == nil {
		t.Fatalf("the page has no hidden field %q:\n%s", name, page)
	}
	return html.UnescapeString(match[1])
}

// challenge is the S256 challenge of a code verifier (RFC 7636, section 4.2).
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
