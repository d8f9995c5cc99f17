package auth_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// A database session is stored with what lets the person recognise it.
func TestSessionRecordDetails(t *testing.T) {
	for _, test := range []struct {
		name          string
		forwarded     []string
		proxies       []string
		strict        bool
		userAgent     string
		wantAddress   string
		wantUserAgent string
	}{
		{name: "direct", userAgent: "Browser/1.0 (X11)", wantAddress: "192.0.2.1", wantUserAgent: "Browser/1.0 (X11)"},
		{name: "claimed address", forwarded: []string{"203.0.113.5"}, wantAddress: "192.0.2.1"},
		{name: "behind a proxy", forwarded: []string{"198.51.100.1, 203.0.113.5"}, proxies: []string{"192.0.2.0/24"}, wantAddress: "203.0.113.5"},
		{name: "StrictV4", strict: true, userAgent: "Browser/1.0", wantAddress: "192.0.2.1", wantUserAgent: "Browser/1.0"},
		{name: "control characters", userAgent: "a\x01b\x7f\u202e\tc", wantAddress: "192.0.2.1", wantUserAgent: "abc"},
		{name: "invalid UTF-8", userAgent: "a\xff\xc3b\xe2\x82", wantAddress: "192.0.2.1", wantUserAgent: "ab"},
		{name: "long", userAgent: strings.Repeat("x", 600), wantAddress: "192.0.2.1", wantUserAgent: strings.Repeat("x", 512)},
		{name: "long, cut before a rune", userAgent: strings.Repeat("x", 510) + "李李", wantAddress: "192.0.2.1", wantUserAgent: strings.Repeat("x", 510)},
		{name: "long, cut after a rune", userAgent: strings.Repeat("x", 509) + "李李", wantAddress: "192.0.2.1", wantUserAgent: strings.Repeat("x", 509) + "李"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
					c.Session.Strategy, c.TrustedProxies, c.StrictV4 = auth.StrategyDatabase, test.proxies, test.strict
				})
				b := s.browser()
				b.do(http.MethodGet, b.requestLink("grace@example.com"), nil, http.Header{
					"User-Agent": {test.userAgent}, "X-Forwarded-For": test.forwarded,
				})
				sessions := s.store.Dump().Sessions
				if len(sessions) != 1 {
					t.Fatalf("sessions = %+v, want one", sessions)
				}
				got, now := sessions[0], time.Now()
				if !got.CreatedAt.Equal(now) || !got.LastSeenAt.Equal(now) {
					t.Errorf("created %v, last seen %v, want %v", got.CreatedAt, got.LastSeenAt, now)
				}
				if got.Address != test.wantAddress || got.UserAgent != test.wantUserAgent || !utf8.ValidString(got.UserAgent) {
					t.Errorf("address %q, user agent %q, want %q and %q", got.Address, got.UserAgent, test.wantAddress, test.wantUserAgent)
				}
				time.Sleep(48 * time.Hour) // of the bubble's clock
				b.session()
				if moved := s.store.Dump().Sessions[0]; !moved.LastSeenAt.Equal(time.Now()) || !moved.CreatedAt.Equal(got.CreatedAt) {
					t.Errorf("after a read two days later: created %v, last seen %v", moved.CreatedAt, moved.LastSeenAt)
				}
			})
		})
	}
}

// So does a session of credentials.
func TestSessionRecordOfCredentials(t *testing.T) {
	store := memory.New()
	if err := store.Insert(memory.Data{Users: []auth.User{{ID: "alice-id"}}}); err != nil {
		t.Fatal(err)
	}
	s := newOfflineSite(t, store, databaseSessions)
	s.browser().signInWithCredentials()
	if got := store.Dump().Sessions; len(got) != 1 || got[0].Address != "192.0.2.1" || got[0].CreatedAt.IsZero() {
		t.Errorf("sessions = %+v, want one with its details", got)
	}
}
