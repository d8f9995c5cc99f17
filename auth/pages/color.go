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
