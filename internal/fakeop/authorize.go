package fakeop

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// codeLifetime and tokenLifetime bound how long codes and access tokens live.
const (
	codeLifetime  = time.Minute
	tokenLifetime = time.Hour
)

// AuthorizationRequest is a request of a client to let a visitor sign in. Its
// client and redirect URI have been checked.
type AuthorizationRequest struct {
	ClientID      string
	RedirectURI   string
	ResponseMode  string
	Scope         string
	State         string
	Nonce         string
	CodeChallenge string
	LoginHint     string
	// Params are all parameters as they were received.
	Params url.Values
}

// grant is what a code or an access token stands for.
type grant struct {
	request AuthorizationRequest
	user    User
	expires time.Time
}

// authorize answers the authorization endpoint (RFC 6749, section 4.1.1).
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	params := r.URL.Query()
	if len(params) == 0 {
		params = r.PostForm
	}
	a := AuthorizationRequest{
		ClientID:      params.Get("client_id"),
		RedirectURI:   params.Get("redirect_uri"),
		ResponseMode:  params.Get("response_mode"),
		Scope:         params.Get("scope"),
		State:         params.Get("state"),
		Nonce:         params.Get("nonce"),
		CodeChallenge: params.Get("code_challenge"),
		LoginHint:     params.Get("login_hint"),
		Params:        params,
	}
	client, ok := p.client(a.ClientID)
	if !ok {
		http.Error(w, "unknown client_id", http.StatusBadRequest)
		return
	}
	target, err := url.Parse(a.RedirectURI)
	if err != nil || target.Host == "" || target.Fragment != "" || target.Scheme != "http" && target.Scheme != "https" ||
		len(client.RedirectURIs) > 0 && !slices.Contains(client.RedirectURIs, a.RedirectURI) {
		http.Error(w, "redirect_uri is not registered", http.StatusBadRequest)
		return
	}
	if code, description := p.refuse(a); code != "" {
		p.answer(w, r, a, url.Values{"error": {code}, "error_description": {description}})
		return
	}
	if p.cfg.Consent != nil {
		p.cfg.Consent(w, r, a)
		return
	}
	p.Approve(w, r, a, p.user(a.LoginHint))
}

// refuse returns the error that an authorization request gets, if any.
func (p *Provider) refuse(a AuthorizationRequest) (code, description string) {
	if b := p.currentBehavior().Authorize; b.Error != "" {
		return b.Error, b.ErrorDescription
	}
	for name, values := range a.Params {
		if len(values) > 1 && name != "resource" {
			return "invalid_request", "a parameter is repeated"
		}
	}
	switch method := a.Params.Get("code_challenge_method"); {
	case a.Params.Get("response_type") != "code":
		return "unsupported_response_type", "only code is supported"
	case a.CodeChallenge == "" && p.cfg.RequirePKCE:
		return "invalid_request", "code_challenge is required"
	case a.CodeChallenge != "" && method != "S256":
		return "invalid_request", "only S256 is supported"
	}
	return "", ""
}

// Approve sends the browser back to the client with a code for user.
func (p *Provider) Approve(w http.ResponseWriter, r *http.Request, a AuthorizationRequest, user User) {
	code := "code-" + rand.Text()
	p.issue(p.codes, code, grant{a, user, p.cfg.Now().Add(codeLifetime)})
	p.answer(w, r, a, url.Values{"code": {code}})
}

// Deny sends the browser back to the client with the error access_denied.
func (p *Provider) Deny(w http.ResponseWriter, r *http.Request, a AuthorizationRequest) {
	p.answer(w, r, a, url.Values{"error": {"access_denied"}, "error_description": {"The visitor refused."}})
}

// issue remembers a grant under a code or token, and forgets expired ones.
func (p *Provider) issue(grants map[string]grant, name string, g grant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(grants) >= 1024 {
		now := p.cfg.Now()
		for name, g := range grants {
			if now.After(g.expires) {
				delete(grants, name)
			}
		}
	}
	grants[name] = g
}

// answer sends the browser back with params, by redirect or by a form.
func (p *Provider) answer(w http.ResponseWriter, r *http.Request, a AuthorizationRequest, params url.Values) {
	if a.State != "" {
		params.Set("state", a.State)
	}
	if p.cfg.IssuerParameter {
		params.Set("iss", p.issuerFor(r))
	}
	behavior := p.currentBehavior().Authorize
	for name, values := range behavior.Extra {
		params[name] = values
	}
	for _, name := range behavior.Omit {
		params.Del(name)
	}
	if a.ResponseMode == "form_post" {
		writeFormPost(w, a.RedirectURI, params)
		return
	}
	separator := "?"
	if strings.Contains(a.RedirectURI, "?") {
		separator = "&"
	}
	w.Header().Set("Location", a.RedirectURI+separator+params.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

// writeFormPost writes a page that posts params (OAuth 2.0 Form Post Response
// Mode 1.0).
func writeFormPost(w http.ResponseWriter, action string, params url.Values) {
	page := template.Must(template.New("form_post").Parse(`<!DOCTYPE html>
<html lang="en"><head><title>Signing in</title></head>
<body onload="document.forms[0].submit()">
<form method="post" action="{{.Action}}">
{{range $name, $values := .Params}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}<noscript><button>Continue</button></noscript>
</form></body></html>
`))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// The page is complete in itself; a failed write means the browser left.
	_ = page.Execute(w, struct {
		Action string
		Params url.Values
	}{action, params})
}
