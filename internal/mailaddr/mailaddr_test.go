package mailaddr_test

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

func TestFold(t *testing.T) {
	for _, row := range []struct{ name, address, want string }{
		{"empty", "", ""},
		{"upper case", "Ada@Example.COM", "ada@example.com"},
		{"upper case beyond ASCII", "\u00c4da@example.com", "\u00e4da@example.com"},
		{"Kelvin sign", "\u212Aelly@example.com", "\u212Aelly@example.com"},
		{"dotted capital I", "\u0130da@example.com", "\u0130da@example.com"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := mailaddr.Fold(row.address); got != row.want {
				t.Errorf("Fold(%q) = %q, want %q", row.address, got, row.want)
			}
		})
	}
}
