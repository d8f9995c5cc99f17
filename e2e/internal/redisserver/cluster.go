package redisserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/redis/go-redis/v9"
)

// slots is the number of hash slots of a cluster.
const slots = 16384

// Cluster are servers that share the slots among them.
type Cluster struct{ Servers []*Server }

// StartCluster starts a cluster of n servers without replicas and waits until it
// works.
func StartCluster(t testing.TB, n int, settings ...string) *Cluster {
	t.Helper()
	c := &Cluster{}
	var busPorts []string
	for range n {
		busPort := FreePort(t)
		busPorts = append(busPorts, busPort)
		c.Servers = append(c.Servers, Start(t, append([]string{
			"--cluster-enabled", "yes", "--cluster-port", busPort, "--cluster-node-timeout", "2000",
		}, settings...)...))
	}
	for i, s := range c.Servers {
		client := s.Client(t)
		if err := client.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", i*slots/n, (i+1)*slots/n-1).Err(); err != nil {
			t.Fatal(err)
		}
		// Without it two servers would take the same place in the history.
		if err := client.Do(t.Context(), "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			t.Fatal(err)
		}
		for j, other := range c.Servers[:i] {
			host, port, err := net.SplitHostPort(other.Addr)
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Do(t.Context(), "CLUSTER", "MEET", host, port, busPorts[j]).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range c.Servers {
		client := s.Client(t)
		Wait(t, "the cluster works", func(ctx context.Context) error { return works(ctx, client, n) })
	}
	return c
}

// works returns an error while a server does not know every other and every slot.
func works(ctx context.Context, client *redis.Client, n int) error {
	shards, err := client.ClusterShards(ctx).Result()
	if err != nil {
		return err
	}
	known := 0
	for _, shard := range shards {
		if len(shard.Slots) > 0 {
			known++
		}
	}
	if known != n {
		return fmt.Errorf("%d of %d servers are known", known, n)
	}
	info, err := client.ClusterInfo(ctx).Result()
	if err == nil && !containsLine(info, "cluster_state:ok") {
		err = errors.New(info)
	}
	return err
}

// Addrs are the addresses of the servers.
func (c *Cluster) Addrs() []string {
	var addrs []string
	for _, s := range c.Servers {
		addrs = append(addrs, s.Addr)
	}
	return addrs
}
