package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxHeader keeps headers that cannot be folded below 998 bytes to a line
// (RFC 5322, section 2.1.1).
const maxHeader = 900

// parse checks the parts of a message that become headers and commands, and
// returns the sender.
func (m Message) parse() (from *mail.Address, err error) {
	for _, f := range []struct{ name, value string }{
		{"From", m.From}, {"To", m.To}, {"Subject", m.Subject},
	} {
		if f.value == "" {
			return nil, fmt.Errorf("mail: %s is missing", f.name)
		}
		if strings.ContainsFunc(f.value, unicode.IsControl) || !utf8.ValidString(f.value) {
			return nil, fmt.Errorf("mail: %s holds a line break, another control character or invalid UTF-8", f.name)
		}
		if len(f.value) > maxHeader {
			return nil, fmt.Errorf("mail: %s is longer than %d bytes", f.name, maxHeader)
		}
	}
	if strings.Contains(m.Subject, "=?") {
		return nil, errors.New("mail: Subject holds \"=?\", which mail programs take for the beginning of an encoded word")
	}
	if strings.ContainsFunc(m.Language, func(r rune) bool { return r > unicode.MaxASCII || !isLabelText(r) }) {
		return nil, errors.New("mail: Language is not a language tag such as \"pt-BR\"")
	}
	if m.Text == "" {
		return nil, errors.New("mail: Text is missing")
	}
	if err := checkAddress(m.To); err != nil {
		return nil, fmt.Errorf("mail: To: %w", err)
	}
	// The parser's error would repeat the address.
	if from, err = mail.ParseAddress(m.From); err != nil {
		return nil, errors.New("mail: From is not of the form \"Name <address>\"")
	}
	if err := checkAddress(from.Address); err != nil {
		return nil, fmt.Errorf("mail: From: %w", err)
	}
	return from, nil
}

// checkAddress accepts one addr-spec whose local part is a dot-atom (RFC 5322,
// section 3.2.3) and whose domain is made of labels; both may hold characters
// beyond ASCII (RFC 6531, section 3.3). Quoted local parts are refused, as they
// can carry the end of an SMTP command.
func checkAddress(s string) error {
	local, domain, ok := strings.Cut(s, "@")
	switch {
	case !ok || strings.Contains(domain, "@"):
		return errors.New("the address does not have exactly one @")
	case len(s) > 254 || len(local) > 64:
		return errors.New("the address is too long") // RFC 5321, section 4.5.3.1
	case !dotted(local, isAtomText):
		return errors.New("the part before the @ is not a plain name")
	case !dotted(domain, isLabelText):
		return errors.New("the part after the @ is not a domain")
	}
	return nil
}

// dotted reports whether s is one or more parts between dots, each of at least
// one character that is allowed.
func dotted(s string, allowed func(rune) bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !allowed(r) }) {
			return false
		}
	}
	return true
}

func isAtomText(r rune) bool {
	return isLabelText(r) || strings.ContainsRune("!#$%&'*+/=?^_`{|}~", r)
}

func isLabelText(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
		return true
	}
	return r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r))
}

// isASCII reports whether an address needs no SMTPUTF8.
func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}
