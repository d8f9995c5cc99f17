package pages_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

func TestThemeOnEveryPage(t *testing.T) {
	tests := []struct {
		name       string
		theme      pages.Theme
		wantClass  string
		wantScheme string
		wantCSS    string
	}{
		{"none", pages.Theme{}, "auto", "light dark", "--brand: #1f55c0"},
		{"auto", pages.Theme{ColorScheme: "auto"}, "auto", "light dark", ""},
		{"light", pages.Theme{ColorScheme: "light"}, "light", "light", ""},
		{"dark", pages.Theme{ColorScheme: "dark"}, "dark", "dark", ""},
		{"dark brand", pages.Theme{BrandColor: "#123"}, "auto", "light dark", ":root { --brand: #123; --brand-text: #ffffff; }"},
		{"light brand", pages.Theme{BrandColor: "#FFe066"}, "auto", "light dark", ":root { --brand: #FFe066; --brand-text: #000000; }"},
		{"button text", pages.Theme{ButtonText: "#eee"}, "auto", "light dark", ":root { --brand-text: #eee; }"},
		{"brand and text", pages.Theme{BrandColor: "#123456", ButtonText: "#abc"}, "auto", "light dark", ":root { --brand: #123456; --brand-text: #abc; }"},
		{"logo", pages.Theme{Logo: "https://img.example/logo.svg"}, "auto", "light dark", ""},
		{"logo with query", pages.Theme{Logo: "/static/logo.png?v=1&w=2"}, "auto", "light dark", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRenderer(t, pages.Options{Theme: tt.theme})
			for _, page := range [][]byte{
				must(t)(r.SignIn(signIn())),
				must(t)(r.SignOut(pages.SignOut{Site: site})),
				must(t)(r.VerifyRequest(pages.VerifyRequest{Site: site})),
				must(t)(r.Error(pages.Error{Site: site, NoAlert: true})),
				must(t)(r.ConfirmLink(pages.ConfirmLink{Site: site, Action: "/x"})),
			} {
				checkPage(t, page, tt.theme.Logo, false)
				all := elements(t, page)
				if got := named(all, "html")[0].attrs["class"]; got != tt.wantClass {
					t.Errorf("class %q, want %q", got, tt.wantClass)
				}
				for _, e := range named(all, "meta") {
					if e.attrs["name"] == "color-scheme" && e.attrs["content"] != tt.wantScheme {
						t.Errorf("color-scheme %q, want %q", e.attrs["content"], tt.wantScheme)
					}
				}
				if got := len(named(all, "img")); got != min(1, len(tt.theme.Logo)) {
					t.Errorf("%d pictures", got)
				}
			}
			if _, css := r.StyleSheet(); !strings.Contains(string(css), tt.wantCSS) {
				t.Errorf("the style sheet lacks %q", tt.wantCSS)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name    string
		options pages.Options
		want    string
	}{
		{"colour scheme", pages.Options{Theme: pages.Theme{ColorScheme: "sepia"}}, "Theme.ColorScheme"},
		{"unknown name", pages.Options{Theme: pages.Theme{BrandColor: "rouge"}}, "Theme.BrandColor"},
		{"colour with alpha", pages.Options{Theme: pages.Theme{BrandColor: "#12345678"}}, "Theme.BrandColor"},
		{"rule in a colour", pages.Options{Theme: pages.Theme{ButtonText: "#fff;}*{x:y"}}, "Theme.ButtonText"},
		{"no hexadecimal digit", pages.Options{Theme: pages.Theme{ButtonText: "#ggg"}}, "Theme.ButtonText"},
		{"button without background", pages.Options{Buttons: []pages.Button{{ProviderID: "x"}}}, "Buttons[0].Background"},
		{"button text", pages.Options{Buttons: []pages.Button{{ProviderID: "x", Background: "#fff", Text: "var(--x)"}}}, "Buttons[0].Text"},
		{"script as logo", pages.Options{Theme: pages.Theme{Logo: "javascript:alert(1)"}}, "Theme.Logo"},
		{"data as logo", pages.Options{Theme: pages.Theme{Logo: "data:image/svg+xml,x"}}, "Theme.Logo"},
		{"logo without scheme", pages.Options{Theme: pages.Theme{Logo: "//cdn.example/x.png"}}, "Theme.Logo"},
		{"backslash logo", pages.Options{Theme: pages.Theme{Logo: `/\cdn.example/x.png`}}, "Theme.Logo"},
		{"relative logo", pages.Options{Theme: pages.Theme{Logo: "x.png"}}, "Theme.Logo"},
		{"logo with a policy in its host", pages.Options{Theme: pages.Theme{Logo: "https://a;script-src/x.png"}}, "Theme.Logo"},
		{"logo with a password", pages.Options{Theme: pages.Theme{Logo: "https://a:b@c.example/x.png"}}, "Theme.Logo"},
		{"logo without a host", pages.Options{Theme: pages.Theme{Logo: "https:///x.png"}}, "Theme.Logo"},
		{"logo with a line break", pages.Options{Theme: pages.Theme{Logo: "/x\n.png"}}, "Theme.Logo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := pages.New(tt.options)
			if err == nil || !strings.HasPrefix(err.Error(), "pages: "+tt.want+":") {
				t.Errorf("error %v, want one about %s", err, tt.want)
			}
		})
	}
	_, err := pages.New(pages.Options{Theme: pages.Theme{BrandColor: "rouge", Logo: "x"}})
	if err == nil || !strings.Contains(err.Error(), "BrandColor") || !strings.Contains(err.Error(), "Logo") {
		t.Errorf("error %v, want both problems", err)
	}
}

func TestLogoOrigin(t *testing.T) {
	for logo, want := range map[string]string{
		"":                             "",
		"/logo.png":                    "",
		"https://img.example:8/x.png":  "https://img.example:8",
		"http://[::1]/x.png":           "http://[::1]",
		"https://a;script-src/x.png":   "",
		"javascript://img.example/x()": "",
	} {
		if got := (pages.Theme{Logo: logo}).LogoOrigin(); got != want {
			t.Errorf("origin of %q is %q, want %q", logo, got, want)
		}
	}
}

func TestStyleSheet(t *testing.T) {
	plain := newRenderer(t, pages.Options{})
	name, css := plain.StyleSheet()
	if !regexp.MustCompile(`^style\.[0-9a-f]{16}\.css$`).MatchString(name) {
		t.Errorf("name %q", name)
	}
	for _, outside := range []string{"@import", "url(", "http:", "https:", "<"} {
		if bytes.Contains(css, []byte(outside)) {
			t.Errorf("the style sheet holds %q", outside)
		}
	}
	again, _ := newRenderer(t, pages.Options{}).StyleSheet()
	branded, _ := newRenderer(t, pages.Options{Theme: pages.Theme{BrandColor: "#123"}}).StyleSheet()
	if again != name || branded == name {
		t.Errorf("names %q, %q with the same content, %q with other content", name, again, branded)
	}
}

func TestButtons(t *testing.T) {
	r := newRenderer(t, pages.Options{Buttons: []pages.Button{
		{ProviderID: "github", Background: "#24292f", Text: "#fff"},
		{ProviderID: "my.id}", Background: "#ffffff"},
		{ProviderID: "my_id", Background: "#000000"},
	}})
	_, css := r.StyleSheet()
	for _, rule := range []string{
		"button.button-github { background: #24292f; color: #fff; }",
		"button.button-my_2eid_7d { background: #ffffff; color: #000000; }",
		"button.button-my_5fid { background: #000000; color: #ffffff; }",
	} {
		if !strings.Contains(string(css), rule+"\n") {
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

func TestTextColor(t *testing.T) {
	for background, want := range map[string]string{
		"#fff": "#000000", "#000": "#ffffff", "#346df1": "#000000", "#ffe066": "#000000",
		"#757575": "#ffffff", "#767676": "#000000", "#808080": "#000000", "rouge": "#000000", "": "#000000", "Navy": "#ffffff", "rebeccapurple": "#ffffff",
	} {
		if got := pages.TextColor(background); got != want {
			t.Errorf("text on %q is %q, want %q", background, got, want)
		}
	}
}

func FuzzLogo(f *testing.F) {
	for _, s := range []string{"/x.png", "https://a.example/x", "//a", "javascript:x", "http://[::1", "https://a;b/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		theme := pages.Theme{Logo: s}
		r, err := pages.New(pages.Options{Theme: theme})
		if err != nil {
			if theme.LogoOrigin() != "" {
				t.Errorf("a refused logo has the origin %q", theme.LogoOrigin())
			}
			return
		}
		if strings.ContainsAny(theme.LogoOrigin(), " ;,'\"\r\n") {
			t.Errorf("origin %q would change a policy", theme.LogoOrigin())
		}
		page, err := r.Error(pages.Error{})
		if err != nil || bytes.Contains(page, []byte("ZgotmplZ")) {
			t.Errorf("an accepted logo is not shown, error %v", err)
		}
	})
}
