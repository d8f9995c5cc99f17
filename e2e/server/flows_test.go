package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/redisserver"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

const secret = "0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="

// system is what a flow needs: servers, an identity provider and a mail server.
type system struct {
	*fleet
	mails *mailServer
}

// newSystem starts servers on the stores that the variables name, with migrated
// tables.
func newSystem(t *testing.T, size int, stores map[string]string) *system {
	t.Helper()
	op := fakeop.New(fakeop.Config{RequirePKCE: true, IssuerParameter: true})
	issuer := httptest.NewServer(op)
	t.Cleanup(issuer.Close)
	client := fakeop.DefaultClient()
	s := &system{mails: newMailServer(t)}
	env := map[string]string{
		"AUTH_SECRET":      secret,
		"AUTH_OIDC_ISSUER": issuer.URL, "AUTH_OIDC_ID": client.ID, "AUTH_OIDC_SECRET": client.Secret,
		"AUTH_EMAIL_SERVER": s.mails.url, "AUTH_EMAIL_FROM": "Example <sign-in@example.com>",
	}
	maps.Copy(env, stores)
	if out, exit := run(t, env, "migrate"); exit != 0 {
		t.Fatalf("migrate: exit %d:\n%s", exit, out)
	}
	s.fleet = newFleet(t, size, env)
	return s
}

// browser is a visitor who uses the API as next-auth/react does.
type browser struct {
	system *system
	client *http.Client
	// between is called between two steps of a flow.
	between func()
}

func (s *system) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // only for options
	}
	return &browser{system: s, between: func() {}, client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// get opens an address and returns where it leads to.
func (b *browser) get(address string) (location string, err error) {
	response, err := b.client.Get(address)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusFound && response.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("%s: status %d", address, response.StatusCode)
	}
	return response.Header.Get("Location"), nil
}

// api calls an action and reads its answer.
func (b *browser) api(action string, form url.Values, answer any) error {
	var response *http.Response
	var err error
	address := b.system.front.URL + "/api/auth/" + action
	if form == nil {
		response, err = b.client.Get(address)
	} else {
		response, err = b.client.PostForm(address, form)
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %d: %s", action, response.StatusCode, body)
	}
	return json.Unmarshal(body, answer)
}

// post sends a form with the CSRF token.
func (b *browser) post(action string, form url.Values) (leadsTo string, err error) {
	var csrf struct{ CSRFToken string }
	if err := b.api("csrf", nil, &csrf); err != nil {
		return "", err
	}
	b.between()
	form.Set("csrfToken", csrf.CSRFToken)
	form.Set("callbackUrl", b.system.front.URL+"/inside")
	form.Set("json", "true")
	var answer struct{ URL string }
	err = b.api(action, form, &answer)
	return answer.URL, err
}

// expectSignedInAs compares the address of the session's user, "" for nobody.
func (b *browser) expectSignedInAs(want string) error {
	var session struct{ User struct{ Email string } }
	if err := b.api("session", nil, &session); err != nil {
		return err
	}
	if got := session.User.Email; got != want {
		return fmt.Errorf("signed in as %q, want %q", got, want)
	}
	return nil
}

// byProvider signs in at the identity provider.
func (b *browser) byProvider() error {
	authorize, err := b.post("signin/oidc", url.Values{})
	if err != nil {
		return err
	}
	b.between()
	callback, err := b.get(authorize)
	if err != nil {
		return err
	}
	b.between()
	inside, err := b.get(callback)
	return b.arrived(inside, err, "ida@example.com")
}

// byMail signs in with a mailed link.
func (b *browser) byMail(address string) error {
	if _, err := b.post("signin/email", url.Values{"email": {address}}); err != nil {
		return err
	}
	b.between()
	inside, err := b.get(<-b.system.mails.links)
	return b.arrived(inside, err, address)
}

// arrived makes sure that a sign-in has worked, and signs out.
func (b *browser) arrived(location string, err error, address string) error {
	if err != nil {
		return err
	}
	if want := b.system.front.URL + "/inside"; location != want {
		return fmt.Errorf("the sign-in leads to %s, want %s", location, want)
	}
	for _, want := range []string{address, address} {
		b.between()
		if err := b.expectSignedInAs(want); err != nil {
			return err
		}
	}
	if _, err := b.post("signout", url.Values{}); err != nil {
		return err
	}
	b.between()
	return b.expectSignedInAs("")
}

// onEach runs a test on new databases of every system. Stores are the variables
// that name them.
func onEach(t *testing.T, test func(t *testing.T, stores map[string]string)) {
	t.Helper()
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) { test(t, map[string]string{"AUTH_DATABASE_URL": system.New(t).URL}) })
	}
	t.Run("sessions in Redis", func(t *testing.T) {
		test(t, map[string]string{
			"AUTH_DATABASE_URL": database.SQLite().New(t).URL,
			"AUTH_REDIS_URL":    "redis://" + redisserver.Start(t).Addr,
		})
	})
	t.Run("sessions in cookies", func(t *testing.T) {
		test(t, map[string]string{"AUTH_DATABASE_URL": database.SQLite().New(t).URL, "AUTH_SESSION_STRATEGY": "jwt"})
	})
}

// TestRestart kills and starts the server between any two steps of a flow
// (OPS-03): nothing that a flow needs is kept in a process alone.
func TestRestart(t *testing.T) {
	onEach(t, func(t *testing.T, stores map[string]string) {
		s := newSystem(t, 1, stores)
		b := s.browser()
		b.between = s.restart
		if err := b.byProvider(); err != nil {
			t.Errorf("by the provider: %v", err)
		}
		if err := b.byMail("grace@example.com"); err != nil {
			t.Errorf("by mail: %v", err)
		}
	})
}

// TestTwoServers sends every request to the other one of two servers (OPS-04),
// for many visitors at once.
func TestTwoServers(t *testing.T) {
	onEach(t, func(t *testing.T, stores map[string]string) {
		s := newSystem(t, 2, stores)
		var visitors sync.WaitGroup
		for i := range 8 {
			visitors.Go(func() {
				for range 3 {
					if err := s.browser().byProvider(); err != nil {
						t.Errorf("visitor %d: %v", i, err)
					}
				}
			})
		}
		visitors.Wait()
		for i := range 4 { // one after the other, as the links are not told apart
			if err := s.browser().byMail(fmt.Sprintf("visitor-%d@example.com", i)); err != nil {
				t.Errorf("by mail: %v", err)
			}
		}
	})
}

// A Redis that refuses the password, or is not there, keeps the server from
// starting. One with settings that can lose sessions is reported.
func TestRedisAtStart(t *testing.T) {
	redis := redisserver.Start(t, "--maxmemory-policy", "allkeys-lru")
	env := map[string]string{
		"AUTH_URL": "http://127.0.0.1:3000", "AUTH_SECRET": secret, "AUTH_GITHUB_ID": "x", "AUTH_GITHUB_SECRET": "x",
		"AUTH_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "auth.db"),
	}
	for name, address := range map[string]string{
		"wrong password": "redis://user:hunter2@" + redis.Addr,
		"nobody there":   "redis://user:hunter2@127.0.0.1:" + redisserver.FreePort(t),
	} {
		env["AUTH_REDIS_URL"] = address
		out, exit := run(t, env, "serve", "--listen", "127.0.0.1:0")
		if exit != 1 || !strings.Contains(out, "gatehouse: Redis at 127.0.0.1:") || strings.Contains(out, "hunter2") {
			t.Errorf("%s: exit %d:\n%s", name, exit, out)
		}
	}
	env["AUTH_REDIS_URL"] = "redis://" + redis.Addr
	p := start(t, env)
	p.stop(t)
	if !strings.Contains(p.said.String(), "maxmemory-policy is allkeys-lru") {
		t.Errorf("the server does not warn of Redis:\n%s", &p.said)
	}
}
