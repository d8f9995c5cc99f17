// Package fakeop is an identity provider for tests and for the demo: OAuth 2.0
// (RFC 6749) with PKCE, OpenID Connect Core 1.0 and OAuth 1.0a (RFC 5849) in
// one http.Handler. It enforces what a client must do right and can be told to
// do wrong whatever a client must notice:
//
//	op := fakeop.New(fakeop.Config{})
//	server := httptest.NewServer(op)
//	op.SetIssuer(server.URL)
//	op.Script(func(b *fakeop.Behavior) { b.IDToken.BadSignature = true })
//
// It is no provider for production: everybody may sign in as any of its users,
// and it forgets everything when the process ends.
package fakeop

import (
	"crypto"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config describes a provider. The zero value is a provider with one client,
// [DefaultClient], and one user, [DefaultUser].
type Config struct {
	// Issuer is the base URL of all endpoints and the issuer identifier. A
	// path in it is the path under which the provider is mounted. Without one,
	// and without [Provider.SetIssuer], it is taken from the Host of each
	// request, with http.
	Issuer string
	// Clients are those that are registered. Empty means DefaultClient.
	Clients []Client
	// Users are the people who can sign in. Empty means DefaultUser.
	Users []User
	// RequirePKCE refuses authorization requests without a code challenge.
	RequirePKCE bool
	// IssuerParameter sends and announces the parameter iss (RFC 9207).
	IssuerParameter bool
	// Consent, if set, answers the authorization requests that are in order.
	// It shows a page, or calls [Provider.Approve] or [Provider.Deny]. A form
	// on that page posts to the same URL, query included, so that Consent is
	// called again with the same request. Without Consent the visitor signs in
	// at once, as the user whose subject or address is the parameter
	// login_hint, or as the first.
	Consent func(w http.ResponseWriter, r *http.Request, a AuthorizationRequest)
	// Key signs with RS256 or ES256, depending on its kind, until keys are
	// rotated. Tests share one to save the time of making it. Nil makes a key
	// when it is first needed.
	Key crypto.Signer
	// Now is the clock for what the provider issues. Nil means time.Now.
	Now func() time.Time
}

// Client is a registered client. It is known to all endpoints, also to those
// of OAuth 1.0a.
type Client struct {
	ID string
	// Secret is empty for public clients.
	Secret string
	// RedirectURIs are compared exactly. Empty allows every one.
	RedirectURIs []string
	// Authentication is "client_secret_basic", "client_secret_post" or "none".
	// Empty allows any that proves the secret, and none without a secret.
	Authentication string
}

// User is somebody who can sign in.
type User struct {
	// Subject is the claim sub.
	Subject string
	// Claims are further claims of the ID token and the userinfo answer,
	// whatever the scope.
	Claims map[string]any
}

// DefaultClient returns the client of a provider without Config.Clients.
func DefaultClient() Client {
	return Client{ID: "client", Secret: "client-secret-of-at-least-thirty-two-bytes"}
}

// DefaultUser returns the user of a provider without Config.Users.
func DefaultUser() User {
	return User{Subject: "sub-1001", Claims: map[string]any{
		"id":             1001,
		"name":           "Ida Provider",
		"email":          "ida@example.com",
		"email_verified": true,
		"picture":        "https://img.example/ida.png",
	}}
}

// Provider is the identity provider. It is safe for concurrent use.
type Provider struct {
	cfg Config
	mux *http.ServeMux

	mu       sync.Mutex
	issuer   string
	behavior Behavior
	requests []Request
	keys     keyring
	codes    map[string]grant
	tokens   map[string]grant
	oauth1   map[string]credentials
}

// Request is a request that the provider received.
type Request struct {
	// Endpoint is "discovery", "jwks", "authorize", "token", "userinfo",
	// "oauth1/request_token", "oauth1/authorize", "oauth1/access_token" or
	// "oauth1/profile".
	Endpoint string
	Method   string
	Header   http.Header
	Query    url.Values
	// Form is the body, if it is a form.
	Form url.Values
}

// maxRequests is how many of the last requests are remembered.
const maxRequests = 4096

// New returns a provider.
func New(cfg Config) *Provider {
	if len(cfg.Clients) == 0 {
		cfg.Clients = []Client{DefaultClient()}
	}
	if len(cfg.Users) == 0 {
		cfg.Users = []User{DefaultUser()}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	p := &Provider{
		cfg:    cfg,
		mux:    http.NewServeMux(),
		issuer: strings.TrimSuffix(cfg.Issuer, "/"),
		keys:   newKeyring(cfg.Key),
		codes:  map[string]grant{},
		tokens: map[string]grant{},
		oauth1: map[string]credentials{},
	}
	p.handle("/.well-known/openid-configuration", "discovery", p.discovery, func(b *Behavior) *Answer { return &b.Discovery })
	p.handle("/jwks", "jwks", p.jwks, func(b *Behavior) *Answer { return &b.JWKS })
	p.handle("/authorize", "authorize", p.authorize, nil)
	p.handle("/token", "token", p.token, func(b *Behavior) *Answer { return &b.Token })
	p.handle("/userinfo", "userinfo", p.userinfo, func(b *Behavior) *Answer { return &b.Userinfo })
	p.handle("/oauth1/request_token", "oauth1/request_token", p.oauth1RequestToken, func(b *Behavior) *Answer { return &b.OAuth1RequestToken })
	p.handle("/oauth1/authorize", "oauth1/authorize", p.oauth1Authorize, nil)
	p.handle("/oauth1/access_token", "oauth1/access_token", p.oauth1AccessToken, func(b *Behavior) *Answer { return &b.OAuth1AccessToken })
	p.handle("/oauth1/profile", "oauth1/profile", p.oauth1Profile, func(b *Behavior) *Answer { return &b.OAuth1Profile })
	return p
}

// handle registers an endpoint, which is recorded and, if scripted is not nil,
// can be scripted.
func (p *Provider) handle(path, name string, h http.HandlerFunc, scripted func(*Behavior) *Answer) {
	p.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		p.record(name, r)
		w.Header().Set("Cache-Control", "no-store")
		if scripted == nil {
			h(w, r)
			return
		}
		behavior := p.currentBehavior()
		scripted(&behavior).serve(w, r, h)
	})
}

// ServeHTTP answers the endpoints, under the path of the issuer.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, err := url.Parse(p.issuerFor(r))
	if err != nil {
		http.Error(w, "the issuer is not a URL", http.StatusInternalServerError)
		return
	}
	http.StripPrefix(u.Path, p.mux).ServeHTTP(w, r)
}

// SetIssuer sets Config.Issuer, for servers whose address is known late.
func (p *Provider) SetIssuer(issuer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.issuer = strings.TrimSuffix(issuer, "/")
}

func (p *Provider) issuerFor(r *http.Request) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.issuer != "" {
		return p.issuer
	}
	return "http://" + r.Host
}

// Requests returns the last requests, up to 4096, oldest first.
func (p *Provider) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// RequestsTo returns those of Requests that went to an endpoint.
func (p *Provider) RequestsTo(endpoint string) []Request {
	return slices.DeleteFunc(p.Requests(), func(r Request) bool { return r.Endpoint != endpoint })
}

// ClearRequests forgets all requests.
func (p *Provider) ClearRequests() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// record remembers a request. It reads the body.
func (p *Provider) record(endpoint string, r *http.Request) {
	// A body that is no form leaves PostForm empty, which the endpoints refuse.
	_ = r.ParseForm()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) >= maxRequests {
		p.requests = slices.Delete(p.requests, 0, maxRequests/2)
	}
	p.requests = append(p.requests, Request{
		Endpoint: endpoint,
		Method:   r.Method,
		Header:   r.Header.Clone(),
		Query:    r.URL.Query(),
		Form:     r.PostForm,
	})
}

// client returns a registered client.
func (p *Provider) client(id string) (Client, bool) {
	i := slices.IndexFunc(p.cfg.Clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return Client{}, false
	}
	return p.cfg.Clients[i], true
}

// user returns the user with a subject or address, or the first.
func (p *Provider) user(hint string) User {
	for _, u := range p.cfg.Users {
		if hint != "" && (u.Subject == hint || u.Claims["email"] == hint) {
			return u
		}
	}
	return p.cfg.Users[0]
}

// discovery answers with the metadata (OpenID Connect Discovery 1.0, section
// 3).
func (p *Provider) discovery(w http.ResponseWriter, r *http.Request) {
	issuer := p.issuerFor(r)
	behavior := p.currentBehavior().Discovery
	doc := map[string]any{
		"issuer":                                issuer,
		"authorization_endpoint":                issuer + "/authorize",
		"token_endpoint":                        issuer + "/token",
		"userinfo_endpoint":                     issuer + "/userinfo",
		"jwks_uri":                              issuer + "/jwks",
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query", "form_post"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post", "none"},
		"code_challenge_methods_supported":      []string{"S256"},
	}
	if p.cfg.IssuerParameter {
		doc["authorization_response_iss_parameter_supported"] = true
	}
	writeJSON(w, http.StatusOK, behavior.edit(doc))
}

// writeJSON writes a JSON answer.
func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "the scripted answer is not JSON", http.StatusInternalServerError)
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	w.Write(body)
}

// writeError writes an OAuth error (RFC 6749, section 5.2).
func writeError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]any{"error": code, "error_description": description})
}
