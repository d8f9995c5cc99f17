package faults_test

import (
	"crypto/rand"
	"net/url"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// onEach runs a test on an empty store of every kind.
func onEach(t *testing.T, test func(t *testing.T, s store, a auth.Adapter)) {
	t.Helper()
	for _, system := range database.Systems() {
		t.Run(system.Name, func(t *testing.T) {
			s := newSQLStore(t, system.New(t))
			test(t, s, sqldb.New(s.db, system.Dialect))
		})
	}
	t.Run("Redis", func(t *testing.T) {
		s := newRedisStore(t, need.Redis(t), "test-"+rand.Text())
		client := redis.NewClient(&redis.Options{Addr: s.addr, ContextTimeoutEnabled: true})
		t.Cleanup(func() { client.Close() })
		a, err := redisdb.New(client, redisdb.Options{Prefix: s.prefix})
		if err != nil {
			t.Fatal(err)
		}
		test(t, s, a)
	})
}

// callback begins a sign-in at the provider and returns the address with which the
// browser comes back.
func (b *browser) callback(t *testing.T, subject string) string {
	t.Helper()
	started, err := b.post(t.Context(), "/signin/op", url.Values{"login_hint": {subject}})
	if err != nil {
		t.Fatal(err)
	}
	back, err := b.do(t.Context(), started.location+"&login_hint="+subject, nil)
	if err != nil {
		t.Fatal(err)
	}
	return back.location
}

// TestParallelFirstSignIns has one person come back from the provider in 50
// browsers at once (case DB-06).
func TestParallelFirstSignIns(t *testing.T) {
	onEach(t, func(t *testing.T, s store, a auth.Adapter) {
		w := newWorld(t)
		address := newSite(t, w, a)
		const n = 50
		browsers, callbacks := make([]*browser, n), make([]string, n)
		for i := range n {
			browsers[i] = newBrowser(address)
			callbacks[i] = browsers[i].callback(t, "ada")
		}
		atOnce(n, func(i int) {
			if p, err := browsers[i].do(t.Context(), callbacks[i], nil); err != nil || browsers[i].token() == "" {
				t.Errorf("browser %d is not signed in: %+v, %v", i, p, err)
			}
		})
		c := checkStore(t, s)
		if len(c.users) != 1 || len(c.accounts) != 1 || c.sessions[c.accounts["ada"]] != n {
			t.Errorf("%d users, %d accounts, sessions %v, want 1, 1 and %d", len(c.users), len(c.accounts), c.sessions, n)
		}
	})
}

// TestParallelCallback has one browser come back 20 times at once with one code,
// which the provider redeems once (case DB-08).
func TestParallelCallback(t *testing.T) {
	onEach(t, func(t *testing.T, s store, a auth.Adapter) {
		w := newWorld(t)
		address := newSite(t, w, a)
		first := newBrowser(address)
		callback := first.callback(t, "ada")
		site, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		const n = 20
		browsers := make([]*browser, n)
		atOnce(n, func(i int) {
			browsers[i] = newBrowser(address)
			browsers[i].client.Jar.SetCookies(site, first.client.Jar.Cookies(&url.URL{Scheme: "http", Host: site.Host, Path: "/api/auth/callback/op"}))
			if _, err := browsers[i].do(t.Context(), callback, nil); err != nil {
				t.Error(err)
			}
		})
		signedIn := 0
		for _, b := range browsers {
			if b.token() != "" {
				signedIn++
			}
		}
		c := checkStore(t, s)
		if signedIn != 1 || len(c.users) != 1 || len(c.accounts) != 1 || c.sessions[c.accounts["ada"]] != 1 {
			t.Errorf("%d of %d are signed in: %d users, %d accounts, sessions %v, want one of each", signedIn, n, len(c.users), len(c.accounts), c.sessions)
		}
	})
}
