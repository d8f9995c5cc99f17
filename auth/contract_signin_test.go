package auth_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// written are the steps of each write to a store.
func written(store *watchedStore) [][]auth.Step {
	writes := store.signIns()
	out := make([][]auth.Step, 0, len(writes))
	for _, w := range writes {
		out = append(out, steps(w))
	}
	return out
}

func TestContractFirstSignIn(t *testing.T) {
	inBothModes(t, "first sign-in", func(t *testing.T, strictV4 bool) {
		store := watch(memory.New())
		b := newTestSite(t, withStore(store, strictV4, auth.StrategyDatabase)).browser()
		b.signInWithOAuth("op")
		want := [][]auth.Step{{auth.StepCreateUser, auth.StepLinkAccount, auth.StepCreateSession}}
		if strictV4 {
			want = [][]auth.Step{{auth.StepCreateUser}, {auth.StepLinkAccount}, {auth.StepCreateSession}}
		}
		if diff := cmp.Diff(want, written(store)); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
	})
	inBothModes(t, "first sign-in that fails", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			step                  auth.Step
			wantCode              string
			wantUsers, wantLinked int // with StrictV4
		}{
			{auth.StepCreateUser, "OAuthCreateAccount", 0, 0},
			{auth.StepLinkAccount, "Callback", 1, 0},
			{auth.StepCreateSession, "Callback", 1, 1},
		} {
			t.Run(string(row.step), func(t *testing.T) {
				store := watch(memory.New())
				b := newTestSite(t, withStore(store, strictV4, auth.StrategyDatabase)).browser()
				store.breakStep(row.step)
				got := b.signInWithOAuth("op")
				if got.errorCode() != row.wantCode || b.cookie(sessionName) != nil {
					t.Errorf("answered %s, want error=%s", got.location, row.wantCode)
				}
				rows := store.Dump()
				wantUsers, wantLinked := 0, 0
				if strictV4 {
					wantUsers, wantLinked = row.wantUsers, row.wantLinked
				}
				if len(rows.Users) != wantUsers || len(rows.Accounts) != wantLinked || len(rows.Sessions) != 0 {
					t.Errorf("%d users, %d accounts, %d sessions were left, want %d, %d and 0", len(rows.Users), len(rows.Accounts), len(rows.Sessions), wantUsers, wantLinked)
				}
			})
		}
	})
	inBothModes(t, "user without an id from Authorize", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, func(c *auth.Config) {
			c.StrictV4 = strictV4
			c.Providers[2] = auth.CredentialsProvider{Authorize: func(context.Context, auth.Credentials, *http.Request) (*auth.User, error) {
				return &auth.User{Name: "Nobody"}, nil
			}}
		})
		b := s.browser()
		got := b.signInWithCredentials()
		if signedIn := b.signedInAs() == "Nobody"; signedIn != strictV4 {
			t.Errorf("signed in: %v, want %v", signedIn, strictV4)
		}
		if !strictV4 && (got.errorCode() != "CredentialsSignin" || !strings.Contains(s.log.String(), "code=Configuration")) {
			t.Errorf("answered %s, and the log says:\n%s", got.location, s.log)
		}
	})
}

func TestContractLinkingByEMail(t *testing.T) {
	inBothModes(t, "linking by e-mail", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name         string
			provider     func(*auth.OAuthProvider)
			want, wantV4 bool // whether it is linked
		}{
			{"without the option", func(*auth.OAuthProvider) {}, false, false},
			{"with the option, verified", func(p *auth.OAuthProvider) { p.AllowDangerousEmailAccountLinking = true }, true, true},
			{"with the option, untrusted provider", func(p *auth.OAuthProvider) {
				p.AllowDangerousEmailAccountLinking, p.EmailTrust = true, auth.EmailNeverVerified
			}, false, true},
			{"with the option, always trusted", func(p *auth.OAuthProvider) {
				p.AllowDangerousEmailAccountLinking, p.EmailTrust = true, auth.EmailAlwaysVerified
			}, true, true},
		} {
			t.Run(row.name, func(t *testing.T) {
				store := memory.New()
				s := newTestSite(t, func(c *auth.Config) {
					withStore(store, strictV4, auth.StrategyDatabase)(c)
					atProvider(row.provider)(c)
				})
				if err := store.Insert(memory.Data{Users: []auth.User{{ID: "u1", Email: "ida@example.com"}}}); err != nil {
					t.Fatal(err)
				}
				got := s.browser().signInWithOAuth("op")
				want := row.want
				if strictV4 {
					want = row.wantV4
				}
				if linked := len(store.Dump().Accounts) == 1; linked != want {
					t.Errorf("linked: %v, want %v (%s)", linked, want, got.location)
				}
				if !want && got.errorCode() != "OAuthAccountNotLinked" {
					t.Errorf("answered %s, want error=OAuthAccountNotLinked", got.location)
				}
			})
		}
	})
}

func TestContractLinkingByEMailUnverifiedOwner(t *testing.T) {
	inBothModes(t, "linking by e-mail: unverified owner", func(t *testing.T, strictV4 bool) {
		store := memory.New()
		s := newTestSite(t, withStore(store, strictV4, auth.StrategyDatabase))
		// Somebody who never proved the mailbox was here first.
		err := store.Insert(memory.Data{
			Users:    []auth.User{{ID: "u1", Email: "grace@example.com"}},
			Accounts: []auth.Account{{UserID: "u1", Provider: "op", ProviderAccountID: "sub-1001", Type: auth.AccountOAuth}},
		})
		if err != nil {
			t.Fatal(err)
		}
		squatter := s.browser()
		squatter.signInWithOAuth("op")
		if squatter.signedInAs() != "grace@example.com" {
			t.Fatal("the squatter's account does not work")
		}
		owner := s.browser()
		owner.get(owner.requestLink("grace@example.com"))
		if owner.signedInAs() != "grace@example.com" {
			t.Fatal("the owner could not sign in")
		}
		if out := squatter.signedInAs() == ""; out == strictV4 {
			t.Errorf("the squatter's session ended: %v, want %v", out, !strictV4)
		}
		if gone := len(store.Dump().Accounts) == 0; gone == strictV4 {
			t.Errorf("the squatter's account is gone: %v, want %v", gone, !strictV4)
		}
		if store.Dump().Users[0].EmailVerified.IsZero() {
			t.Error("the mailbox does not count as proven")
		}
	})
}

func TestContractLinkingByEMailLookAlikes(t *testing.T) {
	t.Run("linking by e-mail: letters that look alike", func(t *testing.T) {
		// U+212A and U+0130 become ASCII letters in lower case: k and i.
		for _, foreign := range []string{"\u212aate@example.com", "kat\u0130@example.com"} {
			store := memory.New()
			s := newTestSite(t, func(c *auth.Config) {
				withStore(store, false, auth.StrategyDatabase)(c)
				atProvider(func(p *auth.OAuthProvider) { p.AllowDangerousEmailAccountLinking = true })(c)
			})
			s.op.Script(func(b *fakeop.Behavior) { b.IDToken.Claims = map[string]any{"email": foreign} })
			if err := store.Insert(memory.Data{Users: []auth.User{{ID: "u1", Email: "kate@example.com"}, {ID: "u2", Email: "kati@example.com"}}}); err != nil {
				t.Fatal(err)
			}
			s.browser().signInWithOAuth("op")
			for _, account := range store.Dump().Accounts {
				if account.UserID == "u1" || account.UserID == "u2" {
					t.Errorf("%+q was linked to the user of another address", foreign)
				}
			}
		}
	})
}

func TestContractCallbackURLInBody(t *testing.T) {
	inBothModes(t, "malformed callbackUrl in body, repeated parameters", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name    string
			body    url.Values
			refused bool // with StrictV4, where v4 crashes
		}{
			{"no URL", url.Values{"callbackUrl": {"dashboard"}}, true},
			{"fragment", url.Values{"callbackUrl": {"#top"}}, true},
			{"unparsable", url.Values{"callbackUrl": {"http://[::1"}}, true},
			{"line break", url.Values{"callbackUrl": {"/a\r\nSet-Cookie: x=y"}}, true},
			{"repeated", url.Values{"callbackUrl": {"/a", "/b"}}, false},
			{"empty", url.Values{"callbackUrl": {""}}, false},
			{"other site", url.Values{"callbackUrl": {"https://evil.example/"}}, false},
			{"script", url.Values{"callbackUrl": {"javascript:alert(1)"}}, false},
			{"blob", url.Values{"callbackUrl": {"blob:x/y"}}, false},
		} {
			t.Run(row.name, func(t *testing.T) {
				s := newTestSite(t, strictly(strictV4))
				b := s.browser()
				form := url.Values{"username": {"alice"}, "password": {"wonderland"}}
				for name, values := range row.body {
					form[name] = values
				}
				got := b.post("/api/auth/callback/credentials", form)
				if strictV4 && row.refused {
					if got.status != http.StatusBadRequest || !strings.Contains(got.body, `"url":"`+s.url) {
						t.Errorf("answered %d %s, want 400 with an absolute url", got.status, got.body)
					}
					return
				}
				if got.status != http.StatusFound || got.location != s.url || b.signedInAs() != "Alice" {
					t.Errorf("answered %d %q, want a sign-in that leads to %q", got.status, got.location, s.url)
				}
			})
		}
	})
}

func TestContractCallbackURLInQueryOrCookie(t *testing.T) {
	inBothModes(t, "malformed callbackUrl in query or cookie", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, strictly(strictV4))
		for _, path := range []string{"session", "csrf", "providers", "signin", "signout", "error", "verify-request"} {
			for _, where := range []string{"query", "cookie"} {
				t.Run(path+" "+where, func(t *testing.T) {
					b := s.browser()
					target := "/api/auth/" + path
					if where == "query" {
						target += "?callbackUrl=dashboard"
					} else {
						b.setCookie(&http.Cookie{Name: "next-auth.callback-url", Value: "dashboard"})
					}
					got := b.get(target)
					if (got.status == http.StatusInternalServerError) != strictV4 {
						t.Errorf("answered %d %s", got.status, got.body)
					}
					pages := []string{"signin", "signout", "error", "verify-request"}
					if isPage := strings.HasPrefix(got.header.Get("Content-Type"), "text/html"); strictV4 && isPage != slices.Contains(pages, path) {
						t.Errorf("Content-Type %s", got.header.Get("Content-Type"))
					}
					if c := got.cookie("next-auth.callback-url"); !strictV4 && path != "providers" && (c == nil || decoded(t, c) != s.url) {
						t.Errorf("the cookie becomes %v, want %s", c, s.url)
					}
				})
			}
		}
	})
}

func TestContractRefusalsCarryAURL(t *testing.T) {
	inBothModes(t, "refusals on sign-in routes carry an absolute url", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), strictly(strictV4))
		large := strings.NewReader("csrfToken=" + strings.Repeat("x", 300<<10))
		for _, row := range []struct {
			name, path string
			body       *strings.Reader
			header     http.Header
			wantStatus int
		}{
			{"body too large", "signin/op", large, formHeader(), http.StatusRequestEntityTooLarge},
			{"JSON that is none", "callback/credentials", strings.NewReader("{"), jsonHeader(), http.StatusBadRequest},
		} {
			t.Run(row.name, func(t *testing.T) {
				got := s.browser().do(http.MethodPost, "/api/auth/"+row.path, row.body, row.header)
				// NextAuth.js v4 sends text here, and so does StrictV4.
				if got.status != row.wantStatus || !strictV4 && !strings.Contains(got.body, `"url":"`+s.url+`/`) {
					t.Errorf("answered %d %s, want %d with an absolute url", got.status, got.body, row.wantStatus)
				}
			})
		}
	})
}
