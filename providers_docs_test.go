package gatehouse_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/providers"
)

var update = flag.Bool("update", false, "write docs/providers anew")

// providerPages is the folder of the pages.
var providerPages = filepath.Join("docs", "providers")

// Every provider has a page that says what its definition says. With the flag
// -update the pages are written.
func TestProviderPages(t *testing.T) {
	pages := map[string]string{"README.md": providerIndex()}
	for _, d := range providers.All() {
		pages[d.ID+".md"] = providerPage(d)
	}
	if *update {
		if err := os.RemoveAll(providerPages); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(providerPages, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range pages {
		path := filepath.Join(providerPages, name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%v (write it with: go test . -run ProviderPages -update)", err)
			continue
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s (-want +got; write it with: go test . -run ProviderPages -update):\n%s", path, diff)
		}
	}
	files, err := fs.Glob(os.DirFS(providerPages), "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if _, ok := pages[name]; !ok {
			t.Errorf("%s is the page of no provider", name)
		}
	}
}

// providerIndex is the list of all pages.
func providerIndex() string {
	var b bytes.Buffer
	b.WriteString("# Providers\n\n" +
		"Every provider that can be used by name: `providers.ByID(id, options)` in Go, or by environment variables with\n" +
		"`providers.FromEnv()`. `gatehouse providers show ID` prints the same on the terminal.\n\n" +
		"| provider | id | kind | needs |\n|---|---|---|---|\n")
	for _, d := range providers.All() {
		var needed []string
		for _, o := range d.Options {
			if o.Required {
				needed = append(needed, "`"+o.Name+"`")
			}
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | `%s` | %s | %s |\n", d.Name, d.ID, d.ID, d.Kind, strings.Join(needed, ", "))
	}
	b.WriteString("\n## Left out\n\n" +
		"- Steam: it speaks OpenID 2.0, which is not OpenID Connect.\n" +
		"- Last.fm: it has a signed interface of its own, which is not OAuth.\n" +
		"- Microsoft Online, OneDrive and Yammer: their own sign-in has given way to Microsoft accounts, which `azure-ad` has.\n" +
		"- Fitbit, Typetalk and WePay: their sign-in has ended.\n")
	b.WriteString("\nThese pages are written by `go test . -run ProviderPages -update` from the definitions in `providers/`.\n")
	return b.String()
}

// providerPage is the page of one provider.
func providerPage(d providers.Definition) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n", d.Name)
	switch {
	case d.ConsoleURL != "" && d.Kind == providers.KindEmail:
		fmt.Fprintf(&b, "The key comes from <%s>.\n\n", d.ConsoleURL)
	case d.ConsoleURL != "":
		fmt.Fprintf(&b, "Register an application at <%s>", d.ConsoleURL)
		if d.Kind == providers.KindOAuth1 || d.Kind == providers.KindOAuth2 || d.Kind == providers.KindOIDC {
			fmt.Fprintf(&b, " with the callback URL\n\n```\nhttps://example.com/api/auth/callback/%s\n```\n\nwhere `https://example.com` is your site", d.ID)
		}
		b.WriteString(".\n\n")
	case d.Kind == providers.KindOAuth2 || d.Kind == providers.KindOIDC:
		fmt.Fprintf(&b, "Register a client there with the callback URL\n\n```\nhttps://example.com/api/auth/callback/%s\n```\n\nwhere `https://example.com` is your site.\n\n", d.ID)
	}
	if len(d.Aliases) > 0 {
		fmt.Fprintf(&b, "It may also be asked for as `%s`, which is then its id, in the callback URL as well.\n\n", strings.Join(d.Aliases, "`, `"))
	}
	b.WriteString("| option | environment variable | | what it is | where to find it |\n|---|---|---|---|---|\n")
	for _, o := range d.Options {
		need := "optional"
		if o.Required {
			need = "required"
		}
		if len(o.Unless) > 0 {
			need += ", or `" + strings.Join(o.Unless, "`, `") + "`"
		}
		variable := providers.Variable(d.ID, o.Name)
		if variable != "" {
			variable = "`" + variable + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", o.Name, variable, need, cell(o.What), cell(o.Where))
	}
	writeExample(&b, d)
	writeTraits(&b, d)
	if len(d.Notes) > 0 {
		b.WriteString("\n## Good to know\n\n")
		for _, note := range d.Notes {
			fmt.Fprintf(&b, "- %s\n", note)
		}
	}
	if d.DocumentationURL != "" {
		fmt.Fprintf(&b, "\n%s's own documentation: <%s>\n", d.Name, d.DocumentationURL)
	}
	return b.String()
}

// writeExample writes how the provider is built.
func writeExample(b *bytes.Buffer, d providers.Definition) {
	var fields, variables []string
	onlyGo := false
	for _, o := range exampleOptions(d) {
		variable := providers.Variable(d.ID, o.Name)
		value := o.Go
		if variable != "" {
			value = fmt.Sprintf("os.Getenv(%q)", variable)
			variables = append(variables, variable+"=...\n")
		}
		onlyGo = onlyGo || variable == ""
		fields = append(fields, fmt.Sprintf("%s: %s,\n", fieldOf(o), value))
	}
	example := fmt.Sprintf("p, err := providers.ByID(%q, providers.Options{\n%s})\n", d.ID, strings.Join(fields, ""))
	if formatted, err := format.Source([]byte(example)); err == nil {
		example = string(formatted)
	}
	fmt.Fprintf(b, "\n```go\n%s```\n", example)
	if !onlyGo {
		fmt.Fprintf(b, "\nor, with `providers.FromEnv()`:\n\n```\n%s```\n", strings.Join(variables, ""))
	}
}

// exampleOptions are those of the example: the required ones, or what may stand
// instead, and what a Go program sets.
func exampleOptions(d providers.Definition) []providers.Option {
	var instead []string
	for _, o := range d.Options {
		instead = append(instead, o.Unless...)
	}
	var shown []providers.Option
	for _, o := range d.Options {
		required := o.Required && len(o.Unless) == 0
		if required || slices.Contains(instead, o.Name) || o.Go != "" || o.Name == "from" {
			shown = append(shown, o)
		}
	}
	return shown
}

// writeTraits writes what an OAuth provider is asked for, with which protection, and
// how far its mail addresses are trusted.
func writeTraits(b *bytes.Buffer, d providers.Definition) {
	p, err := providers.Sample(d.ID, providers.Options{})
	if err != nil {
		return // it speaks no OAuth
	}
	b.WriteString("\n## What it speaks\n\n| | |\n|---|---|\n")
	for _, trait := range providers.Describe(p) {
		value := cell(trait.Value)
		if strings.Contains(value, "://") {
			value = "`" + value + "`"
		}
		fmt.Fprintf(b, "| %s | %s |\n", trait.Name, value)
	}
}

// An OAuth provider's page has the three lines that decide how safe it is.
func TestProviderPageTraits(t *testing.T) {
	for _, d := range providers.All() {
		page := providerPage(d)
		oauth := d.Kind == providers.KindOAuth1 || d.Kind == providers.KindOAuth2 || d.Kind == providers.KindOIDC
		for _, trait := range []string{"Client authentication", "PKCE", "Mail address"} {
			if got := strings.Count(page, "\n| "+trait+" | "); oauth != (got == 1) {
				t.Errorf("%s: the page has %d lines %q", d.ID, got, trait)
			}
		}
	}
}

// fieldOf is the field of [providers.Options] for an option.
func fieldOf(o providers.Option) string {
	field := strings.ToUpper(o.Name[:1]) + o.Name[1:]
	for _, initialism := range []string{"Id", "Url"} {
		if rest, ok := strings.CutSuffix(field, initialism); ok {
			field = rest + strings.ToUpper(initialism)
		}
	}
	return strings.Replace(field, "Api", "API", 1)
}

// cell is a text within a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

// Every page has an example, which is Go as gofmt writes it.
func TestProviderPageExamples(t *testing.T) {
	for _, d := range providers.All() {
		_, rest, found := strings.Cut(providerPage(d), "```go\n")
		example, _, _ := strings.Cut(rest, "```")
		if formatted, err := format.Source([]byte(example)); !found || err != nil || string(formatted) != example {
			t.Errorf("%s: the example is %q: %v", d.ID, example, err)
		}
	}
}

// The fields in the examples exist.
func TestProviderPageFields(t *testing.T) {
	for _, d := range providers.All() {
		for _, o := range d.Options {
			if _, ok := reflect.TypeFor[providers.Options]().FieldByName(fieldOf(o)); !ok {
				t.Errorf("%s: Options has no field %s for the option %q", d.ID, fieldOf(o), o.Name)
			}
		}
	}
}
