package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
)

func newSchema() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "Print the tables as SQL, or compare them with the database",
		Long:    "Print the tables as SQL, or compare them with the database.",
		Example: "  gatehouse schema print --dialect postgresql\n  gatehouse schema check",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSchemaPrint(), newSchemaCheck())
	return cmd
}

// dialects are the database systems, by their names.
func dialects() []sqldb.Dialect {
	return []sqldb.Dialect{sqldb.SQLite, sqldb.PostgreSQL, sqldb.MySQL}
}

func newSchemaPrint() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "print",
		Short: "Print the SQL that makes the tables",
		Long: "Print the SQL that makes the tables in an empty database, for people who run it\n" +
			"themselves. The database system is that of AUTH_DATABASE_URL or DATABASE_URL unless\n" +
			"--dialect names one.",
		Example: "  gatehouse schema print --dialect mysql > tables.sql",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name != "" {
				return printSchema(cmd, name)
			}
			return withDatabase(func(_ settings.Environment, db *database.Database) error {
				return printSchema(cmd, db.Dialect.String())
			})
		},
	}
	cmd.Flags().StringVar(&name, "dialect", "", "sqlite, postgresql or mysql")
	return cmd
}

// printSchema writes the SQL of a dialect.
func printSchema(cmd *cobra.Command, name string) error {
	var known []string
	for _, d := range dialects() {
		if d.String() == name {
			_, err := io.WriteString(cmd.OutOrStdout(), sqldb.Schema(d))
			return err
		}
		known = append(known, d.String())
	}
	return usageError(cmd, fmt.Errorf("--dialect %q is unknown; there is %s", name, strings.Join(known, ", ")))
}

func newSchemaCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Compare the database with what this program needs",
		Long: "Compare the database that AUTH_DATABASE_URL or DATABASE_URL names with what this\n" +
			"program needs: the version of the tables, their columns, and the settings that\n" +
			"matter. Nothing is changed. The exit code is 0 when all is well and 1 when not.",
		Example: "  gatehouse schema check",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(func(_ settings.Environment, db *database.Database) error { return checkSchema(cmd, db) })
		},
	}
}

// checkSchema says what is wrong with a database, a line for each problem.
func checkSchema(cmd *cobra.Command, db *database.Database) error {
	if err := db.Check(cmd.Context()); err != nil {
		return databaseFailure(err)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is as this program needs it.\n", db)
	return err
}
