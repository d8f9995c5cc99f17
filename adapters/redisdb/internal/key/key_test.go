package key_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
)

func TestEscape(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"token", "0123456789abcdef", "0123456789abcdef"},
		{"address", "ada.lovelace+news@example.com", "ada.lovelace+news@example.com"},
		{"colon", "a:b", "a%3Ab"},
		{"hash tag", "}{other}", "%7D%7Bother%7D"},
		{"percent", "%3A", "%253A"},
		{"line break and NUL", "a\r\n\x00", "a%0D%0A%00"},
		{"glob", "*?[a]", "%2A%3F%5Ba%5D"},
		{"beyond ASCII", "é", "%C3%A9"},
		{"no UTF-8", "\xff", "%FF"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := key.Escape(row.text); got != row.want {
				t.Errorf("Escape(%q) = %q, want %q", row.text, got, row.want)
			}
			if got, err := key.Unescape(row.want); err != nil || got != row.text {
				t.Errorf("Unescape(%q) = %q, %v, want %q", row.want, got, err, row.text)
			}
		})
	}
	for _, text := range []string{"%", "%4", "a%zz"} {
		if got, err := key.Unescape(text); err == nil {
			t.Errorf("Unescape(%q) = %q, want an error", text, got)
		}
	}
}

// FuzzEscape has no text leave its place in a key.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "a", "}{", "a:b", "\x00\n", "%41", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		escaped := key.Escape(text)
		if i := strings.IndexFunc(escaped, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`:{}*?[]\"`, r) }); i >= 0 {
			t.Errorf("Escape(%q) = %q has %q", text, escaped, escaped[i])
		}
		if got, err := key.Unescape(escaped); err != nil || got != text {
			t.Errorf("Unescape(Escape(%q)) = %q, %v", text, got, err)
		}
	})
}

// FuzzPair compares pairs as they are and in their form.
func FuzzPair(f *testing.F) {
	f.Add("github", "1", "github2", "")
	f.Add("", "", "", "\x00")
	f.Add("a", "b", "ab", "")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		want := cmp.Or(cmp.Compare(a, c), cmp.Compare(b, d))
		if got := cmp.Compare(key.Pair(a, b), key.Pair(c, d)); got != want {
			t.Errorf("Pair(%q, %q) compares as %d with Pair(%q, %q), want %d", a, b, got, c, d, want)
		}
	})
}
