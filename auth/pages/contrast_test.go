package pages_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

// luminance and contrast follow the definitions of WCAG 2.2.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	if len(color) == 4 {
		color = "#" + color[1:2] + color[1:2] + color[2:3] + color[2:3] + color[3:4] + color[3:4]
	}
	if len(color) != 7 || color[0] != '#' {
		t.Fatalf("%q is not a colour of the form #rgb or #rrggbb", color)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// palette are the custom properties of the style sheet as they are in the light
// and in the dark.
type palette struct{ light, dark map[string]string }

func readPalette(t *testing.T) palette {
	t.Helper()
	source, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	declaration := regexp.MustCompile(`(--[a-z-]+): ([^;]+);`)
	read := func(rule string) map[string]string {
		blocks := regexp.MustCompile(`(?s)\n`+rule+` \{\n(.*?)\}`).FindAllSubmatch(source, -1)
		if len(blocks) != 1 {
			t.Fatalf("the style sheet has %d rules %q, want 1", len(blocks), rule)
		}
		values := map[string]string{}
		for _, m := range declaration.FindAllStringSubmatch(string(blocks[0][1]), -1) {
			values[m[1]] = m[2]
		}
		return values
	}
	light, dark := read(":root"), read(`\.dark`)
	if d := cmp.Diff(dark, read(`@media \(prefers-color-scheme: dark\) \{\n  \.auto`)); d != "" {
		t.Errorf(".auto in the dark is not what .dark is (-dark +auto):\n%s", d)
	}
	all := maps.Clone(light)
	maps.Copy(all, dark)
	if len(all) != len(light) {
		t.Errorf("the dark has properties that the light does not have: %v", slices.Sorted(maps.Keys(dark)))
	}
	return palette{light, all}
}

func TestContrast(t *testing.T) {
	const text, graphic = 4.5, 3
	pairs := []struct {
		foreground string
		background []string
		want       float64
	}{
		{"--text", []string{"--card", "--page"}, text},
		{"--soft", []string{"--card", "--page"}, text},
		{"--link", []string{"--card", "--page"}, text},
		{"--alert", []string{"--alert-card"}, text},
		{"--brand-text", []string{"--brand"}, text},
		{"--line", []string{"--card", "--page"}, graphic},
		{"--focus", []string{"--card", "--page"}, graphic},
		{"--alert", []string{"--card"}, graphic}, // the border of a field with a mistake
	}
	p := readPalette(t)
	for scheme, colors := range map[string]map[string]string{"light": p.light, "dark": p.dark} {
		for _, pair := range pairs {
			for _, background := range pair.background {
				t.Run(fmt.Sprintf("%s/%s on %s", scheme, pair.foreground, background), func(t *testing.T) {
					got := contrast(t, colors[pair.foreground], colors[background])
					if got < pair.want {
						t.Errorf("contrast %.2f, want %.1f", got, pair.want)
					}
				})
			}
		}
	}
}

// The colours that the Go code reckons with are those of the style sheet.
func TestColorsOfStyleSheet(t *testing.T) {
	p := readPalette(t)
	brand, brandText := pages.Theme{}.BrandColors()
	for scheme, colors := range map[string]map[string]string{"light": p.light, "dark": p.dark} {
		if brand != colors["--brand"] || brandText != colors["--brand-text"] {
			t.Errorf("%s: brand %s with %s, the style sheet has %s with %s", scheme, brand, brandText, colors["--brand"], colors["--brand-text"])
		}
	}
	source, err := os.ReadFile("color.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"lightCard": p.light["--card"], "darkCard": p.dark["--card"]} {
		m := regexp.MustCompile(name + `\s*= color\{0x(..), 0x(..), 0x(..)\}`).FindSubmatch(source)
		if m == nil {
			t.Fatalf("color.go has no %s", name)
		}
		if got := fmt.Sprintf("#%s%s%s", m[1], m[2], m[3]); got != want {
			t.Errorf("%s is %s, the style sheet has %s", name, got, want)
		}
	}
}

// Every custom property has a description, is declared and is used.
func TestProperties(t *testing.T) {
	source, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(pages.Properties()))
	if d := cmp.Diff(slices.Sorted(maps.Keys(readPalette(t).light)), names); d != "" {
		t.Errorf("properties (-style sheet +described):\n%s", d)
	}
	var used []string
	for _, m := range regexp.MustCompile(`var\((--[a-z-]+)\)`).FindAllSubmatch(source, -1) {
		used = append(used, string(m[1]))
	}
	slices.Sort(used)
	if d := cmp.Diff(names, slices.Compact(used)); d != "" {
		t.Errorf("properties (-described +used):\n%s", d)
	}
	changed := pages.Properties()
	changed["--mine"] = "x"
	if _, ok := pages.Properties()["--mine"]; ok {
		t.Error("a change of the list changes the list of everybody")
	}
}
