package pages_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

func TestButtons(t *testing.T) {
	r := newRenderer(t, pages.Options{Buttons: []pages.Button{
		{ProviderID: "github", Background: "#24292f", Text: "#fff"},
		{ProviderID: "my.id}", Background: "#ffffff"},
		{ProviderID: "my_id", Background: "#000000", Color: "#ff0000"},
	}})
	css := styleSheet(t, r)
	for _, rule := range []string{
		"button.button-github { background: #24292f; color: #fff; }",
		"button.button-my_2eid_7d { background: #ffffff; color: #000000; }",
		"button.button-my_5fid { background: #000000; color: #ffffff; }",
	} {
		if !strings.Contains(css, rule+"\n") {
			t.Errorf("the style sheet lacks %q", rule)
		}
	}
	page := must(t)(r.SignIn(pages.SignIn{Site: site, Providers: []pages.Provider{
		{ID: "github", Name: "GitHub", SignInURL: "/a"}, {ID: "my.id}", Name: "My", SignInURL: "/b"},
		{ID: "plain", Name: "Plain", SignInURL: "/c"},
	}}))
	var classes []string
	for _, e := range named(elements(t, page), "button") {
		classes = append(classes, e.attrs["class"])
	}
	want := "provider button-github,provider button-my_2eid_7d,provider"
	if got := strings.Join(classes, ","); got != want {
		t.Errorf("classes %q, want %q", got, want)
	}
}

func TestMarks(t *testing.T) {
	const icon = "M12 .3c-6.6 0-12 5.4-12 12A1,1 0 0 1 1e-3+2Z"
	r := newRenderer(t, pages.Options{Buttons: []pages.Button{
		{ProviderID: "icon", Icon: icon}, {ProviderID: "letter", Color: "#123456"}, {ProviderID: "mail", Icon: icon},
	}})
	for _, test := range []struct {
		name     string
		provider pages.Provider
		want     string // the drawing or the letter
	}{
		{"icon", pages.Provider{ID: "icon", Name: "Icon"}, icon},
		{"letter of a provider with a colour", pages.Provider{ID: "letter", Name: "letter"}, "L"},
		{"letter of any other provider", pages.Provider{ID: "x", Name: "élan"}, "É"},
		{"letter of another script", pages.Provider{ID: "x", Name: "네이버"}, "네"},
		{"letter that has a meaning in HTML", pages.Provider{ID: "x", Name: "<b>"}, "<"},
		{"no name", pages.Provider{ID: "x"}, ""},
		{"no text", pages.Provider{ID: "x", Name: "\xff"}, ""},
		{"mail", pages.Provider{ID: "x", Name: "Mail", Kind: pages.Email}, ""},
		{"mail with an icon", pages.Provider{ID: "mail", Name: "Mail", Kind: pages.Email}, icon},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.provider.SignInURL = "/x"
			page := must(t)(r.SignIn(pages.SignIn{Site: site, Providers: []pages.Provider{test.provider}}))
			checkPage(t, page, wanted{})
			got := ""
			for _, e := range elements(t, page) {
				if strings.HasPrefix(e.attrs["class"], "mark") {
					if e.attrs["aria-hidden"] != "true" {
						t.Error("the mark is read to the visitor")
					}
					got += e.text()
				}
				got += e.attrs["d"]
			}
			if got != test.want {
				t.Errorf("mark %q, want %q", got, test.want)
			}
		})
	}
}

// TestMarkColors checks, for every grey and some colours, that the mark has its
// colour where it can be told from the button, and the colour of the text where
// it cannot.
func TestMarkColors(t *testing.T) {
	colors := []string{"#181717", "#FFCD00", "#4285F4", "#0072c6", "#f00", "#0f0", "#00f", "#ff0"}
	for grey := range 256 {
		colors = append(colors, fmt.Sprintf("#%02x%02x%02x", grey, grey, grey))
	}
	var buttons []pages.Button
	for i, color := range colors {
		buttons = append(buttons, pages.Button{ProviderID: fmt.Sprint("c", i), Color: color})
	}
	r := newRenderer(t, pages.Options{Buttons: buttons})
	if w := r.Warnings(); len(w) > 0 {
		t.Errorf("warnings %q", w)
	}
	css := styleSheet(t, r)
	p := readPalette(t)
	for i, color := range colors {
		class := fmt.Sprint(`\.button-c`, i)
		// The last rule that applies wins: those for the dark come later.
		rule := func(pattern string) string {
			if m := regexp.MustCompile(`(?m)^` + pattern + ` \.mark \{ color: ([^;]+); \}`).FindStringSubmatch(css); m != nil {
				return m[1]
			}
			return ""
		}
		light, dark, auto := rule(class), rule(`\.dark `+class), rule(`@media \(prefers-color-scheme: dark\) \{ \.auto `+class)
		if dark != auto {
			t.Errorf("%s: %q in the dark, %q when the visitor's system is dark", color, dark, auto)
		}
		if dark == "" {
			dark = light
		}
		for _, scheme := range []struct{ name, card, got, text string }{
			{"light", p.light["--card"], light, ""},
			{"dark", p.dark["--card"], dark, "inherit"},
		} {
			want := color
			if contrast(t, color, scheme.card) < 3 {
				want = scheme.text
			}
			if scheme.got != want && (want != "inherit" || scheme.got != "") {
				t.Errorf("%s: the mark has %q in the %s, want %q", color, scheme.got, scheme.name, want)
			}
		}
	}
}

func TestButtonRefuses(t *testing.T) {
	tests := []struct {
		name   string
		button pages.Button
		want   string
	}{
		{"text without background", pages.Button{Text: "#fff"}, "Buttons[0].Background"},
		{"text", pages.Button{Background: "#fff", Text: "var(--x)"}, "Buttons[0].Text"},
		{"background", pages.Button{Background: "url(//evil.test)"}, "Buttons[0].Background"},
		{"colour", pages.Button{Color: "#12345"}, "Buttons[0].Color"},
		{"end of the attribute", pages.Button{Icon: `M0 0"/><script>`}, "Buttons[0].Icon"},
		{"single quote", pages.Button{Icon: `M0 0'`}, "Buttons[0].Icon"},
		{"character reference", pages.Button{Icon: `M0&#34;`}, "Buttons[0].Icon"},
		{"ampersand", pages.Button{Icon: "M0&"}, "Buttons[0].Icon"},
		{"letter that is no command", pages.Button{Icon: "M0 0 x"}, "Buttons[0].Icon"},
		{"backslash", pages.Button{Icon: `M0\20`}, "Buttons[0].Icon"},
		{"null", pages.Button{Icon: "M0\x00"}, "Buttons[0].Icon"},
		{"digit of another script", pages.Button{Icon: "M٣"}, "Buttons[0].Icon"},
		{"whole picture", pages.Button{Icon: `<svg viewBox="0 0 24 24"><path d="M0 0"/></svg>`}, "Buttons[0].Icon"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := pages.New(pages.Options{Buttons: []pages.Button{test.button}})
			if err == nil || !strings.HasPrefix(err.Error(), "pages: "+test.want+":") {
				t.Errorf("error %v, want one about %s", err, test.want)
			}
		})
	}
	_, err := pages.New(pages.Options{Buttons: []pages.Button{{}, {Icon: "<"}, {Color: "x"}}})
	if err == nil || !strings.Contains(err.Error(), "Buttons[1].Icon") || !strings.Contains(err.Error(), "Buttons[2].Color") {
		t.Errorf("error %v, want both problems", err)
	}
}

// Colours of text that cannot be read are replaced, and New says so.
func TestUnreadableColors(t *testing.T) {
	for _, test := range []struct {
		name                     string
		options                  pages.Options
		wantBrand, wantBrandText string
		wantCSS                  string
		wantWarnings             []string // how they begin
	}{
		{"nothing", pages.Options{}, "#1f55c0", "#ffffff", "", nil},
		{"readable", brand("#0a7d4f", "#fff"), "#0a7d4f", "#fff", "--brand: #0a7d4f; --brand-text: #fff;", nil},
		{"just readable", brand("#fff", "#767676"), "#fff", "#767676", "--brand-text: #767676;", nil},
		{"just not", brand("#fff", "#777777"), "#fff", "#000000", "--brand-text: #000000;", []string{"Theme.ButtonText: text of the colour #777777 on #fff "}},
		{"white on yellow", brand("yellow", "white"), "yellow", "#000000", "--brand-text: #000000;", []string{"Theme.ButtonText: text of the colour white on yellow "}},
		{"black on our blue", brand("", "#000"), "#1f55c0", "#ffffff", ":root { --brand-text: #ffffff; }", []string{"Theme.ButtonText: text of the colour #000 on #1f55c0 "}},
		{"no text", brand("#ffe066", ""), "#ffe066", "#000000", "--brand: #ffe066; --brand-edge: var(--line); --brand-text: #000000;", nil},
		{
			"button", pages.Options{Buttons: []pages.Button{
				{ProviderID: "good", Background: "#000", Text: "#ccc"}, {ProviderID: "bad", Background: "#eee", Text: "#fff"},
				{ProviderID: "mark", Color: "#ffffff"},
			}},
			"#1f55c0", "#ffffff", "button.button-bad { background: #eee; color: #000000; }", []string{"the button of bad: text of the colour #fff on #eee "},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRenderer(t, test.options)
			if background, text := test.options.Theme.BrandColors(); background != test.wantBrand || text != test.wantBrandText {
				t.Errorf("brand colours %s and %s, want %s and %s", background, text, test.wantBrand, test.wantBrandText)
			}
			if css := styleSheet(t, r); !strings.Contains(css, test.wantCSS) {
				t.Errorf("the style sheet lacks %q", test.wantCSS)
			}
			var got []string
			for _, w := range r.Warnings() {
				before, _, _ := strings.Cut(w, "could")
				got = append(got, before)
			}
			if d := cmp.Diff(test.wantWarnings, got); d != "" {
				t.Errorf("warnings (-want +got):\n%s", d)
			}
		})
	}
}

func brand(color, text string) pages.Options {
	return pages.Options{Theme: pages.Theme{BrandColor: color, ButtonText: text}}
}

func TestBrandColors(t *testing.T) {
	for _, test := range []struct {
		name                     string
		theme                    pages.Theme
		wantBackground, wantText string
	}{
		{"nothing", pages.Theme{}, "#1f55c0", "#ffffff"},
		{"background", pages.Theme{BrandColor: "#FFE066"}, "#FFE066", "#000000"},
		{"background that is no colour", pages.Theme{BrandColor: "rouge", ButtonText: "#eee"}, "#1f55c0", "#eee"},
		{"text that is no colour", pages.Theme{BrandColor: "#000", ButtonText: "};"}, "#000", "#ffffff"},
		{"text that cannot be read", pages.Theme{BrandColor: "#123", ButtonText: "#234"}, "#123", "#ffffff"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if background, text := test.theme.BrandColors(); background != test.wantBackground || text != test.wantText {
				t.Errorf("brand colours %s and %s, want %s and %s", background, text, test.wantBackground, test.wantText)
			}
		})
	}
}

// A main button that can hardly be told from the card, in the light or in the
// dark, has a line around it.
func TestBrandEdge(t *testing.T) {
	p := readPalette(t)
	faint := func(color string) bool {
		const limit = 1.6
		return contrast(t, color, p.light["--card"]) < limit || contrast(t, color, p.dark["--card"]) < limit
	}
	if faint(p.light["--brand"]) {
		t.Error("our own colour needs a line")
	}
	colors := []string{"#0a7d4f", "#ffe066", "#123456", "#f00"}
	for grey := 0; grey < 256; grey += 5 {
		colors = append(colors, fmt.Sprintf("#%02x%02x%02x", grey, grey, grey))
	}
	for _, color := range colors {
		rule := declarationsOf(styleSheet(t, newRenderer(t, brand(color, ""))), ":root")
		if got, want := slices.Contains(rule, "--brand-edge: var(--line)"), faint(color); got != want {
			t.Errorf("%s has a line: %v, want %v", color, got, want)
		}
	}
}

func TestTextColor(t *testing.T) {
	for background, want := range map[string]string{
		"#fff": "#000000", "#000": "#ffffff", "#346df1": "#000000", "#ffe066": "#000000",
		"#757575": "#ffffff", "#767676": "#000000", "#808080": "#000000", "rouge": "#000000", "": "#000000", "Navy": "#ffffff", "rebeccapurple": "#ffffff",
	} {
		if got := pages.TextColor(background); got != want {
			t.Errorf("text on %q is %q, want %q", background, got, want)
		}
	}
	for grey := range 256 {
		color := fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
		if got := contrast(t, pages.TextColor(color), color); got < 4.5 {
			t.Errorf("text on %s has a contrast of %.2f", color, got)
		}
	}
}
