package demo

import "net"

// Addresses are those that the demo listens on.
func (d *Demo) Addresses() []net.Addr {
	return []net.Addr{d.site.Listener.Addr(), d.provider.Listener.Addr()}
}
