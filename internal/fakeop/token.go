package fakeop

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// token answers the token endpoint (RFC 6749, section 4.1.3).
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writeError(w, http.StatusMethodNotAllowed, "invalid_request", "only POST is allowed")
		return
	}
	client, ok := p.authenticate(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", "Basic")
		writeError(w, http.StatusUnauthorized, "invalid_client", "client authentication failed")
		return
	}
	if r.PostForm.Get("grant_type") != "authorization_code" {
		writeError(w, http.StatusBadRequest, "unsupported_grant_type", "only authorization_code is supported")
		return
	}
	g, problem := p.redeem(client, r.PostForm)
	if problem != "" {
		writeError(w, http.StatusBadRequest, "invalid_grant", problem)
		return
	}
	behavior := p.currentBehavior()
	accessToken := "at-" + rand.Text()
	p.issue(p.tokens, accessToken, grant{g.request, g.user, p.cfg.Now().Add(tokenLifetime)})
	answer := map[string]any{
		"access_token":  accessToken,
		"token_type":    "Bearer",
		"expires_in":    int(tokenLifetime.Seconds()),
		"refresh_token": "rt-" + rand.Text(),
		"scope":         g.request.Scope,
	}
	if slices.Contains(strings.Fields(g.request.Scope), "openid") {
		idToken, err := p.idToken(behavior.IDToken, p.issuerFor(r), client, g, accessToken)
		if err != nil {
			writeError(w, http.StatusInternalServerError, "server_error", err.Error())
			return
		}
		answer["id_token"] = idToken
	}
	writeJSON(w, http.StatusOK, behavior.Token.edit(answer))
}

// authenticate returns the client that proved itself in exactly one way (RFC
// 6749, section 2.3).
func (p *Provider) authenticate(r *http.Request) (Client, bool) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	method := "none"
	if r.PostForm.Has("client_secret") {
		method = "client_secret_post"
	}
	if r.Header.Get("Authorization") != "" {
		user, password, ok := r.BasicAuth()
		if !ok || method != "none" || id != "" {
			return Client{}, false
		}
		var idErr, secretErr error
		id, idErr = url.QueryUnescape(user)
		secret, secretErr = url.QueryUnescape(password)
		if idErr != nil || secretErr != nil {
			return Client{}, false
		}
		method = "client_secret_basic"
	}
	client, ok := p.client(id)
	if !ok || client.Authentication != "" && client.Authentication != method {
		return Client{}, false
	}
	if method == "none" {
		return client, client.Secret == ""
	}
	return client, client.Secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(client.Secret)) == 1
}

// redeem uses up a code and returns its grant, or what is wrong.
func (p *Provider) redeem(client Client, form url.Values) (g grant, problem string) {
	code := form.Get("code")
	p.mu.Lock()
	g, ok := p.codes[code]
	if !p.behavior.CodesLast {
		delete(p.codes, code)
	}
	p.mu.Unlock()
	challenge, verifier := g.request.CodeChallenge, form.Get("code_verifier")
	switch {
	case !ok || p.cfg.Now().After(g.expires):
		return g, "unknown code"
	case g.request.ClientID != client.ID:
		return g, "code of another client"
	case g.request.RedirectURI != form.Get("redirect_uri"):
		return g, "redirect_uri differs"
	case challenge == "" && verifier != "":
		return g, "code_verifier without code_challenge"
	case challenge != "":
		sum := sha256.Sum256([]byte(verifier))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != challenge {
			return g, "code_verifier does not fit"
		}
	}
	return g, ""
}

// userinfo answers with the claims of the access token's user (OpenID Connect
// Core 1.0, section 5.3).
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	p.mu.Lock()
	g, ok := p.tokens[token]
	p.mu.Unlock()
	if !ok || !strings.EqualFold(scheme, "bearer") || p.cfg.Now().After(g.expires) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		writeError(w, http.StatusUnauthorized, "invalid_token", "the access token is not valid")
		return
	}
	behavior := p.currentBehavior().Userinfo
	writeJSON(w, http.StatusOK, behavior.edit(userClaims(g.user)))
}

// userClaims returns a new map of a user's claims.
func userClaims(u User) map[string]any {
	claims := map[string]any{"sub": u.Subject}
	maps.Copy(claims, u.Claims)
	return claims
}
