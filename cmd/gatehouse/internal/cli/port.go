package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/local"
)

// port is a flag that holds a TCP port, or 0 for any that is free.
type port uint16

func (p *port) String() string { return strconv.Itoa(int(*p)) }

// Set reads the flag's value.
func (p *port) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return errors.New("a port is a number between 0 and 65535")
	}
	*p = port(n)
	return nil
}

// Type names the value in the help text.
func (p *port) Type() string { return "port" }

// portAdvice is what a command says about its port: who takes a free one, what to
// do when the one that was asked for cannot be had, and what it needs at all.
type portAdvice struct{ taker, hint, needs string }

// openAt opens what a command serves at a port. Another one will do unless
// somebody insists on this one.
func openAt[T any](port int, insist bool, out io.Writer, say portAdvice, open func(port int) (T, error)) (T, error) {
	opened, err := open(port)
	var unusable *local.PortError
	switch {
	case errors.As(err, &unusable) && insist:
		return opened, &failure{unusable, say.hint, exitFailed}
	case errors.As(err, &unusable):
		if _, err := fmt.Fprintf(out, "The %v, so %s a free one.\n", unusable, say.taker); err != nil {
			return opened, err
		}
		opened, err = open(0)
	}
	if err != nil {
		return opened, &failure{err, say.needs, exitFailed}
	}
	return opened, nil
}
