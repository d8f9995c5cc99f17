// Package redisserver starts Redis servers for tests. They listen on a free port
// of this machine, keep their files in a folder of the test and end with it.
package redisserver

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// patience is how long a server may take to do something.
const patience = 20 * time.Second

// Server is a redis-server process.
type Server struct {
	// Addr is the address that it listens on.
	Addr string

	args   []string
	output lockedBuffer
	cmd    *exec.Cmd
}

// Start starts a server with settings such as "--appendonly", "yes" and waits
// until it answers. It keeps nothing on disk unless the settings say so.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	port := FreePort(t)
	s := &Server{Addr: net.JoinHostPort("127.0.0.1", port)}
	s.args = append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", ""}, settings...)
	s.start(t)
	t.Cleanup(func() { s.Kill(t) })
	return s
}

// FreePort returns a port that nothing listened on a moment ago.
func FreePort(t testing.TB) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}

func (s *Server) start(t testing.TB) {
	t.Helper()
	// The test ends the process by Kill, also when its context has ended before.
	s.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), need.RedisServer(t), s.args...)
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	client := s.Client(t)
	Wait(t, "redis-server answers", func(ctx context.Context) error {
		err := client.Ping(ctx).Err()
		if err != nil {
			err = fmt.Errorf("%w\n%s", err, &s.output)
		}
		return err
	})
}

// Client returns a client of this server alone, which ends with the test.
func (s *Server) Client(t testing.TB) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.Addr, ContextTimeoutEnabled: true, MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// Kill ends the process as a power failure would.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = s.cmd.Wait() // says that it was killed
	s.cmd = nil
}

// Restart starts the server again, on its port and with its files, after Kill.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.start(t)
}

// Pause stops the process where it is: connections stay and nothing is answered.
// It returns a function that lets it go on.
func (s *Server) Pause(t testing.TB) (resume func()) {
	t.Helper()
	process := s.cmd.Process
	if err := process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	resume = sync.OnceFunc(func() {
		if err := process.Signal(syscall.SIGCONT); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(resume)
	return resume
}

// Wait asks until the answer is no error.
func Wait(t testing.TB, what string, ask func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask(ctx)
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited %v until %s: %v", patience, what, err)
		}
	}
}

// lockedBuffer is written by the process and read by the test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
