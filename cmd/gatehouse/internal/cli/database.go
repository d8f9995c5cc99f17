package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
)

// settingsAdvice is what helps when the environment is wrong.
const settingsAdvice = `docs/serve.md explains every setting, and "gatehouse serve --help" lists them.`

// withDatabase calls use with the database that the environment names.
func withDatabase(use func(settings.Environment, *database.Database) error) error {
	env := settings.NewEnvironment(os.Environ())
	db, err := settings.Database(env)
	if err != nil {
		return &failure{err, settingsAdvice, exitFailed}
	}
	return errors.Join(use(env, db), db.Close())
}

func newMigrate() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Make the tables of the database, or bring them up to date",
		Long: "Make the tables of the database that AUTH_DATABASE_URL or DATABASE_URL names, or\n" +
			"bring them up to date. Nothing changes when they are. It can be run while servers\n" +
			"run, by several machines at once, and again after it was interrupted.",
		Example: "  AUTH_DATABASE_URL=postgres://app:secret@db.example.com/app gatehouse migrate",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(func(_ settings.Environment, db *database.Database) error { return migrate(cmd, db) })
		},
	}
}

// migrate makes the tables of a database and says whether there was something to
// do.
func migrate(cmd *cobra.Command, db *database.Database) error {
	done := "has the tables of this version now."
	if db.Check(cmd.Context()) == nil {
		done = "is up to date; nothing was changed."
	}
	if err := db.Migrate(cmd.Context()); err != nil {
		return databaseFailure(err)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", db, done)
	return err
}

// databaseFailure advises what to do about a database that is not as it should be.
func databaseFailure(err error) *failure {
	var unreachable *database.UnreachableError
	if errors.As(err, &unreachable) {
		return &failure{err, "Check that it runs, and its address in AUTH_DATABASE_URL, DATABASE_URL or AUTH_REDIS_URL.", exitFailed}
	}
	return &failure{err, "docs/databases.md says how a database is set up.", exitFailed}
}
