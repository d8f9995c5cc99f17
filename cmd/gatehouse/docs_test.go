package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
)

var update = flag.Bool("update", false, "write the tables of docs/serve.md anew")

// variableTable is a table of variables as it stands in the documentation.
func variableTable(variables []settings.Variable) string {
	var b strings.Builder
	b.WriteString("| variable | what it is |\n|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;")
	for _, v := range variables {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(v.Names, "`, or `"), cell.Replace(v.What))
	}
	return b.String()
}

// Every variable that the program reads stands in docs/serve.md. With the flag
// -update the tables there are written.
func TestVariablesAreDocumented(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "serve.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for name, variables := range map[string][]settings.Variable{"variables": settings.Variables(), "mail": settings.MailVariables()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, ok := strings.Cut(page, begin)
		got, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			t.Fatalf("%s has no %s", path, begin)
		}
		want := variableTable(variables)
		if *update {
			page = before + begin + want + end + after
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the table of %s (-want +got; write it with: go test . -run Documented -update):\n%s", name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
