package local_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/local"
)

var (
	quiet = slog.New(slog.DiscardHandler)
	empty = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
)

// run serves a handler until the test ends or stop is called.
func run(t *testing.T, h http.Handler) (s *local.Server, stop func()) {
	t.Helper()
	s, err := local.Open(t.Context(), 0, h, quiet)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return s, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func portOf(s *local.Server) string { return strings.TrimPrefix(s.URL, "http://localhost:") }

func TestRun(t *testing.T) {
	s, stop := run(t, empty)
	response, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("status %d", response.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	expectFree(t, portOf(s))
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestCloseWithoutRun(t *testing.T) {
	s, err := local.Open(t.Context(), 0, empty, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	expectFree(t, portOf(s))
}

func expectFree(t *testing.T, port string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	l.Close()
}

func TestListensOnLoopbackOnly(t *testing.T) {
	s, stop := run(t, empty)
	defer stop()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		network, ok := address.(*net.IPNet)
		if !ok || network.IP.IsLoopback() || network.IP.To4() == nil {
			continue
		}
		if conn, err := net.Dial("tcp", net.JoinHostPort(network.IP.String(), portOf(s))); err == nil {
			conn.Close()
			t.Errorf("%s can be reached", network.IP)
		}
	}
}

func TestHosts(t *testing.T) {
	s, stop := run(t, empty)
	defer stop()
	for _, row := range []struct {
		name, host string
		want       int
	}{
		{"own name", "localhost:" + portOf(s), http.StatusOK},
		{"number", "127.0.0.1:" + portOf(s), http.StatusOK},
		{"rebound name", "evil.example:" + portOf(s), http.StatusMisdirectedRequest},
		{"not a name", "[", http.StatusMisdirectedRequest},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, err := http.NewRequest(http.MethodGet, s.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = row.host
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != row.want {
				t.Errorf("status %d, want %d", response.StatusCode, row.want)
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestOpenTakenPort(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			other, err := net.Listen("tcp", address)
			if err != nil && os.Getenv("REQUIRE_ALL") == "" {
				t.Skipf("%s is missing: run the test on a machine that has it", address)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			port := other.Addr().(*net.TCPAddr).Port
			_, err = local.Open(t.Context(), port, empty, quiet)
			var taken *local.PortError
			if !errors.As(err, &taken) || taken.Port != port {
				t.Fatalf("Open: %v, want a PortError", err)
			}
			if want := fmt.Sprintf("port %d is taken", port); !strings.Contains(taken.Error(), want) {
				t.Errorf("error %q, want %q", taken, want)
			}
		})
	}
}
