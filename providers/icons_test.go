package providers_test

import (
	"regexp"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

var (
	// Numbers may touch each other, so an arc's flags need no rule of their own.
	pathData = regexp.MustCompile(`^[Mm]([MmZzLlHhVvCcSsQqTtAa ,]|[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)+$`)
	color    = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)
)

// TestStyles wants calm buttons: a coloured mark, and nothing else of colour.
func TestStyles(t *testing.T) {
	for _, tt := range catalogue(t) {
		t.Run(tt.file, func(t *testing.T) {
			style := tt.provider.Style
			if style == (auth.Style{}) {
				return
			}
			if style.Icon != "" && !pathData.MatchString(style.Icon) {
				t.Errorf("Icon = %q, want path data", style.Icon)
			}
			if !color.MatchString(style.Color) {
				t.Errorf("Color = %q, want #rgb or #rrggbb", style.Color)
			}
			if style.Background != "" || style.Text != "" {
				t.Errorf("Background = %q, Text = %q, want neither", style.Background, style.Text)
			}
		})
	}
}
