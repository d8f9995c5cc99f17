package auth_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// The table of internal/oauth, through the whole flow: each wrong ID token or
// answer ends with OAuthCallback, no session and no row.
func TestSecurityWrongIDTokens(t *testing.T) {
	now := time.Now().Unix()
	claims := func(pairs ...any) fakeop.IDTokenBehavior {
		m := map[string]any{}
		for i := 0; i+1 < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return fakeop.IDTokenBehavior{Claims: m}
	}
	for _, test := range []struct {
		name  string
		token fakeop.IDTokenBehavior
	}{
		{"IDT-02 other issuer", claims("iss", "https://evil.example")},
		{"IDT-02 issuer with a slash", claims("iss", "/")},
		{"IDT-03 no issuer", fakeop.IDTokenBehavior{Omit: []string{"iss"}}},
		{"IDT-04 no subject", fakeop.IDTokenBehavior{Omit: []string{"sub"}}},
		{"IDT-04 empty subject", claims("sub", "")},
		{"IDT-04 null subject", claims("sub", nil)},
		{"IDT-06 other audience", claims("aud", "other")},
		{"IDT-07 no audience", fakeop.IDTokenBehavior{Omit: []string{"aud"}}},
		{"IDT-09 second audience", claims("aud", []string{"client", "other"})},
		{"IDT-09 other party", claims("aud", []string{"client", "other"}, "azp", "other")},
		{"IDT-11 no iat", fakeop.IDTokenBehavior{Omit: []string{"iat"}}},
		{"IDT-12 expired", claims("exp", now-600)},
		{"IDT-12 no exp", fakeop.IDTokenBehavior{Omit: []string{"exp"}}},
		{"IDT-13 issued in the future", claims("iat", now+600)},
		{"IDT-13 not before the future", claims("nbf", now+600)},
		{"IDT-14 none", fakeop.IDTokenBehavior{Algorithm: "none"}},
		{"IDT-14 None", fakeop.IDTokenBehavior{Algorithm: "none", Header: map[string]any{"alg": "None"}}},
		{"IDT-14 nOnE", fakeop.IDTokenBehavior{Algorithm: "none", Header: map[string]any{"alg": "nOnE"}}},
		{"IDT-15 wrong signature", fakeop.IDTokenBehavior{BadSignature: true}},
		{"IDT-16 ES256 was not asked for", fakeop.IDTokenBehavior{Algorithm: "ES256"}},
		{"IDT-16 ES256 wrong signature", fakeop.IDTokenBehavior{Algorithm: "ES256", BadSignature: true}},
		{"IDT-17 HS256 with the client secret", fakeop.IDTokenBehavior{Algorithm: "HS256"}},
		{"IDT-19 key in the header", fakeop.IDTokenBehavior{BadSignature: true, Header: map[string]any{"jwk": map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/keys"}}},
		{"IDT-19 kid that is a path", fakeop.IDTokenBehavior{BadSignature: true, Header: map[string]any{"kid": "../../dev/null"}}},
		{"IDT-19 kid that is SQL", fakeop.IDTokenBehavior{BadSignature: true, Header: map[string]any{"kid": "' OR 1=1 --"}}},
		{"IDT-19 kid of 64 KB", fakeop.IDTokenBehavior{Header: map[string]any{"kid": strings.Repeat("k", 64<<10)}, BadSignature: true}},
		{"IDT-21 other nonce", claims("nonce", "x")},
		{"IDT-21 no nonce", fakeop.IDTokenBehavior{Omit: []string{"nonce"}}},
		{"IDT-21 list of nonces", claims("nonce", []string{"x"})},
		{"IDT-27 wrong at_hash", claims("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")},
		{"JWE-06 not a token", fakeop.IDTokenBehavior{Raw: "x.y.z"}},
		{"dots", fakeop.IDTokenBehavior{Raw: strings.Repeat(".", 10000)}},
		{"crit", fakeop.IDTokenBehavior{Header: map[string]any{"crit": []string{"x"}, "x": 1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, nil)
			if iss := test.token.Claims["iss"]; iss == "/" {
				test.token.Claims["iss"] = s.opURL + "/"
			}
			s.op.Script(func(b *fakeop.Behavior) { b.IDToken = test.token })
			b := s.browser()
			before := s.store.Dump()
			b.wantRefused(b.signInWithOAuth("op"), auth.ErrorOAuthCallback)
			wantRows(t, s.store, before)
			// The provider is not locked out by its mistake.
			s.op.ResetScript()
			if b.signInWithOAuth("op"); b.signedInAs() != "Ida Provider" {
				t.Error("the next right sign-in fails")
			}
		})
	}
}

// IDT-17: HS256 keyed with each public form of the provider's RSA key.
func TestSecurityAlgorithmConfusion(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		op := onlyOP(c)
		op.IDTokenAlgorithms = []string{"RS256", "ES256"}
		c.Providers[0] = op
	})
	s.browser().signInWithOAuth("op") // the keys exist now
	public, err := s.op.PublicKey("RS256")
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		t.Fatalf("the key is a %T", public)
	}
	for name, secret := range map[string][]byte{
		"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "modulus": key.N.Bytes(),
		"PKCS1": x509.MarshalPKCS1PublicKey(key), "empty": {},
	} {
		s.op.Script(func(b *fakeop.Behavior) {
			b.IDToken = fakeop.IDTokenBehavior{Algorithm: "HS256", HMACKey: secret, Header: map[string]any{"kid": "RS256-0"}}
		})
		b := s.browser()
		b.wantRefused(b.signInWithOAuth("op"), auth.ErrorOAuthCallback)
		if b.signedInAs() != "" {
			t.Errorf("signed in with the key as %s", name)
		}
	}
}

// IDT-23: the ID token of an earlier sign-in does not open a new one.
func TestSecurityReplayedIDToken(t *testing.T) {
	var old string
	s := newTestSite(t, func(c *auth.Config) {
		op := onlyOP(c)
		op.Profile = func(p auth.Profile, tokens auth.Tokens) (auth.User, error) {
			old = tokens.Text("id_token")
			id, _ := p["sub"].(string)
			return auth.User{ID: id, Name: "Ida"}, nil
		}
		c.Providers[0] = op
	})
	s.browser().signInWithOAuth("op")
	if old == "" {
		t.Fatal("no ID token was seen")
	}
	s.op.Script(func(b *fakeop.Behavior) { b.IDToken.Raw = old })
	b := s.browser()
	b.wantRefused(b.signInWithOAuth("op"), auth.ErrorOAuthCallback)
}

// MIX-01, MIX-04, IDT-31, NET-08 and NET-09: wrong answers of the other
// endpoints.
func TestSecurityWrongProviderAnswers(t *testing.T) {
	for _, test := range []struct {
		name     string
		provider string
		script   func(*fakeop.Behavior)
	}{
		{"MIX-01 other iss", "op", func(b *fakeop.Behavior) { b.Authorize.Extra = url.Values{"iss": {"https://evil"}} }},
		{"MIX-04 iss with a slash", "op", func(b *fakeop.Behavior) { b.Authorize.Extra = url.Values{"iss": {"http://127.0.0.1/"}} }},
		{"IDT-31 token type", "op", func(b *fakeop.Behavior) { b.Token.Extra = map[string]any{"token_type": "mac"} }},
		{"IDT-31 no access token", "op", func(b *fakeop.Behavior) { b.Token.Omit = []string{"access_token"} }},
		{"IDT-31 no ID token", "op", func(b *fakeop.Behavior) { b.Token.Omit = []string{"id_token"} }},
		{"IDT-31 list", "op", func(b *fakeop.Behavior) { b.Token.Body = []byte("[]") }},
		{"NET-08 HTML", "op", func(b *fakeop.Behavior) { b.Token.Body, b.Token.ContentType = []byte("<html>"), "text/html" }},
		{"NET-08 null", "plain", func(b *fakeop.Behavior) { b.Userinfo.Body = []byte("null") }},
		{"NET-08 empty", "plain", func(b *fakeop.Behavior) { b.Userinfo.Body = []byte{} }},
		{"NET-08 text", "plain", func(b *fakeop.Behavior) { b.Userinfo.Body = []byte(`"x"`) }},
		{"NET-09 token 500", "op", func(b *fakeop.Behavior) { b.Token.Status = 500 }},
		{"NET-09 userinfo 401", "plain", func(b *fakeop.Behavior) { b.Userinfo.Status = 401 }},
		{"NET-03 endless body", "plain", func(b *fakeop.Behavior) {
			b.Userinfo.Body = []byte(`{"sub":"` + strings.Repeat("x", 2<<20) + `"}`)
		}},
		{"NET-06 redirect", "plain", func(b *fakeop.Behavior) {
			b.Userinfo.Handler = http.RedirectHandler("http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}},
		{"NET-14 reset", "op", func(b *fakeop.Behavior) {
			b.Token.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}},
		{"JWKS-04 no keys", "op", func(b *fakeop.Behavior) { b.JWKS.Status = 503 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, addPlain)
			s.op.Script(test.script)
			b := s.browser()
			before := s.store.Dump()
			b.wantRefused(b.signInWithOAuth(test.provider), auth.ErrorOAuthCallback)
			wantRows(t, s.store, before)
			if n := len(s.op.RequestsTo("token")); n > 1 {
				t.Errorf("the code was sent %d times", n)
			}
		})
	}
}

// MIX-07, MIX-11 and OPS-18: a provider that is down or lies about itself keeps
// nobody from signing in otherwise, and works again when it is back.
func TestSecurityProviderDown(t *testing.T) {
	s := newTestSite(t, nil)
	for name, script := range map[string]func(*fakeop.Behavior){
		"down":         func(b *fakeop.Behavior) { b.Discovery.Status = 503 },
		"other issuer": func(b *fakeop.Behavior) { b.Discovery.Extra = map[string]any{"issuer": "https://evil.example"} },
		"redirect": func(b *fakeop.Behavior) {
			b.Discovery.Handler = http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound)
		},
	} {
		s.op.Script(script)
		b := s.browser()
		b.wantRefused(b.post("/api/auth/signin/op", nil), auth.ErrorOAuthSignin)
		if page := b.get("/api/auth/signin"); page.status != http.StatusOK || !strings.Contains(page.body, "Test op") {
			t.Errorf("%s: the sign-in page answered %d", name, page.status)
		}
		if b.signInWithCredentials(); b.signedInAs() != "Alice" {
			t.Errorf("%s: the other ways to sign in fail too", name)
		}
		s.op.ResetScript()
	}
	b := s.browser()
	if b.signInWithOAuth("op"); b.signedInAs() != "Ida Provider" {
		t.Errorf("the provider is back, but signing in fails\n%s", s.log)
	}
}

// JWKS-01, JWKS-08 and JWKS-09 through the whole flow.
func TestSecurityKeyRotation(t *testing.T) {
	s := newTestSite(t, nil)
	signIn := func(want bool) {
		t.Helper()
		b := s.browser()
		b.signInWithOAuth("op")
		if got := b.signedInAs() != ""; got != want {
			t.Errorf("signed in: %v, want %v\n%s", got, want, s.log)
		}
	}
	signIn(true)
	s.op.RotateKeys()
	signIn(true)
	s.op.Script(func(b *fakeop.Behavior) {
		b.IDToken.Header = map[string]any{"kid": "RS256-0"}
		b.IDToken.BadSignature = true
	})
	signIn(false) // the id of a key that was withdrawn
	s.op.ResetScript()
	if err := s.op.ReplaceKeys(); err != nil {
		t.Fatal(err)
	}
	signIn(true)
}

// FLOW-21: OAuth 1.0a. The secret of the request token is nowhere but in a sealed
// cookie, and an answer works only in the browser that asked for it.
func TestSecurityOAuth1(t *testing.T) {
	s := newTestSite(t, all(addOAuth1("bird"), addOAuth1("bird2")))
	s.op.Script(func(b *fakeop.Behavior) {
		b.OAuth1RequestToken.Extra = map[string]any{"oauth_token_secret": "very-secret-value"}
	})
	b := s.browser()
	started := b.post("/api/auth/signin/bird", nil)
	for _, c := range started.cookies {
		if strings.Contains(started.location+c.String(), "very-secret-value") {
			t.Errorf("the secret is visible: %s %s", started.location, c)
		}
	}
	s.op.ResetScript()

	attacker, victim := s.browser(), s.browser()
	theirs := attacker.startOAuth("bird")
	for _, strict := range []string{"empty jar", "own attempt"} {
		if got := victim.get(theirs); got.setsSession() || got.errorCode() == "" {
			t.Errorf("%s: signed in as the attacker: %s", strict, got.location)
		}
		victim.startOAuth("bird")
	}
	// The token of one attempt with the verifier of another, and at another
	// provider.
	one, two := attacker.startOAuth("bird"), attacker.startOAuth("bird")
	first, _ := url.Parse(one)
	for _, wrong := range []string{
		changed(t, two, "oauth_verifier", first.Query().Get("oauth_verifier")),
		strings.Replace(one, "/callback/bird", "/callback/bird2", 1),
		changed(t, theirs, "oauth_token", ""),
		changed(t, theirs, "oauth_token", "x"),
	} {
		if got := attacker.get(wrong); got.setsSession() || got.errorCode() == "" {
			t.Errorf("%s: %d %s", wrong, got.status, got.location)
		}
	}
	honest := s.browser()
	callback := honest.startOAuth("bird")
	if got := honest.get(callback); got.location != s.url || honest.signedInAs() != "Ida Provider" {
		t.Errorf("the honest sign-in: %d %s\n%s", got.status, got.location, s.log)
	}
	if got := honest.get(callback); got.setsSession() {
		t.Error("the answer was accepted twice")
	}
}

// FLOW-21 with StrictV4: the answer to one browser's attempt must not open a
// session in another browser.
func TestSecurityOAuth1StrictBrowserBound(t *testing.T) {
	s := newTestSite(t, all(addOAuth1("bird"), strictly(true), func(c *auth.Config) {
		last := len(c.Providers) - 1
		bird, _ := c.Providers[last].(auth.OAuthProvider)
		bird.Checks = []auth.Check{} // as the preset has it
		c.Providers[last] = bird
	}))
	attacker, victim := s.browser(), s.browser()
	if got := victim.get(attacker.startOAuth("bird")); got.setsSession() {
		t.Error("the victim is signed in as the attacker")
	}
}

// FLOW-13 and FLOW-16: an answer by form_post. The redirect to the same site that
// fetches the cookies must not put tokens into an address.
func TestSecurityFormPost(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		op := onlyOP(c)
		op.ResponseMode, op.UserFromCallback = "form_post", "user"
		c.Providers[0] = op
	})
	b := s.browser()
	started := b.post("/api/auth/signin/op", nil)
	form := formOf(b.get(started.location).body)
	if form.Get("code") == "" {
		t.Fatal("the provider posted no code")
	}
	crossSite := http.Header{"Origin": {s.opURL}, "Sec-Fetch-Site": {"cross-site"}}
	stranger := s.browser()
	posted := url.Values{"access_token": {"at-front"}, "id_token": {"idt-front"}, "csrfToken": {"x"}, "other": {strings.Repeat("x", 100<<10)}}
	for name, values := range form {
		posted[name] = values
	}
	hop := stranger.forge("/api/auth/callback/op", posted, crossSite)
	if strings.Contains(hop.location, "at-front") || strings.Contains(hop.location, "idt-front") {
		t.Errorf("the hop puts tokens into an address: %.300s", hop.location)
	}
	if len(hop.location) > 8<<10 {
		t.Errorf("the hop is an address of %d bytes", len(hop.location))
	}
	if !strings.HasPrefix(hop.location, s.url+"/api/auth/callback/op?") {
		t.Fatalf("the hop leads to %.200s", hop.location)
	}
	stranger.wantRefused(stranger.get(hop.location), auth.ErrorOAuthCallback)

	form.Set("user", `{"name":{"firstName":"<script>"},"email":"victim@example.com","sub":"other","email_verified":true}`)
	hop = stranger.forge("/api/auth/callback/op", form, crossSite)
	if got := b.get(hop.location); got.location != s.url || b.signedInAs() != "Ida Provider" {
		t.Errorf("the honest sign-in: %d %s\n%s", got.status, got.location, s.log)
	}
	if users := s.store.Dump().Users; len(users) != 1 || users[0].Email != "ida@example.com" {
		t.Errorf("the posted user was believed: %v", fmt.Sprint(users))
	}
}
