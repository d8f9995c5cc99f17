package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

func TestContractMailToken(t *testing.T) {
	inBothModes(t, "mail token", func(t *testing.T, strictV4 bool) {
		store := watch(memory.New())
		b := newTestSite(t, withStore(store, strictV4, auth.StrategyDatabase)).browser()
		link := b.requestLink("grace@example.com")
		store.forget()
		b.get(link)
		want := [][]auth.Step{{auth.StepUseVerificationToken, auth.StepCreateUser, auth.StepCreateSession}}
		if strictV4 {
			// The link is consumed on its own, before anything is written.
			want = [][]auth.Step{{auth.StepCreateUser}, {auth.StepCreateSession}}
		}
		if diff := cmp.Diff(want, written(store)); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
		if consumed := store.count("UseVerificationToken") == 1; consumed != strictV4 {
			t.Errorf("the link was consumed by a call of its own: %v, want %v", consumed, strictV4)
		}
		if again := b.get(link); again.errorCode() != "Verification" {
			t.Errorf("the link worked twice: %s", again.location)
		}
	})
}

func TestContractMailTokenTheUserCannotBeWritten(t *testing.T) {
	inBothModes(t, "mail token: the user cannot be written", func(t *testing.T, strictV4 bool) {
		store := watch(memory.New())
		b := newTestSite(t, withStore(store, strictV4, auth.StrategyDatabase)).browser()
		link := b.requestLink("grace@example.com")
		store.breakStep(auth.StepCreateUser)
		if got := b.get(link); got.errorCode() != "EmailCreateAccount" {
			t.Errorf("answered %s, want error=EmailCreateAccount", got.location)
		}
		store.breakStep("")
		b.get(link)
		if worked := b.signedInAs() != ""; worked == strictV4 {
			t.Errorf("the link worked after the fault: %v, want %v", worked, !strictV4)
		}
	})
}

func TestContractMailTokenStoredThenSent(t *testing.T) {
	inBothModes(t, "mail token: stored, then sent", func(t *testing.T, strictV4 bool) {
		store := memory.New()
		rows := -1
		sender := senderFunc(func(auth.VerificationRequest) error {
			rows = len(store.Dump().VerificationTokens)
			return errors.New("the mail server is down")
		})
		s := newTestSite(t, func(c *auth.Config) {
			withStore(store, strictV4, auth.StrategyDatabase)(c)
			c.Providers[1] = auth.EmailProvider{From: "a@example.com", Sender: sender}
		})
		got := s.browser().post("/api/auth/signin/email", url.Values{"email": {"grace@example.com"}})
		if got.errorCode() != "EmailSignin" || rows != 1 {
			t.Errorf("answered %s with %d stored links while sending, want EmailSignin and 1", got.location, rows)
		}
		if left := len(store.Dump().VerificationTokens); left != 0 {
			t.Errorf("%d links are left that nobody received", left)
		}
	})
}

func TestContractMailTokenNotStoredNotSent(t *testing.T) {
	inBothModes(t, "mail token: not stored, not sent", func(t *testing.T, strictV4 bool) {
		store := watch(memory.New())
		store.breakDown("CreateVerificationToken")
		s := newTestSite(t, withStore(store, strictV4, auth.StrategyDatabase))
		got := s.browser().post("/api/auth/signin/email", url.Values{"email": {"grace@example.com"}})
		if got.errorCode() != "EmailSignin" || s.mails.count() != 0 {
			t.Errorf("answered %s and sent %d mails", got.location, s.mails.count())
		}
	})
}

// senderFunc delivers sign-in links by calling a function.
type senderFunc func(auth.VerificationRequest) error

func (f senderFunc) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	return f(r)
}

func TestContractMailedLink(t *testing.T) {
	inBothModes(t, "GET on the mailed link", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name     string
			open     func(s *testSite, asking, other *browser, link string)
			who      string // "asking" or "other"
			want     bool   // signed in by default
			wantV4   bool
			wantLeft bool // by default, the link is still there
		}{
			{"same browser", func(_ *testSite, asking, _ *browser, link string) { asking.get(link) }, "asking", true, true, false},
			{"other browser", func(_ *testSite, _, other *browser, link string) { other.get(link) }, "other", false, true, true},
			{"other browser, button", func(s *testSite, _, other *browser, link string) {
				page := other.get(link).body
				if !strings.Contains(page, "<form method=\"post\"") {
					return // StrictV4 has signed in
				}
				other.do(http.MethodPost, "/api/auth/callback/email", strings.NewReader(url.Values{
					"csrfToken": {hidden(s.t, page, "csrfToken")}, "token": {hidden(s.t, page, "token")},
					"email": {hidden(s.t, page, "email")}, "callbackUrl": {hidden(s.t, page, "callbackUrl")},
				}.Encode()), formHeader())
			}, "other", true, true, false},
			{"POST without a CSRF token", func(_ *testSite, _, other *browser, link string) {
				other.do(http.MethodPost, link, strings.NewReader(""), formHeader())
			}, "other", false, true, true},
			{"HEAD", func(_ *testSite, asking, _ *browser, link string) { asking.do(http.MethodHead, link, nil, nil) }, "asking", false, false, true},
			{"prefetch", func(_ *testSite, asking, _ *browser, link string) {
				asking.do(http.MethodGet, link, nil, http.Header{"Sec-Purpose": {"prefetch"}})
			}, "asking", false, true, true},
		} {
			t.Run(row.name, func(t *testing.T) {
				s := newTestSite(t, strictly(strictV4))
				asking, other := s.browser(), s.browser()
				row.open(s, asking, other, asking.requestLink("grace@example.com"))
				b := asking
				if row.who == "other" {
					b = other
				}
				want, wantLeft := row.want, row.wantLeft
				if strictV4 {
					want, wantLeft = row.wantV4, !row.wantV4
				}
				if got := b.signedInAs() == "grace@example.com"; got != want {
					t.Errorf("signed in: %v, want %v\n%s", got, want, s.log)
				}
				if left := len(s.store.Dump().VerificationTokens) == 1; left != wantLeft {
					t.Errorf("the link is left: %v, want %v", left, wantLeft)
				}
			})
		}
	})
	t.Run("the page of another browser hides the address", func(t *testing.T) {
		s := newTestSite(t, nil)
		page := s.browser().get(s.browser().requestLink("grace@example.com"))
		if page.status != http.StatusOK || !strings.Contains(page.body, "g***@example.com") {
			t.Errorf("answered %d %s", page.status, page.body)
		}
	})
}

func TestContractMailAddresses(t *testing.T) {
	inBothModes(t, "mail addresses", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, strictly(strictV4))
		for _, row := range []struct{ name, typed, want, wantV4 string }{
			{"plain", "grace@example.com", "grace@example.com", "grace@example.com"},
			{"upper case and spaces", "  Grace@Example.COM ", "grace@example.com", "grace@example.com"},
			{"plus tag", "grace+x@example.com", "grace+x@example.com", "grace+x@example.com"},
			{"international domain", "grace@bücher.example", "grace@xn--bcher-kva.example", "grace@bücher.example"},
			{"brackets", "Grace <grace@example.com>", "", "grace <grace@example.com>"},
			{"comment", "grace(x)@example.com", "", "grace(x)@example.com"},
			{"two recipients", "grace@example.com,mallory@evil.example", "", ""},
			{"comma in the domain", "grace@example.com,evil.example", "", "grace@example.com"},
			{"comma in the local part", "mallory,grace@example.com", "", "mallory,grace@example.com"},
			{"quotes", `"grace"@example.com`, "", ""},
			{"line break", "grace@example.com\r\nBcc: x", "", ""},
			{"line break inside", "gra\nce@example.com", "", ""},
			{"no dot", "grace@localhost", "", ""},
			{"dot at the end", "grace@example.com.", "", "grace@example.com."},
			{"two dots", "gra..ce@example.com", "", "gra..ce@example.com"},
			{"no local part", "@example.com", "", ""},
			{"no domain", "grace@", "", ""},
			{"two signs", "a@b@example.com", "", ""},
			{"local part too long", strings.Repeat("a", 65) + "@example.com", "", strings.Repeat("a", 65) + "@example.com"},
			{"longest local part", strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com"},
			{"too long", "grace@" + strings.Repeat("abcdefgh.", 30) + "com", "", "grace@" + strings.Repeat("abcdefgh.", 30) + "com"},
			{"invisible letter", "gra\u200bce@example.com", "", "gra\u200bce@example.com"},
			{"empty", "", "", ""},
		} {
			t.Run(row.name, func(t *testing.T) {
				want := row.want
				if strictV4 {
					want = row.wantV4
				}
				before := s.mails.count()
				got := s.browser().post("/api/auth/signin/email", url.Values{"email": {row.typed}})
				if want == "" {
					if got.errorCode() != "EmailSignin" || s.mails.count() != before {
						t.Errorf("answered %s and sent %d mails, want EmailSignin and none", got.location, s.mails.count()-before)
					}
					return
				}
				if !strings.HasPrefix(got.location, s.url+"/api/auth/verify-request") || s.mails.count() != before+1 {
					t.Fatalf("answered %s and sent %d mails", got.location, s.mails.count()-before)
				}
				if sent := s.mails.last(t).Identifier; sent != want {
					t.Errorf("sent to %q, want %q", sent, want)
				}
			})
		}
	})
}
