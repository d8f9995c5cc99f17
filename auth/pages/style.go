package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// buildStyle appends the colours of the options to the style sheet and names it
// after its content. Colours have been checked before.
func buildStyle(o Options) (css []byte, name string, err error) {
	base, err := files.ReadFile("style.css")
	if err != nil {
		return nil, "", fmt.Errorf("pages: style sheet: %w", err)
	}
	var b bytes.Buffer
	b.Write(base)
	if o.Theme.BrandColor != "" {
		fmt.Fprintf(&b, ":root { --brand: %s; --brand-text: %s; }\n",
			o.Theme.BrandColor, textOn(o.Theme.BrandColor, o.Theme.ButtonText))
	} else if o.Theme.ButtonText != "" {
		fmt.Fprintf(&b, ":root { --brand-text: %s; }\n", o.Theme.ButtonText)
	}
	for _, button := range o.Buttons {
		fmt.Fprintf(&b, "button.%s { background: %s; color: %s; }\n",
			buttonClass(button.ProviderID), button.Background, textOn(button.Background, button.Text))
	}
	return b.Bytes(), hashedName("style", b.Bytes(), "css"), nil
}

// hashedName names a file after its content.
func hashedName(stem string, content []byte, extension string) string {
	hash := sha256.Sum256(content)
	return stem + "." + hex.EncodeToString(hash[:8]) + "." + extension
}

// textOn returns the colour of text on a background.
func textOn(background, text string) string {
	if text != "" {
		return text
	}
	return TextColor(background)
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
