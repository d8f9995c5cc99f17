package browser_test

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// site is an application that signs people in, and its identity providers, each
// on a port of its own.
type site struct {
	url   string
	ops   map[string]*fakeop.Provider // by the id of the provider
	mails *outbox
}

// options change a site.
type options struct {
	strategy auth.SessionStrategy
	// https serves the site and its identity provider with TLS.
	https bool
	// more are further providers.
	more []auth.Provider
	// frontEnd is another origin that visitors may be sent back to.
	frontEnd string
}

// newSite serves the page of app.jsx with the providers "op" (OpenID Connect),
// "post" (the same, answering with a cross-site POST), "email" and "credentials"
// (name "alice", password "wonderland").
func newSite(t *testing.T, o options) *site {
	t.Helper()
	mux := http.NewServeMux()
	s := &site{url: serve(t, mux, o.https), mails: &outbox{}, ops: map[string]*fakeop.Provider{}}
	op, post := serveOpenID(t, "127.0.0.1", o.https, nil), serveOpenID(t, "localhost", o.https, nil)
	s.ops["op"], s.ops["post"] = op.Provider, post.Provider

	adapter := newAdapter(t, o.strategy)
	alice, err := adapter.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Name: "Alice", Email: "alice@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(auth.Config{
		URL:     s.url,
		Secrets: []string{"0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="},
		Adapter: adapter,
		Session: auth.SessionConfig{Strategy: o.strategy},
		Logger:  slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Providers: append([]auth.Provider{
			op.client("op", ""),
			post.client("post", "form_post"),
			auth.EmailProvider{From: "sign-in@example.com", Sender: s.mails},
			credentials(alice),
		}, o.more...),
		Callbacks: auth.Callbacks{JWT: renameToken, Session: renameUser(adapter), Redirect: backTo(o.frontEnd)},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/api/auth/", a)
	script := bundle(t)
	mux.HandleFunc("/app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(script)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,">`+
			`<div id="root"></div><script src="/app.js"></script></html>`)
	})
	return s
}

// serve serves a handler on a free port until the test ends.
func serve(t *testing.T, h http.Handler, https bool) (address string) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	if https {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server.URL
}

// newAdapter keeps users in memory for JWT sessions and in SQLite for database
// sessions.
func newAdapter(t *testing.T, strategy auth.SessionStrategy) auth.Adapter {
	t.Helper()
	if strategy == auth.StrategyJWT {
		return memory.New()
	}
	file := filepath.Join(t.TempDir(), "auth.db")
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := sqldb.Migrate(t.Context(), db, sqldb.SQLite); err != nil {
		t.Fatal(err)
	}
	return sqldb.New(db, sqldb.SQLite)
}

// openIDProvider is an identity provider that is being served.
type openIDProvider struct {
	*fakeop.Provider
	issuer string
}

// consent answers the authorization requests of a provider.
type consent = func(http.ResponseWriter, *http.Request, fakeop.AuthorizationRequest)

// serveOpenID serves an identity provider under a name of this machine; two names
// are two sites for the browser. Its pages get an empty icon. With consent the
// visitor does not sign in at once.
func serveOpenID(t *testing.T, host string, https bool, consent consent) openIDProvider {
	t.Helper()
	op := fakeop.New(fakeop.Config{Consent: consent, Users: []fakeop.User{
		{Subject: "ida", Claims: map[string]any{"name": "Ida Provider", "email": "ida@example.com", "email_verified": true}},
		{Subject: "bob", Claims: map[string]any{"name": "Bob Provider", "email": "bob@example.com", "email_verified": true}},
	}})
	mux := http.NewServeMux()
	mux.Handle("/", op)
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	issuer := strings.Replace(serve(t, mux, https), "127.0.0.1", host, 1)
	op.SetIssuer(issuer)
	return openIDProvider{op, issuer}
}

// client is the provider as a site has it; the engine discovers the rest.
func (p openIDProvider) client(id, responseMode string) auth.OAuthProvider {
	client := fakeop.DefaultClient()
	return auth.OAuthProvider{
		ID: id, Name: "Provider " + id, Issuer: p.issuer, OpenID: true, ResponseMode: responseMode,
		ClientID: client.ID, ClientSecret: client.Secret, EmailTrust: auth.EmailVerifiedByClaim,
		HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}},
	}
}

func credentials(alice *auth.User) auth.CredentialsProvider {
	return auth.CredentialsProvider{
		Name:   "Password",
		Fields: []auth.Field{{Name: "username", Label: "User name"}, {Name: "password", Label: "Password", Type: "password"}},
		Authorize: func(_ context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
			if c["username"] != "alice" || c["password"] != "wonderland" {
				return nil, auth.ErrInvalidCredentials
			}
			return alice, nil
		},
	}
}

// newName is the name that a client asks for in an update. No other field of the
// update counts, and neither does a name that is empty or too long.
func newName(trigger auth.Trigger, update any) (string, bool) {
	fields, _ := update.(map[string]any)
	name, _ := fields["name"].(string)
	return name, trigger == auth.TriggerUpdate && name != "" && len(name) <= 20
}

// renameToken is the JWT callback: it keeps a new name in the token.
func renameToken(_ context.Context, p auth.JWTParams) (token.Claims, error) {
	if name, ok := newName(p.Trigger, p.Update); ok {
		p.Token["name"] = name
	}
	return p.Token, nil
}

// renameUser is the Session callback: it shows the token's name, and keeps a new
// name of a database session in the adapter.
func renameUser(adapter auth.Adapter) func(context.Context, auth.SessionParams) error {
	return func(ctx context.Context, p auth.SessionParams) error {
		if p.User == nil {
			p.Session.User.Name, _ = p.Token["name"].(string)
			return nil
		}
		name, ok := newName(p.Trigger, p.Update)
		if !ok {
			return nil
		}
		p.User.Name, p.Session.User.Name = name, name
		_, err := adapter.SignIn(ctx, auth.SignIn{UpdateUser: p.User})
		return err
	}
}

// backTo is a Redirect callback that allows one other origin, or nil without one.
func backTo(origin string) func(context.Context, string, string) (string, error) {
	if origin == "" {
		return nil
	}
	return func(_ context.Context, target, site string) (string, error) {
		if target == origin || strings.HasPrefix(target, origin+"/") {
			return target, nil
		}
		return site, nil
	}
}

// outbox keeps the links that were mailed.
type outbox struct {
	mu    sync.Mutex
	links map[string]string
}

// SendVerificationRequest keeps the link in place of a mail.
func (o *outbox) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.links == nil {
		o.links = make(map[string]string)
	}
	o.links[r.Identifier] = r.URL
	return nil
}

// link is the latest link that was mailed to an address.
func (o *outbox) link(t *testing.T, address string) string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	link, ok := o.links[address]
	if !ok {
		t.Fatalf("no mail was sent to %s", address)
	}
	return link
}

// script is app.jsx, bundled once for all tests.
var script = sync.OnceValues(func() ([]byte, error) {
	out, err := exec.Command("node", "bundle.mjs").Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = fmt.Errorf("%w\n%s", err, failed.Stderr)
	}
	return out, err
})

// bundle is the script of the page.
func bundle(t *testing.T) []byte {
	t.Helper()
	need.NPM(t, ".")
	code, err := script()
	if err != nil {
		t.Fatalf("bundle app.jsx: %v", err)
	}
	return code
}
