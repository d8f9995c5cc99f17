package clientip_test

import (
	"net/netip"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/clientip"
)

func proxies(t testing.TB, entries ...string) clientip.Proxies {
	t.Helper()
	var out clientip.Proxies
	for _, entry := range entries {
		prefix, err := clientip.ParsePrefix(entry)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, prefix)
	}
	return out
}

func TestClient(t *testing.T) {
	behind := proxies(t, "10.0.0.0/8", "192.0.2.7", "2001:db8::/32")
	for _, test := range []struct {
		name      string
		peer      string
		forwarded []string
		want      string
	}{
		{"no proxy", "203.0.113.5:4711", nil, "203.0.113.5"},
		{"no proxy, header of the client", "203.0.113.5:4711", []string{"198.51.100.1"}, "203.0.113.5"},
		{"no proxy, header with a proxy", "203.0.113.5:4711", []string{"198.51.100.1, 10.0.0.1"}, "203.0.113.5"},
		{"one proxy", "10.0.0.1:80", []string{"203.0.113.5"}, "203.0.113.5"},
		{"one proxy, by address", "192.0.2.7:80", []string{"203.0.113.5"}, "203.0.113.5"},
		{"neighbour of a proxy", "192.0.2.8:80", []string{"203.0.113.5"}, "192.0.2.8"},
		{"proxy without header", "10.0.0.1:80", nil, "10.0.0.1"},
		{"proxy with an empty header", "10.0.0.1:80", []string{""}, "10.0.0.1"},
		{"what the client claims", "10.0.0.1:80", []string{"127.0.0.1, 198.51.100.1, 203.0.113.5"}, "203.0.113.5"},
		{"two proxies", "10.0.0.1:80", []string{"198.51.100.1, 203.0.113.5, 10.9.9.9"}, "203.0.113.5"},
		{"several lines", "10.0.0.1:80", []string{"198.51.100.1", "203.0.113.5", "10.9.9.9,192.0.2.7"}, "203.0.113.5"},
		{"a client that is a proxy", "10.0.0.1:80", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"spaces", "10.0.0.1:80", []string{" \t203.0.113.5 "}, "203.0.113.5"},
		{"entry with a port", "10.0.0.1:80", []string{"203.0.113.5:65535"}, "203.0.113.5"},
		{"unknown", "10.0.0.1:80", []string{"203.0.113.5, unknown"}, "10.0.0.1"},
		{"unknown behind a proxy", "10.0.0.1:80", []string{"203.0.113.5, _hidden, 10.0.0.2"}, "10.0.0.2"},
		{"comma at the end", "10.0.0.1:80", []string{"203.0.113.5,"}, "10.0.0.1"},
		{"comma alone", "10.0.0.1:80", []string{","}, "10.0.0.1"},
		{"octal digits", "10.0.0.1:80", []string{"0177.0.0.1"}, "10.0.0.1"},
		{"IPv6", "[2001:db8::1]:443", []string{"2a00:1450:4001:0830:0000:0000:0000:200e"}, "2a00:1450:4001:830::200e"},
		{"IPv6 with a port", "[2001:db8::1]:443", []string{"[2a00::1]:8080"}, "2a00::1"},
		{"IPv6 in brackets", "[2001:db8::1]:443", []string{"[2a00::1]"}, "2a00::1"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:443", []string{"::ffff:203.0.113.5"}, "203.0.113.5"},
		{"zone", "[fe80::1%eth0]:443", nil, "fe80::1"},
		{"peer without a port", "203.0.113.5", nil, "203.0.113.5"},
		{"socket without an address", "@", []string{"203.0.113.5"}, ""},
		{"nothing", "", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := behind.Client(test.peer, test.forwarded); got != test.want {
				t.Errorf("Client(%q, %q) = %q, want %q", test.peer, test.forwarded, got, test.want)
			}
		})
	}
}

func TestTrusts(t *testing.T) {
	behind := proxies(t, "10.0.0.0/8", "fe80::1")
	for address, want := range map[string]bool{
		"10.1.2.3:80": true, "10.1.2.3": true, "[::ffff:10.1.2.3]:80": true, "[fe80::1%eth0]:80": true,
		"11.1.2.3:80": false, "": false, "@": false, "10.1.2.3.4": false,
	} {
		if got := behind.Trusts(address); got != want {
			t.Errorf("Trusts(%q) = %v, want %v", address, got, want)
		}
	}
}

func TestParsePrefix(t *testing.T) {
	for entry, ok := range map[string]bool{
		"10.0.0.7": true, "10.0.0.0/8": true, "2001:db8::/32": true, "::1": true,
		"": false, "10.0.0.0/99": false, "example.com": false, "10.0.0.7:80": false,
	} {
		if _, err := clientip.ParsePrefix(entry); (err == nil) != ok {
			t.Errorf("ParsePrefix(%q): error = %v, want success %v", entry, err, ok)
		}
	}
}

// FuzzClient expects an address or nothing, the peer's own unless the peer is a
// proxy, and never what stands to the left of the first stranger.
func FuzzClient(f *testing.F) {
	for _, seed := range [][2]string{
		{"10.0.0.1:80", "1.2.3.4, 10.0.0.2"}, {"203.0.113.5:1", "::1"}, {"[::1%a]:2", ",,[::2]:3"}, {"@", "x"},
	} {
		f.Add(seed[0], seed[1])
	}
	behind := proxies(f, "10.0.0.0/8", "::1")
	f.Fuzz(func(t *testing.T, peer, forwarded string) {
		got := behind.Client(peer, []string{forwarded})
		if alone := behind.Client(peer, nil); !behind.Trusts(peer) && got != alone {
			t.Fatalf("Client(%q, %q) = %q, want the peer's own address %q", peer, forwarded, got, alone)
		}
		if got == "" {
			return
		}
		addr, err := netip.ParseAddr(got)
		if err != nil || addr.Zone() != "" || addr.Is4In6() {
			t.Fatalf("Client(%q, %q) = %q, want a plain address", peer, forwarded, got)
		}
		if claimed := behind.Client(peer, []string{"192.0.2.99," + forwarded}); !behind.Trusts(got) && claimed != got {
			t.Fatalf("Client(%q) is %q with and %q without a claim in front of %q", peer, claimed, got, forwarded)
		}
	})
}

// Who writes a proxy as the addresses of a socket for both IPs look means that
// proxy.
func TestParsePrefixMapped(t *testing.T) {
	for _, test := range []struct{ name, entry, want string }{
		{"an address", "::ffff:10.0.0.7", "10.0.0.7/32"},
		{"a network", "::ffff:10.0.0.0/104", "10.0.0.0/8"},
		{"every IPv4", "::ffff:0:0/96", "0.0.0.0/0"},
		{"IPv6", "2001:db8::/32", "2001:db8::/32"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, err := clientip.ParsePrefix(test.entry); err != nil || got.String() != test.want {
				t.Errorf("ParsePrefix(%q) = %v, %v, want %s", test.entry, got, err, test.want)
			}
		})
	}
	if got := proxies(t, "::ffff:10.0.0.0/104").Client("10.0.0.1:80", []string{"203.0.113.5"}); got != "203.0.113.5" {
		t.Errorf("the client is %q, want what the proxy says", got)
	}
}
