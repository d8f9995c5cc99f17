package databases_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/redisserver"
)

// mailSite is an application that people sign in to by mail, with one visitor's
// browser.
type mailSite struct {
	t      *testing.T
	url    string
	client *http.Client
	mu     sync.Mutex
	links  []string
}

func newMailSite(t *testing.T, a auth.Adapter) *mailSite {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &mailSite{t: t, url: server.URL, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	handler, err = auth.New(auth.Config{
		URL: server.URL, Secrets: []string{"0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="}, Adapter: a,
		Session:   auth.SessionConfig{Strategy: auth.StrategyDatabase},
		Providers: []auth.Provider{auth.EmailProvider{From: "sign-in@example.com", Sender: s}},
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *mailSite) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links = append(s.links, r.URL)
	return nil
}

// do sends a request and returns the status, where it redirects to, and the body.
func (s *mailSite) do(method, target string, form url.Values) (status int, location, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := s.client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

// requestLink asks for a mail and returns the link in it.
func (s *mailSite) requestLink() string {
	s.t.Helper()
	_, _, body := s.do(http.MethodGet, s.url+"/api/auth/csrf", nil)
	var csrf struct {
		Token string `json:"csrfToken"`
	}
	if err := json.Unmarshal([]byte(body), &csrf); err != nil {
		s.t.Fatal(err)
	}
	s.do(http.MethodPost, s.url+"/api/auth/signin/email", url.Values{"csrfToken": {csrf.Token}, "email": {"ada@example.com"}})
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.links) == 0 {
		s.t.Fatal("no mail was sent")
	}
	return s.links[len(s.links)-1]
}

// session is the answer of GET /session.
func (s *mailSite) session() (status int, body string) {
	s.t.Helper()
	status, _, body = s.do(http.MethodGet, s.url+"/api/auth/session", nil)
	return status, body
}

// DB-24: Redis loses everything between two steps of a sign-in, or while somebody
// is signed in. The visitor sees an error page or is signed out, and starts again.
func TestSecurityRedisFlush(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	client := redisClient(t, redis.Options{Addr: server.Addr})
	s := newMailSite(t, redisAdapter(t, client, ""))
	flush := func() {
		if err := client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	link := s.requestLink()
	flush()
	if status, location, _ := s.do(http.MethodGet, link, nil); status != http.StatusFound || !strings.Contains(location, "error=Verification") {
		t.Errorf("a link that was lost: %d %s, want a redirect to the error page", status, location)
	}
	for range 2 {
		if status, location, _ := s.do(http.MethodGet, s.requestLink(), nil); status != http.StatusFound || strings.Contains(location, "error=") {
			t.Errorf("starting again: %d %s, want to be signed in", status, location)
		}
		if status, body := s.session(); status != http.StatusOK || !strings.Contains(body, "ada@example.com") {
			t.Errorf("session = %d %s, want that of Ada", status, body)
		}
		flush()
		if status, body := s.session(); status != http.StatusOK || body != "{}" {
			t.Errorf("a session that was lost = %d %s, want nobody", status, body)
		}
	}
}
