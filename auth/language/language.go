// Package language holds every text that a visitor reads, on the pages and in
// the mails, in every language.
//
// The texts of a language are one plain file, a catalogue: a JSON object of keys
// and texts. A text may hold placeholders such as {host}. The catalogues that
// come with Gatehouse are complete; an application changes single texts or adds
// languages with [Options.Texts].
package language

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

//go:embed catalogues/*.json
var files embed.FS

// source is the language that the texts are written in first. Its catalogue
// decides which keys there are.
const source = "en"

// Options choose and change the languages. The zero value offers every language
// that Gatehouse has, with English for visitors who ask for none of them.
type Options struct {
	// Default is the tag (BCP 47) of the language for visitors who ask for
	// none that is offered. Empty means "en".
	Default string
	// Offered lists the tags of the languages to offer, in the order of the
	// language menu; the default belongs to it. Empty means all, ordered by
	// their tags.
	Offered []string
	// Texts are changes, by the tag of a language and the key of a text:
	//
	//	map[string]map[string]string{"de": {"signin.button": "Los geht's"}}
	//
	// A tag that Gatehouse does not have adds a language. Its texts should have
	// "language.name" and, unless it is written from left to right,
	// "language.direction"; what is missing is taken from the language that it
	// is a variant of ("de" for "de-AT"), else from English, and then
	// [Catalogue.Missing] lists it. A key or a placeholder that English does not
	// have is an error.
	Texts map[string]map[string]string
}

// Catalogues are the languages that are offered. They do not change any more and
// may be used from many goroutines.
type Catalogues struct {
	offered  []*Catalogue
	fallback *Catalogue
	matcher  language.Matcher
	matched  []*Catalogue // by the matcher's index
}

// Catalogue has all texts in one language. Make it with [New] or [English].
type Catalogue struct {
	tag     string
	texts   map[string]text
	missing []string
}

// New checks the options and reads the catalogues. The error names everything
// that is wrong.
func New(o Options) (*Catalogues, error) {
	all, err := load(o.Texts)
	if err != nil {
		return nil, err
	}
	c := &Catalogues{}
	var errs []error
	if c.fallback, err = find(all, o.Default); err != nil {
		errs = append(errs, fmt.Errorf("language: Default: %w", err))
	}
	tags := o.Offered
	if len(tags) == 0 {
		tags = slices.Sorted(maps.Keys(all))
	}
	for i, tag := range tags {
		one, err := find(all, tag)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("language: Offered[%d]: %w", i, err))
		case slices.Contains(c.offered, one):
			errs = append(errs, fmt.Errorf("language: Offered[%d]: %q is there twice", i, tag))
		default:
			c.offered = append(c.offered, one)
		}
	}
	if len(errs) == 0 && !slices.Contains(c.offered, c.fallback) {
		errs = append(errs, fmt.Errorf("language: Default: %q is not among the languages offered", c.fallback.tag))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	c.prepare()
	return c, nil
}

// find returns the catalogue of a tag; an empty tag means English.
func find(all map[string]*Catalogue, tag string) (*Catalogue, error) {
	if tag == "" {
		tag = source
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return nil, fmt.Errorf("%q is not a language tag such as %q", tag, "pt-BR")
	}
	one := known(all, parsed)
	if one == nil {
		return nil, fmt.Errorf("there is no language %q; there are %s", tag, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	return one, nil
}

// English returns the catalogue in English as it comes with Gatehouse.
func English() *Catalogue { return english() }

// Parse reads a catalogue: a JSON object whose members are texts. The result is
// what [Options.Texts] takes for a language.
func Parse(catalogue []byte) (map[string]string, error) {
	var texts map[string]string
	if err := json.Unmarshal(catalogue, &texts); err != nil {
		return nil, fmt.Errorf("language: a catalogue is a JSON object of texts: %w", err)
	}
	return texts, nil
}

// Tag returns the language's tag (BCP 47), as for the lang attribute.
func (c *Catalogue) Tag() string { return c.tag }

// Name returns the language's own name for itself.
func (c *Catalogue) Name() string { return c.texts["language.name"].source }

// Direction returns "ltr" or "rtl", as for the dir attribute.
func (c *Catalogue) Direction() string { return c.texts["language.direction"].source }

// Missing returns the keys whose texts are not in this language but were taken
// from another one. There are none in the catalogues of Gatehouse.
func (c *Catalogue) Missing() []string { return slices.Clone(c.missing) }

// Text returns the text of a key with its placeholders filled in; values
// alternates between the name of a placeholder and what replaces it. What is
// filled in is not searched for placeholders again. In a language written from
// right to left it is isolated (Unicode UAX #9), so that a host or a time keeps
// its order. An unknown key or a placeholder without a value is an error.
func (c *Catalogue) Text(key string, values ...string) (string, error) {
	t, ok := c.texts[key]
	if !ok {
		return "", fmt.Errorf("language: there is no text %q", key)
	}
	filled, ok := t.fill(values, c.Direction() == "rtl")
	if !ok {
		return "", fmt.Errorf("language: the text %q needs the placeholders %q", key, t.names())
	}
	return filled, nil
}

// load reads the catalogues and applies the changes.
func load(changes map[string]map[string]string) (map[string]*Catalogue, error) {
	names, err := fs.Glob(files, "catalogues/*.json")
	if err != nil {
		return nil, fmt.Errorf("language: %w", err)
	}
	all := make(map[string]*Catalogue, len(names))
	for _, name := range names {
		tag := strings.TrimSuffix(path.Base(name), ".json")
		if all[tag], err = builtIn(tag); err != nil {
			return nil, err
		}
	}
	var errs []error
	for _, tag := range slices.Sorted(maps.Keys(changes)) { // "de" before "de-AT"
		parsed, err := language.Parse(tag)
		if err != nil {
			errs = append(errs, fmt.Errorf("language: Texts[%q]: that is not a language tag such as %q", tag, "pt-BR"))
			continue
		}
		base := known(all, parsed)
		if base == nil {
			base = derive(all, parsed)
			all[parsed.String()] = base
		}
		errs = append(errs, base.change(fmt.Sprintf("Texts[%q]", tag), changes[tag]))
	}
	return all, errors.Join(errs...)
}

// builtIn reads a catalogue of Gatehouse.
func builtIn(tag string) (*Catalogue, error) {
	data, err := files.ReadFile("catalogues/" + tag + ".json")
	if err != nil {
		return nil, fmt.Errorf("language: %w", err)
	}
	texts, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tag, err)
	}
	c := &Catalogue{tag: tag, texts: make(map[string]text, len(texts))}
	for key, t := range texts {
		if c.texts[key], err = parseText(t); err != nil {
			return nil, fmt.Errorf("language: %s: %q: %w", tag, key, err)
		}
	}
	return c, nil
}

// known finds the catalogue of a tag, however the tag is written: "zh-CN" is
// another name of "zh-Hans", and "pt" of "pt-BR".
func known(all map[string]*Catalogue, tag language.Tag) *Catalogue {
	if c := all[tag.String()]; c != nil {
		return c
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if likely(language.MustParse(name)) == likely(tag) {
			return all[name]
		}
	}
	return nil
}

// likely is a language with the script and region that it most likely has.
func likely(tag language.Tag) [3]string {
	base, _ := tag.Base()
	script, _ := tag.Script()
	region, _ := tag.Region()
	return [3]string{base.String(), script.String(), region.String()}
}

// derive begins a language that Gatehouse does not have: a variant with the texts
// of the same language in the same script, any other one with those of English,
// which are then missing.
func derive(all map[string]*Catalogue, tag language.Tag) *Catalogue {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if has, want := likely(language.MustParse(name)), likely(tag); has[0] == want[0] && has[1] == want[1] {
			return &Catalogue{tag: tag.String(), texts: maps.Clone(all[name].texts), missing: []string{"language.name"}}
		}
	}
	texts := all[source].texts
	return &Catalogue{tag: tag.String(), texts: maps.Clone(texts), missing: slices.Sorted(maps.Keys(texts))}
}

// change replaces texts.
func (c *Catalogue) change(field string, texts map[string]string) error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		known, ok := english().texts[key]
		if !ok {
			errs = append(errs, fmt.Errorf("language: %s: there is no text %q", field, key))
			continue
		}
		t, err := parseText(texts[key])
		if err == nil {
			err = t.checkAgainst(known)
		}
		if err == nil && key == "language.direction" && t.source != "ltr" && t.source != "rtl" {
			err = fmt.Errorf("it is %q, not %q or %q", t.source, "ltr", "rtl")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("language: %s[%q]: %w", field, key, err))
			continue
		}
		c.texts[key] = t
		c.missing = slices.DeleteFunc(c.missing, func(m string) bool { return m == key })
	}
	return errors.Join(errs...)
}
