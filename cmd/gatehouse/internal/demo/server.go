// Package demo is a small site that shows Gatehouse at work: a home page, a
// guarded page and all three kinds of sign-in, without configuration and without
// an account anywhere. The OpenID provider, the mail inbox and the database run
// inside the process.
//
// How the sign-in is set up is in signin.go; a program of your own needs little
// more than that.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/graceful"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/local"
)

// portOf is the port of a listener of [local.Listen].
func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// Options configure a [Demo]. The zero value is a complete configuration.
type Options struct {
	// Port is where the site listens, at 127.0.0.1. 0 takes any that is free.
	Port int
	// Logger receives what goes wrong. Nil means slog.Default.
	Logger *slog.Logger
}

// Demo is the site and its OpenID provider. Use [Open] to make one.
type Demo struct {
	// URL is the address of the site.
	URL string
	// ProviderURL is the address of the OpenID provider. It is another site
	// for browsers, which share no cookies between the two.
	ProviderURL string
	// Folder holds the database.
	Folder string

	site, provider graceful.Server
	db             *database.Database
}

// Open makes a demo that listens already, but serves nobody before [Demo.Run].
// When the port cannot be had, the error is a [*local.PortError].
func Open(ctx context.Context, o Options) (*Demo, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	d := &Demo{}
	if err := d.open(ctx, o); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Demo) open(ctx context.Context, o Options) (err error) {
	if d.site.Listener, err = local.Listen(ctx, o.Port); err != nil {
		return err
	}
	if d.provider.Listener, err = local.Listen(ctx, 0); err != nil {
		return err
	}
	d.URL = fmt.Sprintf("http://localhost:%d", portOf(d.site.Listener))
	d.ProviderURL = fmt.Sprintf("http://127.0.0.1:%d", portOf(d.provider.Listener))
	if d.Folder, err = os.MkdirTemp("", "gatehouse-demo-"); err != nil {
		return fmt.Errorf("a folder for the demo: %w", err)
	}
	if d.db, err = database.OpenSQLite(filepath.Join(d.Folder, "demo.db")); err != nil {
		return fmt.Errorf("the demo's database: %w", err)
	}
	if err = d.db.Migrate(ctx); err != nil {
		return fmt.Errorf("the demo's database: %w", err)
	}
	pages, err := newPages()
	if err != nil {
		return err
	}
	provider := newProvider(d.ProviderURL, d.URL, pages)
	mails := &inbox{}
	in, err := newSignIn(ctx, signInOptions{
		url: d.URL, adapter: d.db.Adapter(), provider: provider.client, mails: mails, log: o.Logger,
	})
	if err != nil {
		return err
	}
	s := &site{signIn: in, inbox: mails, pages: pages, providerURL: d.ProviderURL}
	d.site.HTTP = newServer(secure(s.handler(), d.URL), o.Logger)
	d.provider.HTTP = newServer(secure(provider.handler(), d.ProviderURL, d.URL), o.Logger)
	return nil
}

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Run serves until ctx ends or a server fails, and returns when no request is
// under way any more. It may be called once.
func (d *Demo) Run(ctx context.Context) error {
	return graceful.Serve(ctx, 2*time.Second, d.site, d.provider)
}

// Close releases the ports and removes everything that the demo has stored.
// Call it after [Demo.Run] has returned.
func (d *Demo) Close() error {
	var errs []error
	for _, s := range []graceful.Server{d.site, d.provider} {
		if s.Listener == nil {
			continue
		}
		if err := s.Listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if d.db != nil {
		errs = append(errs, d.db.Close())
	}
	if d.Folder != "" {
		errs = append(errs, os.RemoveAll(d.Folder))
	}
	return errors.Join(errs...)
}
