// Package cookie reads and writes cookies the way NextAuth.js does on the wire:
// values are percent-encoded like JavaScript's encodeURIComponent, the first of
// several cookies with one name counts, and a value that is too long for one
// cookie is split over numbered ones.
package cookie

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// maxSize is what browsers store of one cookie, attributes included.
	maxSize = 4096
	// emptySize is what NextAuth.js reserves for the name and the attributes.
	emptySize = 163
	// ChunkSize is the length of the parts a long value is split into.
	ChunkSize = maxSize - emptySize
	// maxChunks bounds how many parts are written and joined.
	maxChunks = 10
)

// ErrTooLarge says that a value does not fit into cookies, not even split.
var ErrTooLarge = errors.New("cookie: the value is too large")

// Cookies are the Cookie header lines of a request.
type Cookies []string

// Of returns the cookies of a request.
func Of(r *http.Request) Cookies { return r.Header["Cookie"] }

// all calls f with every name and raw value, in order, until f returns false.
func (c Cookies) all(f func(name, raw string) bool) {
	for _, line := range c {
		for line != "" {
			var pair string
			pair, line, _ = strings.Cut(line, ";")
			name, raw, ok := strings.Cut(pair, "=")
			if ok && !f(strings.Trim(name, " \t"), strings.Trim(raw, " \t")) {
				return
			}
		}
	}
}

// Get returns the decoded value of the first cookie with a name, or "".
func (c Cookies) Get(name string) string {
	var value string
	c.all(func(n, raw string) bool {
		if n != name {
			return true
		}
		value = decode(raw)
		return false
	})
	return value
}

// Names returns the names that begin with a prefix, without repetition, at most
// limit of them. Names with characters that encodeURIComponent would encode are
// none of ours.
func (c Cookies) Names(prefix string, limit int) []string {
	var names []string
	c.all(func(n, _ string) bool {
		if strings.HasPrefix(n, prefix) && Encode(n) == n && !slices.Contains(names, n) {
			names = append(names, n)
		}
		return len(names) < limit
	})
	return names
}

// Chunked is a value that may be split over several cookies.
type Chunked struct {
	// Values are the different values the request has for it: usually one, and
	// more only when a browser sends several cookies of one name.
	Values []string
	// Names are the cookies that carry it.
	Names []string
}

// Chunked returns the value of the cookie with a name, or of the cookies
// name.0, name.1 and so on joined in that order. The parts must follow each
// other without a gap, and no other suffix counts. With both a whole cookie and
// parts there are two values.
func (c Cookies) Chunked(name string) Chunked {
	var out Chunked
	var parts [maxChunks]string
	var seen [maxChunks]bool
	c.all(func(n, raw string) bool {
		rest, ok := strings.CutPrefix(n, name)
		switch {
		case !ok:
		case rest == "":
			value := decode(raw)
			if len(out.Values) < 4 && value != "" && !slices.Contains(out.Values, value) {
				out.Values = append(out.Values, value)
			}
			if !slices.Contains(out.Names, n) {
				out.Names = append(out.Names, n)
			}
		case len(rest) == 2 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9':
			if i := rest[1] - '0'; !seen[i] {
				seen[i] = true
				parts[i] = decode(raw)
				out.Names = append(out.Names, n)
			}
		}
		return true
	})
	if seen[0] {
		if joined, ok := join(parts, seen); ok && joined != "" && !slices.Contains(out.Values, joined) {
			out.Values = append(out.Values, joined)
		}
	}
	return out
}

// join puts the parts together unless one is missing in between.
func join(parts [maxChunks]string, seen [maxChunks]bool) (string, bool) {
	last := 0
	for i, ok := range seen {
		if ok {
			last = i
		}
	}
	for i := range last + 1 {
		if !seen[i] {
			return "", false
		}
	}
	return strings.Join(parts[:last+1], ""), true
}

// Set returns the Set-Cookie lines that store a value: one cookie, or numbered
// ones when it is longer than [ChunkSize]. The cookies in old that are not
// written again are cleared. Template gives the name and the attributes. The
// error is [ErrTooLarge] for a value that [Cookies.Chunked] could not read back.
func (c Chunked) Set(template http.Cookie, value string) ([]*http.Cookie, error) {
	if len(value) > maxChunks*ChunkSize {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(value), maxChunks*ChunkSize)
	}
	written := make([]*http.Cookie, 0, 1)
	if len(value) <= ChunkSize {
		written = append(written, with(template, template.Name, value))
	} else {
		for i := 0; i*ChunkSize < len(value); i++ {
			part := value[i*ChunkSize : min((i+1)*ChunkSize, len(value))]
			written = append(written, with(template, template.Name+"."+strconv.Itoa(i), part))
		}
	}
	if len(c.Names) == 1 && len(written) == 1 && c.Names[0] == written[0].Name {
		return written, nil
	}
	cookies := make([]*http.Cookie, 0, len(c.Names)+len(written))
	for _, name := range c.Names {
		if !slices.ContainsFunc(written, func(c *http.Cookie) bool { return c.Name == name }) {
			cookies = append(cookies, Clear(template, name))
		}
	}
	return append(cookies, written...), nil
}

// Clear returns the Set-Cookie lines that remove the value.
func (c Chunked) Clear(template http.Cookie) []*http.Cookie {
	cookies := make([]*http.Cookie, len(c.Names))
	for i, name := range c.Names {
		cookies[i] = Clear(template, name)
	}
	return cookies
}

// Clear returns a cookie that removes the one with a name.
func Clear(template http.Cookie, name string) *http.Cookie {
	c := with(template, name, "")
	c.MaxAge = -1
	c.Expires = time.Time{}
	return c
}

func with(template http.Cookie, name, value string) *http.Cookie {
	template.Name, template.Value = name, Encode(value)
	return &template
}

const hexDigits = "0123456789ABCDEF"

// unreserved are the characters that encodeURIComponent leaves as they are.
var unreserved = func() (table [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()") {
		table[c] = true
	}
	return table
}()

// Encode percent-encodes a value like encodeURIComponent.
func Encode(value string) string {
	escapes := 0
	for i := range len(value) {
		if !unreserved[value[i]] {
			escapes++
		}
	}
	if escapes == 0 {
		return value
	}
	b := make([]byte, 0, len(value)+2*escapes)
	for i := range len(value) {
		if c := value[i]; unreserved[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return string(b)
}

// decode removes quotes and percent-encoding; a value that is not encoded
// correctly is left as it is.
func decode(raw string) string {
	if len(raw) >= 2 && raw[0] == '"' && raw[len(raw)-1] == '"' {
		raw = raw[1 : len(raw)-1]
	}
	percent := strings.IndexByte(raw, '%')
	if percent < 0 {
		return raw
	}
	b := make([]byte, 0, len(raw))
	rest := raw
	for ; percent >= 0; percent = strings.IndexByte(rest, '%') {
		if len(rest) < percent+3 {
			return raw
		}
		c, err := strconv.ParseUint(rest[percent+1:percent+3], 16, 8)
		if err != nil {
			return raw
		}
		b = append(append(b, rest[:percent]...), byte(c))
		rest = rest[percent+3:]
	}
	return string(append(b, rest...))
}
