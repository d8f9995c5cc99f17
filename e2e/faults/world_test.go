package faults_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// world is what a server talks to beside its database: an identity provider where
// everybody has an account, and the mailboxes of everybody.
type world struct {
	providerURL, outboxURL string

	// asked, if not nil, is called before the provider or a mailbox answers.
	asked atomic.Pointer[func()]

	mu    sync.Mutex
	links map[string]string // the last link by address
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{links: map[string]string{}}
	var op *fakeop.Provider
	op = fakeop.New(fakeop.Config{RequirePKCE: true, Consent: func(rw http.ResponseWriter, r *http.Request, a fakeop.AuthorizationRequest) {
		op.Approve(rw, r, a, fakeop.User{Subject: a.LoginHint, Claims: map[string]any{"name": a.LoginHint, "email": addressOf(a.LoginHint)}})
	}})
	provider := httptest.NewServer(w.answering(op))
	t.Cleanup(provider.Close)
	mailboxes := httptest.NewServer(w.answering(http.HandlerFunc(w.receive)))
	t.Cleanup(mailboxes.Close)
	w.providerURL, w.outboxURL = provider.URL, mailboxes.URL
	return w
}

// answering calls asked before each answer.
func (w *world) answering(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if asked := w.asked.Load(); asked != nil {
			(*asked)()
		}
		h.ServeHTTP(rw, r)
	})
}

// addressOf is the address that the provider knows of somebody.
func addressOf(subject string) string { return subject + "@provider.example" }

func (w *world) receive(_ http.ResponseWriter, r *http.Request) {
	var mail struct{ To, URL string }
	if json.NewDecoder(r.Body).Decode(&mail) != nil {
		return // the server was ended while it wrote
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.links[mail.To] = mail.URL
}

// link is the last link that was mailed to an address.
func (w *world) link(address string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.links[address]
}
