package pages

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Theme changes the looks of all pages.
type Theme struct {
	// ColorScheme is "light", "dark" or "auto", which follows the visitor's
	// system. Empty means "auto".
	ColorScheme string
	// BrandColor is the colour of the main buttons, in the form #rgb or
	// #rrggbb or by its CSS name. Empty means a blue.
	BrandColor string
	// ButtonText is the colour of the text on them, in the same form. Empty
	// means black or white, whichever is easier to read on BrandColor.
	ButtonText string
	// Logo is the picture on top of the card: an http or https URL, or a path
	// that begins with a slash. Empty means none.
	Logo string
}

// Button colours the button of one provider.
type Button struct {
	// ProviderID is the id of the provider as in [Provider].
	ProviderID string
	// Background and Text are colours in the form #rgb or #rrggbb. Text is
	// black or white when empty, whichever is easier to read.
	Background string
	Text       string
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

func (t Theme) check() error {
	var errs []error
	switch t.ColorScheme {
	case "", "auto", "light", "dark":
	default:
		errs = append(errs, fmt.Errorf(`pages: Theme.ColorScheme: %q is not "auto", "light" or "dark"`, t.ColorScheme))
	}
	errs = append(errs,
		checkColor("Theme.BrandColor", t.BrandColor),
		checkColor("Theme.ButtonText", t.ButtonText),
		checkLogo(t.Logo))
	return errors.Join(errs...)
}

func checkButtons(buttons []Button) error {
	var errs []error
	for i, b := range buttons {
		if b.Background == "" {
			errs = append(errs, fmt.Errorf("pages: Buttons[%d].Background: it is missing", i))
		}
		errs = append(errs,
			checkColor(fmt.Sprintf("Buttons[%d].Background", i), b.Background),
			checkColor(fmt.Sprintf("Buttons[%d].Text", i), b.Text))
	}
	return errors.Join(errs...)
}

func checkColor(field, s string) error {
	if s == "" || ValidColor(s) {
		return nil
	}
	return fmt.Errorf("pages: %s: %q is neither a colour of the form #rgb or #rrggbb nor a CSS colour name", field, s)
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

// ValidColor reports whether s is a colour of the form #rgb or #rrggbb, or a CSS
// colour name.
func ValidColor(s string) bool {
	_, ok := parseColor(s)
	return ok
}

// TextColor returns black or white as "#000000" or "#ffffff", whichever has the
// higher contrast (WCAG 2.2) on a background. It returns black when the
// background is not a valid colour.
func TextColor(background string) string {
	c, ok := parseColor(background)
	if !ok {
		return "#000000"
	}
	// Above this luminance black has the higher contrast: there
	// (l+0.05)/0.05 equals 1.05/(l+0.05).
	const middle = 0.1791
	if c.luminance() > middle {
		return "#000000"
	}
	return "#ffffff"
}
