package need_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// TestRedisMissing runs itself in a process that finds neither a server nor the
// program, and then something that is no Redis.
func TestRedisMissing(t *testing.T) {
	if os.Getenv("NEED_REDIS") != "" {
		t.Run("Redis", func(t *testing.T) { need.Redis(t) })
		t.Run("RedisServer", func(t *testing.T) { need.RedisServer(t) })
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("220 mail.example.com\r\n"))
			c.Close()
		}
	}()
	for _, closed := range []bool{false, true} {
		if closed {
			l.Close()
		}
		file := filepath.Join(t.TempDir(), "missing")
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRedisMissing$", "-test.v") //nolint:gosec // this test itself
		cmd.Env = []string{"NEED_REDIS=1", "PATH=" + t.TempDir(), "TEST_REDIS_ADDR=" + l.Addr().String(), "GATEHOUSE_MISSING=" + file}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		noted, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(noted), "missing: install"); n != 2 || !strings.Contains(string(noted), "TEST_REDIS_ADDR") {
			t.Errorf("listener closed %v: noted %q, want two lines", closed, noted)
		}
	}
}
