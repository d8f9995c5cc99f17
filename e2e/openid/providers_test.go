package openid_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/node"
)

const (
	clientID     = "gatehouse"
	clientSecret = "a-client-secret-for-tests-only-0123456789"
	password     = "verysecure" // of every user, everywhere
)

// person is somebody who can sign in at a provider.
type person struct {
	login         string // the name for the login form
	subject       string
	name, address string
}

// identityProvider is a provider that is running.
type identityProvider struct {
	issuer string
	people [2]person
	// userinfo is where the claims about a person are when the ID token has
	// nothing but the subject.
	userinfo string
}

// startZitadel serves the example provider of zitadel/oidc, with its own login
// form.
func startZitadel(t *testing.T, redirectURI string) identityProvider {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	users := storage.NewUserStore(server.URL)
	client := storage.WebClient(clientID, clientSecret, redirectURI)
	store := storage.NewStorageWithClients(users, map[string]*storage.Client{clientID: client})
	handler = exampleop.SetupServer(server.URL, store, nil, false)
	return identityProvider{
		issuer: server.URL,
		people: [2]person{
			{"test-user@127.0.0.1", "id1", "Test User", "test-user@zitadel.ch"},
			{"test-user2", "id2", "Test User2", "test-user2@zitadel.ch"},
		},
		userinfo: server.URL + "/userinfo",
	}
}

// startOIDCProvider starts oidc-provider of npm.
func startOIDCProvider(t *testing.T, redirectURI string, leanIDToken bool) identityProvider {
	t.Helper()
	binary := need.NPM(t, "../openid")
	argument, err := json.Marshal(map[string]any{
		"clientID": clientID, "clientSecret": clientSecret, "redirectURI": redirectURI, "conformIDTokenClaims": leanIDToken,
	})
	if err != nil {
		t.Fatal(err)
	}
	p := identityProvider{
		issuer: node.Start(t, binary, ".", "provider.mjs", string(argument)),
		people: [2]person{
			{"ada", "user-1", "Ada Lovelace", "ada@example.com"},
			{"grace", "user-2", "Grace Hopper", "grace@example.com"},
		},
	}
	if leanIDToken {
		p.userinfo = p.issuer + "/me"
	}
	return p
}
