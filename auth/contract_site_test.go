package auth_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// providersAt asks a server with several addresses for its providers.
func providersAt(t *testing.T, change func(*auth.Config), host string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	config := auth.Config{Secrets: []string{secret}, Providers: []auth.Provider{credentialsProvider()}, Logger: quiet()}
	change(&config)
	a, err := auth.New(config)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "http://"+host+"/api/auth/providers", nil)
	r.RemoteAddr = "10.0.0.7:4711"
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestContractForwardedHost(t *testing.T) {
	forwarded := http.Header{"X-Forwarded-Host": {"app.example"}, "X-Forwarded-Proto": {"https"}}
	for _, row := range []struct {
		name   string
		change func(*auth.Config)
		host   string
		header http.Header
		want   string // the origin of the answer; "" is refused
	}{
		{"configured address wins", func(c *auth.Config) { c.URL = "https://fixed.example" }, "other.example", forwarded, "https://fixed.example"},
		{"allowed host", func(c *auth.Config) { c.AllowedHosts = []string{"app.example"} }, "app.example", nil, "https://app.example"},
		{"allowed host in upper case", func(c *auth.Config) { c.AllowedHosts = []string{"app.example"} }, "APP.example", nil, "https://app.example"},
		{"loopback host", func(c *auth.Config) { c.AllowedHosts = []string{"localhost:3000"} }, "localhost:3000", nil, "http://localhost:3000"},
		{"other host", func(c *auth.Config) { c.AllowedHosts = []string{"app.example"} }, "evil.example", nil, ""},
		{"forwarded by nobody", func(c *auth.Config) { c.AllowedHosts = []string{"app.example"} }, "inside", forwarded, ""},
		{"forwarded by a stranger", func(c *auth.Config) {
			c.AllowedHosts, c.TrustedProxies = []string{"app.example"}, []string{"192.0.2.0/24"}
		}, "inside", forwarded, ""},
		{"forwarded by the proxy", func(c *auth.Config) {
			c.AllowedHosts, c.TrustedProxies = []string{"app.example"}, []string{"10.0.0.0/8"}
		}, "inside", forwarded, "https://app.example"},
		{"other host forwarded by the proxy", func(c *auth.Config) {
			c.AllowedHosts, c.TrustedProxies = []string{"app.example"}, []string{"10.0.0.7"}
		}, "app.example", http.Header{"X-Forwarded-Host": {"evil.example"}}, ""},
		{"two forwarded hosts", func(c *auth.Config) {
			c.AllowedHosts, c.TrustedProxies = []string{"app.example"}, []string{"10.0.0.7"}
		}, "app.example", http.Header{"X-Forwarded-Host": {"app.example", "evil.example"}}, ""},
		{"StrictV4 without trust", strictly(true), "evil.example", forwarded, "http://localhost:3000"},
		{"StrictV4 with trust", trusting, "inside", forwarded, "https://app.example"},
		{"StrictV4 with trust, any other protocol", trusting, "inside",
			http.Header{"X-Forwarded-Host": {"app.example"}, "X-Forwarded-Proto": {"gopher"}}, "https://app.example"},
		{"StrictV4 with trust, http", trusting, "inside",
			http.Header{"X-Forwarded-Host": {"app.example"}, "X-Forwarded-Proto": {"http"}}, "http://app.example"},
		{"StrictV4 with trust, no header", trusting, "app.example", nil, "http://app.example"},
		{"StrictV4 with trust, no host at all", trusting, "inside", http.Header{"X-Forwarded-Host": {"app example"}}, ""},
	} {
		t.Run("forwarded host/"+row.name, func(t *testing.T) {
			got := providersAt(t, row.change, row.host, row.header)
			if row.want == "" {
				if got.Code != http.StatusBadRequest {
					t.Errorf("answered %d %s, want 400", got.Code, got.Body)
				}
				return
			}
			if !strings.Contains(got.Body.String(), `"signinUrl":"`+row.want+`/api/auth/signin/credentials"`) {
				t.Errorf("answered %d %s, want the origin %s", got.Code, got.Body, row.want)
			}
		})
	}
	t.Run("forwarded host/trust without StrictV4", func(t *testing.T) {
		_, err := auth.New(auth.Config{Secrets: []string{secret}, DangerousTrustHost: true, Providers: []auth.Provider{credentialsProvider()}})
		var problem *auth.ConfigError
		if !errors.As(err, &problem) || problem.Field != "DangerousTrustHost" {
			t.Errorf("New: %v", err)
		}
	})
}

func trusting(c *auth.Config) { c.StrictV4, c.DangerousTrustHost = true, true }

func TestContractSecret(t *testing.T) {
	inBothModes(t, "secret", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name, secret string
			want, wantV4 bool
		}{
			{"32 bytes", "Zq8vTn3LxW0rKd5YbM7cHf2JpSg9RuEa", true, true},
			{"31 bytes", "Zq8vTn3LxW0rKd5YbM7cHf2JpSg9RuE", false, true},
			{"one letter", "x", false, true},
			{"one letter many times", strings.Repeat("x", 64), false, true},
			{"from documentation", "changeme-changeme-changeme-changeme", false, true},
			{"empty", "", false, false},
		} {
			t.Run(row.name, func(t *testing.T) {
				want := row.want
				if strictV4 {
					want = row.wantV4
				}
				_, err := auth.New(auth.Config{
					URL: "https://app.example", Secrets: []string{row.secret}, Providers: []auth.Provider{credentialsProvider()}, StrictV4: strictV4, Logger: quiet(),
				})
				if (err == nil) != want {
					t.Errorf("New: %v, want accepted: %v", err, want)
				}
				if err != nil && len(row.secret) > 8 && strings.Contains(err.Error(), row.secret) {
					t.Errorf("the error tells the secret: %v", err)
				}
			})
		}
	})
}

// While developing a random secret is made, with a warning.
func TestContractSecretInDevelopment(t *testing.T) {
	for _, row := range []struct {
		name, url string
		want      bool
	}{
		{"secret/this machine", "http://localhost:3000", true},
		{"secret/this machine by address", "http://127.0.0.1:3000", true},
		{"secret/this machine with https", "https://localhost:3000", false},
		{"secret/any other site", "http://app.example", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			log := &logBuffer{}
			config := auth.Config{URL: row.url, Providers: []auth.Provider{credentialsProvider()}, Logger: slog.New(slog.NewTextHandler(log, nil))}
			first, err := auth.New(config)
			if (err == nil) != row.want {
				t.Fatalf("New: %v, want accepted: %v", err, row.want)
			}
			if err != nil {
				return
			}
			if !strings.Contains(log.String(), "code=NO_SECRET") {
				t.Errorf("there is no warning:\n%s", log)
			}
			second, err := auth.New(config)
			if err != nil {
				t.Fatal(err)
			}
			c := serve(first, http.MethodGet, "/api/auth/csrf", nil).Result().Cookies()[0]
			if again := serve(second, http.MethodGet, "/api/auth/csrf", nil, c).Result().Cookies(); len(again) == 0 {
				t.Error("two of them have the same secret")
			}
		})
	}
}

func TestContractPages(t *testing.T) {
	inBothModes(t, "pages", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, strictly(strictV4))
		for _, path := range []string{"signin", "signout", "verify-request", "error"} {
			t.Run(path, func(t *testing.T) {
				got := s.browser().get("/api/auth/" + path)
				policy := got.header.Get("Content-Security-Policy")
				for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "style-src 'self'"} {
					if !strings.Contains(policy, want) {
						t.Errorf("the policy %q has no %s", policy, want)
					}
				}
				scripts := strings.Contains(policy, "script-src 'self';") // to show the password
				if strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") != scripts || scripts != (path == "signin") {
					t.Errorf("the policy %q allows scripts", policy)
				}
				for name, want := range map[string]string{
					"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
				} {
					if got := got.header.Get(name); got != want {
						t.Errorf("%s: %q, want %q", name, got, want)
					}
				}
				for _, attribute := range []string{`src="`, `<link rel="stylesheet" href="`} {
					for rest := got.body; ; {
						_, after, found := strings.Cut(rest, attribute)
						if !found {
							break
						}
						if rest = after; !strings.HasPrefix(rest, s.url+"/") && !strings.HasPrefix(rest, "/") {
							t.Errorf("the page loads %.60s", rest)
						}
					}
				}
			})
		}
	})
}

func TestContractPOSTLogRate(t *testing.T) {
	inBothModes(t, "POST /_log: rate", func(t *testing.T, strictV4 bool) {
		synctest.Test(t, func(t *testing.T) {
			s := newOfflineSite(t, memory.New(), strictly(strictV4))
			b := s.browser()
			for range 2 {
				for range 50 {
					b.do(http.MethodPost, "/api/auth/_log", strings.NewReader("level=warn&code=FLOOD"), formHeader())
				}
				time.Sleep(time.Second) // of the bubble's clock
			}
			if n := strings.Count(s.log.String(), "code=FLOOD"); n != 40 {
				t.Errorf("%d lines were logged in two seconds, want 40", n)
			}
		})
	})
}

func TestContractPOSTLog(t *testing.T) {
	inBothModes(t, "POST /_log", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), strictly(strictV4))
		post := func(form url.Values) *answer {
			return s.browser().do(http.MethodPost, "/api/auth/_log", strings.NewReader(form.Encode()), formHeader())
		}
		if got := post(url.Values{"level": {"error"}, "code": {"CLIENT_FETCH_ERROR"}, "message": {"line one\nlevel=ERROR msg=forged " + strings.Repeat("x", 2000)}}); got.status != http.StatusOK || len(got.cookies) > 0 {
			t.Errorf("answered %d with cookies %v", got.status, got.cookies)
		}
		logged := s.log.String()
		if !strings.Contains(logged, "code=CLIENT_FETCH_ERROR") || strings.Contains(logged, "\nlevel=ERROR") || strings.Contains(logged, strings.Repeat("x", 600)) {
			t.Errorf("the log says:\n%s", logged)
		}
		post(url.Values{"level": {"Fatal"}, "code": {"UNKNOWN_LEVEL"}})
		post(url.Values{"level": {"constructor"}, "code": {"UNKNOWN_LEVEL"}})
		if strings.Contains(s.log.String(), "UNKNOWN_LEVEL") {
			t.Errorf("an unknown level was logged:\n%s", s.log)
		}
		large := s.browser().do(http.MethodPost, "/api/auth/_log", strings.NewReader("level=error&message="+strings.Repeat("x", 300<<10)), formHeader())
		if large.status != http.StatusRequestEntityTooLarge {
			t.Errorf("a large message answered %d", large.status)
		}
	})
}

func TestContractCacheHeaders(t *testing.T) {
	inBothModes(t, "cache headers", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), strictly(strictV4))
		b := s.browser()
		for _, row := range []struct {
			name string
			got  *answer
		}{
			{"session", b.get("/api/auth/session")}, {"csrf", b.get("/api/auth/csrf")}, {"providers", b.get("/api/auth/providers")},
			{"sign-in page", b.get("/api/auth/signin")}, {"error page", b.get("/api/auth/error")}, {"unknown action", b.get("/api/auth/x")},
			{"sign-in", b.signInWithCredentials()}, {"update", b.post("/api/auth/session", nil)}, {"sign-out", b.post("/api/auth/signout", nil)},
			{"too large", b.do(http.MethodPost, "/api/auth/_log", strings.NewReader(strings.Repeat("x", 300<<10)), formHeader())},
			{"outside", b.get("/api/auth/")},
		} {
			cache := row.got.header.Get("Cache-Control")
			if !strings.Contains(cache, "private") || !strings.Contains(cache, "no-store") {
				t.Errorf("%s: Cache-Control %q", row.name, cache)
			}
		}
		_, link, _ := strings.Cut(b.get("/api/auth/signin").body, `<link rel="stylesheet" href="`)
		asset := b.get(strings.Split(link, `"`)[0])
		if asset.status != http.StatusOK || !strings.Contains(asset.header.Get("Cache-Control"), "immutable") {
			t.Errorf("the style sheet answered %d, Cache-Control %q", asset.status, asset.header.Get("Cache-Control"))
		}
	})
}
