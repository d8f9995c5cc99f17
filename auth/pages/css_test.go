package pages_test

import (
	"strings"
	"testing"
)

// cssRule is a rule of a style sheet: declarations, or rules within it.
type cssRule struct {
	Selector     string
	Declarations []string // "name: value"
	Rules        []cssRule
}

// cssReader takes a style sheet apart as CSS Syntax Level 3 does it, so that an
// open string or bracket swallows what it would swallow in a browser.
type cssReader struct {
	s string
	i int
}

func parseCSS(s string) []cssRule {
	r := cssReader{s: s}
	return r.rules()
}

// rules reads until a closing brace or the end.
func (r *cssReader) rules() []cssRule {
	var all []cssRule
	for {
		selector := r.until("{}")
		if r.next() != '{' {
			return all
		}
		rule := cssRule{Selector: selector}
		if strings.HasPrefix(selector, "@") {
			rule.Rules = r.rules()
		} else {
			rule.Declarations = r.declarations()
		}
		all = append(all, rule)
	}
}

func (r *cssReader) declarations() []string {
	var all []string
	for {
		if d := r.until(";}"); d != "" {
			all = append(all, d)
		}
		if r.next() != ';' {
			return all
		}
	}
}

// next takes one byte; it returns 0 at the end.
func (r *cssReader) next() byte {
	if r.i >= len(r.s) {
		return 0
	}
	r.i++
	return r.s[r.i-1]
}

// until returns what stands before one of the ends, without comments, and stops
// in front of it.
func (r *cssReader) until(ends string) string {
	var b strings.Builder
	for r.i < len(r.s) && strings.IndexByte(ends, r.s[r.i]) < 0 {
		if strings.HasPrefix(r.s[r.i:], "/*") {
			r.skip()
			continue
		}
		from := r.i
		r.skip()
		b.WriteString(r.s[from:r.i])
	}
	return strings.TrimSpace(b.String())
}

// skip takes one component value: a string, a block, or one character.
func (r *cssReader) skip() {
	rest := r.s[r.i:]
	switch {
	case strings.HasPrefix(rest, "/*"):
		if end := strings.Index(rest[2:], "*/"); end >= 0 {
			r.i += 2 + end + 2
		} else {
			r.i = len(r.s)
		}
	case isUnquotedURL(rest):
		for c := r.next(); c != 0 && c != ')'; c = r.next() {
			if c == '\\' {
				r.next()
			}
		}
	case rest[0] == '"' || rest[0] == '\'':
		r.quoted(r.next())
	case strings.IndexByte("([{", rest[0]) >= 0:
		closing := map[byte]string{'(': ")", '[': "]", '{': "}"}[r.next()]
		r.until(closing)
		r.next()
	case rest[0] == '\\':
		r.i = min(r.i+2, len(r.s))
	default:
		r.i++
	}
}

// quoted takes a string up to its end; a line break ends it as well.
func (r *cssReader) quoted(quote byte) {
	for r.i < len(r.s) && r.s[r.i] != '\n' {
		switch r.next() {
		case quote:
			return
		case '\\':
			r.next()
		}
	}
}

func isUnquotedURL(s string) bool {
	if len(s) < 4 || !strings.EqualFold(s[:4], "url(") {
		return false
	}
	inside := strings.TrimLeft(s[4:], " \t\n")
	return inside == "" || inside[0] != '"' && inside[0] != '\''
}

// TestParseCSS checks the reader itself.
func TestParseCSS(t *testing.T) {
	for _, test := range []struct {
		name, css string
		want      int // rules
	}{
		{"nothing", "", 0},
		{"two", "a { b: c; d: e } f { g: h; }", 2},
		{"brace in a string", `a { b: "}" } f { g: h; }`, 2},
		{"brace in a comment", "a { /* } */ } f { g: h; }", 2},
		{"brace in an address", "a { b: url(}) } f { g: h; }", 2},
		{"escaped brace", `a { b: \} } f { g: h; }`, 2},
		{"open bracket", "a { b: ( } f { g: h; }", 1},
		{"open square bracket", "a { b: [ } f { g: h; }", 1},
		{"open comment", "a { b: /* } f { g: h; }", 1},
		{"open string", "a { b: \"; }\nf { g: h; }", 1},
		{"rules in a rule", "@media x { a { b: c } f { g: h } }", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := len(parseCSS(test.css)); got != test.want {
				t.Errorf("%d rules, want %d: %v", got, test.want, parseCSS(test.css))
			}
		})
	}
}
