package databases_test

import (
	"context"
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/adapters/tiered"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/redisserver"
)

// A store of sessions needs no knowledge of the adapter that uses it.
var _ tiered.Sessions = (*redisdb.Sessions)(nil)

func redisSessions(t testing.TB, client redis.UniversalClient, prefix string) *redisdb.Sessions {
	t.Helper()
	s, err := redisdb.NewSessions(client, redisdb.Options{Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTiered keeps users in SQLite and sessions in Redis, on one server and on a
// cluster.
func TestTiered(t *testing.T) {
	t.Parallel()
	empty := emptyFile(t, settings)
	cluster := redisserver.StartCluster(t, 3)
	for name, client := range map[string]redis.UniversalClient{
		"one server": redisClient(t, redis.Options{}),
		"cluster":    clusterClient(t, cluster, redis.ClusterOptions{}),
	} {
		t.Run(name, func(t *testing.T) {
			prefixes := newRedisPrefixes(t, client)
			adaptertest.Run(t, func(t *testing.T) auth.Adapter {
				users := sqldb.New(open(t, copyOf(t, empty), settings), sqldb.SQLite)
				return tiered.New(users, redisSessions(t, client, prefixes.next()))
			})
		})
	}
}

// Redis is full, as it is with noeviction when memory has run out: it still reads
// and does not write. A sign-in then leaves the mailed link as it is, who is
// signed in stays so, and signing out works.
func TestTieredFull(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	client := redisClient(t, redis.Options{Addr: server.Addr})
	users := sqldb.New(migrated(t, settings), sqldb.SQLite)
	a := tiered.New(users, redisSessions(t, client, ""))
	redisUser(t, a, "ada")
	link := auth.VerificationToken{Identifier: "new@example.com", Token: "link", Expires: inAnHour()}
	if err := a.CreateVerificationToken(t.Context(), link); err != nil {
		t.Fatal(err)
	}
	limit := func(bytes string) {
		if err := server.Client(t).ConfigSet(t.Context(), "maxmemory", bytes).Err(); err != nil {
			t.Fatal(err)
		}
	}
	limit("1")
	signIn := auth.SignIn{
		UseVerificationToken: &link, CreateUser: &auth.User{Email: link.Identifier},
		CreateSession: &auth.SessionRecord{Token: "new", Expires: inAnHour()},
	}
	_, err := a.SignIn(t.Context(), signIn)
	var step *auth.StepError
	if !errors.As(err, &step) || step.Step != auth.StepCreateSession || errors.Is(err, auth.ErrConflict) {
		t.Errorf("SignIn while Redis is full: %v, want a failure of step CreateSession", err)
	}
	if _, _, err := a.SessionAndUser(t.Context(), "ada"); err != nil {
		t.Errorf("reading a session while Redis is full: %v", err)
	}
	if _, err := a.DeleteSession(t.Context(), "ada"); err != nil {
		t.Errorf("signing out while Redis is full: %v", err)
	}
	limit("0")
	if _, err := a.SignIn(t.Context(), signIn); err != nil {
		t.Errorf("SignIn with the same link when there is room again: %v", err)
	}
}

// Redis is killed and started again while people are signed in: nobody is taken
// for signed out, and nothing of ours has to be started again.
func TestTieredRestart(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	client := redisClient(t, redis.Options{Addr: server.Addr})
	a := tiered.New(sqldb.New(migrated(t, settings), sqldb.SQLite), redisSessions(t, client, ""))
	u := redisUser(t, a, "ada")
	server.Kill(t)
	if _, _, err := a.SessionAndUser(t.Context(), "ada"); err == nil || errors.Is(err, auth.ErrNotFound) {
		t.Errorf("a session while Redis is down: %v, want that it could not be asked", err)
	}
	if _, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "s", Expires: inAnHour()}}); err == nil {
		t.Error("a sign-in succeeded without its session")
	}
	if got, err := a.User(t.Context(), u.ID); err != nil || got.ID != u.ID {
		t.Errorf("user while Redis is down: %+v, %v", got, err)
	}
	server.Restart(t)
	redisserver.Wait(t, "the session is read again", func(ctx context.Context) error {
		_, got, err := a.SessionAndUser(ctx, "ada")
		if errors.Is(err, auth.ErrNotFound) || err == nil && got.ID != u.ID {
			t.Fatalf("user = %+v, %v: the restart signed somebody out", got, err)
		}
		return err
	})
	if _, err := a.SignIn(t.Context(), auth.SignIn{UserID: u.ID, CreateSession: &auth.SessionRecord{Token: "s", Expires: inAnHour()}}); err != nil {
		t.Errorf("SignIn after the restart: %v", err)
	}
}
