package pages_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

// sources returns the package's Go files and templates by name.
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

func TestCatalogueKeys(t *testing.T) {
	data, err := os.ReadFile("languages/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"((?:page|signin|signout|verify|confirm|error)\.[A-Za-z.]+)"`)
	used := map[string]bool{}
	for name, source := range sources(t, "*.go", "templates/*.html") {
		for _, m := range key.FindAllStringSubmatch(source, -1) {
			if strings.HasSuffix(m[1], ".html") {
				continue
			}
			used[m[1]] = true
			if _, ok := texts[m[1]]; !ok {
				t.Errorf("%s uses the text %q, which is missing", name, m[1])
			}
		}
	}
	for k, text := range texts {
		if !used[k] {
			t.Errorf("the text %q is not used", k)
		}
		if strings.TrimSpace(text) != text || text == "" {
			t.Errorf("the text %q is empty or has space around it", k)
		}
	}
}

// TestTemplatesHoldNoText checks that everything a visitor reads comes from the
// catalogue.
func TestTemplatesHoldNoText(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	spoken := map[string]bool{"alt": true, "title": true, "placeholder": true, "aria-label": true, "value": true}
	for name, source := range sources(t, "templates/*.html") {
		tokens := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(source, "")))
		for tokens.Next() != html.ErrorToken {
			token := tokens.Token()
			if token.Type == html.TextToken && strings.ContainsFunc(token.Data, unicode.IsLetter) {
				t.Errorf("%s holds the text %q", name, strings.TrimSpace(token.Data))
			}
			for _, a := range token.Attr {
				if spoken[a.Key] && strings.ContainsFunc(a.Val, unicode.IsLetter) {
					t.Errorf("%s holds the text %s=%q", name, a.Key, a.Val)
				}
			}
		}
	}
}
