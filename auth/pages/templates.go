package pages

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
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
		if strings.HasPrefix(entry.Name(), ".") {
			continue // a file of the system's
		}
		if entry.IsDir() {
			return fmt.Errorf("pages: Theme.Templates: %q is a folder; pass what is in it with fs.Sub(files, %q)", entry.Name(), entry.Name())
		}
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
	if found := forbidden.FindString(string(source)); found != "" {
		return fmt.Errorf("pages: Theme.Templates: %s has %q, which the pages' policy blocks: put styles into Theme.StyleSheet, and use no script", name, found)
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

// try renders every page in its states, so that a mistake in a changed block shows
// when the program starts and not to a visitor.
func (r *Renderer) try() error {
	site := Site{Origin: "https://example.com", Host: "example.com", BaseURL: "https://example.com/api/auth", Query: []HiddenField{{"a", "b"}}}
	var errs []error
	seen := map[string]bool{}
	try := func(_ []byte, err error) {
		if err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			errs = append(errs, err)
		}
	}
	fields := []Field{{Name: "username", Value: "x", Placeholder: "x"}, {Name: "password", Type: "password"}, {Name: "remember", Type: "checkbox"}, {Name: "tenant", Type: "hidden"}}
	providers := []Provider{{ID: "a", Name: "A"}, {ID: "b", Kind: Email}, {ID: "c", Kind: Credentials, Fields: fields}}
	try(r.SignIn(SignIn{Site: site}))
	try(r.SignIn(SignIn{Site: Site{}, Providers: providers}))
	for _, code := range []string{"", "EmailSignin", "CredentialsSignin"} {
		for _, last := range []string{"", "a", "b", "c"} {
			try(r.SignIn(SignIn{Site: site, ErrorCode: code, LastProviderID: last, Email: "a@example.com", Providers: providers}))
			try(r.SignIn(SignIn{Site: site, ErrorCode: code, LastProviderID: last, Reference: "x", Providers: providers}))
		}
	}
	for _, expired := range []bool{false, true} {
		try(r.SignOut(SignOut{Site: site, Expired: expired, ShowSignedOut: expired}))
		try(r.ConfirmLink(ConfirmLink{Site: site, Expired: expired, Address: "a@example.com", Hidden: site.Query}))
	}
	try(r.ConfirmLink(ConfirmLink{Site: site}))
	try(r.SignedOut(SignedOut{Site: site}))
	try(r.SignedOut(SignedOut{}))
	try(r.VerifyRequest(VerifyRequest{Site: site, Address: "a@example.com", Resend: &Resend{}, InboxURL: "/"}))
	try(r.VerifyRequest(VerifyRequest{}))
	for _, code := range []string{"Configuration", "AccessDenied", "Verification", "Signout", ""} {
		try(r.Error(Error{Site: site, Code: code, Reference: "x"}))
		try(r.Error(Error{Code: code, NoAlert: true}))
	}
	return errors.Join(errs...)
}

// forbidden finds what the policy of the pages would block.
var forbidden = regexp.MustCompile(`(?i)<style\b|<script\b|<[^>]*\sstyle\s*=|<[^>]*\son[a-z]+\s*=`)
