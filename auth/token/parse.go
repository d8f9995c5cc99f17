package token

import (
	"encoding/base64"
	"reflect"
	"strings"
)

const (
	// ownHeader is {"alg":"dir","enc":"A256GCM"} in base64url, the header of
	// every token that NextAuth.js or this package seals.
	ownHeader = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0"
	// maxHeaderSegment is the encoded length of the longest header that is
	// read, 1 KiB.
	maxHeaderSegment = (1024*8 + 5) / 6

	// Sizes of AES-GCM in JWE (RFC 7518 section 5.3), in bytes, and the lengths
	// of their encoded segments.
	ivSize     = 12
	tagSize    = 16
	ivSegment  = (ivSize*8 + 5) / 6
	tagSegment = (tagSize*8 + 5) / 6
)

// strictBase64 refuses padding, and bits that are set beyond the last byte. It
// skips line breaks, which parse refuses by itself.
var strictBase64 = base64.RawURLEncoding.Strict()

// compact is a token in JWE compact serialization (RFC 7516 section 7.1) that
// has passed every check for which no key is needed.
type compact struct {
	// header is the first segment as it was received: the additional
	// authenticated data.
	header []byte
	// sealed is the initialization vector, the ciphertext and the tag.
	sealed []byte
	// members are those of a header that is not ownHeader, else nil.
	members Claims
}

// parse takes a token apart and refuses every header but that of direct
// encryption with A256GCM.
func parse(tok string) (compact, error) {
	if len(tok) > maxTokenSize {
		return compact{}, invalid("longer than 64 KiB")
	}
	if strings.IndexByte(tok, '\n') >= 0 || strings.IndexByte(tok, '\r') >= 0 {
		return compact{}, invalid("not base64url")
	}
	header, key, iv, ciphertext, tag, ok := split(tok)
	if !ok {
		return compact{}, invalid("not five segments")
	}
	members, err := checkHeader(header)
	if err != nil {
		return compact{}, err
	}
	if key != "" {
		return compact{}, invalid("has an encrypted key")
	}
	if len(iv) != ivSegment || len(tag) != tagSegment || ciphertext == "" {
		return compact{}, invalid("a segment has the wrong length")
	}
	buf := make([]byte, 0, len(tok))
	buf = append(buf, header...)
	for _, segment := range [...]string{iv, ciphertext, tag} {
		if buf, err = strictBase64.AppendDecode(buf, []byte(segment)); err != nil {
			return compact{}, invalid("not base64url")
		}
	}
	return compact{buf[:len(header)], buf[len(header):], members}, nil
}

// split cuts a token at its four dots.
func split(tok string) (header, key, iv, ciphertext, tag string, ok bool) {
	if strings.Count(tok, ".") != 4 {
		return "", "", "", "", "", false
	}
	header, tok, _ = strings.Cut(tok, ".")
	key, tok, _ = strings.Cut(tok, ".")
	iv, tok, _ = strings.Cut(tok, ".")
	ciphertext, tag, _ = strings.Cut(tok, ".")
	return header, key, iv, ciphertext, tag, true
}

// checkHeader refuses a header that asks for anything but alg "dir" and enc
// "A256GCM". It returns the members of one that was written differently from
// ownHeader. Members that change nothing, such as "typ" and "kid", may be there.
func checkHeader(segment string) (Claims, error) {
	if segment == ownHeader {
		return nil, nil
	}
	if len(segment) > maxHeaderSegment {
		return nil, invalid("the header is longer than 1 KiB")
	}
	text, err := strictBase64.DecodeString(segment)
	if err != nil {
		return nil, invalid("the header is not base64url")
	}
	members, count, err := decodeObject(text)
	if err != nil {
		return nil, invalid("the header is not a JSON object")
	}
	if len(members) != count { // RFC 7516 section 4
		return nil, invalid("the header has a member twice")
	}
	for _, name := range [...]string{"zip", "crit", "b64"} {
		if _, present := members[name]; present {
			return nil, invalid("the header has " + name)
		}
	}
	if members.Text("alg") != "dir" || members.Text("enc") != "A256GCM" {
		return nil, invalid("the header's algorithm is not dir with A256GCM")
	}
	return members, nil
}

// agrees reports whether the claims that the header repeats are the same in
// both places (RFC 7519 section 5.3).
func (jwe compact) agrees(claims Claims) bool {
	for _, name := range [...]string{"iss", "sub", "aud"} {
		if copied, present := jwe.members[name]; present && !reflect.DeepEqual(copied, claims[name]) {
			return false
		}
	}
	return true
}
