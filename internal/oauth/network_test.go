package oauth_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// tokenHandler scripts a handler for the token endpoint.
func tokenHandler(op *testOP, h http.HandlerFunc) {
	op.Script(func(b *fakeop.Behavior) { b.Token.Handler = h })
}

// NET-01, NET-13
func TestTimeout(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	op.Script(func(b *fakeop.Behavior) {
		b.Token.Hook = func(r *http.Request) { <-r.Context().Done() }
	})
	cfg := op.plain()
	cfg.Timeout = 50 * time.Millisecond
	_, err := exchange(t, cfg)
	checkError(t, err, "/token: timed out")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want DeadlineExceeded", err)
	}
	if n := len(op.RequestsTo("token")); n != 1 {
		t.Errorf("%d token requests, want 1", n)
	}

	cfg.Timeout = time.Minute
	client := oauth.New(cfg)
	answer := start(t, client, false, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = client.Exchange(ctx, answer)
	checkError(t, err, "timed out")
}

// A body that trickles is bounded by the same deadline.
func TestTimeoutInBody(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	tokenHandler(op, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"access_token":`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	cfg := op.plain()
	cfg.Timeout = 50 * time.Millisecond
	_, err := exchange(t, cfg)
	checkError(t, err, "/token: timed out")
}

// NET-03, NET-04
func TestHugeBodies(t *testing.T) {
	gz := func(data []byte) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(data)
		w.Close()
		return b.Bytes()
	}
	bomb := gz(bytes.Repeat([]byte(" "), 8<<20))
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"announced", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000000000")
		}, "larger than 1 MiB"},
		{"endless", func(w http.ResponseWriter, r *http.Request) {
			block := bytes.Repeat([]byte(" "), 64<<10)
			for r.Context().Err() == nil {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, "larger than 1 MiB"},
		{"gzip", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		}, "larger than 1 MiB"},
		{"gzip twice", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(gz(bomb))
		}, "oauth: token request: "},
		{"brotli", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			w.Write(bomb)
		}, "oauth: token request: "},
		{"headers", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Secret", strings.Repeat("SECRET", 100_000))
		}, "oauth: token request: "},
		{"exactly 1 MiB", func(w http.ResponseWriter, _ *http.Request) {
			body := `{"access_token":"x"}`
			io.WriteString(w, body+strings.Repeat(" ", 1<<20-len(body)))
		}, "oauth: userinfo request: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			tokenHandler(op, tt.handler)
			_, err := exchange(t, op.plain())
			checkError(t, err, tt.want)
		})
	}
}

// MIX-09, NET-06
func TestRedirects(t *testing.T) {
	var hits []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		hits = append(hits, r.URL.Path)
	}))
	defer other.Close()
	to := func(url string, status int) fakeop.Answer {
		return fakeop.Answer{Handler: http.RedirectHandler(url, status)}
	}
	tests := []struct {
		name   string
		change func(b *fakeop.Behavior, self string)
		want   string
	}{
		{"discovery elsewhere", func(b *fakeop.Behavior, _ string) { b.Discovery = to(other.URL, 302) }, "oauth: discovery: "},
		{"keys elsewhere", func(b *fakeop.Behavior, _ string) { b.JWKS = to(other.URL, 302) }, "redirect refused"},
		{"token elsewhere", func(b *fakeop.Behavior, _ string) { b.Token = to(other.URL, 307) }, "redirect refused"},
		{"token here", func(b *fakeop.Behavior, self string) { b.Token = to(self+"/token", 307) }, "redirect refused"},
		{"discovery in a circle", func(b *fakeop.Behavior, self string) {
			b.Discovery = to(self+"/.well-known/openid-configuration", 302)
		}, "redirect refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) { tt.change(b, op.url) })
			client := oauth.New(op.openID())
			answer, err := tryStart(t.Context(), client, true, nil)
			if err == nil {
				_, err = client.Exchange(t.Context(), answer)
			}
			checkError(t, err, tt.want)
		})
	}
	op := newOP(t, fakeop.Config{})
	cfg := op.plain()
	op.Script(func(b *fakeop.Behavior) { b.Userinfo = to(other.URL, 302) })
	_, err := exchange(t, cfg)
	checkError(t, err, "userinfo: redirect refused")
	// Within the origin the request is repeated with its header.
	op.ResetScript()
	cfg.Userinfo.URL = op.url + "//userinfo"
	_, err = exchange(t, cfg)
	checkError(t, err, "")
	if len(hits) > 0 {
		t.Errorf("the other server was asked for %v", hits)
	}
}

// NET-06: from https to http.
func TestRedirectDowngrade(t *testing.T) {
	var hits int
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	client := oauth.New(oauth.Config{Discovery: secure.URL, HTTPClient: secure.Client()})
	checkError(t, client.Discover(t.Context()), "redirect refused")
	if hits > 0 {
		t.Error("the redirect was followed")
	}
}

// NET-11
func TestTLSFaults(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	err := oauth.New(oauth.Config{Discovery: server.URL}).Discover(t.Context())
	checkError(t, err, "certificate")

	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	wrongHost := oauth.New(oauth.Config{Discovery: "https://localhost:" + port, HTTPClient: server.Client()})
	checkError(t, wrongHost.Discover(t.Context()), "certificate")
}

// NET-14
func TestResets(t *testing.T) {
	reset := func(before string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			io.WriteString(conn, before)
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}
	for name, before := range map[string]string{
		"after the request": "",
		"in the headers":    "HTTP/1.1 200 OK\r\nContent-Ty",
		"in the body":       "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"SECRET",
		"garbage":           "SECRET SECRET SECRET\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			tokenHandler(op, reset(before))
			_, err := exchange(t, op.plain())
			checkError(t, err, "oauth: token request: ")
			if n := len(op.RequestsTo("token")); n != 1 {
				t.Errorf("%d token requests, want 1", n)
			}
		})
	}
	cfg := newOP(t, fakeop.Config{}).plain()
	cfg.Token.URL = "http://127.0.0.1:1/token?key=SECRET"
	_, err := exchange(t, cfg)
	checkError(t, err, "127.0.0.1:1/token: ")
}

// NET-18: what a visitor sends as a Proxy header has no influence, since the
// proxy comes from the environment of the process alone.
func TestProxy(t *testing.T) {
	client := oauth.New(oauth.Config{})
	transport, ok := client.Transport().(*http.Transport)
	if !ok || transport == http.DefaultTransport {
		t.Fatal("the transport is not our own")
	}
	req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", nil)
	req.Header.Set("Proxy", "http://evil.example")
	if u, err := transport.Proxy(req); u != nil || err != nil {
		t.Errorf("proxy = %v, %v", u, err)
	}
}

func TestPlainHTTP(t *testing.T) {
	tests := []struct {
		name   string
		cfg    oauth.Config
		want   string
		strict string
	}{
		{"token", oauth.Config{Token: oauth.Endpoint{URL: "http://op.invalid/token"}}, "must use https", "op.invalid/token: "},
		{"missing", oauth.Config{}, "token endpoint is not known", "token endpoint is not known"},
		{"below localhost", oauth.Config{Token: oauth.Endpoint{URL: "http://op.LocalHost:8080/token"}}, "op.LocalHost:8080/token: ", "op.LocalHost:8080/token: "},
		{"same ending", oauth.Config{Token: oauth.Endpoint{URL: "http://oplocalhost/token"}}, "must use https", "oplocalhost/token: "},
		{"local issuer", oauth.Config{Issuer: "http://localhost:8080", Token: oauth.Endpoint{URL: "http://op.invalid/token"}}, "op.invalid/token: ", "op.invalid/token: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := oauth.Answer{Params: map[string][]string{"code": {"code-x"}, "state": {"s"}}, State: "s"}
			tt.cfg.ClientSecret = "client-secret-of"
			tt.cfg.HTTPClient = &http.Client{Transport: failing{}}
			_, err := oauth.New(tt.cfg).Exchange(t.Context(), answer)
			checkError(t, err, tt.want)
			tt.cfg.StrictV4 = true
			_, err = oauth.New(tt.cfg).Exchange(t.Context(), answer)
			checkError(t, err, tt.strict)
		})
	}
}

// failing is a network without hosts.
type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.DNSError{Err: "no such host", Name: "op.invalid", IsNotFound: true}
}
