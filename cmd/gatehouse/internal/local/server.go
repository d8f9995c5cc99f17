// Package local serves a site that only this computer can reach.
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/graceful"
	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

// Server is a site at 127.0.0.1. Use [Open] to make one.
type Server struct {
	// URL is the address of the site.
	URL string

	listener net.Listener
	server   *http.Server
}

// Open makes a server that listens already, but serves nobody before
// [Server.Run]. Port 0 takes any port that is free. When the port cannot be had,
// the error is a [*PortError].
//
// The handler gets requests for names of this computer alone: a page of another
// site cannot reach it under a name that it made point here.
func Open(ctx context.Context, port int, h http.Handler, log *slog.Logger) (*Server, error) {
	listener, err := Listen(ctx, port)
	if err != nil {
		return nil, err
	}
	s := &Server{
		URL:      fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port),
		listener: listener,
	}
	s.server = &http.Server{
		Handler:           ownNames(h, s.URL),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// Run serves until ctx ends or the server fails, and returns when no request is
// under way any more. It may be called once.
func (s *Server) Run(ctx context.Context) error {
	return graceful.Serve(ctx, 2*time.Second, graceful.Server{Listener: s.listener, HTTP: s.server})
}

// Close releases the port of a server that has not been run.
func (s *Server) Close() error {
	if err := s.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func ownNames(next http.Handler, address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := url.Parse("http://" + r.Host)
		if err != nil || !loopback.Is(asked.Hostname()) {
			http.Error(w, "This host is not served here. Open "+address, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
