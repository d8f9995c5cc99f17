package gatehouse_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/providers"
)

// What a provider does otherwise is a field of auth.OAuthProvider: no text in the
// engine's code names one.
func TestEngineNamesNoProvider(t *testing.T) {
	kinds := []string{"email", "credentials", "oauth2", "oidc"}
	var names []string
	for _, d := range providers.All() {
		for _, name := range append([]string{d.ID, d.Name}, d.Aliases...) {
			if !slices.Contains(kinds, strings.ToLower(name)) {
				names = append(names, regexp.QuoteMeta(name))
			}
		}
	}
	named := regexp.MustCompile(`(?i)\b(` + strings.Join(names, "|") + `)\b`)
	for _, folder := range []string{"auth", filepath.Join("internal", "oauth")} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) < 10 {
			t.Fatalf("%s has the files %q, %v", folder, files, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING && named.MatchString(literal.Value) {
					t.Errorf("%s has the text %s", name, literal.Value)
				}
				_, isImport := n.(*ast.ImportSpec)
				return !isImport
			})
		}
	}
}
