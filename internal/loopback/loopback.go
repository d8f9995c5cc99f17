// Package loopback recognises names and addresses of this machine.
package loopback

import (
	"net/netip"
	"strings"
)

// Is reports whether a host, without its port and without brackets, means this
// machine: localhost and the names below it (RFC 6761, section 6.3), 127.0.0.0/8
// and ::1. Upper case and the dot that may end a name make no difference.
func Is(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	if host == "localhost" {
		return true
	}
	below, found := strings.CutSuffix(host, ".localhost")
	return found && below != "" && !strings.HasSuffix(below, ".")
}
