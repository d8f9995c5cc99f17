package pages_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/story"
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
		{"dark brand", pages.Theme{BrandColor: "#123"}, "auto", "light dark", ":root { --brand: #123; --brand-edge: var(--line); --brand-text: #ffffff; }"},
		{"light brand", pages.Theme{BrandColor: "#FFe066"}, "auto", "light dark", ":root { --brand: #FFe066; --brand-edge: var(--line); --brand-text: #000000; }"},
		{"button text", pages.Theme{ButtonText: "#eee"}, "auto", "light dark", ":root { --brand-text: #eee; }"},
		{"brand and text", pages.Theme{BrandColor: "#123456", ButtonText: "#abc"}, "auto", "light dark", ":root { --brand: #123456; --brand-edge: var(--line); --brand-text: #abc; }"},
		{"logo", pages.Theme{Logo: "https://img.example/logo.svg"}, "auto", "light dark", ""},
		{"logo with query", pages.Theme{Logo: "/static/logo.png?v=1&w=2"}, "auto", "light dark", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRenderer(t, storyOptions(t, tt.theme))
			for _, p := range story.Pages() {
				page := must(t)(p.Render(r, site))
				checkPage(t, page, wanted{logo: tt.theme.Logo, alert: hasAlert(p.Name)})
				all := elements(t, page)
				if got := named(all, "html")[0].attrs["class"]; got != tt.wantClass {
					t.Errorf("%s: class %q, want %q", p.Name, got, tt.wantClass)
				}
				for _, e := range named(all, "meta") {
					if e.attrs["name"] == "color-scheme" && e.attrs["content"] != tt.wantScheme {
						t.Errorf("%s: color-scheme %q, want %q", p.Name, e.attrs["content"], tt.wantScheme)
					}
				}
				if got := len(named(all, "img")); got != min(1, len(tt.theme.Logo)) {
					t.Errorf("%s: %d pictures", p.Name, got)
				}
			}
			if css := styleSheet(t, r); !strings.Contains(css, tt.wantCSS) {
				t.Errorf("the style sheet lacks %q", tt.wantCSS)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name  string
		theme pages.Theme
		want  string
	}{
		{"colour scheme", pages.Theme{ColorScheme: "sepia"}, "Theme.ColorScheme"},
		{"unknown name", pages.Theme{BrandColor: "rouge"}, "Theme.BrandColor"},
		{"colour with alpha", pages.Theme{BrandColor: "#12345678"}, "Theme.BrandColor"},
		{"rule in a colour", pages.Theme{ButtonText: "#fff;}*{x:y"}, "Theme.ButtonText"},
		{"no hexadecimal digit", pages.Theme{ButtonText: "#ggg"}, "Theme.ButtonText"},
		{"script as logo", pages.Theme{Logo: "javascript:alert(1)"}, "Theme.Logo"},
		{"data as logo", pages.Theme{Logo: "data:image/svg+xml,x"}, "Theme.Logo"},
		{"logo without scheme", pages.Theme{Logo: "//cdn.example/x.png"}, "Theme.Logo"},
		{"backslash logo", pages.Theme{Logo: `/\cdn.example/x.png`}, "Theme.Logo"},
		{"relative logo", pages.Theme{Logo: "x.png"}, "Theme.Logo"},
		{"logo with a policy in its host", pages.Theme{Logo: "https://a;script-src/x.png"}, "Theme.Logo"},
		{"logo with a password", pages.Theme{Logo: "https://a:b@c.example/x.png"}, "Theme.Logo"},
		{"logo without a host", pages.Theme{Logo: "https:///x.png"}, "Theme.Logo"},
		{"logo with a line break", pages.Theme{Logo: "/x\n.png"}, "Theme.Logo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := pages.New(pages.Options{Theme: tt.theme})
			if err == nil || !strings.HasPrefix(err.Error(), "pages: "+tt.want+":") || r != nil {
				t.Errorf("error %v, want one about %s and no renderer", err, tt.want)
			}
		})
	}
	_, err := pages.New(pages.Options{
		Theme:   pages.Theme{BrandColor: "rouge", Logo: "x", Properties: map[string]string{"--x": "1"}},
		Buttons: []pages.Button{{Color: "x"}},
	})
	for _, field := range []string{"Theme.BrandColor", "Theme.Logo", "Theme.Properties", "Buttons[0].Color"} {
		if err == nil || !strings.Contains(err.Error(), "pages: "+field+":") {
			t.Errorf("error %v, want all problems, also that of %s", err, field)
		}
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

func TestAssets(t *testing.T) {
	plain := newRenderer(t, pages.Options{})
	branded := newRenderer(t, pages.Options{Theme: pages.Theme{BrandColor: "#123"}})
	for _, test := range []struct {
		stem, pattern, contentType string
		changes                    bool // with the theme
	}{
		{"style", `^style\.[0-9a-f]{16}\.css$`, "text/css; charset=utf-8", true},
		{"forms", `^forms\.[0-9a-f]{16}\.js$`, "text/javascript; charset=utf-8", false},
		{"icon", `^icon\.[0-9a-f]{16}\.svg$`, "image/svg+xml", false},
	} {
		t.Run(test.stem, func(t *testing.T) {
			name, file := asset(t, plain, test.stem)
			if !regexp.MustCompile(test.pattern).MatchString(name) || file.ContentType != test.contentType {
				t.Errorf("%s has the type %q, want %s and %q", name, file.ContentType, test.pattern, test.contentType)
			}
			for _, outside := range []string{"@import", "url(", "http:", "https:", "fetch("} {
				without := bytes.ReplaceAll(file.Content, []byte("http://www.w3.org/2000/svg"), nil) // a name, no address
				if bytes.Contains(without, []byte(outside)) {
					t.Errorf("the file holds %q", outside)
				}
			}
			if again, _ := asset(t, newRenderer(t, pages.Options{}), test.stem); again != name {
				t.Errorf("names %q and %q with the same content", name, again)
			}
			if other, _ := asset(t, branded, test.stem); (other != name) != test.changes {
				t.Errorf("names %q and %q, want different ones: %v", name, other, test.changes)
			}
		})
	}
	for _, name := range []string{"", "style.css", "../style.css", "templates/layout.html"} {
		if _, ok := plain.Asset(name); ok {
			t.Errorf("there is a file %q", name)
		}
	}
}

func TestStyleSheetIsAppended(t *testing.T) {
	const own = "h1 { text-align: start; }\n.provider { border-width: 2px; }"
	r := newRenderer(t, pages.Options{
		Theme:   pages.Theme{BrandColor: "#123", Properties: map[string]string{"--radius": "0"}, StyleSheet: own},
		Buttons: []pages.Button{{ProviderID: "x", Background: "#fff"}},
	})
	css := styleSheet(t, r)
	if !strings.HasSuffix(css, "\n"+own+"\n") {
		t.Errorf("the style sheet ends with %q", css[max(0, len(css)-200):])
	}
	if plain := styleSheet(t, newRenderer(t, pages.Options{})); !strings.HasPrefix(css, plain) {
		t.Error("the style sheet does not begin with that of the pages")
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
