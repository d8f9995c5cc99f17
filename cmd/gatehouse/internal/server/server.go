// Package server runs the sign-in server.
package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/graceful"
)

// The limits of a connection. A sign-in asks its provider up to four things, each
// within ten seconds, before it answers.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// grace is how long requests that are under way may take when the server ends.
const grace = 10 * time.Second

// Server is the sign-in server: the API with its pages, and what an operator asks
// it.
type Server struct {
	// Auth answers every path but those of the operator.
	Auth http.Handler
	// Stores are where Auth stores users and sessions.
	Stores []Store
	// Logger receives what an operator needs to know.
	Logger *slog.Logger
}

// Store is where something is stored.
type Store interface {
	// String describes the store for the log.
	String() string
	// Ping asks for a sign of life.
	Ping(ctx context.Context) error
	// Clean removes what has expired, from time to time, until ctx ends or when
	// there is nothing to do for it.
	Clean(ctx context.Context, log *slog.Logger)
}

// Handler returns what answers requests:
//
//   - /healthz answers 200 for as long as the process lives.
//   - /readyz answers 200 when every store answers within a second, and 503 when
//     one does not.
//   - Everything else goes to Auth.
func (s *Server) Handler() http.Handler {
	ready := newReadiness(s.Stores, s.Logger)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			tell(w, http.StatusOK, "alive\n")
		case "/readyz":
			ready.ServeHTTP(w, r)
		default:
			s.Auth.ServeHTTP(w, r)
		}
	})
}

// Run serves at a listener, which it closes, and removes expired rows until ctx ends
// or the server fails. It returns when no request is under way any more, ten
// seconds later at most.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var background sync.WaitGroup
	for _, store := range s.Stores {
		background.Go(func() { store.Clean(ctx, s.Logger) })
	}
	err := graceful.Serve(ctx, grace, graceful.Server{Listener: l, HTTP: &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelWarn),
	}})
	cancel()
	background.Wait()
	return err
}
