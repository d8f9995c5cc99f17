package nextauth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

const secret = "0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="

// settings describe a site that is configured alike in both worlds; options.mjs
// reads them from JSON.
type settings struct {
	URL      string               `json:"url"`
	Secret   string               `json:"secret"`
	Provider string               `json:"provider"` // the identity provider's address
	Adapter  bool                 `json:"adapter"`
	Strategy auth.SessionStrategy `json:"strategy"`
	Pages    customPages          `json:"pages"`
}

type customPages struct {
	SignIn        string `json:"signIn,omitempty"`
	SignOut       string `json:"signOut,omitempty"`
	Error         string `json:"error,omitempty"`
	VerifyRequest string `json:"verifyRequest,omitempty"`
	NewUser       string `json:"newUser,omitempty"`
}

// config is the library's configuration. Mails go to the outbox.
func (s settings) config(mails *outbox) auth.Config {
	config := auth.Config{
		URL:      s.URL,
		Secrets:  []string{s.Secret},
		StrictV4: true,
		Session:  auth.SessionConfig{Strategy: s.Strategy},
		Pages:    auth.Pages(s.Pages),
		Logger:   slog.New(slog.DiscardHandler),
		Providers: []auth.Provider{
			s.plainOAuth("plain", auth.CheckState),
			s.plainOAuth("pkce", auth.CheckPKCE, auth.CheckState),
			s.openID(),
		},
		Callbacks: auth.Callbacks{SignIn: signInCallback, JWT: jwtCallback},
	}
	if s.Adapter {
		config.Adapter = memory.New()
		config.Providers = append(config.Providers, auth.EmailProvider{From: "Sign-in <sign-in@example.com>", Sender: mails})
	}
	if s.Strategy == auth.StrategyJWT {
		config.Providers = append(config.Providers, credentials())
	}
	return config
}

// plainOAuth is an OAuth 2.0 provider with some checks.
func (s settings) plainOAuth(id string, checks ...auth.Check) auth.OAuthProvider {
	client := fakeop.DefaultClient()
	return auth.OAuthProvider{
		ID: id, Name: "Provider " + id,
		ClientID: client.ID, ClientSecret: client.Secret,
		Authorization: auth.Endpoint{URL: s.Provider + "/authorize", Params: url.Values{"scope": {"profile email"}}},
		Token:         auth.Endpoint{URL: s.Provider + "/token"},
		Userinfo:      auth.Endpoint{URL: s.Provider + "/userinfo"},
		Checks:        checks,
	}
}

func (s settings) openID() auth.OAuthProvider {
	client := fakeop.DefaultClient()
	return auth.OAuthProvider{
		ID: "openid", Name: "Provider openid",
		ClientID: client.ID, ClientSecret: client.Secret,
		Discovery: s.Provider + "/.well-known/openid-configuration", OpenID: true,
		Scopes: []string{"openid", "email", "profile"},
		Checks: []auth.Check{auth.CheckPKCE, auth.CheckState, auth.CheckNonce},
	}
}

func users() map[string]auth.User {
	return map[string]auth.User{
		"alice":   {ID: "alice-id", Name: "Alice Liddell", Email: "alice@example.com", Image: "https://img.example/alice.png"},
		"sparse":  {ID: "sparse-id"},
		"unicode": {ID: "unicode-id", Name: "Zoë </b> 山田 🎉", Email: "zoe@example.com"},
		"big":     {ID: "big-id", Name: "Big"},
		"barred":  {ID: "barred-id", Name: "Barred", Email: "barred@example.com"},
	}
}

func credentials() auth.CredentialsProvider {
	return auth.CredentialsProvider{
		Fields: []auth.Field{
			{Name: "username", Label: "Name", Type: "text", Placeholder: "alice"},
			{Name: "password", Label: "Password", Type: "password"},
		},
		Authorize: func(_ context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
			if c["username"] == "locked" {
				return nil, errors.New("Account locked & sealed")
			}
			user, known := users()[c["username"]]
			if !known || c["password"] != "wonderland" {
				return nil, auth.ErrInvalidCredentials
			}
			return &user, nil
		},
	}
}

func signInCallback(_ context.Context, p auth.SignInParams) (auth.Decision, error) {
	if p.User.Email == "barred@example.com" {
		return auth.Deny(), nil
	}
	return auth.Allow(), nil
}

func jwtCallback(_ context.Context, p auth.JWTParams) (token.Claims, error) {
	if p.User != nil && p.User.ID == "big-id" {
		p.Token["pad"] = strings.Repeat("x", 6000)
	}
	if change, ok := p.Update.(map[string]any); ok && p.Trigger == auth.TriggerUpdate {
		for name, value := range change {
			p.Token[name] = value
		}
	}
	return p.Token, nil
}

// mailed is a mail with a sign-in link.
type mailed struct {
	To   string `json:"to"`
	From string `json:"from"`
	URL  string `json:"url"`
}

// outbox keeps the mails that the library sends.
type outbox struct {
	mu   sync.Mutex
	sent []mailed
}

func (o *outbox) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	if r.Identifier == "unreachable@example.com" {
		return errors.New("no such mailbox")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, mailed{r.Identifier, r.From, r.URL})
	return nil
}

func (o *outbox) mails() []mailed {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]mailed(nil), o.sent...)
}

// newAuth makes the library's half of a site.
func newAuth(t testing.TB, config auth.Config) *auth.Auth {
	t.Helper()
	a, err := auth.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
