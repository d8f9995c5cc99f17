package pages_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

// declarationsOf returns the declarations of every rule with a selector.
func declarationsOf(css, selector string) []string {
	var all []string
	for _, rule := range parseCSS(css) {
		if rule.Selector == selector {
			all = append(all, rule.Declarations...)
		}
		for _, inner := range rule.Rules {
			if rule.Selector+" "+inner.Selector == selector {
				all = append(all, inner.Declarations...)
			}
		}
	}
	return all
}

func TestChangedProperties(t *testing.T) {
	const everywhere, dark, auto = ":root, .light, .dark, .auto", ".dark", "@media (prefers-color-scheme: dark) .auto"
	for _, test := range []struct {
		name         string
		theme        pages.Theme
		want         []string // everywhere
		wantInDark   []string // by either way
		wantUnthemed bool     // the style sheet stays what it is
	}{
		{"none", pages.Theme{}, nil, nil, true},
		{"empty", pages.Theme{Properties: map[string]string{}, DarkProperties: map[string]string{}}, nil, nil, true},
		{
			"everywhere", pages.Theme{Properties: map[string]string{"--radius": "0", "--card": "#fafafa"}},
			[]string{"--card: #fafafa", "--radius: 0"}, []string{"--card: #fafafa", "--radius: 0"}, false,
		},
		{"dark", pages.Theme{DarkProperties: map[string]string{"--card": "#000"}}, nil, []string{"--card: #000"}, false},
		{
			"both", pages.Theme{
				Properties:     map[string]string{"--card": "#fafafa", "--font": `"My Font", serif`},
				DarkProperties: map[string]string{"--card": "#000"},
			},
			[]string{"--card: #fafafa", `--font: "My Font", serif`}, []string{"--card: #000", `--font: "My Font", serif`}, false,
		},
		{
			"functions", pages.Theme{Properties: map[string]string{"--shadow": "0 1px rgb(0 0 0 / 6%)", "--width": "min(30rem, calc(100% - (2 * 1rem)))"}},
			[]string{"--shadow: 0 1px rgb(0 0 0 / 6%)", "--width: min(30rem, calc(100% - (2 * 1rem)))"},
			[]string{"--shadow: 0 1px rgb(0 0 0 / 6%)", "--width: min(30rem, calc(100% - (2 * 1rem)))"}, false,
		},
		{
			"bracket in a string", pages.Theme{Properties: map[string]string{"--font": `"A (B", "C)"`}},
			[]string{`--font: "A (B", "C)"`}, []string{`--font: "A (B", "C)"`}, false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain := styleSheet(t, newRenderer(t, pages.Options{}))
			css := styleSheet(t, newRenderer(t, pages.Options{Theme: test.theme}))
			if (css == plain) != test.wantUnthemed {
				t.Errorf("the style sheet is unchanged: %v", css == plain)
			}
			added := strings.TrimPrefix(css, plain)
			for _, rule := range []struct {
				selector string
				want     []string
			}{{everywhere, test.want}, {dark, test.wantInDark}, {auto, test.wantInDark}} {
				if d := cmp.Diff(rule.want, declarationsOf(added, rule.selector)); d != "" {
					t.Errorf("%s (-want +got):\n%s", rule.selector, d)
				}
			}
		})
	}
}

func TestPropertiesRefused(t *testing.T) {
	for name, change := range map[string][2]string{
		"unknown name":            {"--colour", "red"},
		"property of CSS":         {"color", "red"},
		"name with a rule":        {"--card: red; } * { --card", "red"},
		"empty":                   {"--card", ""},
		"space":                   {"--card", " \t"},
		"end of the declaration":  {"--card", "red; color: red"},
		"end of the rule":         {"--card", "red } * { color: red"},
		"beginning of a rule":     {"--card", "{"},
		"end of the element":      {"--card", "</style>"},
		"comment":                 {"--card", "red /* "},
		"escape":                  {"--card", `\7d`},
		"line break":              {"--card", "red\n"},
		"form feed":               {"--card", "red\f"},
		"importance":              {"--card", "red !important"},
		"at-rule":                 {"--card", "@import"},
		"open string":             {"--font", `"Open`},
		"open string with others": {"--font", `"A", "B" "`},
		"single quotes":           {"--font", `'A'`},
		"open bracket":            {"--width", "calc(1px"},
		"open square bracket":     {"--width", "["},
		"closing square bracket":  {"--width", "]"},
		"closing bracket":         {"--width", "1px)"},
		"brackets out of order":   {"--width", ")("},
		"brackets that cross":     {"--width", "([)]"},
		"bracket closed in a string": {
			"--width", `( ")"`,
		},
		"address":             {"--card", "url(https://evil.test/x.png)"},
		"quoted address":      {"--card", `URL("https://evil.test/x.png")`},
		"address in a set":    {"--card", `image-set("https://evil.test/x.png" 1x)`},
		"address by an alias": {"--card", `-webkit-image-set("https://evil.test/x.png" 1x)`},
		"source":              {"--card", `src("https://evil.test/x.png")`},
		"picture":             {"--card", `image("https://evil.test/x.png")`},
		"quote in an address": {"--card", `url( x" ) "(...)`},
	} {
		t.Run(name, func(t *testing.T) {
			changes := map[string]string{change[0]: change[1]}
			_, err := pages.New(pages.Options{Theme: pages.Theme{Properties: changes}})
			if err == nil || !strings.HasPrefix(err.Error(), "pages: Theme.Properties") {
				t.Errorf("error %v, want one about Theme.Properties", err)
			}
			_, err = pages.New(pages.Options{Theme: pages.Theme{DarkProperties: changes}})
			if err == nil || !strings.HasPrefix(err.Error(), "pages: Theme.DarkProperties") {
				t.Errorf("error %v, want one about Theme.DarkProperties", err)
			}
		})
	}
	_, err := pages.New(pages.Options{Theme: pages.Theme{Properties: map[string]string{"--colour": "red"}}})
	for name := range pages.Properties() {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not say that there is %s", err, name)
		}
	}
}

// FuzzProperties checks that a value that is accepted is the value of its
// declaration, and that every other rule stays what it is.
func FuzzProperties(f *testing.F) {
	names := slices.Sorted(maps.Keys(pages.Properties()))
	for _, s := range []string{"0", "#fff", `"A (B", "C)"`, "calc((1px))", ")(", "[", `( ")"`, `url( x" ) "(...)`, "a\\", "/*", "}", "a;b:c", "'", "\x00\xff", "/", "*/"} {
		for i := range names[:3] {
			f.Add(uint8(i), s)
		}
	}
	const marker = "marker"
	sheet := func(t *testing.T, name, value string) (string, bool) {
		r, err := pages.New(pages.Options{Theme: pages.Theme{
			Properties:     map[string]string{name: value, "--radius": "1px"},
			DarkProperties: map[string]string{name: value},
			StyleSheet:     ".end { color: red; }",
		}})
		if err != nil {
			return "", false
		}
		return styleSheet(t, r), true
	}
	f.Fuzz(func(t *testing.T, which uint8, value string) {
		name := names[int(which)%len(names)]
		if name == "--radius" {
			return
		}
		css, ok := sheet(t, name, value)
		if !ok {
			return
		}
		plain, _ := sheet(t, name, marker)
		want := parseCSS(plain)
		replace(want, name+": "+marker, strings.TrimSpace(name+": "+value))
		if d := cmp.Diff(want, parseCSS(css)); d != "" {
			t.Errorf("%s: %q changes the style sheet (-want +got):\n%s", name, value, d)
		}
	})
}

// replace replaces a declaration wherever it is.
func replace(rules []cssRule, before, after string) {
	for i := range rules {
		for j, d := range rules[i].Declarations {
			if d == before {
				rules[i].Declarations[j] = after
			}
		}
		replace(rules[i].Rules, before, after)
	}
}
