package gatehouse_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/gatehouse-auth/gatehouse"

// goPackage is what "go list" says about a package.
type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Module     *struct{ Path string }
}

// list runs "go list" on patterns of this module.
func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	// GOWORK=off: the module alone decides what it links.
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Standard,Imports,Module"}, args...)...)
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var packages []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// layer is the place of a package in the house. A package imports packages of
// lower layers only, so that siblings do not know each other.
func layer(path string) int {
	switch rest := strings.TrimPrefix(path, module+"/"); {
	case rest == "internal/loopback", rest == "internal/mailaddr", rest == "internal/jsonvalue", rest == "internal/subject", rest == "auth/language":
		return 0 // one question each, asked on every floor
	case strings.HasPrefix(rest, "internal/") && rest != "internal/fakeop" && rest != "internal/story", rest == "auth/token", rest == "auth/pages":
		return 1
	case rest == "auth":
		return 2
	case rest == "providers", rest == "mail", rest == "adaptertest", strings.HasPrefix(rest, "adapters/"):
		return 3
	case rest == "providers/internal/list":
		return 1 // a tool: nothing imports it
	case rest == "internal/story":
		return 4 // for tests and the command that shows the pages
	case rest == "authtest":
		return 4 // for tests: it reads the signatures of OAuth 1.0a like fakeop
	case rest == "internal/fakeop":
		return 3 // for tests and the demo: the library does not import it
	case path == module:
		return 4
	}
	return -1
}

func TestImportDirections(t *testing.T) {
	packages := list(t, "./...")
	if len(packages) < 10 {
		t.Fatalf("only %d packages were found", len(packages))
	}
	for _, p := range packages {
		if layer(p.ImportPath) < 0 {
			t.Errorf("%s has no place in the house: add it to the layers", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module) {
				continue
			}
			if layer(imported) >= layer(p.ImportPath) {
				t.Errorf("%s imports %s, which is not below it", p.ImportPath, imported)
			}
		}
	}
}

// The rules that are stricter than the layers.
func TestForbiddenImports(t *testing.T) {
	for _, row := range []struct {
		name, pattern string
		forbidden     []string // beginnings of import paths
	}{
		{"tokens know nothing of sign-in", "./auth/token", []string{module + "/", "net/http"}},
		{"pages know nothing of flows", "./auth/pages", []string{module + "/auth/token", module + "/internal", module + "/providers"}},
		{"texts know nothing of pages", "./auth/language", []string{module + "/", "html", "net/http"}},
		{"the engine knows no provider and no store", "./auth", []string{module + "/providers", module + "/adapters", module + "/mail", module + "/internal/fakeop", "database/sql"}},
		{"SQL stores bring no driver", "./adapters/sqldb", []string{"modernc.org", "github.com/mattn", "github.com/lib", "github.com/jackc", "github.com/go-sql-driver"}},
		{"no cgo", "./...", []string{"C"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, p := range list(t, row.pattern) {
				for _, imported := range p.Imports {
					for _, bad := range row.forbidden {
						if imported == bad || bad != "C" && strings.HasPrefix(imported, bad) {
							t.Errorf("%s imports %s", p.ImportPath, imported)
						}
					}
				}
			}
		})
	}
}

// linked returns the modules that a program links which imports the patterns.
func linked(t *testing.T, patterns ...string) []string {
	t.Helper()
	var modules []string
	for _, p := range list(t, append([]string{"-deps"}, patterns...)...) {
		if !p.Standard && p.Module != nil && p.Module.Path != module && !slices.Contains(modules, p.Module.Path) {
			modules = append(modules, p.Module.Path)
		}
	}
	slices.Sort(modules)
	return modules
}

// Nothing reaches a program that imports the library but what sign-in needs.
func TestLinkedModules(t *testing.T) {
	engine := []string{
		"github.com/coreos/go-oidc/v3",
		"github.com/go-jose/go-jose/v4",
		"golang.org/x/net",
		"golang.org/x/oauth2",
		"golang.org/x/sync",
		"golang.org/x/text",
	}
	for _, row := range []struct {
		name     string
		patterns []string
		want     []string
	}{
		{"tokens", []string{"./auth/token"}, nil},
		{"pages", []string{"./auth/pages"}, []string{"golang.org/x/text"}},
		{"engine", []string{"./auth", "./providers", "./adapters/memory", "./adapters/sqldb", "./adapters/tiered"}, engine},
		{"mail", []string{"./mail"}, append(slices.Clone(engine), "github.com/wneessen/go-mail", "golang.org/x/crypto")},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, want := linked(t, row.patterns...), slices.Clone(row.want)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("modules (-want +got):\n%s", diff)
			}
		})
	}
}
