package authtest

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// serveOAuth1 answers the requests of OAuth 1.0a (RFC 5849).
func (s *Simulation) serveOAuth1(received *http.Request, r Request, _ *grant) Response {
	params := fakeop.OAuth1Parameters(received)
	token := params.Get("oauth_token")
	g := s.oauth1Grant(token)
	var secret string
	if g != nil {
		secret = g.secret
	}
	target := r.URL.Scheme + "://" + r.URL.Host + slash(r.URL.EscapedPath())
	if params.Get("oauth_consumer_key") != s.Provider.ClientID || r.Endpoint != RequestToken && g == nil ||
		!fakeop.VerifyOAuth1(received, target, s.Provider.ClientSecret, secret) {
		return refusal(http.StatusUnauthorized, "unauthorized", "the request is not signed correctly")
	}
	switch {
	case r.Endpoint == RequestToken:
		g = &grant{redirectURI: params.Get("oauth_callback"), code: "request-" + rand.Text(), secret: "secret-" + rand.Text()}
		s.grants = append(s.grants, g)
		return credentials(g.code, g.secret, nil)
	case r.Endpoint == Token:
		if token != g.code || g.redeemed || g.verifier == "" || params.Get("oauth_verifier") != g.verifier {
			return refusal(http.StatusUnauthorized, "unauthorized", "the verifier does not fit")
		}
		g.redeemed, g.secret = true, "secret-"+rand.Text()
		if answer, ok := g.answer(r); ok {
			return answer
		}
		return credentials(g.accessToken, g.secret, g.account.Tokens)
	case token != g.accessToken || !g.redeemed:
		return refusal(http.StatusUnauthorized, "unauthorized", "the token is not an access token")
	}
	if answer, ok := g.answer(r); ok {
		return answer
	}
	if r.Endpoint == Userinfo {
		return jsonResponse(http.StatusOK, s.document(g.account))
	}
	return s.unanswered(r)
}

// credentials are temporary or token credentials (RFC 5849, section 2).
func credentials(token, secret string, more auth.Tokens) Response {
	form := url.Values{"oauth_token": {token}, "oauth_token_secret": {secret}, "oauth_callback_confirmed": {"true"}}
	for name, value := range more {
		if text := reads(value); text != "" && name != "oauth_token" && name != "oauth_token_secret" {
			form.Set(name, text)
		}
	}
	return Response{ContentType: "application/x-www-form-urlencoded", Body: []byte(form.Encode())}
}

// oauth1Grant is the grant that a token belongs to, or nil.
func (s *Simulation) oauth1Grant(token string) *grant {
	for _, g := range s.grants {
		if token != "" && (token == g.code || token == g.accessToken) {
			return g
		}
	}
	return nil
}

// authorizeOAuth1 lets the account authorize a request token (RFC 5849, section
// 2.2).
func (s *Simulation) authorizeOAuth1(query url.Values) (target string, answer url.Values, problem string) {
	token := query.Get("oauth_token")
	g := s.oauth1Grant(token)
	if g == nil || token != g.code || g.verifier != "" {
		return "", nil, "there is no new request token"
	}
	if s.refusal != "" {
		return g.redirectURI, url.Values{"denied": {token}}, ""
	}
	g.account, g.verifier, g.accessToken = s.account, "verifier-"+rand.Text(), "access-"+rand.Text()
	g.tokens = auth.Tokens{"oauth_token": g.accessToken}
	return g.redirectURI, url.Values{"oauth_token": {token}, "oauth_verifier": {g.verifier}}, ""
}
