package pages

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strings"
)

// layout is the template around every page.
const layout = "layout.html"

// parseTemplates makes the templates of every page, by file name: the layout, the
// page, and then the application's changes to either.
func parseTemplates(changes fs.FS) (map[string]*template.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("pages: templates: %w", err)
	}
	if err := checkFileNames(changes, names); err != nil {
		return nil, err
	}
	all := make(map[string]*template.Template, len(names))
	for _, path := range names {
		name := strings.TrimPrefix(path, "templates/")
		if name == layout {
			continue
		}
		t, err := template.ParseFS(files, "templates/"+layout, path)
		if err != nil {
			return nil, fmt.Errorf("pages: templates: %w", err)
		}
		if err := errors.Join(change(t, changes, layout), change(t, changes, name)); err != nil {
			return nil, err
		}
		all[name] = t
	}
	return all, nil
}

// checkFileNames refuses a changed file whose name is that of no template.
func checkFileNames(changes fs.FS, known []string) error {
	if changes == nil {
		return nil
	}
	entries, err := fs.ReadDir(changes, ".")
	if err != nil {
		return fmt.Errorf("pages: Theme.Templates: %w", err)
	}
	for _, entry := range entries {
		if !slices.Contains(known, "templates/"+entry.Name()) {
			all := strings.ReplaceAll(strings.Join(known, ", "), "templates/", "")
			return fmt.Errorf("pages: Theme.Templates: there is no template %q; there are %s", entry.Name(), all)
		}
	}
	return nil
}

// change replaces blocks of a page with those that a file of the application
// defines. It can only replace what is there.
func change(t *template.Template, changes fs.FS, name string) error {
	if changes == nil {
		return nil
	}
	source, err := fs.ReadFile(changes, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("pages: Theme.Templates: %w", err)
	}
	changed, err := template.New(name).Parse(string(source))
	if err != nil {
		return fmt.Errorf("pages: Theme.Templates: %w", err)
	}
	for _, block := range changed.Templates() {
		if block.Name() == name { // what stands outside of blocks
			if block.Tree != nil && strings.TrimSpace(block.Tree.Root.String()) != "" {
				return fmt.Errorf("pages: Theme.Templates: %s has text outside of {{define}}", name)
			}
			continue
		}
		if t.Lookup(block.Name()) == nil || strings.HasSuffix(block.Name(), ".html") {
			return fmt.Errorf("pages: Theme.Templates: %s defines the block %q; there are %s", name, block.Name(), strings.Join(blocks(t), ", "))
		}
		if _, err := t.AddParseTree(block.Name(), block.Tree); err != nil {
			return fmt.Errorf("pages: Theme.Templates: %w", err)
		}
	}
	return nil
}

// blocks are the names of the blocks of a page, sorted.
func blocks(t *template.Template) []string {
	var names []string
	for _, one := range t.Templates() {
		if !strings.HasSuffix(one.Name(), ".html") {
			names = append(names, one.Name())
		}
	}
	slices.Sort(names)
	return names
}

// try renders every page once, so that a mistake in a changed block shows when
// the program starts and not to a visitor.
func (r *Renderer) try() error {
	site := Site{Origin: "https://example.com", Host: "example.com", BaseURL: "https://example.com/api/auth", Query: []HiddenField{}}
	var errs []error
	for _, render := range []func() ([]byte, error){
		func() ([]byte, error) {
			return r.SignIn(SignIn{Site: site, ErrorCode: "Signin", Reference: "x", Providers: []Provider{
				{ID: "a", Name: "A"}, {ID: "b", Kind: Email}, {ID: "c", Kind: Credentials, Fields: []Field{{Name: "password", Type: "password"}}},
			}})
		},
		func() ([]byte, error) { return r.SignOut(SignOut{Site: site}) },
		func() ([]byte, error) { return r.SignedOut(SignedOut{Site: site}) },
		func() ([]byte, error) {
			return r.VerifyRequest(VerifyRequest{Site: site, Address: "a@example.com", Resend: &Resend{}, InboxURL: "/"})
		},
		func() ([]byte, error) { return r.Error(Error{Site: site, Code: "AccessDenied", Reference: "x"}) },
		func() ([]byte, error) { return r.ConfirmLink(ConfirmLink{Site: site, Address: "a@example.com"}) },
	} {
		_, err := render()
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
