package demo_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/demo"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/local"
)

var quiet = demo.Options{Logger: slog.New(slog.DiscardHandler)}

func TestListensOnLoopbackOnly(t *testing.T) {
	d := open(t)
	others, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range d.Addresses() {
		own := address.(*net.TCPAddr)
		if !own.IP.Equal(net.IPv4(127, 0, 0, 1)) {
			t.Errorf("listening on %s, want 127.0.0.1", own.IP)
		}
		for _, other := range others {
			network, ok := other.(*net.IPNet)
			if !ok || network.IP.IsLoopback() || network.IP.To4() == nil {
				continue
			}
			target := net.JoinHostPort(network.IP.String(), fmt.Sprint(own.Port))
			var dialer net.Dialer
			if conn, err := dialer.DialContext(t.Context(), "tcp", target); err == nil {
				conn.Close()
				t.Errorf("%s can be reached", target)
			}
		}
	}
}

func TestClose(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d, err := demo.Open(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(d.Folder, "demo.db")); err != nil {
		t.Errorf("the database: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	newBrowser(t, d).open("/")
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	expectNothingLeft(t, d)
}

func TestCloseWithoutRun(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d, err := demo.Open(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	expectNothingLeft(t, d)
}

// expectNothingLeft makes sure that the folder is gone and the ports are free.
func expectNothingLeft(t *testing.T, d *demo.Demo) {
	t.Helper()
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		t.Errorf("the folder for temporary files holds %v, %v", left, err)
	}
	for _, address := range d.Addresses() {
		var config net.ListenConfig
		l, err := config.Listen(t.Context(), "tcp4", address.String())
		if err != nil {
			t.Errorf("the port is not free: %v", err)
			continue
		}
		l.Close()
	}
}

func TestOpenWithoutFolder(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nosuch"))
	d, err := demo.Open(t.Context(), quiet)
	if d != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v, %v, want an error that says that the folder does not exist", d, err)
	}
}

// A folder for temporary files may have any name.
func TestOpenInOddFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a?b %41#c")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", folder)
	d, err := demo.Open(t.Context(), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(d.Folder, "demo.db")); err != nil {
		t.Errorf("the database: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	expectNothingLeft(t, d)
}

func TestOpenTakenPort(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			var config net.ListenConfig
			other, err := config.Listen(t.Context(), "tcp", address)
			if err != nil && os.Getenv("REQUIRE_ALL") == "" {
				t.Skipf("%s is missing: run the test on a machine that has it", address)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			port := other.Addr().(*net.TCPAddr).Port
			d, err := demo.Open(t.Context(), demo.Options{Port: port, Logger: quiet.Logger})
			var taken *local.PortError
			if d != nil || !errors.As(err, &taken) || taken.Port != port {
				t.Fatalf("Open = %v, %v, want a PortError", d, err)
			}
			if want := fmt.Sprintf("port %d is taken", port); !strings.Contains(taken.Error(), want) {
				t.Errorf("error %q, want %q", taken, want)
			}
		})
	}
}
