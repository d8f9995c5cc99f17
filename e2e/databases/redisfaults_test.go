package databases_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/redisserver"
)

func inAnHour() time.Time { return time.Now().Add(time.Hour) }

// redisUser signs a new user in, with what the name stands for: account, session
// and address.
func redisUser(t testing.TB, a auth.Adapter, name string) *auth.User {
	t.Helper()
	u, err := a.SignIn(context.Background(), auth.SignIn{
		CreateUser:    &auth.User{Name: name, Email: name + "@example.com"},
		LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: name},
		CreateSession: &auth.SessionRecord{Token: name, Expires: inAnHour()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// DB-23: of 10 000 parallel reads 5 % are delayed beyond the client's timeout, and
// none shows the session of somebody else (CVE-2025-29923).
func TestSecurityRedisMismatchedReplies(t *testing.T) {
	t.Parallel()
	const people, readers, reads = 100, 200, 50
	p := newProxy(t, need.Redis(t))
	direct := redisClient(t, redis.Options{})
	prefix := newRedisPrefixes(t, direct).next()
	setUp := redisAdapter(t, direct, prefix)
	sessions, err := redisdb.NewSessions(direct, redisdb.Options{Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		redisUser(t, setUp, fmt.Sprint("u", i))
		if err := sessions.CreateSession(t.Context(), auth.SessionRecord{Token: fmt.Sprint("u", i), UserID: fmt.Sprint("u", i), Expires: inAnHour()}); err != nil {
			t.Fatal(err)
		}
	}
	var delayed atomic.Int64
	p.set(func([]byte) treatment {
		if rand.N(100) >= 5 {
			return treatment{}
		}
		delayed.Add(1)
		return treatment{delay: 100*time.Millisecond + rand.N(100*time.Millisecond)}
	})
	client := redisClient(t, redis.Options{Addr: p.Addr, ReadTimeout: 50 * time.Millisecond, PoolSize: 50, PoolTimeout: 5 * time.Second})
	a := redisAdapter(t, client, prefix)
	if sessions, err = redisdb.NewSessions(client, redisdb.Options{Prefix: prefix}); err != nil {
		t.Fatal(err)
	}
	var right, failed atomic.Int64
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for range reads {
				name := fmt.Sprint("u", rand.N(people))
				s, u, err := a.SessionAndUser(t.Context(), name)
				switch {
				case errors.Is(err, auth.ErrNotFound):
					t.Errorf("%s is signed out: %v", name, err)
				case err != nil:
					failed.Add(1)
				case s.Token != name || u.Name != name || s.UserID != u.ID:
					t.Errorf("%s got session %+v of user %+v", name, s, u)
				default:
					right.Add(1)
				}
				if s, err := sessions.Session(t.Context(), name); errors.Is(err, auth.ErrNotFound) || err == nil && (s.UserID != name || s.Token != name) {
					t.Errorf("%s got session %+v, %v", name, s, err)
				}
			}
		})
	}
	group.Wait()
	t.Logf("%d replies delayed, %d reads right, %d failed", delayed.Load(), right.Load(), failed.Load())
	if right.Load() < readers*reads*9/10 || delayed.Load() < readers*reads/20 {
		t.Errorf("%d of %d reads succeeded with %d delays: the test shows nothing", right.Load(), readers*reads, delayed.Load())
	}
}

// DB-23: a reply that belongs to another call is an error, whatever the client makes
// of it.
func TestSecurityRedisShiftedReplies(t *testing.T) {
	t.Parallel()
	p := newProxy(t, need.Redis(t))
	prefix := newRedisPrefixes(t, redisClient(t, redis.Options{})).next()
	client := redisClient(t, redis.Options{Addr: p.Addr, PoolSize: 1, MaxRetries: -1})
	a := redisAdapter(t, client, prefix)
	redisUser(t, a, "eve")
	redisUser(t, a, "ada")
	var eves []byte
	p.set(func(chunk []byte) treatment { eves = append([]byte(nil), chunk...); return treatment{} })
	if _, u, err := a.SessionAndUser(t.Context(), "eve"); err != nil || u.Name != "eve" {
		t.Fatalf("user = %+v, %v", u, err)
	}
	shifted := false
	p.set(func([]byte) treatment {
		if shifted {
			return treatment{}
		}
		shifted = true
		return treatment{before: eves}
	})
	if _, u, err := a.SessionAndUser(t.Context(), "ada"); err == nil || errors.Is(err, auth.ErrNotFound) {
		t.Errorf("the first read = %+v, %v: its reply belongs to another call", u, err)
	}
	for _, name := range []string{"ada", "eve"} {
		if _, u, err := a.SessionAndUser(t.Context(), name); err != nil || u.Name != name {
			t.Errorf("a later read of %s = %+v, %v", name, u, err)
		}
	}
}

// Each write is executed by the server and its reply lost. The client sends it
// again: the result is that of the first time, and nothing happens twice.
func TestRedisLostReply(t *testing.T) {
	t.Parallel()
	p := newProxy(t, need.Redis(t))
	client := redisClient(t, redis.Options{Addr: p.Addr, PoolSize: 1})
	prefix := newRedisPrefixes(t, redisClient(t, redis.Options{})).next()
	a := redisAdapter(t, client, prefix)
	sessions, err := redisdb.NewSessions(client, redisdb.Options{Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]*auth.User{}
	link := func(name string) auth.VerificationToken {
		return auth.VerificationToken{Identifier: name + "@example.com", Token: "link", Expires: inAnHour()}
	}
	steps := []struct {
		name string
		do   func(ctx context.Context, name string) error
	}{
		{"CreateVerificationToken", func(ctx context.Context, name string) error { return a.CreateVerificationToken(ctx, link(name)) }},
		{"SignIn", func(ctx context.Context, name string) (err error) {
			used := link(name)
			users[name], err = a.SignIn(ctx, auth.SignIn{
				UseVerificationToken: &used, CreateUser: &auth.User{Name: name, Email: name + "@example.com"},
				LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: name, AccessToken: "old"},
				CreateSession: &auth.SessionRecord{Token: name, Expires: inAnHour()},
			})
			return err
		}},
		{"CreateVerificationToken again", func(ctx context.Context, name string) error { return a.CreateVerificationToken(ctx, link(name)) }},
		{"UseVerificationToken", func(ctx context.Context, name string) error {
			got, err := a.UseVerificationToken(ctx, name+"@example.com", "link")
			if err == nil && got.Expires.Before(time.Now()) {
				return fmt.Errorf("link = %+v", got)
			}
			return err
		}},
		{"UpdateSession", func(ctx context.Context, name string) error { return a.UpdateSession(ctx, name, inAnHour()) }},
		{"ReplaceTokens", func(ctx context.Context, name string) error {
			old := auth.Account{Provider: "github", ProviderAccountID: name, AccessToken: "old"}
			return a.ReplaceTokens(ctx, old, auth.Account{AccessToken: "new"})
		}},
		{"UnlinkAccount", func(ctx context.Context, name string) error {
			return a.UnlinkAccount(ctx, users[name].ID, "github", name, nil)
		}},
		{"Revoke", func(ctx context.Context, name string) error {
			return a.Revoke(ctx, auth.Revocation{SessionID: name, At: time.Now(), Expires: inAnHour()})
		}},
		{"DeleteSession", func(ctx context.Context, name string) error {
			s, err := a.DeleteSession(ctx, name)
			if err == nil && (s.Token != name || s.UserID != users[name].ID) {
				return fmt.Errorf("session = %+v", s)
			}
			return err
		}},
		{"DeleteSessions", func(ctx context.Context, name string) error { return a.DeleteSessions(ctx, users[name].ID) }},
		{"DeleteUser", func(ctx context.Context, name string) error { return a.DeleteUser(ctx, users[name].ID) }},
		{"Sessions.ReserveSession", sessions.ReserveSession},
		{"Sessions.CreateSession", func(ctx context.Context, name string) error {
			return sessions.CreateSession(ctx, auth.SessionRecord{Token: name, UserID: name, Expires: inAnHour()})
		}},
		{"Sessions.UpdateSession", func(ctx context.Context, name string) error { return sessions.UpdateSession(ctx, name, inAnHour()) }},
		{"Sessions.DeleteSession", func(ctx context.Context, name string) error { _, err := sessions.DeleteSession(ctx, name); return err }},
	}
	for _, step := range steps { // once without a fault, which also brings the scripts to the server
		if err := step.do(t.Context(), "warm"); err != nil {
			t.Fatalf("%s without a fault: %v", step.name, err)
		}
	}
	for _, step := range steps {
		var cuts atomic.Int64
		p.set(func(chunk []byte) treatment {
			// Not the replies of the connection's greeting.
			if strings.Contains(string(chunk), "\r\n$32\r\n") && cuts.Add(1) == 1 {
				return treatment{cut: true}
			}
			return treatment{}
		})
		if err := step.do(t.Context(), "lost"); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if cuts.Load() < 2 {
			t.Errorf("%s: the reply was not lost", step.name)
		}
		p.set(nil)
	}
	if list, err := sessions.Sessions(t.Context(), "lost"); err != nil || len(list) != 0 {
		t.Errorf("sessions = %+v, %v, want none", list, err)
	}
}

// DB-21: of 50 sign-ins with one link at once one wins, on a network that delays
// every reply.
func TestSecurityRedisParallelLink(t *testing.T) {
	t.Parallel()
	p := newProxy(t, need.Redis(t))
	p.set(func([]byte) treatment { return treatment{delay: rand.N(5 * time.Millisecond)} })
	client := redisClient(t, redis.Options{Addr: p.Addr, PoolSize: 50})
	a := redisAdapter(t, client, newRedisPrefixes(t, redisClient(t, redis.Options{})).next())
	link := auth.VerificationToken{Identifier: "ada@example.com", Token: "link", Expires: inAnHour()}
	for _, use := range []struct {
		name string
		do   func(i int) error
	}{
		{"UseVerificationToken", func(int) error {
			_, err := a.UseVerificationToken(t.Context(), link.Identifier, link.Token)
			return err
		}},
		{"SignIn", func(i int) error {
			_, err := a.SignIn(t.Context(), auth.SignIn{
				UseVerificationToken: &link, CreateUser: &auth.User{Email: link.Identifier},
				CreateSession: &auth.SessionRecord{Token: fmt.Sprint(i), Expires: inAnHour()},
			})
			return err
		}},
	} {
		if err := a.CreateVerificationToken(t.Context(), link); err != nil {
			t.Fatal(err)
		}
		var won, lost atomic.Int64
		var group sync.WaitGroup
		begin := make(chan struct{})
		for i := range 50 {
			group.Go(func() {
				<-begin
				switch err := use.do(i); {
				case err == nil:
					won.Add(1)
				case errors.Is(err, auth.ErrNotFound):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		close(begin)
		group.Wait()
		if won.Load() != 1 || lost.Load() != 49 {
			t.Errorf("%s: %d won and %d lost, want 1 and 49", use.name, won.Load(), lost.Load())
		}
	}
}

// A server that stops answering costs five seconds, and one that is killed and
// started again loses nothing that was written to its log. Nobody is taken for
// signed out, and the adapter goes on as it was.
func TestRedisOutage(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	client := redisClient(t, redis.Options{Addr: server.Addr})
	a := redisAdapter(t, client, "")
	u := redisUser(t, a, "ada")
	calls := map[string]func() error{
		"SessionAndUser": func() error { _, _, err := a.SessionAndUser(t.Context(), "ada"); return err },
		"UserByAccount":  func() error { _, err := a.UserByAccount(t.Context(), "github", "ada"); return err },
		"SignIn": func() error {
			_, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "new", Expires: inAnHour()}})
			return err
		},
	}
	outage := func(what string) {
		var group sync.WaitGroup
		for name, call := range calls {
			group.Go(func() {
				began := time.Now()
				err := call()
				if err == nil || errors.Is(err, auth.ErrNotFound) || errors.Is(err, auth.ErrConflict) {
					t.Errorf("%s while the server %s: %v, want that it could not be asked", name, what, err)
				}
				if took := time.Since(began); took > 6*time.Second {
					t.Errorf("%s while the server %s took %v, want at most 5 s", name, what, took)
				}
			})
		}
		group.Wait()
	}
	resume := server.Pause(t)
	outage("hangs")
	resume()
	redisserver.Wait(t, "the session is read again", func(context.Context) error { return calls["SessionAndUser"]() })

	server.Kill(t)
	outage("is down")
	server.Restart(t)
	redisserver.Wait(t, "the session is read again", func(context.Context) error {
		err := calls["SessionAndUser"]()
		if errors.Is(err, auth.ErrNotFound) {
			t.Fatal("the restart signed somebody out")
		}
		return err
	})
	if _, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "after", Expires: inAnHour()}}); err != nil {
		t.Errorf("SignIn after the restart: %v", err)
	}
}

// Scripts that the server has forgotten are sent again.
func TestRedisScriptFlush(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	client := redisClient(t, redis.Options{Addr: server.Addr})
	a := redisAdapter(t, client, "")
	redisUser(t, a, "ada")
	if err := client.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.SessionAndUser(t.Context(), "ada"); err != nil {
		t.Error(err)
	}
}

// Memory has run out, with noeviction: what needs room fails as a whole, and what
// is there can be read and removed.
func TestRedisFull(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	client := redisClient(t, redis.Options{Addr: server.Addr})
	a := redisAdapter(t, client, "")
	u := redisUser(t, a, "ada")
	eve := redisUser(t, a, "eve")
	link := auth.VerificationToken{Identifier: "new@example.com", Token: "link", Expires: inAnHour()}
	revocation := auth.Revocation{UserID: "u", At: time.Now().Add(-time.Minute), Expires: inAnHour()}
	if err := errors.Join(a.CreateVerificationToken(t.Context(), link), a.Revoke(t.Context(), revocation)); err != nil {
		t.Fatal(err)
	}
	if err := client.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	_, err := a.SignIn(t.Context(), auth.SignIn{
		UseVerificationToken: &link, UserID: u.ID, RemoveAttached: true,
		CreateSession: &auth.SessionRecord{Token: "new", Expires: inAnHour()},
	})
	if err == nil || errors.Is(err, auth.ErrNotFound) || errors.Is(err, auth.ErrConflict) {
		t.Errorf("SignIn = %v, want that there is no room", err)
	}
	if _, err := a.UseVerificationToken(t.Context(), link.Identifier, link.Token); err == nil {
		t.Error("UseVerificationToken without room for its mark: want an error")
	}
	revocation.At = time.Now()
	if err := a.Revoke(t.Context(), revocation); err == nil {
		t.Error("Revoke = nil, want that there is no room")
	}
	if _, err := a.VerificationToken(t.Context(), link.Identifier, link.Token); err != nil {
		t.Errorf("the link of a sign-in that failed: %v", err)
	}
	if _, _, err := a.SessionAndUser(t.Context(), "ada"); err != nil {
		t.Errorf("a session that the failed sign-in would have removed: %v", err)
	}
	if list, err := a.Revocations(t.Context(), time.Time{}); err != nil || len(list) != 1 {
		t.Errorf("revocations = %+v, %v, want the older one", list, err)
	}
	if _, err := a.DeleteSession(t.Context(), "ada"); err != nil {
		t.Errorf("DeleteSession: %v", err)
	}
	if err := a.UnlinkAccount(t.Context(), u.ID, "github", "ada", nil); err != nil {
		t.Errorf("UnlinkAccount: %v", err)
	}
	if err := a.DeleteUser(t.Context(), eve.ID); err != nil {
		t.Errorf("DeleteUser: %v", err)
	}
	if keys, err := client.Keys(t.Context(), "*eve*").Result(); err != nil || len(keys) != 0 {
		t.Errorf("keys of a deleted user: %q, %v", keys, err)
	}
}
