package auth_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// HOST-01, HOST-13 and HOST-14: with a configured address nothing in a request
// changes a link, a redirect or the routing.
func TestSecurityForwardedHeadersIgnored(t *testing.T) {
	s := newTestSite(t, nil)
	poison := http.Header{
		"X-Forwarded-Host": {"evil.test"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Server": {"evil.test"}, "X-Host": {"evil.test"},
		"Forwarded": {"host=evil.test;proto=https"}, "X-Original-Url": {"/api/auth/session"}, "X-Rewrite-Url": {"/api/auth/session"},
		"X-Forwarded-Uri": {"/api/auth/session"}, "X-Forwarded-Prefix": {"/evil"}, "X_forwarded_host": {"evil.test"}, "X-Forwarded_host": {"evil.test"},
	}
	b := s.browser()
	form := url.Values{"csrfToken": {b.csrfToken()}, "email": {"v@example.com"}}
	b.forge("/api/auth/signin/email", form, poison)
	if link := s.mails.last(t); !strings.HasPrefix(link.URL, s.url+"/api/auth/callback/email?") || link.Host != strings.TrimPrefix(s.url, "http://") {
		t.Errorf("the mailed link is %s for %s", link.URL, link.Host)
	}
	started := b.forge("/api/auth/signin/op", url.Values{"csrfToken": form["csrfToken"]}, poison)
	u, _ := url.Parse(started.location)
	if got := u.Query().Get("redirect_uri"); got != s.url+"/api/auth/callback/op" {
		t.Errorf("redirect_uri is %q", got)
	}
	for _, path := range []string{"/api/auth/signin", "/api/auth/signout", "/api/auth/error?error=AccessDenied", "/api/auth/providers", "/api/auth/csrf", "/private"} {
		got := b.do(http.MethodGet, path, nil, poison)
		if strings.Contains(got.body+fmt.Sprint(got.header), "evil") {
			t.Errorf("%s shows the forwarded host: %v %s", path, got.header, got.body)
		}
	}
	got := b.do(http.MethodGet, "/private", nil, poison)
	if got.status != http.StatusUnauthorized {
		t.Errorf("an override header opened the guarded page: %d", got.status)
	}
}

// HOST-03: an address is never taken from the first request.
func TestSecurityNoAddress(t *testing.T) {
	_, err := auth.New(auth.Config{Secrets: []string{secret}, Providers: []auth.Provider{credentialsProvider()}})
	if err == nil || !strings.Contains(err.Error(), "URL") {
		t.Errorf("New without an address: %v", err)
	}
	_, err = auth.New(auth.Config{DangerousTrustHost: true, Secrets: []string{secret}, Providers: []auth.Provider{credentialsProvider()}})
	if err == nil || !strings.Contains(err.Error(), "DangerousTrustHost") {
		t.Errorf("New that trusts every host without StrictV4: %v", err)
	}
}

// hosts is a handler for two hosts behind a proxy.
func hosts(t *testing.T) *auth.Auth {
	t.Helper()
	a, err := auth.New(auth.Config{
		AllowedHosts: []string{"a.test", "b.test"}, TrustedProxies: []string{"10.0.0.0/8"},
		Secrets: []string{secret}, Adapter: memory.New(), Session: auth.SessionConfig{Strategy: auth.StrategyJWT},
		Providers: []auth.Provider{credentialsProvider(), auth.EmailProvider{From: "a@a.test", Sender: &outbox{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// HOST-04, HOST-06 and HOST-08: only allowed hosts, forwarded only by a trusted
// proxy, and always with TLS.
func TestSecurityAllowedHosts(t *testing.T) {
	a := hosts(t)
	for _, test := range []struct {
		name, host, peer string
		header           http.Header
		want             string // origin; "" means 400
	}{
		{name: "allowed", host: "a.test", want: "https://a.test"},
		{name: "other allowed", host: "b.test", want: "https://b.test"},
		{name: "upper case", host: "A.TEST", want: "https://a.test"},
		{name: "not allowed", host: "c.test"},
		{name: "longer", host: "a.test.evil"},
		{name: "shorter", host: "test"},
		{name: "port", host: "a.test:99999"},
		{name: "user", host: "a.test@evil"},
		{name: "list", host: "a.test,evil"},
		{name: "trailing dot", host: "a.test."},
		{name: "space", host: "a.test evil"},
		{name: "empty", host: ""},
		{name: "markup", host: `a.test"><script>`},
		{name: "dotted capital i", host: "a.tes\u0130"},
		{name: "from a proxy", host: "internal", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Host": {"b.test"}}, want: "https://b.test"},
		{name: "from a proxy on IPv6", host: "internal", peer: "[::ffff:10.1.2.3]:9", header: http.Header{"X-Forwarded-Host": {"b.test"}}, want: "https://b.test"},
		{name: "from a stranger", host: "a.test", header: http.Header{"X-Forwarded-Host": {"b.test"}}, want: "https://a.test"},
		{name: "stranger without host", host: "internal", header: http.Header{"X-Forwarded-Host": {"b.test"}}},
		{name: "proxy, not allowed", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Host": {"c.test"}}},
		{name: "proxy, longer", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Host": {"a.test.evil"}}},
		{name: "proxy, port", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Host": {"a.test:99999"}}},
		{name: "proxy, list", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Host": {"a.test,evil"}}},
		{name: "proxy, twice", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Host": {"a.test", "b.test"}}},
		{name: "proxy, underscore", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X_Forwarded_Host": {"b.test"}}, want: "https://a.test"},
		{name: "proxy, http", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Proto": {"http"}}, want: "https://a.test"},
		{name: "proxy, list of protocols", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Proto": {"https,http"}}, want: "https://a.test"},
		{name: "proxy, javascript", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Proto": {"javascript"}}, want: "https://a.test"},
		{name: "proxy, empty protocol", host: "a.test", peer: "10.1.2.3:9", header: http.Header{"X-Forwarded-Proto": {""}}, want: "https://a.test"},
		{name: "no peer", host: "a.test", peer: "@", header: http.Header{"X-Forwarded-Host": {"b.test"}}, want: "https://a.test"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := attack(a, http.MethodGet, "http://placeholder/api/auth/signin", "", func(r *http.Request) {
				r.Host, r.RemoteAddr = test.host, "192.0.2.1:4711"
				if test.peer != "" {
					r.RemoteAddr = test.peer
				}
				for name, values := range test.header {
					r.Header[name] = values
				}
			})
			if test.want == "" {
				if got.status != http.StatusBadRequest || len(got.cookies) != 0 || strings.Contains(got.body, test.host) && test.host != "" {
					t.Errorf("answered %d %s", got.status, got.body)
				}
				return
			}
			if got.status != http.StatusOK || !strings.Contains(got.body, `action="`+test.want+"/api/auth/callback/credentials") {
				t.Errorf("answered %d, want a page of %s: %s", got.status, test.want, got.body)
			}
			if c := got.cookie("__Host-next-auth.csrf-token"); c == nil || !c.Secure {
				t.Error("the csrf cookie is not a secure one")
			}
		})
	}
}

// HOST-06: a stranger's host does not reach what the middleware decides either.
func TestSecurityMiddlewareHost(t *testing.T) {
	a := hosts(t)
	guarded := a.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a stranger passed") }))
	got := attack(guarded, http.MethodGet, "http://evil.test/x", "", func(r *http.Request) { r.Header.Set("Accept", "text/html") })
	if got.status != http.StatusUnauthorized || got.location != "" {
		t.Errorf("an unknown host: %d %s", got.status, got.location)
	}
}

// HOST-09: hosts that are no hosts, sent over a socket as they are.
func TestSecurityRawHosts(t *testing.T) {
	s := newTestSite(t, nil)
	address := strings.TrimPrefix(s.url, "http://")
	for _, test := range []struct{ name, request string }{
		{"absolute form", "GET http://evil.test/api/auth/signin HTTP/1.1\r\nHost: " + address + "\r\n\r\n"},
		{"absolute form and its host", "GET http://evil.test/api/auth/signin HTTP/1.1\r\nHost: evil.test\r\n\r\n"},
		{"two hosts", "GET /api/auth/signin HTTP/1.1\r\nHost: " + address + "\r\nHost: evil.test\r\n\r\n"},
		{"space", "GET /api/auth/signin HTTP/1.1\r\nHost: evil.test b\r\n\r\n"},
		{"carriage return", "GET /api/auth/signin HTTP/1.1\r\nHost: evil.test\rb\r\n\r\n"},
		{"HTTP/1.0 without", "GET /api/auth/signin HTTP/1.0\r\n\r\n"},
		{"HTTP/1.1 without", "GET /api/auth/signin HTTP/1.1\r\n\r\n"},
		{"markup", "GET /api/auth/signin HTTP/1.1\r\nHost: evil.test\"><script>\r\n\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			connection, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if _, err := connection.Write([]byte(test.request)); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil {
				t.Fatal(err)
			}
			body := drain(response)
			if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusBadRequest {
				t.Errorf("answered %d", response.StatusCode)
			}
			if strings.Contains(body+fmt.Sprint(response.Header), "evil.test") && response.StatusCode == http.StatusOK {
				t.Errorf("the answer names the host: %v %s", response.Header, body)
			}
		})
	}
}

// With StrictV4 and trust in every host, a host that is none is not reflected.
func TestSecurityTrustedHostMarkup(t *testing.T) {
	a, err := auth.New(auth.Config{StrictV4: true, DangerousTrustHost: true, Secrets: []string{secret}, Providers: []auth.Provider{credentialsProvider()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{`evil"><script>alert(1)<`, "evil\r\nSet-Cookie: injected=1", "a b", "user@evil", "evil/x", `evil\x`, "evil?x", "evil#x", "[", "", "evil;x", "a,b", "'><img src=x>"} {
		got := attack(a, http.MethodGet, "http://placeholder/api/auth/signin", "", func(r *http.Request) { r.Header["X-Forwarded-Host"] = []string{host} })
		if got.status >= 500 || got.cookie("injected") != nil || strings.Contains(got.body, "<script>alert") || strings.Contains(got.body, "<img src=x>") {
			t.Errorf("host %q: %d %s", host, got.status, got.body)
		}
	}
}
