package need

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Redis returns the address of a Redis server for tests: TEST_REDIS_ADDR, or the
// standard port of this machine.
func Redis(t testing.TB) string {
	t.Helper()
	addr := os.Getenv("TEST_REDIS_ADDR")
	if addr == "" {
		addr = "127.0.0.1:6379"
	}
	if !answersPing(t.Context(), addr) {
		missing(t, "Redis is missing: install and start redis-server, or set TEST_REDIS_ADDR")
	}
	return addr
}

// answersPing reports whether a server speaks the protocol of Redis.
func answersPing(ctx context.Context, addr string) bool {
	dialer := net.Dialer{Timeout: 2 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(2*time.Second)) != nil {
		return false
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "+PONG")
}

// RedisServer returns the path of redis-server, for tests that start their own.
func RedisServer(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		missing(t, "redis-server is missing: install your system's redis-server package")
	}
	return path
}
