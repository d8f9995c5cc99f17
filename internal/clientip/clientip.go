// Package clientip answers who a request comes from when there are reverse
// proxies in front of the server.
package clientip

import (
	"net/netip"
	"strings"
)

// Proxies are the networks of the reverse proxies that are believed.
type Proxies []netip.Prefix

// ParsePrefix reads an address ("10.0.0.7") or a network ("10.0.0.0/8"). IPv4 in
// the form of IPv6 ("::ffff:10.0.0.7") is IPv4, as everywhere in this package.
func ParsePrefix(entry string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(entry); err == nil {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(entry)
	const mapped = 96 // bits of ::ffff:0:0
	if err == nil && prefix.Addr().Is4In6() && prefix.Bits() >= mapped {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-mapped)
	}
	return prefix, err
}

// Trusts reports whether an address, with or without a port as in
// http.Request.RemoteAddr, is that of a proxy.
func (p Proxies) Trusts(address string) bool {
	addr, ok := parse(address)
	return ok && p.contains(addr)
}

// Client returns the address of the client without a port: that of the peer
// (http.Request.RemoteAddr) or, behind proxies, the rightmost entry of the
// X-Forwarded-For headers that is none of them. What stands to the left of that
// one is what the client claims, and is not read. An entry that is no address
// ends the search at the proxy that wrote it. The result is empty when the peer
// has no address.
func (p Proxies) Client(remoteAddr string, forwardedFor []string) string {
	client, ok := parse(remoteAddr)
	if !ok {
		return ""
	}
	rest := ""
	if p.contains(client) {
		rest = strings.Join(forwardedFor, ",")
	}
	for rest != "" && p.contains(client) {
		i := strings.LastIndexByte(rest, ',')
		hop, ok := parse(rest[i+1:])
		if !ok {
			break
		}
		client = hop
		rest = rest[:max(i, 0)]
	}
	return client.String()
}

func (p Proxies) contains(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// parse reads an address with or without a port, in the one form in which
// addresses are compared: IPv4 as such, and no zone, which means nothing on
// another machine.
func parse(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(text)
		addr = withPort.Addr()
	}
	return addr.Unmap().WithZone(""), err == nil
}
