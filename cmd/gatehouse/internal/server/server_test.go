package server_test

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/server"
)

var quiet = slog.New(slog.DiscardHandler)

// teapot stands for the sign-in.
var teapot = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })

func get(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestPaths(t *testing.T) {
	s := server.Server{Auth: teapot, Logger: quiet}
	for _, row := range []struct {
		name, method, path string
		want               int
		body               string
	}{
		{"alive", http.MethodGet, "/healthz", http.StatusOK, "alive\n"},
		{"ready", http.MethodGet, "/readyz", http.StatusOK, "ready\n"},
		{"ready, by its status", http.MethodHead, "/readyz", http.StatusOK, "ready\n"},
		{"the API", http.MethodGet, "/api/auth/session", http.StatusTeapot, ""},
		{"the root", http.MethodGet, "/", http.StatusTeapot, ""},
		{"below", http.MethodGet, "/healthz/", http.StatusTeapot, ""},
		{"not clean", http.MethodGet, "//healthz", http.StatusTeapot, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := get(s.Handler(), row.method, row.path)
			if w.Code != row.want || w.Body.String() != row.body {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, row.want, row.body)
			}
			if w.Code == http.StatusOK && w.Header().Get("Cache-Control") != "no-store" {
				t.Error("the answer may be kept")
			}
		})
	}
}

// The database comes and goes; that is logged once each time.
func TestReady(t *testing.T) {
	db, err := database.OpenSQLite(filepath.Join(t.TempDir(), "auth.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var log bytes.Buffer
	h := (&server.Server{Auth: teapot, Stores: []server.Store{db}, Logger: slog.New(slog.NewTextHandler(&log, nil))}).Handler()
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusServiceUnavailable} {
		if w := get(h, http.MethodGet, "/readyz"); w.Code != want {
			t.Errorf("status %d without a database, want %d", w.Code, want)
		}
	}
	if w := get(h, http.MethodGet, "/healthz"); w.Code != http.StatusOK {
		t.Errorf("the process does not live without a database: %d", w.Code)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if w := get(h, http.MethodGet, "/readyz"); w.Code != http.StatusOK {
			t.Errorf("status %d with a database: %s", w.Code, w.Body)
		}
	}
	if got := strings.Count(log.String(), "\n"); got != 2 || !strings.Contains(log.String(), "DATABASE_DOWN") || !strings.Contains(log.String(), "DATABASE_UP") {
		t.Errorf("logged:\n%s", &log)
	}
}

// hanging is a driver whose database never answers.
type hanging struct{ connections atomic.Int32 }

func (h *hanging) Connect(ctx context.Context) (driver.Conn, error) {
	h.connections.Add(1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func (h *hanging) Driver() driver.Driver { return nil }

// A database that hangs costs a second, however many ask at the same time.
func TestReadyHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h hanging
		db := &database.Database{DB: sql.OpenDB(&h)}
		defer db.Close()
		handler := (&server.Server{Auth: teapot, Stores: []server.Store{db}, Logger: quiet}).Handler()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if w := get(handler, http.MethodGet, "/readyz"); w.Code != http.StatusServiceUnavailable {
					t.Errorf("status %d", w.Code)
				}
			})
		}
		all.Wait()
		if got := h.connections.Load(); got != 1 {
			t.Errorf("%d connections were tried, want 1", got)
		}
	})
}

// The server answers at its listener until its context ends, and refuses headers
// that are too large.
func TestRun(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	s := server.Server{Auth: teapot, Logger: quiet}
	go func() { done <- s.Run(ctx, l) }()

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, row := range []struct {
		name   string
		header int // bytes
		want   int
	}{
		{"cookies of a long session", 40 << 10, http.StatusTeapot},
		{"too much", 80 << 10, http.StatusRequestHeaderFieldsTooLarge},
	} {
		r, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String()+"/api/auth/session", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", strings.Repeat("x", row.header))
		response, err := client.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if response.StatusCode != row.want {
			t.Errorf("%s: status %d, want %d", row.name, response.StatusCode, row.want)
		}
	}
	end()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("somebody still listens")
	}
}

// A listener that fails ends the server with its error.
func TestRunFailure(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := server.Server{Auth: teapot, Logger: quiet}
	if err := s.Run(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run: %v", err)
	}
}
