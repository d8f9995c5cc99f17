// Package cli is the command line of gatehouse.
package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Run runs the command that args name and returns the exit code of the program:
// 0 when all went well, 1 when the command failed and 2 when it was called
// wrongly. An error is written to stderr in one line, followed by one line that
// says what to do. A command that serves ends when ctx does.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		return report(stderr, err)
	}
	return 0
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "gatehouse",
		Short: "Sign-in for web applications",
		Long: "Gatehouse signs people in to web applications: with OAuth and OpenID providers,\n" +
			"with links sent by mail, and with names and passwords.",
		Example:                    "  gatehouse demo\n  gatehouse pages",
		Version:                    version(),
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		Args:                       knownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(cmd, err)
	})
	root.AddCommand(newDemo(), newEncrypt(), newMigrate(), newPages(), newProviders(), newSchema(), newServe(), newVersion())
	return root
}

// knownCommand refuses what is not the name of a command.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	failure := usageError(root, fmt.Errorf("there is no command %q", args[0]))
	if similar := root.SuggestionsFor(args[0]); len(similar) > 0 {
		failure.hint = fmt.Sprintf("Did you mean \"%s %s\"?", root.CommandPath(), strings.Join(similar, `" or "`+root.CommandPath()+" "))
	}
	return failure
}

// noArguments refuses arguments that are not flags.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError(cmd, fmt.Errorf("%s takes no arguments, but got %q", cmd.CommandPath(), args[0]))
}
