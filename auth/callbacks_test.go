package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

func TestSignInCallback(t *testing.T) {
	var calls []auth.SignInParams
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.SignIn = func(_ context.Context, p auth.SignInParams) (auth.Decision, error) {
			calls = append(calls, p)
			return auth.Allow(), nil
		}
	})
	s.browser().signInWithOAuth("op")
	link := s.browser()
	link.get(link.requestLink("grace@example.com"))
	link.get(link.requestLink("grace@example.com"))
	s.browser().signInWithCredentials()

	type call struct {
		User, Email, Provider, AccountID string
		Type                             auth.AccountType
		Subject                          any
		Credentials                      auth.Credentials
		VerificationRequest              bool
	}
	got := make([]call, 0, len(calls))
	for _, p := range calls {
		got = append(got, call{p.User.ID, p.User.Email, p.Account.Provider, p.Account.ProviderAccountID, p.Account.Type, p.Profile["sub"], p.Credentials, p.VerificationRequest})
	}
	grace := s.store.Dump().Users[1].ID
	const address = "grace@example.com"
	want := []call{
		{"sub-1001", "ida@example.com", "op", "sub-1001", auth.AccountOAuth, "sub-1001", nil, false},
		{address, address, "email", address, auth.AccountEmail, nil, nil, true},
		{address, address, "email", address, auth.AccountEmail, nil, nil, false},
		{grace, address, "email", address, auth.AccountEmail, nil, nil, true},
		{grace, address, "email", address, auth.AccountEmail, nil, nil, false},
		{"alice-id", "alice@example.com", "credentials", "alice-id", auth.AccountCredentials, nil, auth.Credentials{"username": "alice", "password": "wonderland"}, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if account := calls[0].Account; account.AccessToken == "" || account.IDToken == "" || account.RefreshToken == "" || account.ExpiresAt == 0 ||
		account.TokenType != "Bearer" || account.Scope != "openid email profile" {
		t.Errorf("the account has not the token response: %+v", account)
	}
}

// The second sign-in at a provider shows the callback the stored user.
func TestSignInCallbackSeesStoredUser(t *testing.T) {
	var ids []string
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.SignIn = func(_ context.Context, p auth.SignInParams) (auth.Decision, error) {
			ids = append(ids, p.User.ID)
			return auth.Allow(), nil
		}
	})
	s.browser().signInWithOAuth("op")
	s.browser().signInWithOAuth("op")
	if want := []string{"sub-1001", s.store.Dump().Users[0].ID}; cmp.Diff(want, ids) != "" {
		t.Errorf("the users are %q, want %q", ids, want)
	}
}

func TestSignInDecisions(t *testing.T) {
	signIns := map[string]func(*browser) *answer{
		"oauth":       signInAtOP,
		"credentials": (*browser).signInWithCredentials,
		"email": func(b *browser) *answer {
			return b.post("/api/auth/signin/email", url.Values{"email": {"grace@example.com"}})
		},
		"credentials as JSON": func(b *browser) *answer {
			return b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}, "json": {"true"}})
		},
	}
	for _, row := range []struct {
		name         string
		decision     auth.Decision
		err          error
		wantLocation string // "" is success
		wantCode     string
	}{
		{"Allow", auth.Allow(), nil, "", ""},
		{"Deny", auth.Deny(), nil, "https://app.test/api/auth/error?error=AccessDenied", "AccessDenied"},
		{"zero value", auth.Decision{}, nil, "https://app.test/api/auth/error?error=AccessDenied", "AccessDenied"},
		{"RedirectTo a path", auth.RedirectTo("/waiting-list"), nil, "/waiting-list", ""},
		{"RedirectTo another site", auth.RedirectTo("https://billing.example/pay?x=y"), nil, "https://billing.example/pay?x=y", ""},
		{"error beside Allow", auth.Allow(), errSecretText, "https://app.test/api/auth/error?error=AccessDenied", "AccessDenied"},
	} {
		for kind, signIn := range signIns {
			t.Run(row.name+" "+kind, func(t *testing.T) {
				store := memory.New()
				s := newOfflineSite(t, store, func(c *auth.Config) {
					c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) { return row.decision, row.err }
				})
				b := s.browser()
				got := signIn(b)
				location := got.location
				if location == "" {
					var body struct{ URL string }
					if err := json.Unmarshal([]byte(got.body), &body); err != nil {
						t.Fatal(err)
					}
					location = body.URL
				}
				if row.wantLocation == "" {
					if got.errorCode() != "" || kind != "email" && b.cookie(secureSession) == nil {
						t.Errorf("answered %d %s", got.status, location)
					}
					return
				}
				if !strings.HasPrefix(location, row.wantLocation) {
					t.Errorf("leads to %s, want %s", location, row.wantLocation)
				}
				if kind == "credentials as JSON" {
					wantStatus := http.StatusOK
					switch {
					case row.err != nil:
						wantStatus = got.status // see the table of thrown errors
					case row.wantCode != "":
						wantStatus = http.StatusForbidden
					}
					if got.status != wantStatus {
						t.Errorf("answered %d, want %d", got.status, wantStatus)
					}
				}
				rows := store.Dump()
				if b.cookie(secureSession) != nil || s.mails.count() != 0 || len(rows.Users)+len(rows.Accounts)+len(mailedLinks(rows)) > 0 {
					t.Errorf("a refused visitor left traces: %+v", rows)
				}
			})
		}
	}
}

// A link that was mailed before its owner was refused is used up.
func TestSignInDeniedAtTheLink(t *testing.T) {
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.SignIn = func(_ context.Context, p auth.SignInParams) (auth.Decision, error) {
			if p.VerificationRequest {
				return auth.Allow(), nil
			}
			return auth.Deny(), nil
		}
	})
	b := s.browser()
	link := b.requestLink("grace@example.com")
	if got := b.get(link); got.errorCode() != "AccessDenied" {
		t.Errorf("the link answered %s", got.location)
	}
	if got := b.get(link); got.errorCode() != "Verification" || len(s.store.Dump().Users) != 0 {
		t.Errorf("the second use answered %s", got.location)
	}
}

func TestRedirectCallback(t *testing.T) {
	for _, row := range []struct {
		name  string
		asked string
		do    func(url, baseURL string) (string, error)
		want  string
	}{
		{"default: path", "/inside?x=y", nil, "https://app.test/inside?x=y"},
		{"default: same origin", "https://app.test/inside", nil, "https://app.test/inside"},
		{"default: other origin", "https://evil.example/", nil, "https://app.test"},
		{"default: other scheme", "http://app.test/inside", nil, "https://app.test"},
		{"default: beginning alike", "https://app.test.evil.example/", nil, "https://app.test"},
		{"default: user", "https://app.test@evil.example/", nil, "https://app.test"},
		{"default: two slashes", "//evil.example/", nil, "https://app.test//evil.example/"},
		{"other site", "https://docs.example/a", func(u, _ string) (string, error) { return u, nil }, "https://docs.example/a"},
		{"base", "/inside", func(_, base string) (string, error) { return base + "/home", nil }, "https://app.test/home"},
		{"error", "/inside", func(string, string) (string, error) { return "https://evil.example", errSecretText }, "https://app.test"},
		{"empty", "/inside", func(string, string) (string, error) { return "", nil }, "https://app.test"},
		{"line break", "/inside", func(string, string) (string, error) { return "/a\r\nX: y", nil }, "https://app.test"},
		{"nothing asked, origin remembered", "", func(_, base string) (string, error) { return base + "/home", nil }, "https://app.test/home"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
				if row.do != nil {
					c.Callbacks.Redirect = func(_ context.Context, u, base string) (string, error) { return row.do(u, base) }
				}
			})
			b := s.browser()
			got := b.post("/api/auth/callback/credentials", url.Values{"username": {"alice"}, "password": {"wonderland"}, "callbackUrl": {row.asked}})
			if got.location != row.want {
				t.Errorf("leads to %q, want %q", got.location, row.want)
			}
			if out := b.post("/api/auth/signout", url.Values{"callbackUrl": {row.asked}}); out.location != row.want {
				t.Errorf("the sign-out leads to %q, want %q", out.location, row.want)
			}
		})
	}
}

// The JWT and Session callbacks see every trigger with its fields.
func TestSessionCallbacks(t *testing.T) {
	type call struct {
		Callback           string
		Trigger            auth.Trigger
		User, Provider     string
		Subject, Name      any
		IsNewUser, Profile bool
		Update             any
	}
	var got []call
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
			seen := call{"JWT", p.Trigger, "", "", p.Token["sub"], p.Token["name"], p.IsNewUser, p.Profile != nil, p.Update}
			if p.User != nil {
				seen.User, seen.Provider = p.User.Name, p.Account.Provider
			}
			got = append(got, seen)
			if p.Trigger == auth.TriggerUpdate {
				p.Token["name"] = "Ida Updated"
			}
			return p.Token, nil
		}
		c.Callbacks.Session = func(_ context.Context, p auth.SessionParams) error {
			got = append(got, call{Callback: "Session", Trigger: p.Trigger, Subject: p.Token["sub"], Name: p.Session.User.Name, Update: p.Update})
			p.Session.User.Extra = map[string]any{"id": p.Session.User.ID}
			return nil
		}
	})
	b := s.browser()
	b.signInWithOAuth("op")
	ida := s.store.Dump().Users[0].ID
	if user := b.session()["user"].(map[string]any); user["id"] != ida {
		t.Errorf("the session's user is %v, want id %s", user, ida)
	}
	body := `{"csrfToken":"` + b.csrfToken() + `","data":{"n":12345678901234567890}}`
	b.do(http.MethodPost, "/api/auth/session", strings.NewReader(body), jsonHeader())
	b.open()
	b.signInWithOAuth("op")
	b.signInWithCredentials()

	update := map[string]any{"n": json.Number("12345678901234567890")}
	const name = "Ida Provider"
	want := []call{
		{"JWT", auth.TriggerSignUp, name, "op", ida, name, true, true, nil},
		{"JWT", auth.TriggerNone, "", "", ida, name, false, false, nil},
		{"Session", auth.TriggerNone, "", "", ida, name, false, false, nil},
		{"JWT", auth.TriggerUpdate, "", "", ida, name, false, false, update},
		{"Session", auth.TriggerUpdate, "", "", ida, "Ida Updated", false, false, update},
		{"Session", auth.TriggerNone, "", "", ida, "Ida Updated", false, false, nil},
		{"JWT", auth.TriggerSignIn, name, "op", ida, name, false, true, nil},
		{"JWT", auth.TriggerSignIn, "Alice", "credentials", "alice-id", "Alice", false, false, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// With database sessions the JWT callback does not run, and the Session callback
// sees the stored user.
func TestSessionCallbackWithDatabase(t *testing.T) {
	var users []string
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Session.Strategy = auth.StrategyDatabase
		c.Callbacks.JWT = func(context.Context, auth.JWTParams) (token.Claims, error) {
			return nil, errors.New("must not run")
		}
		c.Callbacks.Session = func(_ context.Context, p auth.SessionParams) error {
			users = append(users, p.User.Email+" "+string(p.Trigger))
			if p.Token != nil {
				return errors.New("there is a token")
			}
			return nil
		}
	})
	b := s.browser()
	b.signInWithOAuth("op")
	b.session()
	b.post("/api/auth/session", nil)
	b.open()
	want := []string{"ida@example.com ", "ida@example.com update", "ida@example.com "}
	if diff := cmp.Diff(want, users); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// A Session callback may remove the user; the rest stays.
func TestSessionCallbackRemovesUser(t *testing.T) {
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.Session = func(_ context.Context, p auth.SessionParams) error {
			p.Session.User = nil
			return nil
		}
	})
	b := s.browser()
	b.signInWithCredentials()
	if got := b.session(); got["user"] != nil || got["expires"] == nil {
		t.Errorf("the session is %v", got)
	}
}

// A JWT callback that returns no claims ends the session.
func TestJWTCallbackEndsSession(t *testing.T) {
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
			if p.Trigger == auth.TriggerNone {
				return nil, nil
			}
			return p.Token, nil
		}
	})
	b := s.browser()
	b.signInWithCredentials()
	got := b.get("/api/auth/session")
	if got.status != http.StatusOK || got.body != "{}" || b.cookie(secureSession) != nil {
		t.Errorf("answered %d %s with the cookies %v, want a signed-out visitor", got.status, got.body, got.cookies)
	}
}
