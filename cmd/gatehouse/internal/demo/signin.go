package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// signInOptions are what the sign-in of the demo depends on.
type signInOptions struct {
	url      string
	adapter  auth.Adapter
	provider client
	mails    mail.Transport
	log      *slog.Logger
}

// signIn is the demo's sign-in: one auth.Auth with a provider of each kind.
type signIn struct {
	*auth.Auth
	ways ways
}

// newSignIn sets the sign-in up: this is all that the demo needs of Gatehouse.
func newSignIn(ctx context.Context, o signInOptions) (*signIn, error) {
	openID := providers.OIDC(o.provider.name, o.provider.issuer, o.provider.id, o.provider.secret)
	openID.Name = "Demo ID"

	email := providers.Email(mail.New(o.mails))
	email.From = "Gatehouse demo <sign-in@example.com>"
	email.InboxURL = "/inbox"

	users, err := newPasswords(ctx, o.adapter, Users())
	if err != nil {
		return nil, err
	}
	password := providers.Credentials(users.authorize,
		auth.Field{Name: "username"},
		auth.Field{Name: "password", Type: "password"},
	)

	in := &signIn{ways: ways{names: map[string]string{openID.ID: openID.Name, email.ID: "Email", password.ID: "Password"}}}
	in.Auth, err = auth.New(auth.Config{
		URL:       o.url,
		Secrets:   []string{rand.Text() + rand.Text()}, // sessions end with the demo
		Adapter:   o.adapter,
		Providers: []auth.Provider{openID, email, password},
		Callbacks: auth.Callbacks{Session: in.ways.addTo},
		Events:    auth.Events{SignIn: in.ways.remember},
		Logger:    o.log,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up the sign-in: %w", err)
	}
	return in, nil
}

// ways remembers how each user signed in last, which a stored session does not
// tell.
type ways struct {
	names map[string]string // provider id -> name

	mu   sync.Mutex
	last map[string]string // user id -> provider id
}

// remember is the SignIn event.
func (w *ways) remember(_ context.Context, e auth.SignInEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last == nil {
		w.last = map[string]string{}
	}
	w.last[e.User.ID] = e.Account.Provider
}

// addTo is the Session callback: it adds the member "provider", which then
// stands in the answer of GET /session as well.
func (w *ways) addTo(_ context.Context, p auth.SessionParams) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if way, ok := w.last[p.User.ID]; ok {
		p.Session.Extra = map[string]any{"provider": way}
	}
	return nil
}

// of names the way in which the user of a session signed in.
func (w *ways) of(s *auth.Session) string {
	id, _ := s.Extra["provider"].(string)
	return w.names[id]
}
