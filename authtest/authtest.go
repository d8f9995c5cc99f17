// Package authtest simulates identity providers, so that the tests of an
// application run its whole sign-in offline: nothing is sent over the network,
// and the provider's own addresses are used all the same.
//
// [Simulate] returns a copy of a provider whose requests are answered in this
// process, in the shape in which the real provider answers: OAuth 2.0, OpenID
// Connect with discovery, keys and signed ID tokens, or OAuth 1.0a. The browser
// is the test's own. Where it would visit the provider, the test asks
// [Simulation.Authorize] for the request with which it comes back:
//
//	github := authtest.Simulate(t, providers.GitHub("client-id", "client-secret"), ada)
//	site := newSite(github.Provider) // goes into auth.Config.Providers
//	response, err := browser.Do(github.Authorize(authorizationURL))
//
// What the application sent is in [Simulation.Requests]. [Simulation.Refuse] and
// [Simulation.Fail] make the provider refuse or fail.
//
// A simulated provider checks what a real one checks: the client and its secret,
// the code and its verifier, the access token, signatures of OAuth 1.0a. It does
// not know the provider's own rules, such as which scopes there are.
package authtest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Simulation is a simulated provider. It is safe for concurrent use.
type Simulation struct {
	// Provider is the provider to sign in with.
	Provider auth.OAuthProvider

	t         testing.TB
	endpoints endpoints
	keys      keys

	mu       sync.Mutex
	account  Account
	refusal  string
	failures map[Endpoint]Response
	grants   []*grant
	requests []Request
}

// Simulate returns a simulation of a provider at which the account signs in.
// The copy of the provider differs in its HTTPClient alone, whose Transport hands
// every request to the simulation. The test fails when the provider asks for an
// address that the simulation has no answer for.
func Simulate(t testing.TB, p auth.OAuthProvider, a Account) *Simulation {
	t.Helper()
	s := &Simulation{t: t, account: a, endpoints: endpointsOf(p), failures: map[Endpoint]Response{}}
	s.keys.algorithm = "RS256"
	if len(p.IDTokenAlgorithms) > 0 {
		s.keys.algorithm = p.IDTokenAlgorithms[0]
	}
	p.HTTPClient = &http.Client{Transport: transport{s}}
	s.Provider = p
	return s
}

// SetAccount changes who signs in from now on.
func (s *Simulation) SetAccount(a Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account = a
}

// Refuse makes the provider answer authorization requests with an error code such
// as "access_denied" instead of a code. OAuth 1.0a knows no codes: there the
// answer says that the visitor denied.
func (s *Simulation) Refuse(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = code
}

// Fail makes an endpoint answer with the response and nothing else, until
// [Simulation.Recover]. For [Userinfo] this also counts for all requests to
// addresses that are no endpoint.
func (s *Simulation) Fail(e Endpoint, r Response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[e] = r
}

// Recover ends all refusals and failures.
func (s *Simulation) Recover() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal, s.failures = "", map[Endpoint]Response{}
}

// Requests returns the requests to the endpoints, or all when none is named, in
// the order in which they came.
func (s *Simulation) Requests(to ...Endpoint) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(to) == 0 {
		return slices.Clone(s.requests)
	}
	var requests []Request
	for _, r := range s.requests {
		if slices.Contains(to, r.Endpoint) {
			requests = append(requests, r)
		}
	}
	return requests
}

// ForgetRequests empties the list that [Simulation.Requests] returns.
func (s *Simulation) ForgetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Secrets returns what the provider has given out and must not become known: codes,
// tokens and the secrets of OAuth 1.0a tokens.
func (s *Simulation) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var secrets []string
	for _, g := range s.grants {
		secrets = append(secrets, g.code, g.accessToken, g.refreshToken, g.secret, g.verifier)
		if idToken, _ := g.tokens["id_token"].(string); idToken != "" {
			secrets = append(secrets, idToken)
		}
	}
	return slices.DeleteFunc(secrets, func(secret string) bool { return secret == "" })
}

// Endpoint is an address of a provider by its purpose.
type Endpoint string

// The endpoints.
const (
	// Authorization is visited by the browser.
	Authorization Endpoint = "authorization"
	// Discovery and Keys are those of OpenID Connect.
	Discovery Endpoint = "discovery"
	Keys      Endpoint = "keys"
	// RequestToken gives out the temporary credentials of OAuth 1.0a.
	RequestToken Endpoint = "request token"
	// Token is where the code is exchanged, also that of OAuth 1.0a. Any other
	// request that carries the code counts as one to this endpoint.
	Token Endpoint = "token"
	// Userinfo is where the profile comes from.
	Userinfo Endpoint = "userinfo"
	// Other is every other address.
	Other Endpoint = "other"
)

// Request is a request that the provider received. What is in it must not be
// changed.
type Request struct {
	Endpoint Endpoint
	Method   string
	URL      *url.URL
	Header   http.Header
	// Form is the body when it is a form.
	Form url.Values
	Body []byte
	// ClientAuthentication is how the client proved itself, in requests to the
	// token endpoint. A secret in the query or in JSON counts as
	// [auth.ClientSecretPost].
	ClientAuthentication auth.ClientAuthentication
}

// Carries reports whether a text is somewhere in the request: in its path, query
// or header, or in the body.
func (r Request) Carries(text string) bool {
	return text != "" && slices.ContainsFunc(r.values(), func(value string) bool { return strings.Contains(value, text) })
}

// Parameters are those of the query and of the form together.
func (r Request) Parameters() url.Values {
	all := r.URL.Query()
	maps.Copy(all, r.Form)
	return all
}
