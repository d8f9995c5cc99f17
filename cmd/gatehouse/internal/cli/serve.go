package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/local"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/server"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

// serveOptions are the flags of serve.
type serveOptions struct {
	listen string
	format string
	debug  bool
}

func newServe() *cobra.Command {
	o := serveOptions{listen: "127.0.0.1:3000"}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the sign-in server",
		Long: "Run the sign-in server, for a reverse proxy that speaks https with the browsers.\n" +
			"It is set up by environment variables, with the names that NextAuth.js and Auth.js\n" +
			"use; all mistakes are reported at once. /healthz says whether the process lives,\n" +
			"/readyz whether its database answers.\n\n" + environmentHelp(),
		Example: "  AUTH_URL=http://localhost:3000 AUTH_GITHUB_ID=... AUTH_GITHUB_SECRET=... gatehouse serve\n" +
			"  gatehouse serve --listen :8080",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd, o) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.listen, "listen", o.listen, "address and port to listen on; without an address it is every one, and port 0 takes any free one")
	flags.StringVar(&o.format, "log", o.format, "format of the log on standard error: text or json (default text at a terminal and json elsewhere)")
	flags.BoolVar(&o.debug, "debug", false, "log every step of a sign-in, without secrets")
	return cmd
}

// environmentHelp explains the variables.
func environmentHelp() string {
	var b strings.Builder
	b.WriteString("Environment:\n")
	for _, v := range settings.Variables() {
		fmt.Fprintf(&b, "  %s\n", strings.Join(v.Names, ", or "))
		for _, line := range wrap(v.What, helpWidth-6) {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	}
	b.WriteString("  AUTH_<ID>_ID, AUTH_<ID>_SECRET, AUTH_<ID>_ISSUER, ...\n" +
		"      A provider: \"gatehouse providers show ID\" explains its variables.\n" +
		"  AUTH_<ID>_KEY, ...\n" +
		"      Sign-in by mail through forwardemail, loops, mailgun, postmark, resend or sendgrid:\n" +
		"      docs/serve.md explains their variables.")
	return b.String()
}

// helpWidth is how long a line of a help text may be.
const helpWidth = 84

// wrap breaks a text into lines between words.
func wrap(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || len(lines[last])+1+len(word) > width {
			lines = append(lines, word)
			continue
		}
		lines[last] += " " + word
	}
	return lines
}

// runServe serves until the command's context ends.
func runServe(cmd *cobra.Command, o serveOptions) error {
	if err := o.check(cmd.ErrOrStderr()); err != nil {
		return usageError(cmd, err)
	}
	log := newLogger(cmd.ErrOrStderr(), o)
	s, err := settings.Load(settings.NewEnvironment(os.Environ()), settings.Options{Logger: log, Debug: o.debug})
	if err != nil {
		return &failure{err, settingsAdvice, exitFailed}
	}
	return errors.Join(serve(cmd, o, s, log), s.Close())
}

// serve prepares the stores and serves.
func serve(cmd *cobra.Command, o serveOptions, s *settings.Settings, log *slog.Logger) error {
	ctx := cmd.Context()
	run := server.Server{Auth: s.Auth, Logger: log}
	for _, store := range s.Stores() {
		if err := store.Prepare(ctx, log); err != nil {
			return databaseFailure(err)
		}
		run.Stores = append(run.Stores, store)
	}
	listener, err := listen(ctx, o.listen)
	if err != nil {
		return &failure{err, "Choose another address with --listen, for example --listen 127.0.0.1:8080", exitFailed}
	}
	if err := announce(cmd.OutOrStdout(), log, o, s, listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	ending := make(chan struct{})
	context.AfterFunc(ctx, func() {
		log.Info("the server ends when the requests that are under way are answered")
		close(ending)
	})
	if err := run.Run(ctx, listener); err != nil {
		return &failure{err, "Start it again.", exitFailed}
	}
	<-ending
	log.Info("the server has ended")
	return nil
}

// check reports flags that make no sense, and chooses the format of the log.
func (o *serveOptions) check(stderr io.Writer) error {
	switch o.format {
	case "text", "json":
	case "":
		o.format = "json"
		if f, ok := stderr.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
			o.format = "text"
		}
	default:
		return fmt.Errorf("--log is %q, but it can be text or json", o.format)
	}
	_, number, err := net.SplitHostPort(o.listen)
	if err == nil {
		_, err = strconv.ParseUint(number, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("--listen %q is not an address and a port, such as 127.0.0.1:3000 or :3000", o.listen)
	}
	return nil
}

// newLogger returns a logger in the format that the flags say.
func newLogger(stderr io.Writer, o serveOptions) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if o.debug {
		options.Level = slog.LevelDebug
	}
	if o.format == "text" {
		return slog.New(slog.NewTextHandler(stderr, options))
	}
	return slog.New(slog.NewJSONHandler(stderr, options))
}

// listen opens an address and a port, which have been checked.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err == nil {
		return l, nil
	}
	_, number, _ := net.SplitHostPort(address)
	port, _ := strconv.Atoi(number)
	return nil, fmt.Errorf("%s: %w", address, &local.PortError{Port: port, Err: err})
}

// announce says what is served where: to a person as a text, and otherwise as a
// line of the log.
func announce(out io.Writer, log *slog.Logger, o serveOptions, s *settings.Settings, at net.Addr) error {
	if o.format == "text" {
		_, err := io.WriteString(out, welcomeToServer(s, at))
		return err
	}
	ids := []string{}
	for _, way := range s.Ways() {
		ids = append(ids, way.ID)
	}
	log.Info("serving", "address", at.String(), "urls", s.BaseURLs(), "providers", ids,
		"sessions", string(s.Sessions()), "stores", storeNames(s), "version", version())
	return nil
}

// storeNames describes where users and sessions are stored.
func storeNames(s *settings.Settings) []string {
	names := []string{}
	for _, store := range s.Stores() {
		names = append(names, store.String())
	}
	return names
}

// welcomeToServer says what is served where and what has to be set up elsewhere.
func welcomeToServer(s *settings.Settings, at net.Addr) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, strings.TrimRight(format, " ")+"\n", args...) }
	line("")
	line("  Gatehouse")
	line("")
	for _, base := range s.BaseURLs() {
		line("  Sign in     %s/signin", base)
	}
	line("  Listening   http://%s", at)
	line("  Health      /healthz, /readyz")
	switch {
	case s.Database == nil:
		line("  Database    none: nobody is remembered, sessions are encrypted cookies")
	case s.Redis != nil:
		line("  Database    %s", s.Database)
		line("  Sessions    %s", s.Redis)
	case s.Sessions() == auth.StrategyJWT:
		line("  Database    %s; sessions are encrypted cookies", s.Database)
	default:
		line("  Database    %s", s.Database)
	}
	line("")
	line("  Ways to sign in")
	for _, way := range s.Ways() {
		if way.Callback {
			line("    %-16s  callback URL to register there:", way.Name)
			for _, base := range s.BaseURLs() {
				line("    %-16s  %s/callback/%s", "", base, way.ID)
			}
			continue
		}
		line("    %-16s  %s", way.Name, way.By)
	}
	line("")
	for _, base := range s.BaseURLs() {
		if !reachedDirectly(base, at) {
			line("  Let your reverse proxy pass %s/ on to this server.", base)
		}
	}
	line("  Ctrl-C ends the server.")
	line("")
	return b.String()
}

// reachedDirectly reports whether a browser on this machine gets to the server
// without a proxy.
func reachedDirectly(base string, at net.Addr) bool {
	u, err := url.Parse(base)
	_, port, _ := net.SplitHostPort(at.String())
	return err == nil && u.Scheme == "http" && loopback.Is(u.Hostname()) && u.Port() == port
}
