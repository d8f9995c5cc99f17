package nextauth_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/node"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// site is one of two servers that are configured alike. Both believe to be at
// settings.URL; a browser reaches either at its address.
type site struct {
	name     string
	settings settings
	address  string // "http://127.0.0.1:..."
	op       *fakeop.Provider
	codec    *token.Codec
	reset    func(t testing.TB)
	mails    func(t testing.TB) []mailed
}

// pair are NextAuth.js and the library, with one identity provider.
type pair struct {
	reference, subject *site
	// change alters the library's configuration from the next reset on.
	change func(*auth.Config)
	// auth is the library's half.
	auth *auth.Auth
}

// newPair starts both halves of a site; they end with the test.
func newPair(t *testing.T, s settings) *pair {
	t.Helper()
	binary := need.NPM(t, "../nextauth")
	op := fakeop.New(fakeop.Config{})
	provider := httptest.NewServer(op)
	t.Cleanup(provider.Close)
	op.SetIssuer(provider.URL)
	s.Secret, s.Provider = secret, provider.URL
	if s.Strategy == "" {
		s.Strategy = auth.StrategyJWT
	}
	codec, err := token.New(token.Options{Secrets: []string{secret}})
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{
		reference: &site{name: "NextAuth.js", settings: s, op: op, codec: codec},
		subject:   &site{name: "Gatehouse", settings: s, op: op, codec: codec},
	}
	p.startReference(t, binary)
	p.startSubject(t)
	return p
}

func (p *pair) startReference(t *testing.T, binary string) {
	t.Helper()
	argument, err := json.Marshal(p.reference.settings)
	if err != nil {
		t.Fatal(err)
	}
	r := p.reference
	r.address = node.Start(t, binary, ".", "server.mjs", string(argument))
	r.reset = func(t testing.TB) { r.ask(t, "reset", nil, nil) }
	r.mails = func(t testing.TB) (sent []mailed) {
		r.ask(t, "outbox", nil, &sent)
		return sent
	}
}

func (p *pair) startSubject(t *testing.T) {
	t.Helper()
	var handler atomic.Pointer[auth.Auth]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	var mails *outbox
	s := p.subject
	s.address = server.URL
	s.reset = func(t testing.TB) {
		mails = &outbox{}
		config := s.settings.config(mails)
		if p.change != nil {
			p.change(&config)
		}
		p.auth = newAuth(t, config)
		handler.Store(p.auth)
	}
	s.reset(t)
	s.mails = func(testing.TB) []mailed { return mails.mails() }
}

// ask calls a control endpoint of the reference with a JSON body. Further
// headers come in pairs of name and value.
func (s *site) ask(t testing.TB, name string, body, answer any, header ...string) {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address+"/control/"+name, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err = io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", name, response.StatusCode, content, err)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(content, answer); err != nil {
		t.Fatalf("%s answered %s: %v", name, content, err)
	}
}

// secure reports whether the site's cookies have the prefixes of https.
func (s settings) secure() bool { return strings.HasPrefix(s.URL, "https:") }

// cookieName adds the prefix that a cookie has on this site.
func (s settings) cookieName(name string) string {
	switch {
	case !s.secure():
		return "next-auth." + name
	case name == "csrf-token":
		return "__Host-next-auth." + name
	}
	return "__Secure-next-auth." + name
}

// RoundTrip sends requests for the public address to the server's own address,
// as a proxy in front of it would.
func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	public, err := url.Parse(s.settings.URL)
	if err != nil {
		return nil, err
	}
	if r.URL.Host == public.Host {
		own, err := url.Parse(s.address)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Host = r.URL.Host
		r.URL.Scheme, r.URL.Host = own.Scheme, own.Host
	}
	return http.DefaultTransport.RoundTrip(r)
}
