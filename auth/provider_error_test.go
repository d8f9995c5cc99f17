package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// An operator reads in the log what the provider said, made printable; the
// visitor sees the reference of that line and nothing of the text.
func TestProviderErrorIsLogged(t *testing.T) {
	s := newTestSite(t, nil)
	s.op.Script(func(b *fakeop.Behavior) {
		b.Authorize.Error, b.Authorize.ErrorDescription = "invalid_scope", "the scope is\nnot for you"
	})
	b := s.browser()
	refused := b.signInWithOAuth("op")
	ref := refused.parameter("ref")
	if refused.errorCode() != "Callback" || ref == "" {
		t.Fatalf("answered %s", refused.location)
	}
	var line string
	for l := range strings.Lines(s.log.String()) {
		if strings.Contains(l, ref) {
			line = l
		}
	}
	if !strings.Contains(line, "the scope is not for you") || !strings.Contains(line, "invalid_scope") {
		t.Errorf("the log says %q", line)
	}
	page := b.get(b.get(refused.location).location)
	if page.status != http.StatusOK || !strings.Contains(page.body, ref) || strings.Contains(page.body, "scope") {
		t.Errorf("the page answered %d %s", page.status, page.body)
	}
}
