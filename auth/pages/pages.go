// Package pages makes the HTML of the built-in pages: sign-in, sign-out, check
// your mail, error, and the question that follows a mailed link. A view model
// goes in and a whole document comes out.
//
// The package knows no flow. It sends no headers, reads no request and decides
// nothing but how a page looks. The pages hold no script, no inline style and
// nothing from other sites except the logo that the theme names, so that they
// work under a Content-Security-Policy of default-src 'none', style-src 'self'
// and an img-src for the logo.
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
	"sync"
)

//go:embed templates/*.html languages/*.json style.css icon.svg
var files embed.FS

// Options configure a [Renderer]. The zero value is a complete configuration.
type Options struct {
	Theme Theme
	// Buttons colours the buttons of single providers.
	Buttons []Button
}

// Renderer makes pages. Its methods may be called at the same time from many
// goroutines.
type Renderer struct {
	templates   *template.Template
	texts       *catalogue
	colorScheme string
	logo        string
	classes     map[string]string // provider id -> class of its button
	style       []byte
	styleName   string
	icon        []byte
	iconName    string
	buffers     sync.Pool
}

// New checks the options, and reads the templates and texts once. The error
// names every field that is wrong.
func New(o Options) (*Renderer, error) {
	if err := errors.Join(o.Theme.check(), checkButtons(o.Buttons)); err != nil {
		return nil, err
	}
	texts, err := loadCatalogue("en")
	if err != nil {
		return nil, err
	}
	templates, err := template.ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("pages: templates: %w", err)
	}
	r := &Renderer{
		templates:   templates,
		texts:       texts,
		colorScheme: o.Theme.ColorScheme,
		logo:        o.Theme.Logo,
		classes:     make(map[string]string, len(o.Buttons)),
		buffers:     sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	if r.colorScheme == "" {
		r.colorScheme = "auto"
	}
	for _, b := range o.Buttons {
		r.classes[b.ProviderID] = buttonClass(b.ProviderID)
	}
	if r.style, r.styleName, err = buildStyle(o); err != nil {
		return nil, err
	}
	if r.icon, err = files.ReadFile("icon.svg"); err != nil {
		return nil, fmt.Errorf("pages: icon: %w", err)
	}
	r.iconName = hashedName("icon", r.icon, "svg")
	return r, nil
}

// StyleSheet returns the style sheet of all pages and the file name to serve it
// under. The name holds a hash of the content, so the file may be cached for
// ever. The caller must not change the bytes.
func (r *Renderer) StyleSheet() (name string, css []byte) { return r.styleName, r.style }

// Icon returns the icon of all pages as SVG and the file name to serve it under,
// as for [Renderer.StyleSheet].
func (r *Renderer) Icon() (name string, svg []byte) { return r.iconName, r.icon }

// document is what the templates see.
type document struct {
	Language    string
	ColorScheme string // "auto", "light" or "dark"
	Logo        string
	Site        Site
	Title       string
	Heading     string
	View        any

	texts *catalogue
}

// Text returns a text of the catalogue with its placeholders filled in; values
// alternates between the name of a placeholder and what replaces it.
func (d *document) Text(key string, values ...string) (string, error) {
	return d.texts.text(key, values...)
}

// ColorSchemes returns the color-scheme of the document, as CSS Color
// Adjustment writes it.
func (d *document) ColorSchemes() string {
	if d.ColorScheme == "auto" {
		return "light dark"
	}
	return d.ColorScheme
}

// page is one page to render.
type page struct {
	template string
	site     Site
	title    string // catalogue key
	heading  string // text
	view     any
}

func (r *Renderer) render(p page) ([]byte, error) {
	title, err := r.texts.text(p.title)
	if err != nil {
		return nil, err
	}
	if p.heading == "" {
		p.heading = title
	}
	if p.site.Host != "" {
		if title, err = r.texts.text("page.title", "page", title, "host", p.site.Host); err != nil {
			return nil, err
		}
	}
	buffer := r.buffers.Get().(*bytes.Buffer)
	defer r.release(buffer)
	err = r.templates.ExecuteTemplate(buffer, p.template, &document{
		Language:    r.texts.language,
		ColorScheme: r.colorScheme,
		Logo:        r.logo,
		Site:        p.site,
		Title:       title,
		Heading:     p.heading,
		View:        p.view,
		texts:       r.texts,
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
