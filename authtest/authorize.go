package authtest

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// grant is what a code and the tokens for it stand for.
type grant struct {
	account                         Account
	redirectURI, challenge, nonce   string
	code, accessToken, refreshToken string
	// tokens are the usual token response.
	tokens auth.Tokens
	// redeemed says that the code was used. ownTokens says that the account has
	// a token response of its own, whose access token is not known.
	redeemed, ownTokens bool
	// secret and verifier are those of OAuth 1.0a.
	secret, verifier string
}

// Authorize visits an authorization URL, as a browser does that the application
// redirects there. The account agrees at once. Authorize returns the request with
// which the browser comes back to the application: a GET, or a POST when the
// application asked for form_post. The test stops when the URL is one that a
// provider would answer with an error page of its own.
func (s *Simulation) Authorize(authorizationURL string) *http.Request {
	s.t.Helper()
	u, err := url.Parse(authorizationURL)
	if err != nil {
		s.t.Fatalf("authtest: %s: the authorization URL is malformed", s.Provider.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{Endpoint: Authorization, Method: http.MethodGet, URL: u, Header: http.Header{}})
	if endpoint, err := url.Parse(s.endpoints.authorization); err != nil || endpoint.Host != u.Host || slash(endpoint.Path) != slash(u.Path) {
		s.t.Fatalf("authtest: %s: the browser was sent to %s, want %s", s.Provider.ID, u, s.endpoints.authorization)
	}
	var target string
	var answer url.Values
	var problem string
	if s.Provider.OAuth1 != nil {
		target, answer, problem = s.authorizeOAuth1(u.Query())
	} else {
		target, answer, problem = s.authorize(u.Query())
	}
	if problem != "" {
		s.t.Fatalf("authtest: %s: %s in the authorization URL %s", s.Provider.ID, problem, u)
	}
	return s.back(target, answer, u.Query().Get("response_mode") == "form_post")
}

// back is the request with which the browser comes back.
func (s *Simulation) back(target string, answer url.Values, post bool) *http.Request {
	s.t.Helper()
	method, body := http.MethodGet, ""
	if post {
		method, body = http.MethodPost, answer.Encode()
	} else {
		separator := "?"
		if strings.Contains(target, "?") {
			separator = "&"
		}
		target += separator + answer.Encode()
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		s.t.Fatalf("authtest: %s: %v", s.Provider.ID, err)
	}
	if post {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "null")
	}
	return r
}

// authorize answers the authorization endpoint (RFC 6749, section 4.1.1).
func (s *Simulation) authorize(query url.Values) (target string, answer url.Values, problem string) {
	target = query.Get("redirect_uri")
	if problem = s.wrongAuthorization(query); problem != "" {
		return target, nil, problem
	}
	answer = url.Values{}
	if query.Has("state") {
		answer.Set("state", query.Get("state"))
	}
	if s.refusal != "" {
		answer.Set("error", s.refusal)
		answer.Set("error_description", simulated)
		return target, answer, ""
	}
	g := &grant{
		account: s.account, redirectURI: target, challenge: query.Get("code_challenge"), nonce: query.Get("nonce"),
		code: "code-" + rand.Text(), accessToken: "access-" + rand.Text(), refreshToken: "refresh-" + rand.Text(),
	}
	if err := s.grantTokens(g, query.Get("scope")); err != nil {
		return target, nil, "the tokens cannot be made, " + err.Error()
	}
	s.grants = append(s.grants, g)
	answer.Set("code", g.code)
	if s.Provider.OpenID && slices.Contains(strings.Fields(query.Get("response_type")), "id_token") {
		idToken, err := s.idToken(g, map[string]any{"c_hash": halfHash(s.keys.algorithm, g.code)})
		if err != nil {
			return target, nil, "the ID token cannot be made, " + err.Error()
		}
		answer.Set("id_token", idToken)
	}
	if user, ok := g.account.Profile["user"]; ok && s.Provider.UserFromCallback != "" {
		text, err := json.Marshal(user)
		if err != nil {
			return target, nil, "the user cannot be written, " + err.Error()
		}
		answer.Set(s.Provider.UserFromCallback, string(text))
	}
	return target, answer, ""
}

// wrongAuthorization says what is wrong with an authorization request.
func (s *Simulation) wrongAuthorization(query url.Values) string {
	p := s.Provider
	redirect, err := url.Parse(query.Get("redirect_uri"))
	switch {
	case query.Get(cmp.Or(p.ClientIDParameter, "client_id")) != p.ClientID:
		return "there is another client"
	case err != nil || redirect.Host == "":
		return "there is no absolute redirect_uri"
	case query.Get("response_type") == "":
		return "there is no response_type"
	case p.PKCEUnsupported && query.Has("code_challenge"):
		return "there is a code_challenge, which the provider does not support,"
	case query.Has("code_challenge") && query.Get("code_challenge_method") != "S256":
		return "there is a code_challenge without the method S256"
	}
	return ""
}

// grantTokens makes the usual token response (RFC 6749, section 5.1).
func (s *Simulation) grantTokens(g *grant, scope string) error {
	g.tokens = auth.Tokens{
		"access_token": g.accessToken, "token_type": "Bearer", "expires_in": 3600,
		"refresh_token": g.refreshToken, "scope": scope,
	}
	maps.Copy(g.tokens, g.account.Tokens)
	g.accessToken = g.tokens.Text("access_token")
	// Real token responses have what the address of the profile is made of.
	for _, text := range s.userinfoTexts() {
		for _, match := range placeholder.FindAllString(text, -1) {
			if name := match[1 : len(match)-1]; g.tokens[name] == nil {
				g.tokens[name] = cmp.Or(reads(g.account.Profile[name]), "simulated-"+name)
			}
		}
	}
	if !s.Provider.OpenID {
		return nil
	}
	var err error
	g.tokens["id_token"], err = s.idToken(g, map[string]any{"at_hash": halfHash(s.keys.algorithm, g.accessToken)})
	return err
}

// userinfoTexts are those in which the provider has placeholders.
func (s *Simulation) userinfoTexts() []string {
	texts := []string{s.Provider.Userinfo.URL}
	for _, values := range s.Provider.Userinfo.Header {
		texts = append(texts, values...)
	}
	return texts
}

// grantOf is the grant that a request belongs to: the one whose code or access
// token it carries, else the latest, else nil.
func (s *Simulation) grantOf(r Request) *grant {
	for _, g := range slices.Backward(s.grants) {
		if r.Carries(g.code) || r.Carries(g.accessToken) {
			return g
		}
	}
	if len(s.grants) == 0 {
		return nil
	}
	return s.grants[len(s.grants)-1]
}
