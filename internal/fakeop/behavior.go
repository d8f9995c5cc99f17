package fakeop

import (
	"maps"
	"net/http"
	"net/url"
)

// Behavior is how a provider departs from what is right. The zero value does
// not.
type Behavior struct {
	// Authorize changes what is sent back through the browser.
	Authorize AuthorizeBehavior
	// IDToken changes the ID token.
	IDToken IDTokenBehavior
	// CodesLast redeems a code more than once, against RFC 6749, section 4.1.2.
	CodesLast bool
	// The others change the answers of their endpoints.
	Discovery, JWKS, Token, Userinfo                     Answer
	OAuth1RequestToken, OAuth1AccessToken, OAuth1Profile Answer
}

// AuthorizeBehavior changes the answer of the authorization endpoint.
type AuthorizeBehavior struct {
	// Error, if set, is sent instead of a code, with ErrorDescription.
	Error, ErrorDescription string
	// Extra replaces parameters, and Omit leaves them out.
	Extra url.Values
	Omit  []string
}

// IDTokenBehavior changes ID tokens.
type IDTokenBehavior struct {
	// Algorithm is RS256 when empty, or ES256, HS256 (with the client's
	// secret, or HMACKey) or none.
	Algorithm string
	HMACKey   []byte
	// Claims replaces claims, and Omit leaves them out.
	Claims map[string]any
	Omit   []string
	// Header adds members to the JOSE header; "kid" and "alg" replace what was
	// signed with. OmitKeyID leaves out kid.
	Header    map[string]any
	OmitKeyID bool
	// BadSignature signs with a key that is not published, under the right
	// kid; UnknownKeyID names a key that does not exist.
	BadSignature bool
	UnknownKeyID bool
	// AccessTokenHash adds the claim at_hash.
	AccessTokenHash bool
	// Raw, if set, is sent as the ID token.
	Raw string
}

// Answer changes the answer of an endpoint.
type Answer struct {
	// Hook is called before the endpoint answers; it may wait. The request's
	// context ends when the client gives up.
	Hook func(r *http.Request)
	// Handler, if set, answers instead of the endpoint.
	Handler http.Handler
	// Status and Body replace the answer when either is set: Status alone
	// sends {"error":"server_error"}. A non-nil empty Body is an empty body.
	Status int
	Body   []byte
	// ContentType replaces the media type.
	ContentType string
	// Extra replaces members of the JSON answer, and Omit leaves them out.
	Extra map[string]any
	Omit  []string
}

// Script changes the behavior. A request that is under way may see the old one
// at one step and the new one at the next. What the function stores in the
// behavior must not change afterwards.
func (p *Provider) Script(change func(b *Behavior)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.behavior)
}

// ResetScript restores the right behavior.
func (p *Provider) ResetScript() {
	p.Script(func(b *Behavior) { *b = Behavior{} })
}

func (p *Provider) currentBehavior() Behavior {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.behavior
}

// serve answers a request, with h unless the answer is replaced.
func (a *Answer) serve(w http.ResponseWriter, r *http.Request, h http.HandlerFunc) {
	if a.Hook != nil {
		a.Hook(r)
	}
	if a.ContentType != "" {
		w.Header().Set("Content-Type", a.ContentType)
	}
	switch {
	case a.Handler != nil:
		a.Handler.ServeHTTP(w, r)
	case a.Body != nil:
		if a.ContentType == "" {
			w.Header().Set("Content-Type", "application/json")
		}
		if a.Status != 0 {
			w.WriteHeader(a.Status)
		}
		w.Write(a.Body)
	case a.Status != 0:
		writeJSON(w, a.Status, map[string]any{"error": "server_error"})
	default:
		h(w, r)
	}
}

// edit applies Extra and Omit to the members of an answer.
func (a *Answer) edit(members map[string]any) map[string]any {
	return edit(members, a.Extra, a.Omit)
}

func edit(members, extra map[string]any, omit []string) map[string]any {
	maps.Copy(members, extra)
	for _, name := range omit {
		delete(members, name)
	}
	return members
}
