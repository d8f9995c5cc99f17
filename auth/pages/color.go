package pages

import (
	"math"
	"strings"
)

// color is an sRGB colour.
type color [3]uint8

// parseColor reads #rgb, #rrggbb or a CSS name.
func parseColor(s string) (c color, ok bool) {
	if named, ok := namedColors[strings.ToLower(s)]; ok {
		return named, true
	}
	if len(s) != 4 && len(s) != 7 || s[0] != '#' {
		return c, false
	}
	for i := range c {
		var high, low byte
		var okHigh, okLow bool
		if len(s) == 4 {
			high, okHigh = hexDigit(s[1+i])
			low, okLow = high, okHigh
		} else {
			high, okHigh = hexDigit(s[1+2*i])
			low, okLow = hexDigit(s[2+2*i])
		}
		if !okHigh || !okLow {
			return c, false
		}
		c[i] = high<<4 | low
	}
	return c, true
}

func hexDigit(b byte) (byte, bool) {
	switch {
	case b >= '0' && b <= '9':
		return b - '0', true
	case b >= 'a' && b <= 'f':
		return b - 'a' + 10, true
	case b >= 'A' && b <= 'F':
		return b - 'A' + 10, true
	}
	return 0, false
}

// luminance is the relative luminance of WCAG 2.2, from 0 (black) to 1 (white).
func (c color) luminance() float64 {
	weights := [3]float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, v := range c {
		s := float64(v) / 255
		if s <= 0.04045 {
			s /= 12.92
		} else {
			s = math.Pow((s+0.055)/1.055, 2.4)
		}
		sum += weights[i] * s
	}
	return sum
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b color) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// The contrast that text (WCAG 2.2, 1.4.3) and graphics (1.4.11) need, and the one
// below which a button needs a border to be seen as one.
const (
	minTextContrast    = 4.5
	minGraphicContrast = 3
	minEdgeContrast    = 1.6
)

// The colours of the card in the style sheet, on which buttons stand.
var (
	lightCard = color{0xff, 0xff, 0xff}
	darkCard  = color{0x18, 0x1c, 0x24}
)

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
	if ok && contrast(c, color{0xff, 0xff, 0xff}) > contrast(c, color{}) {
		return "#ffffff"
	}
	return "#000000"
}

// readable returns the colour of text on a background: the one that is asked for
// when it can be read, else black or white. Replaced says that one was asked for
// in vain.
func readable(background, asked string) (text string, replaced bool) {
	if asked == "" {
		return TextColor(background), false
	}
	b, ok1 := parseColor(background)
	t, ok2 := parseColor(asked)
	if ok1 && ok2 && contrast(b, t) >= minTextContrast {
		return asked, false
	}
	return TextColor(background), true
}
