// Package pages makes the HTML of the built-in pages: sign-in, sign-out, signed
// out, check your mail, error, and the question that follows a mailed link. A
// view model goes in and a whole document comes out.
//
// The package knows no flow. It sends no headers, reads no request and decides
// nothing but how a page looks. The pages hold no inline style or script and
// load nothing from other sites except the logo that the theme names, so that
// they work under the policy that [Renderer.ContentSecurityPolicy] returns. They
// work without scripts. The only one there is shows passwords, and keeps the form
// that uses a mailed link up from being sent twice.
//
// Every value of a view model may come from a stranger: it is escaped for the
// place where it is written. Nothing is escaped twice, so view models hold plain
// text.
package pages

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

//go:embed templates/*.html style.css forms.js icon.svg
var files embed.FS

// Options configure a [Renderer]. The zero value is a complete configuration.
type Options struct {
	Theme Theme
	// Languages are those of the language menu. Nil means English alone.
	Languages *language.Catalogues
	// Buttons are the looks of the buttons of single providers.
	Buttons []Button
}

// Renderer makes pages. Its methods may be called at the same time from many
// goroutines.
type Renderer struct {
	templates map[string]*template.Template // by file name
	languages *language.Catalogues
	options   map[string]template.HTML // of the language menu, by the current language
	theme     Theme
	buttons   map[string]buttonLook // by provider id
	assets    map[string]Asset
	names     assetNames
	warnings  []string
	buffers   sync.Pool
}

// New checks the options, and reads the templates and texts once. The error
// names every field that is wrong.
func New(o Options) (*Renderer, error) {
	if err := errors.Join(o.Theme.check(), checkButtons(o.Buttons)); err != nil {
		return nil, err
	}
	r := &Renderer{
		languages: o.Languages,
		theme:     o.Theme,
		buttons:   make(map[string]buttonLook, len(o.Buttons)),
		buffers:   sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	if r.theme.ColorScheme == "" {
		r.theme.ColorScheme = "auto"
	}
	var err error
	if r.languages == nil {
		if r.languages, err = language.New(language.Options{Offered: []string{"en"}}); err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
	}
	r.options = languageOptions(r.languages.Offered())
	for _, b := range o.Buttons {
		r.buttons[b.ProviderID] = b.look()
	}
	r.warnings = o.warnings()
	if err := r.addAssets(o); err != nil {
		return nil, err
	}
	if r.templates, err = parseTemplates(o.Theme.Templates); err != nil {
		return nil, err
	}
	if o.Theme.Templates != nil {
		if err := r.try(); err != nil {
			return nil, fmt.Errorf("pages: Theme.Templates: %w", err)
		}
	}
	return r, nil
}

// Warnings says what the options ask for and the pages do not do, because
// somebody could not read it, in a sentence each.
func (r *Renderer) Warnings() []string { return r.warnings }

// ContentSecurityPolicy returns the policy that a page works under. formAction
// lists the sources of its directive form-action, beside 'self'.
func (r *Renderer) ContentSecurityPolicy(page []byte, formAction string) string {
	img := "'self'"
	if origin := r.theme.LogoOrigin(); origin != "" {
		img += " " + origin
	}
	script := ""
	if bytes.Contains(page, []byte("<script src=")) {
		script = "script-src 'self'; "
	}
	if formAction != "" {
		formAction = " " + formAction
	}
	return "default-src 'none'; " + script + "style-src 'self'; img-src " + img + "; form-action 'self'" + formAction +
		"; frame-ancestors 'none'; base-uri 'none'"
}

// document is what the templates see, the application's own included.
type document struct {
	// Tag and Direction are the attributes lang and dir of the document.
	Tag       string
	Direction string
	// ColorScheme is "auto", "light" or "dark".
	ColorScheme string
	Logo        string
	Site        Site
	Title       string
	Heading     string
	// View is what is different on each page.
	View any
	// Script says that the page has something for the script to do.
	Script bool

	texts    *language.Catalogue
	renderer *Renderer
}

// Text returns a text of the catalogue with its placeholders filled in; values
// alternates between the name of a placeholder and what replaces it.
func (d *document) Text(key string, values ...string) (string, error) {
	return d.texts.Text(key, values...)
}

// colorSchemes returns the color-scheme of the document, as CSS Color
// Adjustment writes it.
func (d *document) colorSchemes() string {
	if d.ColorScheme == "auto" {
		return "light dark"
	}
	return d.ColorScheme
}

// languageOptions writes the option elements of the language menu, once for each
// language that may be the current one, by its tag; under "" none is. A menu of
// one language is no choice and has no options. To write them for every page
// would take longer than everything else on it.
func languageOptions(offered []*language.Catalogue) map[string]template.HTML {
	if len(offered) < 2 {
		return nil
	}
	options := map[string]template.HTML{"": optionsOf(offered, "")}
	for _, current := range offered {
		options[current.Tag()] = optionsOf(offered, current.Tag())
	}
	return options
}

// optionsOf writes the option elements with one of them, or none, selected.
func optionsOf(offered []*language.Catalogue, current string) template.HTML {
	var b strings.Builder
	for _, c := range offered {
		selected := ""
		if c.Tag() == current {
			selected = " selected"
		}
		tag, name := template.HTMLEscapeString(c.Tag()), template.HTMLEscapeString(c.Name())
		fmt.Fprintf(&b, "<option value=\"%s\" lang=\"%s\" dir=\"%s\"%s>%s</option>\n", tag, tag, c.Direction(), selected, name)
	}
	return template.HTML(b.String()) //nolint:gosec // tags and names are escaped
}

// page is one page to render. Texts are keys and what replaces placeholders.
type page struct {
	template string
	site     Site
	title    []string
	heading  []string // title when nil
	view     any
	script   bool
}

// texts are those of the visitor's language.
func (r *Renderer) texts(s Site) *language.Catalogue {
	if s.Language != nil {
		return s.Language
	}
	return r.languages.Default()
}

func (r *Renderer) render(p page) ([]byte, error) {
	texts := r.texts(p.site)
	title, err := texts.Text(p.title[0], p.title[1:]...)
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	heading := title
	if p.heading != nil {
		if heading, err = texts.Text(p.heading[0], p.heading[1:]...); err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
	}
	if p.site.Host != "" {
		if title, err = texts.Text("page.title", "page", title, "host", p.site.Host); err != nil {
			return nil, fmt.Errorf("pages: %w", err)
		}
	}
	buffer := r.buffers.Get().(*bytes.Buffer)
	defer r.release(buffer)
	err = r.templates[p.template].ExecuteTemplate(buffer, "layout.html", &document{
		Tag:         texts.Tag(),
		Direction:   texts.Direction(),
		ColorScheme: r.theme.ColorScheme,
		Logo:        r.theme.Logo,
		Site:        p.site,
		Title:       title,
		Heading:     heading,
		View:        p.view,
		Script:      p.script,
		texts:       texts,
		renderer:    r,
	})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	return bytes.Clone(buffer.Bytes()), nil
}

// release keeps a buffer for the next page, unless a page of unusual size has
// made it large.
func (r *Renderer) release(b *bytes.Buffer) {
	if b.Cap() <= 64<<10 {
		b.Reset()
		r.buffers.Put(b)
	}
}
