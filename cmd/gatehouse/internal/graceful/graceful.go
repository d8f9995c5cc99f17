// Package graceful runs HTTP servers and ends them without cutting off requests.
package graceful

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// Server is a server and the socket that it is going to serve.
type Server struct {
	Listener net.Listener
	HTTP     *http.Server
}

// Serve serves until ctx ends or a server fails. Then no server takes another
// connection, and requests that are under way may take as long as grace before
// their connections are closed. It returns the error of the server that failed,
// and nil when ctx ended. Servers can be served once.
func Serve(ctx context.Context, grace time.Duration, servers ...Server) error {
	failed := make(chan error, len(servers))
	for _, s := range servers {
		go func() { failed <- s.HTTP.Serve(s.Listener) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	for _, s := range servers {
		if s.HTTP.Shutdown(stop) != nil { // somebody did not finish in time
			err = errors.Join(err, s.HTTP.Close())
		}
	}
	return err
}
