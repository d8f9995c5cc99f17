package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// A visitor who goes away is no fault that an operator has to look at: anybody can
// do that as often as they like.
func TestVisitorGoneIsNoError(t *testing.T) {
	for _, target := range []string{"/api/auth/session", "/api/auth/callback/email?token=t&email=a%40example.com"} {
		t.Run(target, func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) { c.Session.Strategy, c.StrictV4 = auth.StrategyDatabase, true })
			r := httptest.NewRequest(http.MethodGet, s.url+target, nil)
			r.AddCookie(&http.Cookie{Name: "next-auth.session-token", Value: "3f0c5ad6-6c2e-4a0e-9f5e-0d7f5d1f2a11"})
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			s.auth.ServeHTTP(httptest.NewRecorder(), r.WithContext(gone))
			var lines []string
			for line := range strings.Lines(s.log.String()) {
				if strings.Contains(line, "context canceled") {
					lines = append(lines, line)
				}
			}
			if len(lines) != 1 || !strings.Contains(lines[0], "level=INFO") {
				t.Errorf("the log says %q, want one line of level INFO", lines)
			}
		})
	}
}
