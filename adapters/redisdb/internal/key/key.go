// Package key makes parts of Redis keys out of text that others choose.
package key

import (
	"encoding/hex"
	"errors"
	"strings"
)

const digits = "0123456789ABCDEF"

// Escape returns a form of a text that can stand between colons and braces of a
// key: letters and digits of ASCII and - . _ ~ @ + stay, every other byte becomes
// a percent sign and two hexadecimal digits. Two texts never have the same form.
func Escape(s string) string {
	n := 0
	for i := range len(s) {
		if !plain(s[i]) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*n)
	for i := range len(s) {
		c := s[i]
		if plain(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~@+", c) >= 0
}

var errMalformed = errors.New("malformed escape in a key")

// Unescape returns the text that Escape was given.
func Unescape(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 {
		return s, nil
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if len(s) < i+3 {
			return "", errMalformed
		}
		var c [1]byte
		if _, err := hex.Decode(c[:], []byte(s[i+1:i+3])); err != nil {
			return "", errMalformed
		}
		b.WriteByte(c[0])
		i += 2
	}
	return b.String(), nil
}

// Pair returns a form of two texts that sorts by its bytes as the pairs sort by
// theirs, and that can stand in a key.
func Pair(first, second string) string {
	return hex.EncodeToString([]byte(first)) + "." + hex.EncodeToString([]byte(second))
}
