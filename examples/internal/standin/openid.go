// Package standin stands in for what an application has elsewhere: an identity
// provider, a mail server and people with passwords. With it the examples run
// without an account anywhere.
package standin

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// openIDProvider is the id of the provider at the site.
const openIDProvider = "example-id"

// OpenID returns the OpenID provider that OIDC_ISSUER, OIDC_CLIENT_ID and
// OIDC_CLIENT_SECRET name. Without them it starts one in this process, where
// everybody is signed in at once as Ida Provider.
func OpenID(ctx context.Context, siteURL string) (auth.OAuthProvider, error) {
	issuer := os.Getenv("OIDC_ISSUER")
	client := fakeop.Client{ID: os.Getenv("OIDC_CLIENT_ID"), Secret: os.Getenv("OIDC_CLIENT_SECRET")}
	if issuer == "" {
		client = fakeop.Client{
			ID:           "gatehouse-example",
			Secret:       rand.Text() + rand.Text(),
			RedirectURIs: []string{siteURL + "/api/auth/callback/" + openIDProvider},
		}
		var err error
		if issuer, err = serveOpenID(ctx, client); err != nil {
			return auth.OAuthProvider{}, err
		}
	}
	provider := providers.OIDC(openIDProvider, issuer, client.ID, client.Secret)
	provider.Name = "Example ID"
	return provider, nil
}

// serveOpenID serves a provider with one client for as long as the process runs,
// and returns its address.
func serveOpenID(ctx context.Context, client fakeop.Client) (issuer string, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("the OpenID provider: %w", err)
	}
	issuer = "http://" + listener.Addr().String()
	server := &http.Server{
		Handler:           fakeop.New(fakeop.Config{Issuer: issuer, Clients: []fakeop.Client{client}, RequirePKCE: true}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() { log.Fatal(server.Serve(listener)) }()
	return issuer, nil
}
