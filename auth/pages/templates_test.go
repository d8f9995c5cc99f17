package pages_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

// templates are files with the changes of an application: name, content, name, ...
func templates(files ...string) fstest.MapFS {
	all := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		all[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return all
}

func TestChangedBlocks(t *testing.T) {
	const mark = `<p id="mine">`
	everyPage := func(string) bool { return true }
	page := func(prefixes ...string) func(string) bool {
		return func(name string) bool {
			return slices.ContainsFunc(prefixes, func(p string) bool { return name == p || strings.HasPrefix(name, p+"-") })
		}
	}
	for _, test := range []struct {
		name  string
		files fstest.MapFS
		want  func(story string) bool // whether the page is changed
	}{
		{"nothing", templates(), page()},
		{"content of one page", templates("signout.html", `{{define "content"}}<p id="mine">{{.View.CSRFToken}}</p>{{end}}`), page("signout")},
		{"footer of one page", templates("error.html", `{{define "footer"}}<p id="mine">{{.Site.Host}}</p>{{end}}`), page("error")},
		{"block of one page", templates("verifyrequest.html", `{{define "back"}}<p id="mine"></p>{{end}}`), page("verify-request")},
		{"block of the sign-in page", templates("signin.html", `{{define "forms"}}<p id="mine">{{range .View.Forms}}{{.Button}} {{end}}</p>{{end}}`), page("signin")},
		{"all pages", templates("layout.html", `{{define "header"}}<p id="mine">{{.Text "page.back" "host" .Site.Host}}</p>{{end}}`), everyPage},
		{"logo of all pages", templates("layout.html", `{{define "logo"}}<p id="mine">{{.Logo}}</p>{{end}}`), everyPage},
		{
			"one page differs from all", templates(
				"layout.html", `{{define "footer"}}<p id="other"></p>{{end}}`,
				"confirmlink.html", `{{define "footer"}}<p id="mine"></p>{{end}}`),
			page("confirm-link"),
		},
		{"comment and space outside", templates("signout.html", "{{/* ours */}}\n\n{{define \"heading\"}}<h1>Bye</h1><p id=\"mine\"></p>{{end}}\n"), page("signout")},
		{"two blocks", templates("signedout.html", `{{define "heading"}}<h1>x</h1>{{end}}{{define "header"}}<p id="mine"></p>{{end}}`), page("signedout")},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain := newRenderer(t, storyOptions(t, pages.Theme{}))
			r := newRenderer(t, storyOptions(t, pages.Theme{Templates: test.files}))
			_, all := test.files["layout.html"]
			for _, p := range story.Pages() {
				before, after := must(t)(p.Render(plain, site)), must(t)(p.Render(r, site))
				if got := strings.Contains(string(after), mark); got != test.want(p.Name) {
					t.Errorf("%s is changed: %v", p.Name, got)
				}
				if !all && !test.want(p.Name) && string(before) != string(after) {
					t.Errorf("%s is not what it was", p.Name)
				}
			}
		})
	}
}

// What stands in a changed block is escaped as everything else.
func TestChangedBlockEscapes(t *testing.T) {
	r := newRenderer(t, pages.Options{Theme: pages.Theme{Templates: templates(
		"signout.html", `{{define "content"}}<p title="{{.View.CSRFToken}}">{{.View.CSRFToken}}</p><a href="{{.View.CSRFToken}}">x</a>{{end}}`)}})
	for _, s := range []string{`"><script>alert(1)</script>`, "javascript:alert(1)"} {
		page := must(t)(r.SignOut(pages.SignOut{Site: site, CSRFToken: s}))
		all := elements(t, page)
		if len(named(all, "script")) > 0 || strings.HasPrefix(named(all, "a")[0].attrs["href"], "javascript") {
			t.Errorf("the block holds %s:\n%s", s, page)
		}
	}
}

func TestTemplatesRefused(t *testing.T) {
	for _, test := range []struct {
		name  string
		files fstest.MapFS
		want  []string // what the error says
	}{
		{"unknown file", templates("login.html", ""), []string{`"login.html"`, "signin.html", "layout.html", "verifyrequest.html"}},
		{"another kind of file", templates("signin.html", "", "README.md", ""), []string{`"README.md"`}},
		{"file in a folder", templates("templates/signin.html", ""), []string{`"templates"`}},
		{"unknown block", templates("signin.html", `{{define "form"}}{{end}}`), []string{`signin.html defines the block "form"`, "forms", "alert", "footer"}},
		{"block of another page", templates("signout.html", `{{define "forms"}}{{end}}`), []string{`signout.html defines the block "forms"`}},
		{"block of one page for all", templates("layout.html", `{{define "forms"}}{{end}}`), []string{`layout.html defines the block "forms"`}},
		{"block in a block", templates("signout.html", `{{define "content"}}{{block "mine" .}}{{end}}{{end}}`), []string{`"mine"`}},
		{"whole layout", templates("signout.html", `{{define "layout.html"}}{{end}}`), []string{`"layout.html"`}},
		{"text outside", templates("signout.html", `{{define "content"}}{{end}} Bye`), []string{"signout.html", "outside of {{define}}"}},
		{"action outside", templates("signout.html", `{{.Site.Host}}`), []string{"signout.html", "outside of {{define}}"}},
		{"mistake in a template", templates("signout.html", `{{define "content"}}{{end`), []string{"signout.html:1"}},
		{"unknown function", templates("signout.html", `{{define "content"}}{{now}}{{end}}`), []string{"signout.html:1", `"now"`}},
		{"unknown field", templates("signout.html", `{{define "content"}}{{.Sight.Host}}{{end}}`), []string{"Sight", `"content"`}},
		{"unknown field of a view", templates("signout.html", `{{define "content"}}{{.View.Token}}{{end}}`), []string{"Token"}},
		{"unknown field on one of all pages", templates("layout.html", `{{define "header"}}{{.View.CSRFToken}}{{end}}`), []string{"CSRFToken"}},
		{"unknown field within a form", templates("signin.html", `{{define "forms"}}{{range .View.Forms}}{{.Url}}{{end}}{{end}}`), []string{"Url"}},
		{"unknown text", templates("error.html", `{{define "content"}}{{.Text "error.title"}}{{end}}`), []string{`there is no text "error.title"`}},
		{"text without its host", templates("error.html", `{{define "content"}}{{.Text "page.back"}}{{end}}`), []string{`"page.back"`, `"host"`}},
		{"attribute that is open", templates("error.html", `{{define "content"}}<a title="{{if .Site.Host}}"{{end}}>{{end}}`), []string{"error.html"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := pages.New(pages.Options{Theme: pages.Theme{Templates: test.files}})
			if err == nil || r != nil {
				t.Fatalf("error %v, want one and no renderer", err)
			}
			for _, want := range append(test.want, "pages: Theme.Templates: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want one with %q", err, want)
				}
			}
		})
	}
}

func TestTemplatesOfMissingFolder(t *testing.T) {
	_, err := pages.New(pages.Options{Theme: pages.Theme{Templates: os.DirFS("testdata/nothing")}})
	if err == nil || !strings.HasPrefix(err.Error(), "pages: Theme.Templates: ") {
		t.Errorf("error %v, want one about Theme.Templates", err)
	}
}

// Two renderers of one process do not share their templates.
func TestTemplatesAreNotShared(t *testing.T) {
	before := must(t)(newRenderer(t, pages.Options{}).SignOut(pages.SignOut{Site: site}))
	changed := newRenderer(t, pages.Options{Theme: pages.Theme{Templates: templates("layout.html", `{{define "heading"}}<h1>Mine</h1>{{end}}`)}})
	if got := heading(t, must(t)(changed.SignOut(pages.SignOut{Site: site}))); got != "Mine" {
		t.Errorf("heading %q", got)
	}
	if after := must(t)(newRenderer(t, pages.Options{}).SignOut(pages.SignOut{Site: site})); string(after) != string(before) {
		t.Errorf("another renderer is changed:\n%s", after)
	}
}

func ExampleTheme_templates() {
	r, err := pages.New(pages.Options{Theme: pages.Theme{Templates: fstest.MapFS{
		"layout.html": {Data: []byte(`{{define "header"}}<p class="note">{{.Site.Host}} by Example Inc.</p>{{end}}`)},
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := r.SignedOut(pages.SignedOut{Site: pages.Site{Host: "app.test"}})
	fmt.Println(strings.Contains(string(page), "app.test by Example Inc."), err)
	// Output: true <nil>
}
