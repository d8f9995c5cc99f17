package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// newSecret is the one that replaces secret.
const newSecret = "Hn5Wc0Xr9Tg3Ky7Lb2Qd8Pv4Jm6Zs1Ef-Ua0Io="

// What was made under the old secret goes on under [new, old], and not under the
// new one alone.
func TestSecretsRotation(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		inBothModes(t, string(strategy), func(t *testing.T, strictV4 bool) {
			for _, after := range []struct {
				name    string
				secrets []string
				want    bool
			}{
				{"new and old", []string{newSecret, secret}, true},
				{"new alone", []string{newSecret}, false},
			} {
				t.Run(after.name, func(t *testing.T) {
					store := memory.New()
					before := newOfflineSite(t, store, withStore(store, strictV4, strategy))
					s := newOfflineSite(t, store, func(c *auth.Config) {
						withStore(store, strictV4, strategy)(c)
						c.Secrets = after.secrets
					})
					s.network["op.test"] = before.op
					check := func(what string, got bool) {
						t.Helper()
						if got != after.want {
							t.Errorf("%s goes on: %v, want %v\n%s", what, got, after.want, s.log)
						}
					}

					session := before.browser()
					session.signInWithOAuth("op")
					opens := copyOf(session, s).open()
					if strictV4 && strategy == auth.StrategyDatabase {
						// The row holds the token as it is: no secret counts.
						if !opens {
							t.Error("the session does not open")
						}
					} else {
						check("the session", opens)
					}

					flow := before.browser()
					callback := flow.startOAuth("op")
					resumed := s.browserWith(flow.client.Jar)
					check("the sign-in at a provider", resumed.get(callback).errorCode() == "")

					asked := before.browser()
					link := asked.requestLink("grace@example.com")
					opened := s.browserWith(asked.client.Jar)
					opened.get(link)
					check("the mailed link", opened.signedInAs() == "grace@example.com")

					form := before.browser()
					csrf := form.csrfToken()
					posted := s.browserWith(form.client.Jar).do(http.MethodPost, "/api/auth/signin/op",
						strings.NewReader(url.Values{"csrfToken": {csrf}}.Encode()), formHeader())
					check("the CSRF token", strings.HasPrefix(posted.location, s.opURL))
				})
			}
		})
	}
}

// The new secret seals: what it made opens under it alone.
func TestSecretsRotationSealsWithTheFirst(t *testing.T) {
	store := memory.New()
	during := newOfflineSite(t, store, func(c *auth.Config) { c.Secrets = []string{newSecret, secret} })
	later := newOfflineSite(t, store, func(c *auth.Config) { c.Secrets = []string{newSecret} })
	b := during.browser()
	b.signInWithCredentials()
	if !copyOf(b, later).open() {
		t.Error("the old secret still seals sessions")
	}
	if token := b.csrfToken(); later.browserWith(b.client.Jar).csrfToken() != token {
		t.Error("the old secret still makes CSRF cookies")
	}
}

// JWT.Secrets replace the secrets for session tokens alone.
func TestJWTSecrets(t *testing.T) {
	store := memory.New()
	first := newOfflineSite(t, store, nil)
	own := newOfflineSite(t, store, func(c *auth.Config) { c.JWT.Secrets = []string{newSecret} })
	b := first.browser()
	b.signInWithCredentials()
	if copyOf(b, own).open() {
		t.Error("a session of the common secret opens")
	}
	b = own.browser()
	b.signInWithOAuth("op")
	if !b.open() || copyOf(b, first).open() {
		t.Error("a session of the own secret does not open there alone")
	}
	if token := b.csrfToken(); first.browserWith(b.client.Jar).csrfToken() != token {
		t.Error("the CSRF cookie does not follow Config.Secrets")
	}
}
