package pages_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

// languages offers some languages, or all.
func languages(t testing.TB, tags ...string) *language.Catalogues {
	t.Helper()
	c, err := language.New(language.Options{Offered: tags})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func languageOf(t testing.TB, tag string) *language.Catalogue {
	t.Helper()
	for _, one := range languages(t).Offered() {
		if one.Tag() == tag {
			return one
		}
	}
	t.Fatalf("there is no language %q", tag)
	return nil
}

// storyOptions are those of the stories, with all languages.
func storyOptions(t testing.TB, theme pages.Theme) pages.Options {
	t.Helper()
	o, err := story.Options(theme)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// hasAlert reports whether a story is about a failure.
func hasAlert(name string) bool {
	return strings.HasPrefix(name, "error-") || strings.HasPrefix(name, "signin-error-") || strings.HasSuffix(name, "-expired")
}

func TestEveryPageInEveryLanguage(t *testing.T) {
	o := storyOptions(t, pages.Theme{})
	r := newRenderer(t, o)
	query := []pages.HiddenField{{Name: "callbackUrl", Value: "/a?b=1&c=2"}, {Name: "error", Value: `"><b>`}}
	for _, one := range o.Languages.Offered() {
		t.Run(one.Tag(), func(t *testing.T) {
			s := site
			s.Language, s.Query = one, query
			for _, p := range story.Pages() {
				t.Run(p.Name, func(t *testing.T) {
					page := must(t)(p.Render(r, s))
					checkPage(t, page, wanted{tag: one.Tag(), direction: one.Direction(), alert: hasAlert(p.Name)})
					got, ok := menuOf(t, page)
					if !ok {
						t.Fatal("the page has no language menu")
					}
					if d := cmp.Diff(menuFor(t, o.Languages, one, query), got); d != "" {
						t.Errorf("language menu (-want +got):\n%s", d)
					}
				})
			}
		})
	}
}

// menu is the language menu.
type menu struct {
	Hidden        []pages.HiddenField
	Label, Button string
	Options       []option
}

type option struct {
	Value, Lang, Dir, Name string
	Selected               bool
}

// menuFor is the menu that a page in a language should have.
func menuFor(t *testing.T, all *language.Catalogues, current *language.Catalogue, query []pages.HiddenField) menu {
	t.Helper()
	texts := catalogueTexts(t, current.Tag(), "page.language", "page.language.button")
	want := menu{Hidden: query, Label: texts[0], Button: texts[1]}
	for _, one := range all.Offered() {
		want.Options = append(want.Options, option{one.Tag(), one.Tag(), one.Direction(), one.Name(), one == current})
	}
	return want
}

// menuOf returns the language menu of a page.
func menuOf(t *testing.T, page []byte) (menu, bool) {
	t.Helper()
	for _, f := range named(elements(t, page), "form") {
		if f.attrs["method"] != "get" {
			continue
		}
		var m menu
		for _, e := range within(f.Node) {
			switch e.Data {
			case "input":
				if e.attrs["type"] != "hidden" {
					t.Errorf("the menu has an input of the type %q", e.attrs["type"])
				}
				m.Hidden = append(m.Hidden, pages.HiddenField{Name: e.attrs["name"], Value: e.attrs["value"]})
			case "select":
				if e.attrs["name"] != "lang" {
					t.Errorf("the menu has the name %q", e.attrs["name"])
				}
			case "label":
				m.Label = e.text()
			case "button":
				m.Button = e.text()
			case "option":
				m.Options = append(m.Options, option{e.attrs["value"], e.attrs["lang"], e.attrs["dir"], e.text(), e.has("selected")})
			}
		}
		return m, true
	}
	return menu{}, false
}

func TestLanguageMenu(t *testing.T) {
	none := []pages.HiddenField{}
	for _, test := range []struct {
		name    string
		offered *language.Catalogues
		query   []pages.HiddenField
		want    string // tags, the current one in brackets
	}{
		{"nothing is set", nil, none, ""},
		{"one language", languages(t, "en"), none, ""},
		{"page that cannot be asked for again", languages(t, "en", "ko"), nil, ""},
		{"nothing to keep", languages(t, "en", "ko"), none, "[en] ko"},
		{"order of the options", languages(t, "ko", "en", "ar"), none, "ko [en] ar"},
		{"something to keep", languages(t, "ko", "en"), []pages.HiddenField{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}}, "ko [en]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRenderer(t, pages.Options{Languages: test.offered})
			s := site
			s.Query = test.query
			page := must(t)(r.SignOut(pages.SignOut{Site: s}))
			checkPage(t, page, wanted{})
			m, ok := menuOf(t, page)
			var tags []string
			for _, o := range m.Options {
				if o.Selected {
					o.Value = "[" + o.Value + "]"
				}
				tags = append(tags, o.Value)
			}
			if got := strings.Join(tags, " "); got != test.want || ok != (test.want != "") {
				t.Errorf("menu %q, there is one: %v, want %q", got, ok, test.want)
			}
			if ok && len(test.query) != len(m.Hidden) {
				t.Errorf("the menu keeps %v, want %v", m.Hidden, test.query)
			}
		})
	}
}

// A language that is not offered is not in the menu, and nothing in it is
// selected.
func TestLanguageMenuOfAnotherLanguage(t *testing.T) {
	r := newRenderer(t, pages.Options{Languages: languages(t, "en", "ko")})
	s := site
	s.Language, s.Query = languageOf(t, "ar"), []pages.HiddenField{}
	m, ok := menuOf(t, must(t)(r.SignOut(pages.SignOut{Site: s})))
	want := []option{{"en", "en", "ltr", "English", false}, {"ko", "ko", "ltr", "한국어", false}}
	if d := cmp.Diff(want, m.Options); d != "" || !ok {
		t.Errorf("there is a menu: %v (-want +got):\n%s", ok, d)
	}
}

// A name that an application gives to a language is text.
func TestLanguageMenuEscapes(t *testing.T) {
	const name = `<b>"Esperanto"</b>`
	all, err := language.New(language.Options{Texts: map[string]map[string]string{"eo": {"language.name": name}}})
	if err != nil {
		t.Fatal(err)
	}
	s := site
	s.Query = []pages.HiddenField{}
	page := must(t)(newRenderer(t, pages.Options{Languages: all}).SignOut(pages.SignOut{Site: s}))
	checkPage(t, page, wanted{})
	m, _ := menuOf(t, page)
	if !slices.Contains(m.Options, option{"eo", "eo", "ltr", name, false}) {
		t.Errorf("options %v", m.Options)
	}
}

// The language of the visitor decides, then the default.
func TestSiteLanguage(t *testing.T) {
	swedish, err := language.New(language.Options{Default: "sv"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		language *language.Catalogue
		want     string
	}{
		{"default", nil, "sv"},
		{"visitor", languageOf(t, "he"), "he"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRenderer(t, pages.Options{Languages: swedish})
			s := site
			s.Host, s.Language = "", test.language
			page := must(t)(r.SignedOut(pages.SignedOut{Site: s}))
			all := elements(t, page)
			if got := named(all, "html")[0].attrs["lang"]; got != test.want {
				t.Errorf("lang %q, want %q", got, test.want)
			}
			if got, want := heading(t, page), catalogueTexts(t, test.want, "signedout.title")[0]; got != want {
				t.Errorf("heading %q, want %q", got, want)
			}
		})
	}
}
