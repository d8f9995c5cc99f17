package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// PortError says that a port cannot be listened on.
type PortError struct {
	Port int
	Err  error
}

func (e *PortError) Error() string {
	if isTaken(e.Err) {
		return fmt.Sprintf("port %d is taken by another program", e.Port)
	}
	cause := e.Err
	var system syscall.Errno
	if errors.As(cause, &system) {
		cause = system
	}
	return fmt.Sprintf("port %d cannot be used: %v", e.Port, cause)
}

// Unwrap returns what the system reported.
func (e *PortError) Unwrap() error { return e.Err }

// windowsTaken is the number that Windows gives to EADDRINUSE.
const windowsTaken = syscall.Errno(10048)

func isTaken(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsTaken)
}

// Listen opens a port of 127.0.0.1, or any that is free for port 0. The error is
// a [*PortError]. A browser that goes to localhost tries ::1
// as well, so the port counts as taken when another program has it there.
func Listen(ctx context.Context, port int) (net.Listener, error) {
	var config net.ListenConfig
	number := strconv.Itoa(port)
	if port != 0 {
		other, err := config.Listen(ctx, "tcp6", net.JoinHostPort("::1", number))
		if err == nil {
			err = other.Close()
		}
		if err != nil && isTaken(err) {
			return nil, &PortError{port, err}
		}
	}
	listener, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", number))
	if err != nil {
		return nil, &PortError{port, err}
	}
	return listener, nil
}
