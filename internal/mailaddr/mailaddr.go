// Package mailaddr compares mail addresses.
package mailaddr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns the form in which addresses are compared and looked up: lower
// case, except that a letter beyond ASCII never becomes an ASCII one, as the
// Kelvin sign and the dotted capital I would. Otherwise the owner of one mailbox
// could pass for another.
func Fold(address string) string {
	return strings.Map(func(r rune) rune {
		lower := unicode.ToLower(r)
		if r >= utf8.RuneSelf && lower < utf8.RuneSelf {
			return r
		}
		return lower
	}, address)
}
