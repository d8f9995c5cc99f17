package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
)

func newEncrypt() *cobra.Command {
	batch := 0
	cmd := &cobra.Command{
		Use:   "encrypt",
		Short: "Encrypt the provider tokens that are stored",
		Long: "Encrypt the tokens of identity providers that the database of AUTH_DATABASE_URL or\n" +
			"DATABASE_URL holds in plain text or under an older secret. They are encrypted with the\n" +
			"newest of the secrets; see docs/serve.md for AUTH_SECRET. It can be run while servers\n" +
			"run, interrupted, and run again: what is done is done.",
		Example: "  AUTH_DATABASE_URL=sqlite:auth.db AUTH_SECRET=... gatehouse encrypt",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(func(env settings.Environment, db *database.Database) error {
				secrets, err := settings.Secrets(env)
				if err != nil {
					return &failure{err, settingsAdvice, exitFailed}
				}
				return encrypt(cmd, db, secrets, batch)
			})
		},
	}
	cmd.Flags().IntVar(&batch, "batch", batch, "how many accounts are read at once (default 100)")
	return cmd
}

// encrypt encrypts what is stored, and says on standard error how far it is.
func encrypt(cmd *cobra.Command, db *database.Database, secrets []string, batch int) error {
	ctx := cmd.Context()
	store, ok := db.Adapter().(auth.AccountRewriter)
	if shared, isShared := db.Adapter().(auth.SharedStore); !ok || isShared && shared.SharedWithNextAuth() {
		return &failure{fmt.Errorf("%s: a NextAuth.js server uses these tables as well and could not read encrypted tokens", db),
			"Nothing was changed. Remove AUTH_DATABASE_TABLES when the tables are those of gatehouse migrate.", exitFailed}
	}
	if err := db.Check(ctx); err != nil {
		return databaseFailure(err)
	}
	changed, err := auth.EncryptAccounts(ctx, &progress{AccountRewriter: store, out: cmd.ErrOrStderr(), said: time.Now()}, secrets, batch)
	var wrong *auth.ConfigError
	switch {
	case errors.As(err, &wrong):
		return &failure{fmt.Errorf("a secret of AUTH_SECRET %s", wrong.Reason), "Use the secrets of the server: " + wrong.Fix + ".", exitFailed}
	case ctx.Err() != nil:
		return &failure{fmt.Errorf("interrupted after the tokens of %s were encrypted", accounts(changed)), "Run it again to go on.", exitFailed}
	case err != nil:
		return &failure{fmt.Errorf("%s: the tokens of %s were encrypted, but: %w", db, accounts(changed), withoutPackage(err)),
			"Nothing is lost. Run it again with every secret that was ever in use, the newest with the highest number.", exitFailed}
	case changed == 0:
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: every token is encrypted with the newest secret; nothing was changed.\n", db)
	default:
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: the tokens of %s are encrypted now.\n", db, accounts(changed))
	}
	return err
}

// withoutPackage is an error of package auth for people who use no packages.
func withoutPackage(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), "auth: EncryptAccounts: ", ""))
}

// accounts is a number of accounts in words.
func accounts(n int) string {
	if n == 1 {
		return "1 account"
	}
	return fmt.Sprintf("%d accounts", n)
}

// progressPause is how long nothing is said about the progress.
const progressPause = time.Second

// progress says from time to time how far the encryption is.
type progress struct {
	auth.AccountRewriter
	out     io.Writer
	said    time.Time
	read    int
	changed int
}

// AccountsAfter counts what was read before.
func (p *progress) AccountsAfter(ctx context.Context, provider, providerAccountID string, limit int) ([]auth.Account, error) {
	if time.Since(p.said) >= progressPause {
		p.said = time.Now()
		// Nothing depends on somebody reading it.
		_, _ = fmt.Fprintf(p.out, "%s read, %d encrypted\n", accounts(p.read), p.changed)
	}
	found, err := p.AccountRewriter.AccountsAfter(ctx, provider, providerAccountID, limit)
	p.read += len(found)
	return found, err
}

// ReplaceTokens counts what was encrypted. An account that changed in the meantime
// is read once more.
func (p *progress) ReplaceTokens(ctx context.Context, old, replacement auth.Account) error {
	err := p.AccountRewriter.ReplaceTokens(ctx, old, replacement)
	switch {
	case err == nil:
		p.changed++
	case errors.Is(err, auth.ErrConflict):
		p.read--
	}
	return err
}
