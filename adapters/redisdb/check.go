package redisdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Check returns what is set up wrongly at a server, or at each master of a cluster,
// in sentences for the operator: keys that are evicted, data that no restart
// survives, a replica in place of the master, writes that a fail-over forgets, a
// client that repeats calls too often. It finds nothing wrong with what the server
// does not let it see. The error says that a server did not answer.
func Check(ctx context.Context, client redis.UniversalClient) ([]string, error) {
	if err := checkClient(client); err != nil {
		return nil, err
	}
	var problems []string
	retries, unit := 0, "MaxRetries"
	var err error
	switch c := client.(type) {
	case *redis.ClusterClient:
		retries, unit = c.Options().MaxRedirects, "MaxRedirects"
		var mu sync.Mutex
		err = c.ForEachMaster(ctx, func(ctx context.Context, master *redis.Client) error {
			found, err := checkServer(ctx, master)
			mu.Lock()
			defer mu.Unlock()
			for _, problem := range found {
				problems = append(problems, master.Options().Addr+": "+problem)
			}
			return err
		})
		slices.Sort(problems)
	case *redis.Client:
		retries = c.Options().MaxRetries
		problems, err = checkServer(ctx, c)
	default:
		problems, err = checkServer(ctx, client)
	}
	if err != nil {
		return nil, fmt.Errorf("redisdb: check: %w", err)
	}
	if retries > 3 {
		problems = append(problems, fmt.Sprintf("the client's %s is %d: set it to 3 or leave it out", unit, retries))
	}
	return problems, nil
}

// checkServer looks at one server.
func checkServer(ctx context.Context, client redis.Cmdable) ([]string, error) {
	s := &server{client: client}
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	var problems []string
	if policy := s.setting("maxmemory-policy", "maxmemory_policy"); policy != "" && policy != "noeviction" {
		problems = append(problems, "maxmemory-policy is "+policy+
			": when memory runs out sessions and users vanish, set it to noeviction")
	}
	if s.info["aof_enabled"] == "0" {
		if save, known := s.config["save"]; known && save == "" {
			problems = append(problems, "nothing is written to disk: a restart loses every user and signs everybody out, set appendonly to yes")
		} else {
			problems = append(problems, "appendonly is no: a crash loses what was written since the last snapshot, set it to yes")
		}
	} else if fsync := s.config["appendfsync"]; fsync == "no" {
		problems = append(problems, "appendfsync is no: a power failure loses an unbounded time, set it to everysec or always")
	}
	if s.info["role"] == "slave" {
		problems = append(problems, "the server is a replica: connect to the master, through Sentinel for example")
	}
	if replicas := s.info["connected_slaves"]; replicas != "" && replicas != "0" && s.config["min-replicas-to-write"] == "0" {
		problems = append(problems, "min-replicas-to-write is 0: a master that has lost its replicas goes on taking sign-ins, "+
			"which the fail-over forgets, set it to 1")
	}
	return problems, nil
}

// server is what a server says of itself.
type server struct {
	client redis.Cmdable
	info   map[string]string
	config map[string]string // empty where the server does not tell
}

func (s *server) setting(config, info string) string {
	if value := s.config[config]; value != "" {
		return value
	}
	return s.info[info]
}

// read asks for everything. Being refused is no error.
func (s *server) read(ctx context.Context) error {
	s.info, s.config = map[string]string{}, map[string]string{}
	for _, section := range []string{"memory", "persistence", "replication"} {
		text, err := s.client.Info(ctx, section).Result()
		if err != nil && !refused(err) {
			return err
		}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				s.info[name] = value
			}
		}
	}
	for _, name := range []string{"maxmemory-policy", "save", "appendfsync", "min-replicas-to-write"} {
		values, err := s.client.ConfigGet(ctx, name).Result()
		if err != nil && !refused(err) {
			return err
		}
		for name, value := range values {
			s.config[name] = value
		}
	}
	return nil
}

// refused reports whether the server answered, though with an error: the account
// lacks a right, or a hosted Redis lacks the command.
func refused(err error) bool {
	var answered redis.Error
	return errors.As(err, &answered) && !redis.IsLoadingError(err)
}
