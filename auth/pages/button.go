package pages

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Button is the look of the button of one provider.
type Button struct {
	// ProviderID is the id of the provider as in [Provider].
	ProviderID string
	// Icon is the path data of the provider's mark, in a box of 24 by 24
	// units. Empty means the first letter of the provider's name.
	Icon string
	// Color is the colour of the mark. Where it is hard to tell from the
	// button, the mark has the colour of the text.
	Color string
	// Background and Text colour the whole button. Text is black or white when
	// it is empty or hard to read, whichever is easier to read.
	//
	// All colours are of the form #rgb or #rrggbb, or CSS colour names.
	Background string
	Text       string
}

// buttonLook is what the sign-in page needs of a Button.
type buttonLook struct {
	class string
	mark  template.HTML // empty when the mark is a letter
}

// check finds the problems of the button with the given position.
func (b Button) check(i int) error {
	var errs []error
	if b.Text != "" && b.Background == "" {
		errs = append(errs, fmt.Errorf("pages: Buttons[%d].Background: it is missing; Text needs it", i))
	}
	if strings.ContainsFunc(b.Icon, notPathData) {
		errs = append(errs, fmt.Errorf("pages: Buttons[%d].Icon: it is not the path data of an SVG path", i))
	}
	return errors.Join(append(errs,
		checkColor(fmt.Sprintf("Buttons[%d].Color", i), b.Color),
		checkColor(fmt.Sprintf("Buttons[%d].Background", i), b.Background),
		checkColor(fmt.Sprintf("Buttons[%d].Text", i), b.Text))...)
}

func checkButtons(buttons []Button) error {
	var errs []error
	for i, b := range buttons {
		errs = append(errs, b.check(i))
	}
	return errors.Join(errs...)
}

// notPathData reports whether a character cannot stand in path data (SVG 2,
// section 9.3): commands, numbers and what separates them.
func notPathData(r rune) bool {
	return r > unicode.MaxASCII || !strings.ContainsRune("MmZzLlHhVvCcSsQqTtAaEe0123456789+-., \n\t", r)
}

// look prepares what stands on the page.
func (b Button) look() buttonLook {
	look := buttonLook{class: buttonClass(b.ProviderID)}
	if b.Icon != "" {
		look.mark = template.HTML(`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="` + b.Icon + `"/></svg>`) //nolint:gosec // check lets path data alone pass
	}
	return look
}

// monogram stands for a provider without an icon.
func monogram(name string) template.HTML {
	first, _ := utf8.DecodeRuneInString(name)
	if name == "" || first == utf8.RuneError {
		return ""
	}
	letter := string(unicode.ToUpper(first))
	return template.HTML(`<span class="mark monogram" aria-hidden="true">` + template.HTMLEscapeString(letter) + `</span>`) //nolint:gosec // the letter is escaped
}

// write writes the rules of the button.
func (b Button) write(css *bytes.Buffer) {
	class := buttonClass(b.ProviderID)
	if b.Background != "" {
		text, _ := readable(b.Background, b.Text)
		fmt.Fprintf(css, "button.%s { background: %s; color: %s; }\n", class, b.Background, text)
		return
	}
	color, ok := parseColor(b.Color)
	if !ok {
		return
	}
	inLight, inDark := contrast(color, lightCard) >= minGraphicContrast, contrast(color, darkCard) >= minGraphicContrast
	if inLight {
		fmt.Fprintf(css, ".%s .mark { color: %s; }\n", class, b.Color)
	}
	rule := "inherit"
	if inDark {
		rule = b.Color
	}
	if inLight != inDark {
		fmt.Fprintf(css, ".dark .%s .mark { color: %s; }\n", class, rule)
		fmt.Fprintf(css, "@media (prefers-color-scheme: dark) { .auto .%s .mark { color: %s; } }\n", class, rule)
	}
}

// buttonClass makes a class name of a provider's id. Different ids have
// different names: every byte that is not a letter, a digit or a hyphen is
// written as an underscore and two hexadecimal digits.
func buttonClass(id string) string {
	var b strings.Builder
	b.WriteString("button-")
	for i := 0; i < len(id); i++ {
		c := id[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	return b.String()
}
