// Package site is the application that the tests of package faults disturb.
package site

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// Options say what the site works with.
type Options struct {
	// URL is the address of the site.
	URL string
	// ProviderURL is the address of the identity provider, a fakeop.
	ProviderURL string
	// OutboxURL is the address that mails are posted to, as JSON with the
	// members to and url.
	OutboxURL string
	Adapter   auth.Adapter
	Logger    *slog.Logger
}

// Config is a site with database sessions, where people sign in at the provider
// "op" or with a mailed link. What GET /session answers has the user's id.
func Config(o Options) auth.Config {
	client := fakeop.DefaultClient()
	return auth.Config{
		URL:     o.URL,
		Secrets: []string{"0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="},
		Adapter: o.Adapter,
		Logger:  o.Logger,
		Providers: []auth.Provider{
			auth.OAuthProvider{
				ID: "op", Name: "Provider", ClientID: client.ID, ClientSecret: client.Secret,
				Authorization: auth.Endpoint{URL: o.ProviderURL + "/authorize"},
				Token:         auth.Endpoint{URL: o.ProviderURL + "/token"},
				Userinfo:      auth.Endpoint{URL: o.ProviderURL + "/userinfo"},
			},
			auth.EmailProvider{From: "sign-in@example.com", Sender: outbox(o.OutboxURL)},
		},
		Callbacks: auth.Callbacks{Session: func(_ context.Context, p auth.SessionParams) error {
			p.Session.User.Extra = map[string]any{"id": p.User.ID}
			return nil
		}},
	}
}

// outbox delivers mails to the test.
type outbox string

func (o outbox) SendVerificationRequest(ctx context.Context, r auth.VerificationRequest) error {
	body, err := json.Marshal(map[string]string{"to": r.Identifier, "url": r.URL})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, string(o), bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
