package language_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

// catalogues reads the files as they are, by tag.
func catalogues(t *testing.T) map[string]map[string]string {
	t.Helper()
	names, err := filepath.Glob("catalogues/*.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := language.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".json")] = texts
	}
	return all
}

// keys returns the keys of a catalogue in the order of its file.
func keys(t *testing.T, tag string) []string {
	t.Helper()
	data, err := os.ReadFile("catalogues/" + tag + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	d := json.NewDecoder(strings.NewReader(string(data)))
	for i := 0; ; i++ {
		token, err := d.Token()
		if err != nil {
			break
		}
		if key, ok := token.(string); ok && i%2 == 1 {
			keys = append(keys, key)
		}
	}
	return keys
}

func TestLanguages(t *testing.T) {
	want := []string{
		"ar", "cs", "de", "en", "es", "fr", "he", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt-BR", "ru",
		"sv", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant",
	}
	c, err := language.New(language.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	names := map[string]bool{}
	for _, one := range c.Offered() {
		got = append(got, one.Tag())
		if names[one.Name()] {
			t.Errorf("two languages have the name %q", one.Name())
		}
		names[one.Name()] = true
		rightToLeft := one.Tag() == "ar" || one.Tag() == "he"
		if (one.Direction() == "rtl") != rightToLeft || !rightToLeft && one.Direction() != "ltr" {
			t.Errorf("%s has the direction %q", one.Tag(), one.Direction())
		}
		if missing := one.Missing(); len(missing) > 0 {
			t.Errorf("%s lacks %q", one.Tag(), missing)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("languages (-want +got):\n%s", d)
	}
}

// Every catalogue has the keys of the English one in the same order, with the same
// placeholders.
func TestCataloguesAreComplete(t *testing.T) {
	all := catalogues(t)
	placeholder := regexp.MustCompile(`\{([^}|]*)[^}]*\}`)
	names := func(text string) []string {
		var names []string
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	for tag, texts := range all {
		t.Run(tag, func(t *testing.T) {
			if d := cmp.Diff(keys(t, "en"), keys(t, tag)); d != "" {
				t.Errorf("keys (-want +got):\n%s", d)
			}
			for key, text := range texts {
				if d := cmp.Diff(names(all["en"][key]), names(text)); d != "" {
					t.Errorf("placeholders of %s (-want +got):\n%s", key, d)
				}
				if strings.TrimSpace(text) != text || text == "" || strings.ContainsAny(text, "<>\n\t") {
					t.Errorf("%s is %q", key, text)
				}
			}
		})
	}
}

// A text that is the same in another language was forgotten, except for short
// words that two languages share.
func TestCataloguesAreTranslated(t *testing.T) {
	all := catalogues(t)
	for tag, texts := range all {
		for key, text := range texts {
			if tag != "en" && text == all["en"][key] && strings.Contains(text, " ") && key != "page.title" {
				t.Errorf("%s: %s is English: %q", tag, key, text)
			}
		}
	}
}

// Different failures have different texts.
func TestErrorTextsDiffer(t *testing.T) {
	for tag, texts := range catalogues(t) {
		seen := map[string]string{}
		for key, text := range texts {
			if !strings.Contains(key, ".error.") || strings.HasSuffix(key, "CreateAccount") {
				continue
			}
			if other, ok := seen[text]; ok {
				t.Errorf("%s: %s and %s are the same: %q", tag, key, other, text)
			}
			seen[text] = key
		}
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		name   string
		text   string
		values []string
		want   string
	}{
		{"no placeholder", "plain", nil, "plain"},
		{"one", "to {host}!", []string{"host", "a.test"}, "to a.test!"},
		{"twice", "{host} or {host}", []string{"host", "a"}, "a or a"},
		{"value with braces", "[{host}]", []string{"host", "{host}{x}"}, "[{host}{x}]"},
		{"empty value", "[{host}]", []string{"host", ""}, "[]"},
		{"particle after a consonant", "{host|으로|로} 로그인", []string{"host", "GitHub"}, "GitHub으로 로그인"},
		{"particle after a vowel", "{host|으로|로} 로그인", []string{"host", "Google"}, "Google로 로그인"},
		{"particle after a Hangul consonant", "{host|으로|로} 로그인", []string{"host", "회사 계정"}, "회사 계정으로 로그인"},
		{"particle after a Hangul vowel", "{host|으로|로} 로그인", []string{"host", "네이버"}, "네이버로 로그인"},
		{"particle after ㄹ", "{host|으로|로} 로그인", []string{"host", "이메일"}, "이메일로 로그인"},
		{"particle after nothing", "{host|으로|로} 로그인", []string{"host", ""}, "로 로그인"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := language.New(language.Options{Texts: map[string]map[string]string{"en": {"page.back": test.text}}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Default().Text("page.back", test.values...)
			if err != nil || got != test.want {
				t.Errorf("Text = %q, %v, want %q", got, err, test.want)
			}
		})
	}
	c, err := language.New(language.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hebrew, _ := c.Match("he")
	if got, err := hebrew.Text("page.back", "host", "a.test"); err != nil || !strings.Contains(got, "\u2068a.test\u2069") {
		t.Errorf("Text = %q, %v, want the host isolated", got, err)
	}
	for name, text := range map[string]func() (string, error){
		"unknown key":         func() (string, error) { return language.English().Text("page.nothing") },
		"value is missing":    func() (string, error) { return language.English().Text("page.back") },
		"value of other name": func() (string, error) { return language.English().Text("page.back", "name", "x") },
	} {
		if got, err := text(); err == nil || got != "" {
			t.Errorf("%s: Text = %q without an error", name, got)
		}
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name        string
		options     language.Options
		preferences []string
		want        string
		found       bool
	}{
		{"nothing", language.Options{}, nil, "en", false},
		{"another default", language.Options{Default: "de"}, []string{""}, "de", false},
		{"Accept-Language", language.Options{}, []string{"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5"}, "fr", true},
		{"weights out of order", language.Options{}, []string{"en;q=0.1,ko;q=0.9"}, "ko", true},
		{"space around a weight", language.Options{}, []string{"de; q=0.5, fr ; q=0.9"}, "fr", true},
		{"weight of zero", language.Options{}, []string{"ko;q=0,de;q=0.1"}, "de", true},
		{"ui_locales", language.Options{}, []string{"xx ja en"}, "ja", true},
		{"first preference wins", language.Options{}, []string{"sv", "de", "fr"}, "sv", true},
		{"unknown preference gives way", language.Options{}, []string{"haw", "", "de"}, "de", true},
		{"region", language.Options{}, []string{"de-AT"}, "de", true},
		{"American Spanish", language.Options{}, []string{"es-419"}, "es", true},
		{"Portuguese", language.Options{}, []string{"pt"}, "pt-BR", true},
		{"Taiwan", language.Options{}, []string{"zh-TW"}, "zh-Hant", true},
		{"Hong Kong", language.Options{}, []string{"zh-HK"}, "zh-Hant", true},
		{"Chinese", language.Options{}, []string{"zh"}, "zh-Hans", true},
		{"Singapore", language.Options{}, []string{"zh-SG"}, "zh-Hans", true},
		{"old code for Hebrew", language.Options{}, []string{"iw"}, "he", true},
		{"old code for Indonesian", language.Options{}, []string{"in"}, "id", true},
		{"capital letters", language.Options{}, []string{"KO-kr"}, "ko", true},
		{"underscore", language.Options{}, []string{"pt_BR"}, "pt-BR", true},
		{"Esperanto, then Italian", language.Options{}, []string{"eo,it;q=0.5"}, "it", true},
		{"Norwegian is not Swedish", language.Options{}, []string{"nb,no"}, "en", false},
		{"not offered", language.Options{Offered: []string{"en", "de"}}, []string{"fr,ko"}, "en", false},
		{"anything", language.Options{Default: "ko"}, []string{"*"}, "ko", false},
		{"junk", language.Options{}, []string{"<script>,;;;q=,\x00de"}, "en", false},
		{"junk before", language.Options{}, []string{"-,de"}, "de", true},
		{"too long", language.Options{}, []string{strings.Repeat(" ", 600) + "de"}, "en", false},
		{"added", language.Options{Texts: map[string]map[string]string{"eo": {"signin.title": "Ensaluti"}}}, []string{"eo,de"}, "eo", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := language.New(test.options)
			if err != nil {
				t.Fatal(err)
			}
			got, found := c.Match(test.preferences...)
			if got.Tag() != test.want || found != test.found {
				t.Errorf("Match = %s, %v, want %s, %v", got.Tag(), found, test.want, test.found)
			}
		})
	}
}

func TestAddedLanguage(t *testing.T) {
	c, err := language.New(language.Options{
		Offered: []string{"de-AT", "en", "eo"},
		Texts: map[string]map[string]string{
			"eo":    {"language.name": "Esperanto", "signin.title": "Ensaluti"},
			"de-AT": {"language.name": "Deutsch (Österreich)"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	offered := c.Offered()
	if got := offered[0].Name() + ", " + offered[1].Name() + ", " + offered[2].Name(); got != "Deutsch (Österreich), English, Esperanto" {
		t.Errorf("offered %s", got)
	}
	german, err := offered[0].Text("signout.button")
	if err != nil || german != catalogues(t)["de"]["signout.button"] {
		t.Errorf("a text that de-AT lacks is %q, %v", german, err)
	}
	english, err := offered[2].Text("signout.button")
	if err != nil || english != "Sign out" {
		t.Errorf("a text that eo lacks is %q, %v", english, err)
	}
	if missing := offered[2].Missing(); slices.Contains(missing, "signin.title") || !slices.Contains(missing, "signout.button") {
		t.Errorf("missing %q", missing)
	}
	if missing := offered[1].Missing(); len(missing) > 0 {
		t.Errorf("English lacks %q", missing)
	}
}

// A tag may be written in another way than the catalogue's.
func TestOtherTags(t *testing.T) {
	for tag, want := range map[string]string{
		"zh-CN": "zh-Hans", "zh": "zh-Hans", "zh-TW": "zh-Hant", "zh-hant-tw": "zh-Hant", "pt": "pt-BR", "en-US": "en", "EN": "en", "iw": "he",
	} {
		c, err := language.New(language.Options{
			Default: tag, Offered: []string{tag}, Texts: map[string]map[string]string{tag: {"signin.button": "X"}},
		})
		if err != nil {
			t.Errorf("%s: %v", tag, err)
			continue
		}
		got, err := c.Default().Text("signin.button")
		if c.Default().Tag() != want || got != "X" || err != nil || len(c.Default().Missing()) > 0 {
			t.Errorf("%s is %s with %q, want %s", tag, c.Default().Tag(), got, want)
		}
	}
	c, err := language.New(language.Options{Texts: map[string]map[string]string{"pt-PT": {"language.name": "Português (Portugal)"}}})
	if err != nil {
		t.Fatal(err)
	}
	portugal, _ := c.Match("pt-PT")
	brazil, _ := c.Match("pt")
	if portugal.Tag() != "pt-PT" || len(portugal.Missing()) > 0 || brazil.Tag() != "pt-BR" {
		t.Errorf("Portugal is %s and lacks %q, Brazil is %s", portugal.Tag(), portugal.Missing(), brazil.Tag())
	}
}

func TestOptionsErrors(t *testing.T) {
	texts := func(tag, key, text string) language.Options {
		return language.Options{Texts: map[string]map[string]string{tag: {key: text}}}
	}
	for _, test := range []struct {
		name    string
		options language.Options
		want    string
	}{
		{"unknown default", language.Options{Default: "tlh"}, `Default: there is no language "tlh"`},
		{"no tag", language.Options{Default: "not a tag"}, `Default: "not a tag" is not a language tag`},
		{"unknown offer", language.Options{Offered: []string{"en", "xx"}}, "Offered[1]:"},
		{"offered twice", language.Options{Offered: []string{"en", "EN"}}, `Offered[1]: "EN" is there twice`},
		{"default not offered", language.Options{Default: "de", Offered: []string{"en"}}, `Default: "de" is not among`},
		{"tag of texts", texts("a tag", "signin.title", "x"), `Texts["a tag"]:`},
		{"unknown key", texts("de", "signin.titel", "x"), `Texts["de"]: there is no text "signin.titel"`},
		{"unknown placeholder", texts("de", "page.back", "zu {hots}"), `Texts["de"]["page.back"]: there is no placeholder {hots}`},
		{"open brace", texts("de", "page.back", "zu {host"), "opening brace"},
		{"closing brace", texts("de", "page.back", "zu host}"), "closing brace"},
		{"brace in a brace", texts("de", "page.back", "zu {{host}"), "not a placeholder"},
		{"one form of a particle", texts("ko", "page.back", "{host|로}"), "not a placeholder"},
		{"empty", texts("de", "page.back", ""), "is empty"},
		{"line break", texts("de", "mail.subject", "a\nb"), "line break"},
		{"space", texts("de", "page.back", " zu {host}"), "space around it"},
		{"direction", texts("eo", "language.direction", "down"), `it is "down"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := language.New(test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "language: ") {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
	_, err := language.New(language.Options{Default: "xx", Offered: []string{"yy"}})
	if err == nil || !strings.Contains(err.Error(), "xx") || !strings.Contains(err.Error(), "yy") {
		t.Errorf("error %v, want both problems", err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, catalogue := range []string{"", "[]", `{"a": 1}`, `{"a": {}}`, `{"a": "b"`} {
		if _, err := language.Parse([]byte(catalogue)); err == nil {
			t.Errorf("Parse(%q) succeeded", catalogue)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"de", "fr-CH, fr;q=0.9, *;q=0.5", "xx ja", "a-b-c-d,,;q", strings.Repeat("a-", 300)} {
		f.Add(s)
	}
	c, err := language.New(language.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, preference string) {
		if got, found := c.Match(preference); got == nil || !found && got != c.Default() {
			t.Errorf("Match(%q) = %v, %v", preference, got, found)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"to {host}", "{host|으로|로}", "{", "}", "{a}{b}"} {
		f.Add(s, "value")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		c, err := language.New(language.Options{Offered: []string{"en"}, Texts: map[string]map[string]string{"en": {"page.back": text}}})
		if err != nil {
			return
		}
		got, err := c.Default().Text("page.back", "host", value)
		if err != nil {
			t.Fatalf("an accepted text fails: %v", err)
		}
		if !strings.Contains(text, "{") && got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	c, err := language.New(language.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Match("", "", "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5")
	}
}
