package redisserver

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// MasterName is the name under which StartSentinel knows its master.
const MasterName = "gatehouse"

// Sentinel is a master with a replica and a sentinel that watches both.
type Sentinel struct {
	Master, Replica *Server
	// Addr is the address of the sentinel.
	Addr string
}

// StartSentinel starts a master, its replica and a sentinel that makes the replica
// the master when the master does not answer for half a second.
func StartSentinel(t testing.TB) *Sentinel {
	t.Helper()
	s := &Sentinel{Master: Start(t, "--repl-diskless-sync-delay", "0")}
	host, port, err := net.SplitHostPort(s.Master.Addr)
	if err != nil {
		t.Fatal(err)
	}
	s.Replica = Start(t, "--replicaof", host+" "+port)
	sentinelPort := FreePort(t)
	s.Addr = net.JoinHostPort("127.0.0.1", sentinelPort)
	settings := filepath.Join(t.TempDir(), "sentinel.conf") // which the sentinel rewrites
	text := strings.Join([]string{
		"bind 127.0.0.1", "port " + sentinelPort,
		"sentinel monitor " + MasterName + " " + host + " " + port + " 1",
		"sentinel down-after-milliseconds " + MasterName + " 500",
		"sentinel failover-timeout " + MasterName + " 3000", "",
	}, "\n")
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	watcher := &Server{Addr: s.Addr, args: []string{settings, "--sentinel"}}
	watcher.start(t)
	t.Cleanup(func() { watcher.Kill(t) })
	replica, sentinel := s.Replica.Client(t), watcher.Client(t)
	Wait(t, "the replica follows", func(ctx context.Context) error {
		info, err := replica.Info(ctx, "replication").Result()
		if err == nil && !containsLine(info, "master_link_status:up") {
			err = errors.New(info)
		}
		return err
	})
	Wait(t, "the sentinel knows the replica", func(ctx context.Context) error {
		info, err := sentinel.Info(ctx, "sentinel").Result()
		if err == nil && !strings.Contains(info, "slaves=1") {
			err = errors.New(info)
		}
		return err
	})
	return s
}

// containsLine reports whether the answer to INFO has a line.
func containsLine(info, line string) bool {
	return strings.Contains("\n"+info, "\n"+line+"\r\n")
}
