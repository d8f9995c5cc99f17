package authtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
)

// transport hands requests to a simulation instead of the network.
type transport struct{ *Simulation }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	received := r.Clone(r.Context())
	received.Body = io.NopCloser(bytes.NewReader(body))
	// A body that is no form leaves PostForm empty.
	_ = received.ParseForm()
	recorder := httptest.NewRecorder()
	t.serve(received, Request{
		Method: r.Method, URL: received.URL, Header: received.Header, Form: received.PostForm, Body: body,
	}).write(recorder)
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// serve answers a request.
func (s *Simulation) serve(received *http.Request, r Request) Response {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.grantOf(r)
	r.Endpoint = s.endpointOf(r, g)
	if r.Endpoint == Token {
		r.ClientAuthentication = s.clientAuthentication(received, r)
	}
	s.requests = append(s.requests, r)
	failing := r.Endpoint
	if failing == Other {
		failing = Userinfo
	}
	if failure, ok := s.failures[failing]; ok {
		return failure
	}
	if s.Provider.OAuth1 != nil {
		return s.serveOAuth1(received, r, g)
	}
	switch r.Endpoint {
	case Discovery:
		return s.discovery()
	case Keys:
		return s.keys.response()
	case Token:
		return s.token(r, g)
	}
	if answer, ok := g.answer(r); ok {
		return answer
	}
	if r.Endpoint == Userinfo {
		return s.userinfo(r, g)
	}
	return s.unanswered(r)
}

// unanswered fails the test, unless a failure is simulated: whoever copes with one
// may ask for anything.
func (s *Simulation) unanswered(r Request) Response {
	if len(s.failures) == 0 {
		s.t.Errorf("authtest: %s asked for %s %s, for which Account.Answers has no answer; nil there means the status 404",
			s.Provider.ID, r.Method, r.URL)
	}
	return refusal(http.StatusNotFound, "not_found", "the simulation has no answer")
}

// values are all texts that a request consists of.
func (r Request) values() []string {
	texts := []string{r.URL.Path, string(r.Body)}
	for _, values := range []map[string][]string{r.URL.Query(), r.Form, r.Header} {
		for _, list := range values {
			texts = append(texts, list...)
		}
	}
	if document, err := jsonvalue.Decode(r.Body); err == nil {
		edited(document, func(leaf any) (any, bool) {
			texts = append(texts, reads(leaf))
			return nil, false
		})
	}
	return texts
}

// clientAuthentication finds out how the client proved itself. It is empty when
// something is wrong with it.
func (s *Simulation) clientAuthentication(received *http.Request, r Request) auth.ClientAuthentication {
	secret, err := s.clientSecret(received)
	if err != nil {
		return ""
	}
	if user, password, ok := received.BasicAuth(); ok {
		id, idErr := url.QueryUnescape(user)
		given, givenErr := url.QueryUnescape(password)
		if idErr != nil || givenErr != nil || id != s.Provider.ClientID || !s.isSecret(given, secret) {
			return ""
		}
		return auth.ClientSecretBasic
	}
	for _, value := range r.values() {
		if s.isSecret(value, secret) {
			return auth.ClientSecretPost
		}
	}
	return auth.ClientAuthNone
}

// isSecret compares a value with the client secret. One that is made anew for every
// request is a JWT, of which only the first part is the same each time.
func (s *Simulation) isSecret(value, secret string) bool {
	if s.Provider.ClientSecretFunc != nil {
		head, _, ok := strings.Cut(secret, ".")
		return value == secret || ok && strings.HasPrefix(value, head+".")
	}
	return secret != "" && value == secret
}

// clientSecret is the secret of the client at the provider.
func (s *Simulation) clientSecret(r *http.Request) (string, error) {
	if s.Provider.ClientSecretFunc == nil {
		return s.Provider.ClientSecret, nil
	}
	secret, err := s.Provider.ClientSecretFunc(r.Context())
	if err != nil {
		return "", fmt.Errorf("authtest: client secret: %w", err)
	}
	return secret, nil
}
