package databases_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// BenchmarkSessionRedis is BenchmarkSession on Redis, beside a bare GET of as many
// bytes and a bare PEXPIRE. It counts the round trips of one read.
func BenchmarkSessionRedis(b *testing.B) {
	client := redisClient(b, redis.Options{})
	prefix := newRedisPrefixes(b, client).next()
	a := redisAdapter(b, client, prefix)
	for i := range 1000 {
		redisUser(b, a, fmt.Sprintf("%064d", i))
	}
	token, bare := fmt.Sprintf("%064d", 500), prefix+":bare"
	if err := client.Set(b.Context(), bare, fmt.Sprintf("%0400d", 0), 0).Err(); err != nil {
		b.Fatal(err)
	}
	read := func(ctx context.Context) error {
		_, _, err := a.SessionAndUser(ctx, token)
		return err
	}
	compare(b, func(ctx context.Context) error {
		if err := read(ctx); err != nil {
			return err
		}
		return a.UpdateSession(ctx, token, inAnHour())
	}, func(ctx context.Context) error {
		if err := client.Get(ctx, bare).Err(); err != nil {
			return err
		}
		return client.PExpire(ctx, bare, time.Hour).Err()
	})
	var trips counter
	client.AddHook(&trips)
	if err := read(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(trips.commands.Load()+trips.pipelines.Load()), "round-trips/read")
}

// BenchmarkRedisSession is what GET /session asks of Redis, with 1000 sessions in
// it, beside a bare GET of as many bytes through the same client.
func BenchmarkRedisSession(b *testing.B) {
	client := redisClient(b, redis.Options{})
	prefix := newRedisPrefixes(b, client).next()
	a, sessions := redisAdapter(b, client, prefix), redisSessions(b, client, prefix)
	for i := range 1000 {
		u := redisUser(b, a, fmt.Sprintf("%064d", i))
		if err := sessions.CreateSession(b.Context(), auth.SessionRecord{Token: fmt.Sprintf("%064d", i), UserID: u.ID, Expires: inAnHour()}); err != nil {
			b.Fatal(err)
		}
	}
	token := fmt.Sprintf("%064d", 500)
	bare := prefix + ":bare"
	if err := client.Set(b.Context(), bare, fmt.Sprintf("%0400d", 0), 0).Err(); err != nil {
		b.Fatal(err)
	}
	for _, read := range []struct {
		name string
		do   func() error
	}{
		{"GET", func() error { return client.Get(b.Context(), bare).Err() }},
		{"SessionAndUser", func() error { _, _, err := a.SessionAndUser(b.Context(), token); return err }},
		{"Session", func() error { _, err := sessions.Session(b.Context(), token); return err }},
	} {
		b.Run(read.name+"/serial", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := read.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(read.name+"/parallel", func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := read.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
