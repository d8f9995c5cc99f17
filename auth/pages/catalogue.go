package pages

import (
	"encoding/json"
	"fmt"
	"strings"
)

// catalogue holds every text of the pages in one language, by key. A text may
// hold placeholders such as {host}.
type catalogue struct {
	language string // a BCP 47 tag, for the lang attribute
	texts    map[string]string
}

func loadCatalogue(language string) (*catalogue, error) {
	data, err := files.ReadFile("languages/" + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("pages: language %q: %w", language, err)
	}
	c := &catalogue{language: language}
	if err := json.Unmarshal(data, &c.texts); err != nil {
		return nil, fmt.Errorf("pages: language %q: %w", language, err)
	}
	return c, nil
}

// text returns the text of a key; values alternates between the name of a
// placeholder and what replaces it. What is filled in is not searched for
// placeholders again.
func (c *catalogue) text(key string, values ...string) (string, error) {
	text, ok := c.texts[key]
	if !ok {
		return "", fmt.Errorf("pages: language %q has no text %q", c.language, key)
	}
	if len(values) == 0 {
		return text, nil
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, found := strings.Cut(rest, "}")
		if !found {
			return "", fmt.Errorf("pages: language %q: text %q has an open brace", c.language, key)
		}
		value, ok := lookup(values, name)
		if !ok {
			return "", fmt.Errorf("pages: language %q: text %q has the unknown placeholder %q", c.language, key, name)
		}
		b.WriteString(value)
		text = after
	}
}

func lookup(values []string, name string) (string, bool) {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == name {
			return values[i+1], true
		}
	}
	return "", false
}
