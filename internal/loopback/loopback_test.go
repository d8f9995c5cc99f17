package loopback_test

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

func TestIs(t *testing.T) {
	for _, row := range []struct {
		name string
		host string
		want bool
	}{
		{"name", "localhost", true},
		{"upper case", "LocalHost", true},
		{"trailing dot", "localhost.", true},
		{"two trailing dots", "localhost..", false},
		{"name below", "app.localhost", true},
		{"two names below", "a.b.LOCALHOST.", true},
		{"empty name below", ".localhost", false},
		{"empty name between", "app..localhost", false},
		{"same ending", "evillocalhost", false},
		{"same beginning", "localhost.example.com", false},
		{"other domain", "localhost.localdomain", false},
		{"address", "127.0.0.1", true},
		{"address with a trailing dot", "127.0.0.1.", true},
		{"last of the block", "127.255.255.255", true},
		{"after the block", "128.0.0.0", false},
		{"before the block", "126.255.255.255", false},
		{"short address", "127.1", false},
		{"address as a name", "127.0.0.1.example.com", false},
		{"unspecified", "0.0.0.0", false},
		{"private", "192.168.0.1", false},
		{"version 6", "::1", true},
		{"version 6 in full", "0:0:0:0:0:0:0:1", true},
		{"version 4 in version 6", "::FFFF:127.0.0.1", true},
		{"other version 4 in version 6", "::ffff:10.0.0.1", false},
		{"version 6 unspecified", "::", false},
		{"brackets", "[::1]", false},
		{"with a port", "localhost:3000", false},
		{"address with a port", "127.0.0.1:80", false},
		{"empty", "", false},
		{"dot", ".", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := loopback.Is(row.host); got != row.want {
				t.Errorf("Is(%q) = %v, want %v", row.host, got, row.want)
			}
		})
	}
}
