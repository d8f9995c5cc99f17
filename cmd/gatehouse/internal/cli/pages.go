package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/gallery"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/local"
)

// defaultPagesPort is tried unless --port says otherwise. It is not that of the
// demo, so that both can run.
const defaultPagesPort = 3001

func newPages() *cobra.Command {
	on := port(defaultPagesPort)
	cmd := &cobra.Command{
		Use:   "pages",
		Short: "Show every built-in page and mail in a browser",
		Long: "Show every built-in page and mail in every state, language and colour scheme, for\n" +
			"this computer alone. The pages are pictures: nothing is behind their forms.\n\n" +
			"Each page has an address of its own, such as /page/signin?lang=ko&scheme=dark.",
		Example: "  gatehouse pages\n  gatehouse pages --port 8080",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runPages(cmd, int(on))
		},
	}
	cmd.Flags().Var(&on, "port", "port to listen on, at 127.0.0.1; 0 takes any free one")
	return cmd
}

// runPages serves the gallery until the command's context ends.
func runPages(cmd *cobra.Command, port int) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	s, err := openPages(cmd, port)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(out, welcomeToPages(s.URL)); err == nil {
		err = s.Run(ctx)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return &failure{fmt.Errorf("the pages: %w", err), "Start the command again; if that does not help, choose another port with --port.", exitFailed}
	}
	_, err = fmt.Fprintln(out, "\nThe pages are no longer served.")
	return err
}

// openPages opens the port. Another one will do unless somebody asked for this
// one.
func openPages(cmd *cobra.Command, port int) (*local.Server, error) {
	g, err := gallery.New()
	if err != nil {
		return nil, &failure{err, "That is a fault of this program: please report it.", exitFailed}
	}
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	open := func(port int) (*local.Server, error) { return local.Open(cmd.Context(), port, g, log) }
	return openAt(port, cmd.Flags().Changed("port"), cmd.OutOrStdout(), portAdvice{
		"the pages take", "Choose another one, or let the command take any free port: gatehouse pages --port 0",
		"The command needs a free port on 127.0.0.1.",
	}, open)
}

// welcomeToPages says what to open.
func welcomeToPages(url string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("")
	line("  Gatehouse pages")
	line("")
	line("  Open    %s", url)
	line("  Sheet   %s/?view=sheet", url)
	line("")
	line("  Every built-in page and mail has an address of its own, for example:")
	line("          %s/page/signin?lang=ko&scheme=dark", url)
	line("          %s/mail/signin?lang=ko&format=text", url)
	line("")
	line("  Only this computer can reach the pages. Ctrl-C ends the command.")
	line("")
	return b.String()
}
