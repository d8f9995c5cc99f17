// Package weburl reads the origin of a URL the way browsers do (WHATWG URL
// Standard): tabs and line breaks count for nothing, a backslash is a slash, and
// the slashes after "http:" may be missing. Package net/url reads some of these
// texts differently, which is how open redirects happen.
package weburl

import (
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// Origin returns the origin of an absolute URL, "https://example.com:8443", with
// the host in lower case and without the scheme's default port. It is "null" for
// a URL that has none, such as "javascript:...", and ok is false for a text that
// is no absolute URL.
func Origin(text string) (origin string, ok bool) {
	scheme, rest, ok := split(text)
	if !ok {
		return "", false
	}
	if scheme == "blob" {
		return blobOrigin(rest), true
	}
	port, special := defaultPorts[scheme]
	if !special {
		return "null", true
	}
	host, ok := host(rest, port)
	return scheme + "://" + host, ok
}

// Scheme returns the scheme of an absolute URL in lower case. ok is false for a
// text that is no absolute URL, and for one of the web whose host is malformed.
func Scheme(text string) (scheme string, ok bool) {
	scheme, rest, ok := split(text)
	if !ok {
		return "", false
	}
	if port, special := defaultPorts[scheme]; special {
		_, ok = host(rest, port)
	}
	return scheme, ok
}

// defaultPorts are the special schemes with their ports.
var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

// split cuts the scheme off.
func split(text string) (scheme, rest string, ok bool) {
	text = strings.Trim(text, controlsAndSpace)
	if strings.ContainsAny(text, "\t\n\r") {
		text = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(text)
	}
	scheme, rest, ok = strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	return scheme, rest, ok && isScheme(scheme)
}

const controlsAndSpace = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != ""
}

// blobOrigin is the origin of the URL inside a blob URL.
func blobOrigin(inner string) string {
	scheme, _, ok := split(inner)
	if origin, okOrigin := Origin(inner); ok && okOrigin && (scheme == "http" || scheme == "https") {
		return origin
	}
	return "null"
}

// host returns the host and port of what follows the scheme.
func host(rest, defaultPort string) (string, bool) {
	rest = strings.TrimLeft(rest, `/\`)
	if end := strings.IndexAny(rest, `/\?#`); end >= 0 {
		rest = rest[:end]
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	name, port := rest, ""
	if colon := strings.LastIndexByte(rest, ':'); colon > strings.LastIndexByte(rest, ']') {
		name, port = rest[:colon], rest[colon+1:]
	}
	name, ok := hostName(name)
	if !ok {
		return "", false
	}
	if port == "" {
		return name, true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", false
	}
	if port = strconv.FormatUint(n, 10); port == defaultPort {
		return name, true
	}
	return name + ":" + port, true
}

// hostName is a host as browsers compare it.
func hostName(name string) (string, bool) {
	if name == "" {
		return "", false
	}
	if name[0] == '[' {
		return strings.ToLower(name), name[len(name)-1] == ']' && strings.Trim(name[1:len(name)-1], "0123456789abcdefABCDEF:.") == ""
	}
	if strings.ContainsAny(name, " %<>^|[]\x00\x7f") {
		return "", false
	}
	ascii, err := idna.New(idna.MapForLookup(), idna.StrictDomainName(false)).ToASCII(name)
	return strings.ToLower(ascii), err == nil && ascii != ""
}
