package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/cli"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
)

// The secrets, the older one first.
const (
	secret = "0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="
	newer  = "mB4vZ1pLk8Qw7Ns2Xr5Tc9Yd3Hf6Ga0JeUiKoPzA="
)

// run runs a command and returns what it wrote.
func run(ctx context.Context, args ...string) (exit int, stdout, stderr string) {
	var out, problems bytes.Buffer
	exit = cli.Run(ctx, args, strings.NewReader(""), &out, &problems)
	return exit, out.String(), problems.String()
}

// stored are the access tokens in a database.
func stored(t *testing.T, db *database.Database) []string {
	t.Helper()
	accounts, err := db.Adapter().(auth.AccountRewriter).AccountsAfter(t.Context(), "", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var tokens []string
	for _, a := range accounts {
		tokens = append(tokens, a.AccessToken)
	}
	return tokens
}

func TestEncrypt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "auth.db")
	db, err := database.OpenSQLite(file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, err := db.Adapter().SignIn(t.Context(), auth.SignIn{
			CreateUser:  &auth.User{Name: "Ada"},
			LinkAccount: &auth.Account{Type: auth.AccountOAuth, Provider: "github", ProviderAccountID: fmt.Sprint(i), AccessToken: "plain-text"},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AUTH_DATABASE_URL", "sqlite:"+file)
	t.Setenv("AUTH_SECRET", secret)

	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	if exit, _, stderr := run(interrupted, "encrypt"); exit != 1 || len(stored(t, db)) != 3 {
		t.Errorf("interrupted: exit %d: %s", exit, stderr)
	}
	for _, row := range []struct {
		name, newer string
		want        string
		exit        int
	}{
		{"plain text", "", "the tokens of 3 accounts are encrypted now.", 0},
		{"again", "", "every token is encrypted with the newest secret; nothing was changed.", 0},
		{"a new secret", newer, "the tokens of 3 accounts are encrypted now.", 0},
		{"the new secret is gone", "", "accounts that were left as they are: 3", 1},
	} {
		t.Setenv("AUTH_SECRET_1", row.newer)
		before := stored(t, db)
		exit, stdout, stderr := run(t.Context(), "encrypt", "--batch", "2")
		if exit != row.exit || !strings.Contains(stdout+stderr, row.want) {
			t.Errorf("%s: exit %d: %s%s", row.name, exit, stdout, stderr)
		}
		after := stored(t, db)
		if changed := strings.Join(before, " ") != strings.Join(after, " "); changed != strings.Contains(stdout, "now.") {
			t.Errorf("%s: from %q to %q", row.name, before, after)
		}
		if strings.Contains(strings.Join(after, " "), "plain-text") {
			t.Errorf("%s: there is plain text: %q", row.name, after)
		}
		if strings.Contains(stdout+stderr, secret) || strings.Contains(stdout+stderr, newer) {
			t.Errorf("%s: a secret is shown: %s%s", row.name, stdout, stderr)
		}
	}
}

// Tables that a NextAuth.js server reads as well stay as they are.
func TestEncryptShared(t *testing.T) {
	t.Setenv("AUTH_DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "app.db"))
	t.Setenv("AUTH_DATABASE_TABLES", "prisma")
	t.Setenv("AUTH_SECRET", secret)
	if exit, _, stderr := run(t.Context(), "encrypt"); exit != 1 || !strings.Contains(stderr, "could not read encrypted tokens") {
		t.Errorf("exit %d: %s", exit, stderr)
	}
}
