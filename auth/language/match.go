package language

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// english is the catalogue that every other one is measured by. It is embedded,
// so that reading it cannot fail in a program whose tests have passed.
var english = sync.OnceValue(func() *Catalogue {
	c, err := builtIn(source)
	if err != nil {
		panic(err)
	}
	return c
})

// maxPreference bounds how much of a browser's preferences is read.
const maxPreference = 512

// prepare makes the matcher. Its first language is the fallback.
func (c *Catalogues) prepare() {
	c.matched = []*Catalogue{c.fallback}
	for _, one := range c.offered {
		if one != c.fallback {
			c.matched = append(c.matched, one)
		}
	}
	tags := make([]language.Tag, len(c.matched))
	for i, one := range c.matched {
		tags[i] = language.MustParse(one.tag) // find has parsed it before
	}
	c.matcher = language.NewMatcher(tags)
}

// Offered returns the languages in the order of the language menu.
func (c *Catalogues) Offered() []*Catalogue { return slices.Clone(c.offered) }

// Default returns the language for visitors who ask for none that is offered.
func (c *Catalogues) Default() *Catalogue { return c.fallback }

// Match returns the first language that a visitor asks for and that is offered.
// Preferences are tried in order; each is a list of language tags, as in
// Accept-Language (RFC 9110, section 12.5.4) or as in the parameter ui_locales of
// OpenID Connect, where spaces separate them. Match reports false, with the
// default language, when no preference fits. Only the first 512 bytes of each
// are read.
func (c *Catalogues) Match(preferences ...string) (*Catalogue, bool) {
	for _, preference := range preferences {
		for _, tag := range parsePreference(preference) {
			// The matcher also knows which other language somebody may
			// understand, but they may have asked for a better one next.
			matched, i, confidence := c.matcher.Match(tag)
			if confidence >= language.High && sameLanguage(tag, matched) {
				return c.matched[i], true
			}
		}
	}
	return c.fallback, false
}

// withoutSpace removes the space that may stand around a weight (RFC 9110, section
// 12.4.2).
var withoutSpace = strings.NewReplacer(" ", "", "\t", "")

// sameLanguage reports whether two tags differ in script and region alone.
func sameLanguage(a, b language.Tag) bool {
	base, _ := a.Base()
	other, _ := b.Base()
	return base == other
}

// parsePreference reads a list of language tags, the favourite first. What does
// not parse, and what the visitor does not want at all, is left out.
func parsePreference(preference string) []language.Tag {
	preference = preference[:min(len(preference), maxPreference)]
	type weighted struct {
		tag    language.Tag
		weight float32
	}
	var wanted []weighted
	separator := ","
	if !strings.ContainsAny(preference, ",;") {
		separator = " " // ui_locales
	}
	for entry := range strings.SplitSeq(preference, separator) {
		tags, weights, err := language.ParseAcceptLanguage(withoutSpace.Replace(entry))
		if err == nil && len(tags) == 1 && tags[0] != language.Und {
			wanted = append(wanted, weighted{tags[0], weights[0]})
		}
	}
	slices.SortStableFunc(wanted, func(a, b weighted) int { return cmp.Compare(b.weight, a.weight) })
	tags := make([]language.Tag, len(wanted))
	for i, w := range wanted {
		tags[i] = w.tag
	}
	return tags
}
