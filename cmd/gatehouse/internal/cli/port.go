package cli

import (
	"errors"
	"strconv"
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
