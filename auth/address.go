package auth

import (
	"errors"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

var errAddress = errors.New("auth: not one plain mail address")

// normalizeAddress turns what a visitor typed into the address that is stored.
func (a *Auth) normalizeAddress(p *EmailProvider, typed string) (string, error) {
	switch {
	case p.NormalizeIdentifier != nil:
		return p.NormalizeIdentifier(typed)
	case a.config.StrictV4:
		return normalizeAddressV4(typed)
	}
	return normalizeAddress(typed)
}

// normalizeAddress accepts exactly one plain address (RFC 5322 addr-spec with a
// dot-atom, lengths of RFC 5321): no display name, no quotes, no comments, no
// line breaks. It is lower-cased, and its domain written in punycode.
func normalizeAddress(typed string) (string, error) {
	typed = strings.Trim(typed, " \t")
	local, domain, ok := strings.Cut(typed, "@")
	if !ok || strings.Contains(domain, "@") || !isLocalPart(local) || !utf8.ValidString(domain) {
		return "", errAddress
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(strings.Trim(domain, "."), ".") || strings.HasSuffix(domain, ".") || len(domain) > 253 {
		return "", errAddress
	}
	address := norm.NFC.String(mailaddr.Fold(local)) + "@" + strings.ToLower(domain)
	if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address || len(address) > 254 {
		return "", errAddress
	}
	return address, nil
}

// atomText are the ASCII characters of a dot-atom (RFC 5322, section 3.2.3).
const atomText = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~."

// isLocalPart reports whether a text is a dot-atom, also one with letters beyond
// ASCII (RFC 6531).
func isLocalPart(local string) bool {
	if local == "" || len(local) > 64 || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") || !utf8.ValidString(local) {
		return false
	}
	for _, r := range local {
		if r < utf8.RuneSelf && !strings.ContainsRune(atomText, r) {
			return false
		}
		if r >= 0x80 && !norm.NFKC.IsNormalString(string(r)) || isInvisible(r) {
			return false
		}
	}
	return true
}

// isInvisible reports whether a character cannot be seen, so that two addresses
// would look alike.
func isInvisible(r rune) bool {
	return r >= 0x80 && r <= 0xa0 || r == 0xad || r == 0x34f || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
}

// normalizeAddressV4 is the rule of NextAuth.js v4: compatibility forms, exactly
// one @, no quotes, a domain with a dot whose part after a comma is dropped. Line
// breaks and other control characters are refused all the same.
func normalizeAddressV4(typed string) (string, error) {
	trimmed := strings.TrimSpace(norm.NFKC.String(typed))
	local, domain, ok := strings.Cut(mailaddr.Fold(trimmed), "@")
	domain, _, _ = strings.Cut(domain, ",")
	if !ok || strings.Count(trimmed, "@") != 1 || strings.Contains(trimmed, `"`) || local == "" || !strings.Contains(domain, ".") || hasControl(trimmed) {
		return "", errAddress
	}
	return local + "@" + domain, nil
}

// maskAddress hides most of an address: "m***@example.com".
func maskAddress(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" {
		return ""
	}
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "***@" + domain
}
