package pages

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Theme changes the looks of all pages, from a colour to whole blocks of HTML.
type Theme struct {
	// ColorScheme is "light", "dark" or "auto", which follows the visitor's
	// system. Empty means "auto".
	ColorScheme string
	// BrandColor is the colour of the main buttons, in the form #rgb or
	// #rrggbb or by its CSS name. Empty means a blue.
	BrandColor string
	// ButtonText is the colour of the text on them, in the same form. Empty
	// means black or white, whichever is easier to read on BrandColor; so does
	// a colour whose contrast with BrandColor is below 4.5:1 (WCAG 2.2, 1.4.3),
	// with a warning.
	ButtonText string
	// Logo is the picture on top of the card: an http or https URL, or a path
	// that begins with a slash. Empty means none.
	Logo string
	// Properties changes custom properties of the style sheet in every colour
	// scheme, such as "--radius" or "--font"; DarkProperties changes them in
	// the dark one alone. [Properties] lists them. Their contrast is not
	// checked.
	Properties     map[string]string
	DarkProperties map[string]string
	// StyleSheet is CSS that is added to the end of the style sheet. It cannot
	// load anything: the policy of the pages forbids that.
	StyleSheet string
	// Templates holds files with the names of the templates, "signin.html" for
	// one page and "layout.html" for all, which define the blocks of that
	// template that are to be replaced: {{define "footer"}}...{{end}}. A
	// template or block that does not exist is an error.
	Templates fs.FS
}

// LogoOrigin returns the origin of a logo from another site, for the img-src of
// a Content-Security-Policy, and "" when the logo is a path or there is none.
func (t Theme) LogoOrigin() string {
	u, err := url.Parse(t.Logo)
	if err != nil || u.Host == "" || checkLogo(t.Logo) != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// properties are the custom properties of the style sheet and what each is for.
var properties = map[string]string{
	"--page":       "the colour behind the card",
	"--card":       "the colour of the card",
	"--edge":       "the colour of the card's border",
	"--text":       "the colour of text",
	"--soft":       "the colour of less important text",
	"--line":       "the colour of the borders of inputs and buttons",
	"--rule":       "the colour of the lines beside \"or\"",
	"--link":       "the colour of links",
	"--focus":      "the colour of the ring around what has the focus",
	"--alert":      "the colour of the text of an error",
	"--alert-card": "the colour behind the text of an error",
	"--brand":      "the colour of the main buttons",
	"--brand-text": "the colour of the text on them",
	"--brand-edge": "the colour of their border",
	"--font":       "the fonts",
	"--radius":     "how round the corners of inputs and buttons are",
	"--width":      "the width of the card",
	"--shadow":     "the shadow of the card",
}

// Properties returns the custom properties of the style sheet by name, with what
// each is for.
func Properties() map[string]string { return maps.Clone(properties) }

func (t Theme) check() error {
	var errs []error
	switch t.ColorScheme {
	case "", "auto", "light", "dark":
	default:
		errs = append(errs, fmt.Errorf(`pages: Theme.ColorScheme: %q is not "auto", "light" or "dark"`, t.ColorScheme))
	}
	return errors.Join(append(errs,
		checkColor("Theme.BrandColor", t.BrandColor),
		checkColor("Theme.ButtonText", t.ButtonText),
		checkLogo(t.Logo),
		checkProperties("Theme.Properties", t.Properties),
		checkProperties("Theme.DarkProperties", t.DarkProperties))...)
}

func checkColor(field, s string) error {
	if s == "" || ValidColor(s) {
		return nil
	}
	return fmt.Errorf("pages: %s: %q is neither a colour of the form #rgb or #rrggbb nor a CSS colour name", field, s)
}

// checkProperties accepts values that end where their declaration does and load
// nothing.
func checkProperties(field string, changes map[string]string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		value := changes[name]
		switch {
		case properties[name] == "":
			known := strings.Join(slices.Sorted(maps.Keys(properties)), ", ")
			errs = append(errs, fmt.Errorf("pages: %s: there is no property %q; there are %s", field, name, known))
		case !endsItself(value) || loads(value):
			errs = append(errs, fmt.Errorf("pages: %s[%q]: %q cannot be its value", field, name, value))
		}
	}
	return errors.Join(errs...)
}

// endsItself reports whether a value of a property ends where its declaration
// does: its strings and brackets are closed, in order.
func endsItself(value string) bool {
	if strings.TrimSpace(value) == "" || strings.ContainsAny(value, "{};@<>\\!'\n\r\f") || strings.Contains(value, "/*") {
		return false
	}
	var open []byte
	quoted := false
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[':
			open = append(open, c)
		case c == ')' || c == ']':
			last := len(open) - 1
			if last < 0 || (open[last] == '(') != (c == ')') {
				return false
			}
			open = open[:last]
		}
	}
	return !quoted && len(open) == 0
}

// loads reports whether a value has one of the functions of CSS that load a file.
func loads(value string) bool {
	value = strings.ToLower(value)
	return slices.ContainsFunc([]string{"url(", "src(", "image(", "image-set("}, func(f string) bool { return strings.Contains(value, f) })
}

// write writes the rules of the theme.
func (t Theme) write(css *bytes.Buffer) {
	var brand []string
	if color, ok := parseColor(t.BrandColor); ok {
		brand = append(brand, "--brand: "+t.BrandColor)
		if contrast(color, lightCard) < minEdgeContrast || contrast(color, darkCard) < minEdgeContrast {
			brand = append(brand, "--brand-edge: var(--line)")
		}
	}
	if t.BrandColor != "" || t.ButtonText != "" {
		brand = append(brand, "--brand-text: "+t.brandText())
	}
	if len(brand) > 0 {
		fmt.Fprintf(css, ":root { %s; }\n", strings.Join(brand, "; "))
	}
	declare := func(selector string, changes map[string]string) string {
		rules := make([]string, 0, len(changes))
		for _, name := range slices.Sorted(maps.Keys(changes)) {
			rules = append(rules, name+": "+changes[name]+";")
		}
		return selector + " { " + strings.Join(rules, " ") + " }"
	}
	if len(t.Properties) > 0 {
		fmt.Fprintln(css, declare(":root, .light, .dark, .auto", t.Properties))
	}
	if len(t.Properties)+len(t.DarkProperties) > 0 {
		dark := maps.Clone(t.Properties)
		if dark == nil {
			dark = map[string]string{}
		}
		maps.Copy(dark, t.DarkProperties)
		fmt.Fprintln(css, declare(".dark", dark))
		fmt.Fprintln(css, "@media (prefers-color-scheme: dark) { "+declare(".auto", dark)+" }")
	}
}

// defaultBrand is the colour of the main buttons without a BrandColor.
const defaultBrand = "#1f55c0"

// brandText is the colour of the text on the main buttons.
func (t Theme) brandText() string {
	text, _ := readable(t.brand(), t.ButtonText)
	return text
}

func (t Theme) brand() string {
	if t.BrandColor == "" {
		return defaultBrand
	}
	return t.BrandColor
}

// BrandColors returns the colours of the main buttons and of the text on them, as
// the pages have them. Colours that are not valid count as empty.
func (t Theme) BrandColors() (background, text string) {
	if !ValidColor(t.BrandColor) {
		t.BrandColor = ""
	}
	if !ValidColor(t.ButtonText) {
		t.ButtonText = ""
	}
	return t.brand(), t.brandText()
}

// warnings says which colours could not be read and were replaced.
func (o Options) warnings() []string {
	var all []string
	add := func(field, background, text string) {
		if chosen, replaced := readable(background, text); replaced {
			all = append(all, fmt.Sprintf("%s: text of the colour %s on %s could not be read (below 4.5:1), so it is %s", field, text, background, chosen))
		}
	}
	add("Theme.ButtonText", o.Theme.brand(), o.Theme.ButtonText)
	for _, b := range o.Buttons {
		if b.Background != "" {
			add("the button of "+b.ProviderID, b.Background, b.Text)
		}
	}
	return all
}

// checkLogo accepts what cannot leave an attribute, a policy header or the http
// schemes.
func checkLogo(s string) error {
	if s == "" {
		return nil
	}
	bad := fmt.Errorf("pages: Theme.Logo: %q is neither an http or https URL nor a path that begins with a slash", s)
	if strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return bad
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil {
		return bad
	}
	if u.Scheme == "" && u.Host == "" && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") {
		return nil
	}
	if (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.ContainsFunc(u.Host, notHost) {
		return nil
	}
	return bad
}

func notHost(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:[]", r))
}
