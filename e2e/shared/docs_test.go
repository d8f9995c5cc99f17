package shared_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedKeys makes sure that the statements of the page are those that the
// other tests run.
func TestDocumentedKeys(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "nextauth-database.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"authpg-keys.postgresql.sql", "authpg-keys.mysql.sql"} {
		script, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(script), "\n") {
			if !strings.HasPrefix(line, "--") && !strings.Contains(string(page), line) {
				t.Errorf("the page lacks the line %q of %s", line, name)
			}
		}
	}
}
