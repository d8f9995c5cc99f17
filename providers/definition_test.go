package providers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func TestDefinitions(t *testing.T) {
	taken, variables := map[string]string{}, map[string]string{}
	all := providers.All()
	if !slices.IsSortedFunc(all, func(a, b providers.Definition) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("All is not sorted")
	}
	for _, d := range all {
		t.Run(d.ID, func(t *testing.T) {
			for _, id := range append([]string{d.ID}, d.Aliases...) {
				if other, ok := taken[id]; ok || !idPattern.MatchString(id) {
					t.Errorf("the id %q is malformed or that of %q too", id, other)
				}
				taken[id] = d.ID
				for _, option := range d.Options {
					variable := providers.Variable(id, option.Name)
					if other, ok := variables[variable]; ok && variable != "" {
						t.Errorf("the variable %s is that of %s too", variable, other)
					}
					variables[variable] = id
				}
			}
			checkOptions(t, d)
			if d.Name == "" || d.New == nil {
				t.Error("Name or New is missing")
			}
			for _, address := range []string{d.ConsoleURL, d.DocumentationURL} {
				if address != "" && !strings.HasPrefix(address, "https://") {
					t.Errorf("%q is no https address", address)
				}
			}
			for _, note := range d.Notes {
				if !strings.HasSuffix(note, ".") || strings.Contains(note, "\n") {
					t.Errorf("the note %q is not one sentence", note)
				}
			}
		})
	}
}

func checkOptions(t *testing.T, d providers.Definition) {
	t.Helper()
	seen := map[string]bool{}
	for _, option := range d.Options {
		var o providers.Options
		textual := o.Set(option.Name, "x") == nil
		if !textual && !slices.Contains([]string{"sender", "authorize", "fields"}, option.Name) {
			t.Errorf("there is no option %q in Options", option.Name)
		}
		if textual != (option.Go == "") {
			t.Errorf("the option %q has the example %q, but textual is %t", option.Name, option.Go, textual)
		}
		if seen[option.Name] {
			t.Errorf("the option %q is there twice", option.Name)
		}
		seen[option.Name] = true
		if option.What == "" || option.Where == "" || len(option.Unless) > 0 && !option.Required {
			t.Errorf("the option %q does not say what it is or where to find it, or is not required", option.Name)
		}
	}
	for _, option := range d.Options {
		for _, name := range option.Unless {
			if !seen[name] {
				t.Errorf("%q can be replaced by %q, which is no option", option.Name, name)
			}
		}
	}
}

// A configuration with any provider of the catalogue is complete.
func TestProvidersAreComplete(t *testing.T) {
	definitions := map[string]providers.Definition{}
	for _, d := range providers.All() {
		definitions[d.ID] = d
	}
	for _, tt := range catalogue(t) {
		t.Run(tt.file, func(t *testing.T) {
			p := tt.provider
			d := definitions[p.ID]
			kind := providers.KindOAuth2
			switch {
			case p.OAuth1 != nil:
				kind = providers.KindOAuth1
			case p.OpenID:
				kind = providers.KindOIDC
			}
			if tt.file == d.ID && (d.Kind != kind || d.Name != p.Name) {
				t.Errorf("the definition has kind %q and name %q, the provider %q and %q", d.Kind, d.Name, kind, p.Name)
			}
			if p.Profile == nil || p.OAuth1 == nil && p.Checks == nil {
				t.Error("Profile or Checks is nil")
			}
			_, err := auth.New(auth.Config{
				URL: "https://app.example", Secrets: []string{strings.Repeat("0123456789", 5)},
				Adapter: memory.New(), Providers: []auth.Provider{p},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestListIsUpToDate finds definitions that are not in list.go.
func TestListIsUpToDate(t *testing.T) {
	want, err := exec.CommandContext(t.Context(), "go", "run", "./internal/list", "-print").Output()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("list.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error(`list.go is not up to date: run "go generate ./providers"`)
	}
}

// TestFiles wants a definition beside every function that makes a provider, and
// its addresses in the function's comment.
func TestFiles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "list.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		var docs []string
		definition := ""
		for _, declaration := range file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			switch result(f) {
			case "auth.OAuthProvider", "auth.EmailProvider", "auth.CredentialsProvider":
				if f.Name.IsExported() {
					docs = append(docs, f.Doc.Text())
				}
			case "Definition":
				definition = stringOf(f, "ID")
				checkComment(t, name, docs, definition)
			}
		}
		if len(docs) > 0 && definition == "" {
			t.Errorf("%s makes a provider and has no Definition", name)
		}
	}
}

// checkComment wants the callback URL and the addresses of a definition in the
// comments of a file.
func checkComment(t *testing.T, file string, docs []string, id string) {
	t.Helper()
	d, ok := providers.Find(id)
	if !ok {
		t.Errorf("%s: there is no provider %q", file, id)
		return
	}
	text := strings.Join(strings.Fields(strings.Join(docs, " ")), " ")
	for _, want := range []string{"<base>/callback/", d.ConsoleURL, d.DocumentationURL} {
		if !strings.Contains(text, want) {
			t.Errorf("%s: the comment of the function has no %s", file, want)
		}
	}
}

// result is the type of the one result of f.
func result(f *ast.FuncDecl) string {
	if f.Type.Results.NumFields() != 1 {
		return ""
	}
	switch r := f.Type.Results.List[0].Type.(type) {
	case *ast.Ident:
		return r.Name
	case *ast.SelectorExpr:
		if x, ok := r.X.(*ast.Ident); ok {
			return x.Name + "." + r.Sel.Name
		}
	}
	return ""
}

// stringOf is the first text that f gives to a field of the name.
func stringOf(f *ast.FuncDecl, field string) (value string) {
	ast.Inspect(f, func(n ast.Node) bool {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok || value != "" {
			return value == ""
		}
		key, isName := pair.Key.(*ast.Ident)
		if literal, ok := pair.Value.(*ast.BasicLit); ok && isName && key.Name == field {
			value = strings.Trim(literal.Value, `"`)
		}
		return true
	})
	return value
}
