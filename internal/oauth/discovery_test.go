package oauth_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

func TestDiscovery(t *testing.T) {
	extra := func(name string, value any) fakeop.Answer {
		return fakeop.Answer{Extra: map[string]any{name: value}}
	}
	tests := []struct {
		name   string
		answer fakeop.Answer
		change func(*oauth.Config)
		want   string
	}{
		{"right", fakeop.Answer{}, nil, ""},
		// MIX-07
		{"other issuer", extra("issuer", "https://evil.example"), nil, `of issuer "https://evil.example"`},
		{"no issuer at all", fakeop.Answer{Omit: []string{"issuer"}}, func(c *oauth.Config) { c.Discovery, c.Issuer = c.Issuer+"/.well-known/openid-configuration", "" }, "names no issuer"},
		{"template", extra("issuer", "https://login.example/{tenantid}/v2.0"), func(c *oauth.Config) { c.Discovery, c.Issuer = c.Issuer+"/.well-known/openid-configuration", "" }, "issuer template"},
		{"server error", fakeop.Answer{Status: 500}, nil, "oauth: discovery: "},
		{"html", fakeop.Answer{Body: []byte("<html>SECRET"), ContentType: "text/html"}, nil, "status 200 (text/html)"},
		{"wrong types", extra("token_endpoint", []string{"x"}), nil, "oauth: discovery: "},
		{"no token endpoint", fakeop.Answer{Omit: []string{"token_endpoint"}}, nil, "token endpoint is not known"},
		{"script as endpoint", extra("authorization_endpoint", "javascript:alert(1)"), nil, "authorization endpoint is not an absolute URL"},
		{"other scheme", extra("token_endpoint", "ftp://op.example/token"), nil, "must use https"},
		{"configured endpoint wins", extra("token_endpoint", "http://127.0.0.1:1/token"), func(c *oauth.Config) { c.Token.URL = c.Issuer + "/token" }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) { b.Discovery = tt.answer })
			cfg := op.openID()
			if tt.change != nil {
				tt.change(&cfg)
			}
			client := oauth.New(cfg)
			answer, err := tryStart(t.Context(), client, true, nil)
			if err == nil {
				_, err = client.Exchange(t.Context(), answer)
			}
			checkError(t, err, tt.want)
		})
	}
}

// MIX-08: a document of an https provider must not name http endpoints, also
// not on this machine.
func TestDiscoveryDowngrade(t *testing.T) {
	for _, name := range []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} {
		t.Run(name, func(t *testing.T) {
			op := fakeop.New(fakeop.Config{Key: sharedKey()})
			server := httptest.NewTLSServer(op)
			defer server.Close()
			op.SetIssuer(server.URL)
			cfg := (&testOP{op, server.URL}).openID()
			cfg.HTTPClient = server.Client()
			if err := oauth.New(cfg).Discover(t.Context()); err != nil {
				t.Fatal(err)
			}
			op.Script(func(b *fakeop.Behavior) { b.Discovery.Extra = map[string]any{name: "http://127.0.0.1:1/x"} })
			checkError(t, oauth.New(cfg).Discover(t.Context()), "must use https")
		})
	}
}

// MIX-11: the provider is down at first.
func TestDiscoveryDown(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	op.Script(func(b *fakeop.Behavior) { b.Discovery.Status = 503 })
	client := oauth.New(op.openID())
	checkError(t, client.Discover(t.Context()), "status 503")
	op.ResetScript()
	if _, err := client.Exchange(t.Context(), start(t, client, true, nil)); err != nil {
		t.Fatal(err)
	}
}

func TestDiscoveryRefresh(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	now := time.Unix(1_800_000_000, 0)
	cfg := op.openID()
	cfg.Now = func() time.Time { return now }
	client := oauth.New(cfg)
	discover := func(after time.Duration, wantRequests int) {
		t.Helper()
		now = now.Add(after)
		if err := client.Discover(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(op.RequestsTo("discovery")); got != wantRequests {
			t.Errorf("after %v: %d requests, want %d", after, got, wantRequests)
		}
	}
	discover(0, 1)
	discover(59*time.Minute, 1)
	discover(2*time.Minute, 2)
	// An old document outlives a failed refresh, which is tried once a minute.
	op.Script(func(b *fakeop.Behavior) { b.Discovery.Status = 503 })
	discover(2*time.Hour, 3)
	discover(30*time.Second, 3)
	discover(time.Minute, 4)
}

// MIX-16
func TestDiscoveryTogether(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	var served atomic.Int64
	release := make(chan struct{})
	op.Script(func(b *fakeop.Behavior) {
		b.Discovery.Hook = func(*http.Request) { served.Add(1); <-release }
	})
	client := oauth.New(op.openID())
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() {
			if err := client.Discover(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	close(release)
	wg.Wait()
	if n := served.Load(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// MIX-13
func TestTenants(t *testing.T) {
	const path = "/{tenantid}/v2.0"
	tests := []struct {
		name     string
		document string // the issuer in the document, after the provider's URL
		claims   func(base string) map[string]any
		want     string
	}{
		{"right", path, func(base string) map[string]any {
			return map[string]any{"iss": base + "/t-1/v2.0", "tid": "t-1"}
		}, ""},
		{"one tenant's document", "/t-1/v2.0", func(base string) map[string]any {
			return map[string]any{"iss": base + "/t-1/v2.0", "tid": "t-1"}
		}, ""},
		{"one tenant's document, other tenant", "/t-1/v2.0", func(base string) map[string]any {
			return map[string]any{"iss": base + "/t-2/v2.0", "tid": "t-2"}
		}, "iss is not"},
		{"other tid", path, func(base string) map[string]any {
			return map[string]any{"iss": base + "/t-1/v2.0", "tid": "t-2"}
		}, "iss is not"},
		{"no tid", path, func(base string) map[string]any {
			return map[string]any{"iss": base + "//v2.0"}
		}, "iss is not"},
		{"placeholder as tid", path, func(base string) map[string]any {
			return map[string]any{"iss": base + path, "tid": "{tenantid}"}
		}, "iss is not"},
		{"path as tid", path, func(base string) map[string]any {
			return map[string]any{"iss": base + "/a/../b/v2.0", "tid": "a/../b"}
		}, "iss is not"},
		{"attacker's issuer", path, func(string) map[string]any {
			return map[string]any{"iss": "https://evil.example/t-1/v2.0", "tid": "t-1"}
		}, "iss is not"},
		{"attacker's document", "/../evil", nil, "oauth: discovery: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) {
				b.Discovery.Extra = map[string]any{"issuer": op.url + tt.document}
				if tt.claims != nil {
					b.IDToken.Claims = tt.claims(op.url)
				}
			})
			cfg := op.openID()
			cfg.IssuerTemplate = op.url + path
			client := oauth.New(cfg)
			answer, err := tryStart(t.Context(), client, true, nil)
			if err == nil {
				_, err = client.Exchange(t.Context(), answer)
			}
			checkError(t, err, tt.want)
			if tt.want != "" {
				return
			}
			answer = start(t, client, true, nil)
			answer.Params.Set("iss", op.url+"/t-9/v2.0")
			_, err = client.Exchange(t.Context(), answer)
			checkError(t, err, "iss")
		})
	}
}
