package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// The exit codes of commands that did not succeed.
const (
	exitFailed = 1
	exitUsage  = 2
)

// failure is an error with advice for the person at the terminal.
type failure struct {
	err  error
	hint string
	exit int
}

func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// usageError says that a command was called wrongly.
func usageError(cmd *cobra.Command, err error) *failure {
	return &failure{err, fmt.Sprintf("Run \"%s --help\" to see how it is used.", cmd.CommandPath()), exitUsage}
}

// report writes an error and its hint and returns the exit code.
func report(stderr io.Writer, err error) int {
	var known *failure
	if !errors.As(err, &known) {
		known = &failure{err, `Run "gatehouse help" to see what there is.`, exitFailed}
	}
	// Nothing is left to do when even the terminal is gone.
	_, _ = fmt.Fprintf(stderr, "gatehouse: %v\nhint: %s\n", known.err, known.hint)
	return known.exit
}
