package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adapters/tiered"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// Sessions is a Redis that keeps sessions. Use [OpenSessions] to make one.
type Sessions struct {
	client redis.UniversalClient
	store  *redisdb.Sessions
	name   string
}

// SessionAddresses says which addresses [OpenSessions] takes, for people.
const SessionAddresses = "redis://USER:PASSWORD@HOST:6379/0"

// OpenSessions returns the Redis at an address, "redis://user:password@host:6379/0"
// or the same with rediss:// for TLS. With the parameter addr, once for each
// further node, it is a cluster, and with master_name the address is that of a
// sentinel. It connects to nothing yet. No error repeats the address, which may
// hold a password.
func OpenSessions(address string) (*Sessions, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is not a URL: special characters in user and password must be percent-encoded")
	}
	if u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
		return nil, errors.New("is not the address of a Redis")
	}
	if err := checkPassword(u); err != nil {
		return nil, err
	}
	logging.Disable() // it repeats what is returned
	client, err := newRedis(u)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %s", strings.TrimPrefix(err.Error(), "redis: "))
	}
	store, err := redisdb.NewSessions(client, redisdb.Options{})
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return &Sessions{client: client, store: store, name: "Redis at " + u.Host}, nil
}

// newRedis returns the client for an address. Every call ends with its context.
func newRedis(u *url.URL) (redis.UniversalClient, error) {
	switch query := u.Query(); {
	case query.Has("master_name"):
		o, err := redis.ParseFailoverURL(u.String())
		if err != nil {
			return nil, err
		}
		o.ContextTimeoutEnabled = true
		return redis.NewFailoverClient(o), nil
	case query.Has("addr"):
		o, err := redis.ParseClusterURL(u.String())
		if err != nil {
			return nil, err
		}
		o.ContextTimeoutEnabled = true
		return redis.NewClusterClient(o), nil
	}
	o, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, err
	}
	o.ContextTimeoutEnabled = true
	return redis.NewClient(o), nil
}

// Beside returns a store that keeps sessions here and everything else in a
// database. The tables of NextAuth.js cannot be that database.
func (s *Sessions) Beside(d *Database) (auth.Adapter, error) {
	if d.own == nil {
		return nil, errors.New("cannot be used beside tables of NextAuth.js, where the other servers look for sessions")
	}
	return tiered.New(d.own, s.store), nil
}

// String describes the Redis without user and password.
func (s *Sessions) String() string { return s.name }

// Ping asks for a sign of life.
func (s *Sessions) Ping(ctx context.Context) error { return s.client.Ping(ctx).Err() }

// Prepare makes sure that the Redis answers, and logs what is wrong with its
// settings, which can lose sessions but endangers nobody.
func (s *Sessions) Prepare(ctx context.Context, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	// A server that refuses the password does not let Check see anything.
	err := s.Ping(ctx)
	var problems []string
	if err == nil {
		problems, err = redisdb.Check(ctx, s.client)
	}
	if err != nil {
		return &UnreachableError{s.name, err}
	}
	for _, problem := range problems {
		log.Warn("a Redis is not set up as it should be", "code", "REDIS_SETTINGS", "database", s.name, "problem", problem)
	}
	return nil
}

// Clean returns at once: Redis removes by itself what has expired.
func (s *Sessions) Clean(context.Context, *slog.Logger) {}

// Close closes the connections.
func (s *Sessions) Close() error { return s.client.Close() }
