package language

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// text is a text of a catalogue, taken apart at its placeholders.
type text struct {
	source string
	parts  []part // nil for a text without placeholders
}

// part is a piece of a text, followed by a placeholder unless it is the last.
type part struct {
	before      string
	placeholder string
	// consonant and vowel are what follows a value that ends in a consonant and
	// in a vowel, for Korean particles.
	consonant, vowel string
}

// parseText takes a text apart. A placeholder is a name in braces; in Korean two
// forms of a particle may stand behind it, as in {provider|으로|로}.
func parseText(source string) (text, error) {
	t := text{source: source}
	if strings.TrimSpace(source) != source || source == "" {
		return t, errors.New("it is empty or has space around it")
	}
	if strings.ContainsFunc(source, unicode.IsControl) {
		return t, errors.New("it has a line break or another control character")
	}
	rest := source
	for {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return t, errors.New("it has a closing brace without an opening one")
		}
		if !found {
			if len(t.parts) > 0 {
				t.parts = append(t.parts, part{before: before})
			}
			return t, nil
		}
		inside, after, found := strings.Cut(after, "}")
		if !found {
			return t, errors.New("it has an opening brace without a closing one")
		}
		fields := strings.Split(inside, "|")
		if len(fields) != 1 && len(fields) != 3 || fields[0] == "" || strings.Contains(inside, "{") {
			return t, fmt.Errorf("{%s} is not a placeholder", inside)
		}
		p := part{before: before, placeholder: fields[0]}
		if len(fields) == 3 {
			p.consonant, p.vowel = fields[1], fields[2]
		}
		t.parts = append(t.parts, p)
		rest = after
	}
}

// names are the placeholders of a text, sorted.
func (t text) names() []string {
	var names []string
	for _, p := range t.parts {
		if p.placeholder != "" && !slices.Contains(names, p.placeholder) {
			names = append(names, p.placeholder)
		}
	}
	slices.Sort(names)
	return names
}

// checkAgainst reports a placeholder that another text of the same key does not
// have: nothing would fill it in.
func (t text) checkAgainst(known text) error {
	for _, name := range t.names() {
		if !slices.Contains(known.names(), name) {
			return fmt.Errorf("there is no placeholder {%s}; there are %q", name, known.names())
		}
	}
	return nil
}

// fill replaces the placeholders. Isolated values keep their own direction.
func (t text) fill(values []string, isolated bool) (string, bool) {
	if t.parts == nil {
		return t.source, true
	}
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.before)
		if p.placeholder == "" {
			continue
		}
		value, ok := lookup(values, p.placeholder)
		if !ok {
			return "", false
		}
		if isolated && value != "" {
			value = firstStrongIsolate + value + popDirectionalIsolate
		}
		b.WriteString(value)
		if endsInConsonant(value) {
			b.WriteString(p.consonant)
		} else {
			b.WriteString(p.vowel)
		}
	}
	return b.String(), true
}

// The characters around text of an unknown direction.
const (
	firstStrongIsolate    = "\u2068"
	popDirectionalIsolate = "\u2069"
)

func lookup(values []string, name string) (string, bool) {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == name {
			return values[i+1], true
		}
	}
	return "", false
}

// endsInConsonant reports whether a word takes the Korean particle for a final
// consonant other than ㄹ. A Hangul syllable says so itself; how a word in Latin
// letters is pronounced is guessed from its last letter.
func endsInConsonant(word string) bool {
	runes := []rune(strings.TrimRight(word, " .!?)"))
	if len(runes) == 0 {
		return false
	}
	last := runes[len(runes)-1]
	if last >= '가' && last <= '힣' {
		final := (last - '가') % 28
		const rieul = 8
		return final != 0 && final != rieul
	}
	return !strings.ContainsRune("aeiouywlrAEIOUYWLR1245789", last) // the digits as they are read in Korean
}
