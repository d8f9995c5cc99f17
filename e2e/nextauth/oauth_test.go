package nextauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// providerSaw records what the identity provider got from the server, without
// the browser's own requests.
func (b *browser) providerSaw() {
	type request struct {
		Endpoint, Method, Authorization string
		Query, Form                     url.Values
	}
	var seen []request
	for _, r := range b.site.op.Requests() {
		if r.Endpoint != "token" && r.Endpoint != "userinfo" {
			continue
		}
		for name, values := range r.Form {
			for i := range values {
				values[i] = b.plain(values[i])
				if name == "code_verifier" {
					values[i] = "<verifier>" // the provider compares it with the challenge
				}
			}
		}
		authorization := r.Header.Get("Authorization")
		if strings.HasPrefix(authorization, "Bearer at-") {
			authorization = "Bearer <access token>"
		}
		seen = append(seen, request{r.Endpoint, r.Method, authorization, r.Query, r.Form})
	}
	b.site.op.ClearRequests()
	*b.log = append(*b.log, record{Request: "what the provider saw", Body: seen})
}

// withParameter changes a parameter of a URL; an empty value removes it.
func withParameter(target, name, value string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	query := u.Query()
	query.Set(name, value)
	if value == "" {
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func TestOAuth(t *testing.T) {
	comparisons := make([]comparison, 0, 40)
	for _, provider := range []string{"plain", "pkce", "openid"} {
		comparisons = append(comparisons,
			comparison{provider + ": start", func(b *browser) { b.post("/signin/"+provider, "callbackUrl", "/inside") }},
			comparison{provider + ": start, json", func(b *browser) { b.post("/signin/"+provider, "json", "true") }},
			comparison{provider + ": start with parameters", func(b *browser) {
				b.post("/signin/" + provider + "?login_hint=ada%40example.com&prompt=login")
			}},
			comparison{provider + ": full", func(b *browser) {
				b.get(b.startOAuth(provider, "callbackUrl", "/inside"))
				b.providerSaw()
				b.get("/session")
			}},
			comparison{provider + ": state differs", func(b *browser) {
				b.get(withParameter(b.startOAuth(provider), "state", "of-an-attacker"))
				b.get("/session")
			}},
			comparison{provider + ": state is missing", func(b *browser) {
				b.get(withParameter(b.startOAuth(provider), "state", ""))
			}},
			comparison{provider + ": in another browser", func(b *browser) { b.other().get(b.startOAuth(provider)) }},
			comparison{provider + ": never started", func(b *browser) { b.get("/callback/" + provider + "?code=c&state=s") }},
			comparison{provider + ": code is wrong", func(b *browser) {
				b.get(withParameter(b.startOAuth(provider), "code", "code-OTHER"))
			}},
			comparison{provider + ": again", func(b *browser) {
				callback := b.startOAuth(provider)
				b.get(callback)
				b.get(callback)
			}},
			comparison{provider + ": started at another", func(b *browser) {
				callback := b.startOAuth(provider)
				other := map[string]string{"plain": "pkce", "pkce": "plain", "openid": "plain"}[provider]
				b.get(strings.Replace(callback, "/callback/"+provider, "/callback/"+other, 1))
			}},
		)
	}
	compare(t, settings{URL: site1}, append(comparisons,
		comparison{"the answer is posted", func(b *browser) {
			callback, err := url.Parse(b.startOAuth("plain"))
			if err != nil {
				b.t.Fatal(err)
			}
			b.do(http.MethodPost, "/callback/plain", callback.RawQuery, "Content-Type", formType)
		}},
		comparison{"without the csrf token", func(b *browser) {
			b.do(http.MethodPost, "/signin/plain", "json=true", "Content-Type", formType)
		}},
		comparison{"unknown provider", func(b *browser) {
			b.post("/signin/unknown")
			b.get("/callback/unknown?code=c")
		}},
		comparison{"GET starts nothing", func(b *browser) { b.get("/signin/plain") }},
	))
}

// behaviour is how the identity provider departs from what is right.
type behaviour = fakeop.Behavior //nolint:misspell // the name of the type

// What goes wrong at the provider.
func TestOAuthFaults(t *testing.T) {
	comparisons := make([]comparison, 0, 20)
	for _, fault := range []struct {
		name     string
		provider string
		script   func(*behaviour)
	}{
		{"the visitor refuses", "plain", func(f *behaviour) { f.Authorize.Error = "access_denied" }},
		{"the visitor refuses, openid", "openid", func(f *behaviour) { f.Authorize.Error = "access_denied" }},
		{"the token endpoint fails", "plain", func(f *behaviour) { f.Token.Status = http.StatusInternalServerError }},
		{"the token endpoint sends no JSON", "plain", func(f *behaviour) { f.Token.Body = []byte("<html>") }},
		{"the userinfo endpoint fails", "plain", func(f *behaviour) { f.Userinfo.Status = http.StatusForbidden }},
		{"the profile has no subject", "plain", func(f *behaviour) { f.Userinfo.Omit = []string{"sub"} }},
		{"the profile lacks the name", "plain", func(f *behaviour) { f.Userinfo.Omit = []string{"name", "picture"} }},
		{"the address is in capitals", "plain", func(f *behaviour) { f.Userinfo.Extra = map[string]any{"email": "IDA@Example.COM"} }},
		{"discovery fails", "openid", func(f *behaviour) { f.Discovery.Status = http.StatusServiceUnavailable }},
		{"the ID token is missing", "openid", func(f *behaviour) { f.Token.Omit = []string{"id_token"} }},
		{"the ID token has a bad signature", "openid", func(f *behaviour) { f.IDToken.BadSignature = true }},
		{"the ID token is for another client", "openid", func(f *behaviour) { f.IDToken.Claims = map[string]any{"aud": "another"} }},
		{"the ID token is of another issuer", "openid", func(f *behaviour) { f.IDToken.Claims = map[string]any{"iss": "https://evil.test"} }},
		{"the ID token is not signed", "openid", func(f *behaviour) { f.IDToken.Algorithm = "none" }},
		{"the ID token is signed otherwise", "openid", func(f *behaviour) { f.IDToken.Algorithm = "HS256" }},
		{"the ID token has another nonce", "openid", func(f *behaviour) { f.IDToken.Claims = map[string]any{"nonce": "n"} }},
		{"the ID token has expired", "openid", func(f *behaviour) { f.IDToken.Claims = map[string]any{"exp": 1} }},
	} {
		comparisons = append(comparisons, comparison{fault.name, func(b *browser) {
			b.site.op.Script(fault.script)
			started := b.post("/signin/" + fault.provider)
			if !strings.HasPrefix(started.location, b.site.settings.Provider) {
				return // the sign-in could not even be started
			}
			b.get(b.send(http.MethodGet, started.location, "").location)
			b.get("/session")
		}})
	}
	compare(t, settings{URL: site1}, comparisons)
}
