package auth

import (
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/clientip"
	"github.com/gatehouse-auth/gatehouse/internal/loopback"
	"github.com/gatehouse-auth/gatehouse/internal/weburl"
)

// defaultBasePath is where the API lives when Config.URL has no path.
const defaultBasePath = "/api/auth"

// site is a public address under which the API is reached.
type site struct {
	// origin is scheme, host and port: "https://example.com".
	origin string
	host   string
	// baseURL is origin and basePath, the address of the API.
	baseURL  string
	basePath string
	https    bool
}

func newSite(scheme, host, basePath string) *site {
	origin := scheme + "://" + host
	return &site{origin: origin, host: host, baseURL: origin + basePath, basePath: basePath, https: scheme == "https"}
}

// hostname is the host without its port.
func (s *site) hostname() string {
	u, err := url.Parse(s.origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// sites decides which public address a request is for.
type sites struct {
	// fixed is the one address, when it is configured.
	fixed *site
	// allowed are the addresses by host, when there are several.
	allowed map[string]*site
	proxies clientip.Proxies
	// trustHost believes every forwarded address (StrictV4 only).
	trustHost bool
}

// of returns the address a request is for. It is false for a host that is not
// allowed.
func (s *sites) of(r *http.Request) (*site, bool) {
	if s.fixed != nil {
		return s.fixed, true
	}
	if s.trustHost {
		return forwardedSite(r)
	}
	host := r.Host
	if forwarded := r.Header.Values("X-Forwarded-Host"); len(forwarded) > 0 && s.proxies.Trusts(r.RemoteAddr) {
		if len(forwarded) > 1 {
			return nil, false
		}
		host = forwarded[0]
	}
	host = strings.ToLower(host)
	found, ok := s.allowed[host]
	if !ok {
		// A default port that is spelt out.
		name, port, _ := strings.Cut(host, ":")
		if found, ok = s.allowed[name]; ok {
			ok = port == "443" && found.https || port == "80" && !found.https
		}
	}
	return found, ok
}

// forwardedSite believes the forwarded headers, as NextAuth.js does with
// AUTH_TRUST_HOST.
func forwardedSite(r *http.Request) (*site, bool) {
	scheme, host := "https", r.Host
	switch r.Header.Get("X-Forwarded-Proto") {
	case "http":
		scheme = "http"
	case "":
		if r.TLS == nil {
			scheme = "http"
		}
	}
	if forwarded := r.Header.Get("X-Forwarded-Host"); forwarded != "" {
		host = forwarded
	}
	origin, ok := weburl.Origin(scheme + "://" + host)
	if !ok {
		return nil, false
	}
	return newSite(scheme, strings.TrimPrefix(origin, scheme+"://"), defaultBasePath), true
}

// parseSite reads Config.URL. Without a scheme it is https.
func parseSite(address string) (*site, bool) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, false
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, false
		}
	}
	base := strings.TrimSuffix(u.EscapedPath(), "/")
	if base != "" && base != path.Clean(base) {
		return nil, false // http.ServeMux and proxies would never let a request through
	}
	if base == "" {
		base = defaultBasePath
	}
	return newSite(u.Scheme, canonicalHost(u), base), true
}

// parseAllowedHost reads an entry of Config.AllowedHosts. Without a scheme it is
// https, or http for a host of this machine.
func parseAllowedHost(entry string) (*site, bool) {
	if !strings.Contains(entry, "://") {
		u, err := url.Parse("https://" + entry)
		if err == nil && loopback.Is(u.Hostname()) {
			entry = "http://" + entry
		}
	}
	return parseSite(entry)
}

// canonicalHost is the host in lower case without the scheme's default port, as
// browsers write an origin.
func canonicalHost(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "" || port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" {
		host = strings.TrimSuffix(strings.TrimSuffix(host, port), ":")
	}
	return host
}
