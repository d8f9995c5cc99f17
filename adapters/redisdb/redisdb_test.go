package redisdb_test

import (
	"context"
	"errors"
	"log"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// What needs a server is tested in e2e/databases.

func newClient() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379", ContextTimeoutEnabled: true})
}

func ExampleNew() {
	client := redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:                 []string{"127.0.0.1:6379"},
		ContextTimeoutEnabled: true,
		ReadTimeout:           time.Second,
	})
	adapter, err := redisdb.New(client, redisdb.Options{Prefix: "shop"})
	if err != nil {
		log.Fatal(err)
	}
	problems, err := redisdb.Check(context.Background(), client)
	if err != nil {
		log.Fatal(err)
	}
	for _, problem := range problems {
		log.Print(problem)
	}
	_ = auth.Config{Adapter: adapter}
}

func ExampleNewSessions() {
	client := redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:                 []string{"redis1:6379", "redis2:6379", "redis3:6379"},
		ContextTimeoutEnabled: true,
	})
	sessions, err := redisdb.NewSessions(client, redisdb.Options{})
	if err != nil {
		log.Fatal(err)
	}
	_ = sessions // for tiered.New(sqldb.New(db, sqldb.SQLite), sessions)
}

func TestNewRefuses(t *testing.T) {
	good := newClient()
	defer good.Close()
	without := redis.NewClient(&redis.Options{})
	defer without.Close()
	withoutCluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"127.0.0.1:6379"}})
	defer withoutCluster.Close()
	ring := redis.NewRing(&redis.RingOptions{Addrs: map[string]string{"1": "127.0.0.1:6379"}})
	defer ring.Close()
	for _, test := range []struct {
		name   string
		client redis.UniversalClient
		prefix string
		want   string // in the error, none if empty
	}{
		{"default", good, "", ""},
		{"long prefix", good, strings.Repeat("a", 64), ""},
		{"every character", good, "aZ09._-:", ""},
		{"too long", good, strings.Repeat("a", 65), "at most 64"},
		{"brace", good, "a}b", "letters and digits"},
		{"space", good, "a b", "letters and digits"},
		{"glob", good, "a*", "letters and digits"},
		{"beyond ASCII", good, "é", "letters and digits"},
		{"no client", nil, "", "client is nil"},
		{"nil client", (*redis.Client)(nil), "", "client is nil"},
		{"nil cluster client", (*redis.ClusterClient)(nil), "", "client is nil"},
		{"deadlines", without, "", "ContextTimeoutEnabled"},
		{"deadlines on a cluster", withoutCluster, "", "ContextTimeoutEnabled"},
		{"ring", ring, "", "Ring"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, err := redisdb.New(test.client, redisdb.Options{Prefix: test.prefix})
			s, sessionsErr := redisdb.NewSessions(test.client, redisdb.Options{Prefix: test.prefix})
			for _, err := range []error{err, sessionsErr} {
				if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
					t.Errorf("error = %v, want %q", err, test.want)
				}
			}
			if (a == nil || s == nil) != (test.want != "") {
				t.Errorf("New = %v, NewSessions = %v", a, s)
			}
			if test.prefix == "" && test.want != "" {
				if _, err := redisdb.Check(t.Context(), test.client); err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("Check: %v, want %q", err, test.want)
				}
			}
		})
	}
}

func TestArguments(t *testing.T) {
	client := newClient()
	defer client.Close()
	a, err := redisdb.New(client, redisdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	unfit := map[string]any{"f": func() {}}
	for _, test := range []struct {
		name string
		s    auth.SignIn
		want auth.Step
	}{
		{"new user", auth.SignIn{CreateUser: &auth.User{Extra: unfit}}, auth.StepCreateUser},
		{"user", auth.SignIn{UpdateUser: &auth.User{ID: "1", Extra: unfit}}, auth.StepUpdateUser},
		{"account", auth.SignIn{UserID: "1", LinkAccount: &auth.Account{Extra: unfit}}, auth.StepLinkAccount},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := a.SignIn(t.Context(), test.s)
			var step *auth.StepError
			if !errors.As(err, &step) || step.Step != test.want || !strings.Contains(err.Error(), "no JSON form") {
				t.Errorf("error = %v, want step %s and the reason", err, test.want)
			}
		})
	}
	if err := a.Revoke(t.Context(), auth.Revocation{}); err == nil || !strings.Contains(err.Error(), "without") {
		t.Errorf("Revoke of nothing: %v, want an error", err)
	}
	sessions, err := redisdb.NewSessions(client, redisdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := sessions.CreateSession(t.Context(), auth.SessionRecord{Token: "s"}); err == nil || !strings.Contains(err.Error(), "UserID") {
		t.Errorf("CreateSession of nobody: %v, want an error", err)
	}
}
