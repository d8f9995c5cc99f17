package pages_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

// sources returns Go files, without tests, and templates by name.
func sources(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, error %v", pattern, len(names), err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = string(data)
		}
	}
	return all
}

// catalogue reads the file of a language as it is.
func catalogue(t *testing.T, tag string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../language/catalogues/" + tag + ".json")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := language.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// catalogueTexts returns the texts of keys as they are in the file of a language.
func catalogueTexts(t *testing.T, tag string, keys ...string) []string {
	t.Helper()
	all := catalogue(t, tag)
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = all[key]
	}
	return texts
}

// TestCatalogueKeys checks that the texts that the pages and the mails use are
// those that there are. The keys of the pages are all in this package, those of
// the mails in mail, and those of the languages themselves beside the catalogues.
func TestCatalogueKeys(t *testing.T) {
	rooms := []struct {
		keys     string // how they begin, as a regular expression
		patterns []string
	}{
		{"page|signin|signout|signedout|verify|confirm|error", []string{"*.go", "templates/*.html"}},
		{"mail", []string{"../../mail/*.go", "../../mail/*.html"}},
		{"language", []string{"../language/*.go"}},
	}
	texts := catalogue(t, "en")
	used := map[string]bool{}
	for _, room := range rooms {
		key := regexp.MustCompile(`"((?:` + room.keys + `)\.[A-Za-z.]+)"`)
		for name, source := range sources(t, room.patterns...) {
			for _, m := range key.FindAllStringSubmatch(source, -1) {
				if slices.Contains([]string{".html", ".example", ".com"}, filepath.Ext(m[1])) {
					continue // a file, a host
				}
				used[m[1]] = true
				if _, ok := texts[m[1]]; !ok {
					t.Errorf("%s uses the text %q, which is missing", name, m[1])
				}
			}
		}
	}
	for k := range texts {
		if !used[k] {
			t.Errorf("the text %q is not used", k)
		}
	}
}

// TestTemplatesHoldNoText checks that everything a visitor reads comes from the
// catalogue.
func TestTemplatesHoldNoText(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	spoken := []string{
		"alt", "title", "placeholder", "label", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext",
		"aria-placeholder", "data-hide",
	}
	// The value of a button is spoken; that of a hidden input is not.
	isSpoken := func(token html.Token, attribute string) bool {
		return slices.Contains(spoken, attribute) || attribute == "value" && !slices.Contains(token.Attr, html.Attribute{Key: "type", Val: "hidden"})
	}
	for name, source := range sources(t, "templates/*.html") {
		tokens := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(source, "")))
		for tokens.Next() != html.ErrorToken {
			token := tokens.Token()
			if token.Type == html.TextToken && strings.ContainsFunc(token.Data, unicode.IsLetter) {
				t.Errorf("%s holds the text %q", name, strings.TrimSpace(token.Data))
			}
			for _, a := range token.Attr {
				if isSpoken(token, a.Key) && strings.ContainsFunc(a.Val, unicode.IsLetter) {
					t.Errorf("%s holds the text %s=%q", name, a.Key, a.Val)
				}
			}
		}
	}
}

// TestAssetsHoldNoText checks that no script or style brings words of
// its own.
func TestAssetsHoldNoText(t *testing.T) {
	words := regexp.MustCompile(`content:\s*"[^"]*[A-Za-z]|(?:textContent|innerText|alert\(|title)\s*=?\s*["']`)
	for name, source := range sources(t, "style.css", "*.js") {
		if found := words.FindString(source); found != "" {
			t.Errorf("%s holds the text %q", name, found)
		}
	}
}
