package weburl_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/weburl"
)

func TestOrigin(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
	}{
		{"plain", "https://example.com/x", "https://example.com"},
		{"default port", "http://example.com:80/x", "http://example.com"},
		{"other port", "http://example.com:8080", "http://example.com:8080"},
		{"upper case", "HTTPS://EXAMPLE.com", "https://example.com"},
		{"user", "https://a:b@example.com/", "https://example.com"},
		{"host in the user", "https://example.com@evil.test/", "https://evil.test"},
		{"backslash ends the host", `https://evil.test\@example.com/`, "https://evil.test"},
		{"backslashes for slashes", `https:\\evil.test/`, "https://evil.test"},
		{"no slashes", "https:evil.test", "https://evil.test"},
		{"one slash", "https:/evil.test", "https://evil.test"},
		{"three slashes", "https:///evil.test", "https://evil.test"},
		{"tab in the scheme", "ht\ttps://evil.test", "https://evil.test"},
		{"line break in the host", "https://ev\nil.test", "https://evil.test"},
		{"space in front", " https://example.com", "https://example.com"},
		{"full-width letters", "https://ｅｘａｍｐｌｅ.com", "https://example.com"},
		{"international", "https://bücher.example", "https://xn--bcher-kva.example"},
		{"IPv6", "http://[::1]:3000/", "http://[::1]:3000"},
		{"script", "javascript:alert(1)", "null"},
		{"data", "data:text/html,x", "null"},
		{"blob", "blob:https://example.com/id", "https://example.com"},
		{"blob of nothing", "blob:x", "null"},
		{"path", "/x", ""},
		{"word", "dashboard", ""},
		{"empty", "", ""},
		{"no host", "http://", ""},
		{"port too large", "http://example.com:99999/", ""},
		{"port no number", "http://example.com:x/", ""},
		{"space in the host", "http://a b/", ""},
		{"open bracket", "http://[::1", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			origin, ok := weburl.Origin(test.text)
			if !ok {
				origin = ""
			}
			if origin != test.want {
				t.Errorf("Origin(%q) = %q, want %q", test.text, origin, test.want)
			}
		})
	}
}

// What net/url and a browser both understand, they understand alike.
func FuzzOrigin(f *testing.F) {
	for _, seed := range []string{"https://example.com/x", `https:\\evil.test`, "blob:http://a/", "http://u@h:80/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		origin, ok := weburl.Origin(text)
		u, err := url.Parse(text)
		if !ok || err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			return
		}
		for _, r := range u.Host {
			if r > '~' || strings.ContainsRune(`\%[]`, r) {
				return
			}
		}
		want := "https://" + strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(u.Host, ":443"), ":"))
		if port := u.Port(); strings.HasPrefix(port, "0") || strings.HasPrefix(u.Host, ".") || strings.Contains(u.Host, "xn--") {
			return
		}
		if origin != want {
			t.Errorf("Origin(%q) = %q, want %q", text, origin, want)
		}
	})
}
