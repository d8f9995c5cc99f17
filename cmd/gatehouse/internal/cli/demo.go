package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/demo"
)

// defaultDemoPort is tried unless --port says otherwise.
const defaultDemoPort = 3000

func newDemo() *cobra.Command {
	on := port(defaultDemoPort)
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show in a browser what Gatehouse does",
		Long: "Start a small site with all three kinds of sign-in, for this computer alone.\n" +
			"Nothing has to be configured, no account is needed anywhere and no mail leaves\n" +
			"the program. What it stores is removed when it ends.",
		Example: "  gatehouse demo\n  gatehouse demo --port 8080",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd, int(on))
		},
	}
	cmd.Flags().Var(&on, "port", "port to listen on, at 127.0.0.1; 0 takes any free one")
	return cmd
}

// runDemo serves the demo until the command's context ends.
func runDemo(cmd *cobra.Command, port int) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, err := openDemo(ctx, demo.Options{Port: port, Logger: log}, cmd.Flags().Changed("port"), out)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, welcome(d))
	if err == nil {
		err = d.Run(ctx)
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return &failure{fmt.Errorf("the demo: %w", err), "Start it again; if that does not help, choose another port with --port.", exitFailed}
	}
	_, err = fmt.Fprintln(out, "\nThe demo has ended and its files are removed.")
	return err
}

// openDemo opens the demo. Another port than the one in the options will do
// unless somebody asked for that one.
func openDemo(ctx context.Context, o demo.Options, insist bool, out io.Writer) (*demo.Demo, error) {
	return openAt(o.Port, insist, out, portAdvice{
		"the demo takes", "Choose another one, or let the demo take any free port: gatehouse demo --port 0",
		"The demo needs a folder for temporary files and two free ports on 127.0.0.1.",
	}, func(port int) (*demo.Demo, error) {
		o.Port = port
		return demo.Open(ctx, o)
	})
}

// welcome says what to open and what to try.
func welcome(d *demo.Demo) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("")
	line("  Gatehouse demo")
	line("")
	line("  Open    %s", d.URL)
	line("  Inbox   %s/inbox", d.URL)
	line("")
	line("  Try, after \"Sign in\":")
	line("   1. Demo ID     an OpenID provider of its own, at %s", d.ProviderURL)
	for _, p := range demo.People() {
		line("                  %s", p.Name)
	}
	line("   2. Email       type any address, then open the link in the inbox")
	line("   3. Password    one of these, or a wrong one:")
	for _, u := range demo.Users() {
		line("                  %-6s %s", u.Username, u.Password)
	}
	line("")
	line("  Only this computer can reach the demo. Ctrl-C ends it and removes")
	line("  %s", d.Folder)
	line("")
	return b.String()
}
