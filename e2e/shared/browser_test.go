package shared_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// browser visits a fleet. It keeps cookies and follows no redirect by itself.
type browser struct {
	t      *testing.T
	at     *server
	client *http.Client
	// turns, if not empty, are servers that get one request each by turns.
	turns []*server
}

func newBrowser(t *testing.T, at *server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, at: at}
	b.client = &http.Client{Jar: jar, Transport: b, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return b
}

// RoundTrip sends requests for origin to the server that is visited now, as a load
// balancer would.
func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.String(), origin) {
		if len(b.turns) > 0 {
			b.at, b.turns = b.turns[0], append(b.turns[1:], b.turns[0])
		}
		own, err := url.Parse(b.at.address)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Host = r.URL.Host
		r.URL.Scheme, r.URL.Host = own.Scheme, own.Host
	}
	return http.DefaultTransport.RoundTrip(r)
}

// send returns where an answer leads and its body.
func (b *browser) send(method, target string, form url.Values) (location, body string) {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = origin + "/api/auth" + target
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if response.StatusCode >= http.StatusBadRequest {
		b.t.Errorf("%s answered %s %s with %d: %s", b.at.name, method, target, response.StatusCode, content)
	}
	return response.Header.Get("Location"), string(content)
}

func (b *browser) get(target string) (location, body string) {
	b.t.Helper()
	return b.send(http.MethodGet, target, nil)
}

// post sends a form with the CSRF token, which is asked for first.
func (b *browser) post(target string, fields ...string) (location string) {
	b.t.Helper()
	_, body := b.get("/csrf")
	var answer struct{ CSRFToken string }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		b.t.Fatalf("%s: %s: %v", b.at.name, body, err)
	}
	form := url.Values{"csrfToken": {answer.CSRFToken}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	location, _ = b.send(http.MethodPost, target, form)
	return location
}

// session is what the server says about the session, with the members in the order
// of their names.
func (b *browser) session() string {
	b.t.Helper()
	_, body := b.get("/session")
	var said map[string]any
	err := json.Unmarshal([]byte(body), &said)
	sorted, marshalErr := json.Marshal(said)
	if err := errors.Join(err, marshalErr); err != nil {
		b.t.Fatalf("%s: %s: %v", b.at.name, body, err)
	}
	return string(sorted)
}

// cookie is the session's token.
func (b *browser) cookie() string {
	b.t.Helper()
	u, err := url.Parse(origin)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "next-auth.session-token" {
			return c.Value
		}
	}
	b.t.Fatalf("%s set no session cookie", b.at.name)
	return ""
}

// signInWithOAuth signs in at the provider.
func (b *browser) signInWithOAuth(name string) {
	b.t.Helper()
	provider := b.post("/signin/openid?login_hint=" + name + "%40example.com")
	callback, _ := b.get(provider)
	b.finish(callback)
}

// signInWithMail signs in by a mailed link.
func (b *browser) signInWithMail(address string) {
	b.t.Helper()
	b.post("/signin/email", "email", address)
	sent := b.at.mails(b.t)
	if len(sent) == 0 {
		b.t.Fatalf("%s sent no mail", b.at.name)
	}
	b.finish(sent[len(sent)-1].URL)
}

// finish visits the last address of a sign-in, which must succeed.
func (b *browser) finish(callback string) {
	b.t.Helper()
	target, body := b.get(callback)
	if strings.TrimSuffix(target, "/") != origin {
		b.t.Fatalf("%s ended the sign-in with a redirect to %q: %s", b.at.name, target, body)
	}
}
