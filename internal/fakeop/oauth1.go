package fakeop

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
)

// credentials are temporary or token credentials (RFC 5849, section 1.1).
type credentials struct {
	secret   string
	clientID string
	callback string
	verifier string
	user     User
	access   bool
	expires  time.Time
}

// oauth1RequestToken gives out temporary credentials (RFC 5849, section 2.1).
func (p *Provider) oauth1RequestToken(w http.ResponseWriter, r *http.Request) {
	params, _, ok := p.oauth1Verify(r, false)
	callback := params.Get("oauth_callback")
	if !ok || callback == "" {
		writeError(w, http.StatusUnauthorized, "refused", "the request is not signed correctly")
		return
	}
	token := p.issueCredentials(credentials{clientID: params.Get("oauth_consumer_key"), callback: callback})
	answer := p.currentBehavior().OAuth1RequestToken
	p.writeCredentials(w, token, answer, map[string]any{"oauth_callback_confirmed": "true"})
}

// oauth1Authorize signs the visitor in at once (RFC 5849, section 2.2): as the
// user in the parameter login_hint or as the first. With the scripted error
// access_denied it answers as Twitter does, with the parameter denied.
func (p *Provider) oauth1Authorize(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("oauth_token")
	p.mu.Lock()
	temporary, ok := p.oauth1[token]
	if ok && !temporary.access {
		temporary.verifier = rand.Text()
		temporary.user = p.user(r.URL.Query().Get("login_hint"))
		p.oauth1[token] = temporary
	}
	denied := p.behavior.Authorize.Error != ""
	p.mu.Unlock()
	target, err := url.Parse(temporary.callback)
	if !ok || temporary.access || err != nil {
		http.Error(w, "unknown oauth_token", http.StatusBadRequest)
		return
	}
	query := target.Query()
	if denied {
		query.Set("denied", token)
	} else {
		query.Set("oauth_token", token)
		query.Set("oauth_verifier", temporary.verifier)
	}
	target.RawQuery = query.Encode()
	w.Header().Set("Location", target.String())
	w.WriteHeader(http.StatusSeeOther)
}

// oauth1AccessToken gives out token credentials, once (RFC 5849, section 2.3).
func (p *Provider) oauth1AccessToken(w http.ResponseWriter, r *http.Request) {
	params, temporary, ok := p.oauth1Verify(r, true)
	if !ok || temporary.access || temporary.verifier == "" || params.Get("oauth_verifier") != temporary.verifier {
		writeError(w, http.StatusUnauthorized, "refused", "the request is not signed correctly")
		return
	}
	p.mu.Lock()
	_, ok = p.oauth1[params.Get("oauth_token")]
	delete(p.oauth1, params.Get("oauth_token"))
	p.mu.Unlock()
	if !ok {
		writeError(w, http.StatusUnauthorized, "refused", "the token was used")
		return
	}
	token := p.issueCredentials(credentials{clientID: temporary.clientID, user: temporary.user, access: true})
	answer := p.currentBehavior().OAuth1AccessToken
	p.writeCredentials(w, token, answer, map[string]any{"user_id": temporary.user.Subject})
}

// oauth1Profile answers with the claims of the credentials' user, and with the
// subject as id_str.
func (p *Provider) oauth1Profile(w http.ResponseWriter, r *http.Request) {
	_, c, ok := p.oauth1Verify(r, true)
	if !ok || !c.access {
		writeError(w, http.StatusUnauthorized, "refused", "the request is not signed correctly")
		return
	}
	claims := userClaims(c.user)
	claims["id_str"] = c.user.Subject
	answer := p.currentBehavior().OAuth1Profile
	writeJSON(w, http.StatusOK, answer.edit(claims))
}

// issueCredentials remembers credentials under a new token, with a new secret,
// and returns the token.
func (p *Provider) issueCredentials(c credentials) string {
	now := p.cfg.Now()
	c.secret, c.expires = rand.Text(), now.Add(tokenLifetime)
	token := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, old := range p.oauth1 {
		if now.After(old.expires) {
			delete(p.oauth1, name)
		}
	}
	p.oauth1[token] = c
	return token
}

// writeCredentials answers with the credentials of a token and more members,
// form-encoded.
func (p *Provider) writeCredentials(w http.ResponseWriter, token string, answer Answer, members map[string]any) {
	p.mu.Lock()
	members["oauth_token"], members["oauth_token_secret"] = token, p.oauth1[token].secret
	p.mu.Unlock()
	form := url.Values{}
	for name, value := range answer.edit(members) {
		if text, ok := value.(string); ok {
			form.Set(name, text)
		}
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w.Write([]byte(form.Encode()))
}

// oauth1Verify checks the signature of a request (RFC 5849, section 3.2) and
// returns its parameters and, if it must have one, the credentials of its
// token.
func (p *Provider) oauth1Verify(r *http.Request, needsToken bool) (url.Values, credentials, bool) {
	params := OAuth1Parameters(r)
	client, ok := p.client(params.Get("oauth_consumer_key"))
	if !ok || params.Get("oauth_signature_method") != "HMAC-SHA1" {
		return params, credentials{}, false
	}
	p.mu.Lock()
	c, found := p.oauth1[params.Get("oauth_token")]
	p.mu.Unlock()
	if needsToken && (!found || c.clientID != client.ID) {
		return params, c, false
	}
	u, err := url.Parse(p.issuerFor(r))
	if err != nil {
		return params, c, false
	}
	return params, c, VerifyOAuth1(r, u.Scheme+"://"+r.Host+u.Path+r.URL.Path, client.Secret, c.secret)
}

// VerifyOAuth1 reports whether the HMAC-SHA1 signature of a request is right (RFC
// 5849, section 3.2). Target is its URL without the query, and its form has been
// parsed.
func VerifyOAuth1(r *http.Request, target, clientSecret, tokenSecret string) bool {
	params := OAuth1Parameters(r)
	var pairs []string
	for _, values := range []url.Values{params, r.URL.Query(), r.PostForm} {
		for name, list := range values {
			if name == "oauth_signature" {
				continue
			}
			for _, value := range list {
				// The zero byte makes "a" sort before "a1", as it must.
				pairs = append(pairs, escape(name)+"\x00"+escape(value))
			}
		}
	}
	sort.Strings(pairs)
	normalized := strings.ReplaceAll(strings.Join(pairs, "&"), "\x00", "=")
	mac := hmac.New(sha1.New, []byte(escape(clientSecret)+"&"+escape(tokenSecret)))
	mac.Write([]byte(r.Method + "&" + escape(target) + "&" + escape(normalized)))
	got, err := base64.StdEncoding.DecodeString(params.Get("oauth_signature"))
	return err == nil && hmac.Equal(got, mac.Sum(nil))
}

// OAuth1Parameters returns the parameters of the Authorization header of a request
// (RFC 5849, section 3.5.1).
func OAuth1Parameters(r *http.Request) url.Values {
	params := url.Values{}
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "OAuth ")
	if !ok {
		return params
	}
	for pair := range strings.SplitSeq(rest, ",") {
		name, quoted, _ := strings.Cut(strings.TrimSpace(pair), "=")
		value, err := url.PathUnescape(strings.Trim(quoted, `"`))
		if err == nil {
			params.Add(name, value)
		}
	}
	return params
}

// escape encodes as RFC 5849, section 3.6, says.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
