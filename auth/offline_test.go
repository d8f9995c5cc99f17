package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// network reaches handlers by host without a socket, so that whole flows run
// inside a synctest bubble.
type network map[string]http.Handler

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := n[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("no host %q", r.URL.Host)
	}
	received := r.Clone(r.Context())
	received.Host, received.RemoteAddr, received.RequestURI = r.URL.Host, "192.0.2.1:4711", r.URL.RequestURI()
	received.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	if received.Body == nil {
		received.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, received)
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// signingKey is the key of all identity providers without sockets: making one
// takes long.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// offlineSite is a site at https://app.test without sockets.
type offlineSite struct {
	*testSite
	network network
}

// newOfflineSite is like newTestSite. Sites with one store are servers of one
// application.
func newOfflineSite(t *testing.T, store *memory.Adapter, change func(*auth.Config)) *offlineSite {
	t.Helper()
	const host, opHost = "app.test", "op.test"
	s := &offlineSite{
		testSite: &testSite{
			t: t, url: "https://" + host, opURL: "https://" + opHost, store: store, mails: &outbox{}, log: &logBuffer{},
			op: fakeop.New(fakeop.Config{Issuer: "https://" + opHost, Key: signingKey()}),
		},
		network: network{},
	}
	op := s.openIDProvider("op")
	op.HTTPClient = &http.Client{Transport: s.network}
	s.network[host], s.network[opHost] = s.open(op, change), s.op
	return s
}

// browser is a visitor's browser that reaches the site without a socket.
func (s *offlineSite) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.browserWith(jar)
}

// browserWith is a browser with the cookies of another one.
func (s *offlineSite) browserWith(jar http.CookieJar) *browser {
	return &browser{t: s.t, site: s.testSite, client: &http.Client{
		Transport:     s.network,
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}
