// Package gallery shows every built-in page and mail in every state, language and
// colour scheme, without a sign-in behind it. The pages are those of
// internal/story, which the tests walk as well.
//
// A page has an address of its own:
//
//	/page/signin?lang=ko&scheme=dark&brand=%23c026d3&logo=1
//
// It is sent with the headers that package auth sends. A mail has one, too:
//
//	/mail/signin?lang=ko&format=text
//
// What may stand after the question mark is in settings.go.
package gallery

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

//go:embed templates/*.html style.css icon.svg logo.svg
var files embed.FS

// apiPath is where the forms and links of the pages lead.
const apiPath = "/api/auth"

// Gallery is the site. It is made by [New] and serves many visitors at once.
type Gallery struct {
	mux       *http.ServeMux
	templates *template.Template
	languages *language.Catalogues
	stories   []story.Page

	mu sync.Mutex
	// renderers are those of the themes that somebody has asked for, by the
	// name of the theme in the address of its files.
	renderers map[string]*pages.Renderer
}

// New makes a gallery of all pages and mails.
func New() (*Gallery, error) {
	languages, err := language.New(language.Options{})
	if err != nil {
		return nil, fmt.Errorf("the gallery: %w", err)
	}
	templates, err := template.ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("the gallery: %w", err)
	}
	g := &Gallery{
		mux:       http.NewServeMux(),
		templates: templates,
		languages: languages,
		stories:   story.Pages(),
		renderers: make(map[string]*pages.Renderer),
	}
	g.mux.HandleFunc("GET /{$}", g.index)
	g.mux.HandleFunc("GET /page/{name}", g.page)
	g.mux.HandleFunc("GET /mail/{name}", g.mail)
	g.mux.HandleFunc("GET /assets/{theme}/{file}", g.asset)
	g.mux.HandleFunc(apiPath+"/", g.nowhere)
	g.mux.HandleFunc("/", g.notFound)
	for _, name := range []string{"style.css", "icon.svg", "logo.svg"} {
		g.mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, files, name)
		})
	}
	return g, nil
}

// ServeHTTP answers a request.
func (g *Gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-store")
	g.mux.ServeHTTP(w, r)
}

// page shows a page in one state.
func (g *Gallery) page(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(g.stories, func(p story.Page) bool { return p.Name == r.PathValue("name") })
	if i < 0 {
		g.notFound(w, r)
		return
	}
	s, err := g.read(r.URL.Query(), append(slices.Clone(themeSettings), "frame")...)
	if err != nil {
		g.refuse(w, err)
		return
	}
	renderer, err := g.renderer(s)
	if err != nil {
		g.fail(w, err)
		return
	}
	origin := "http://" + r.Host
	html, err := g.stories[i].Render(renderer, pages.Site{
		Origin:    origin,
		Host:      shownHost,
		BaseURL:   origin + apiPath,
		AssetsURL: "/assets/" + s.themeName(),
		Language:  g.catalogue(s["lang"]),
		Query:     s.hiddenFields(),
	})
	if err != nil {
		g.fail(w, err)
		return
	}
	w.Header().Set("Vary", "Accept-Language, Cookie")
	// A site on http allows forms to lead to these schemes.
	s.setPolicy(w.Header(), renderer.ContentSecurityPolicy(html, "https: http:"))
	write(w, http.StatusOK, "text/html; charset=utf-8", html)
}

// shownHost is the site that pages and mails name, so that they look the same at
// every port.
const shownHost = "example.com"

// renderer returns the renderer of a theme. The first one who asks makes it.
func (g *Gallery) renderer(s settings) (*pages.Renderer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := s.themeName()
	if renderer := g.renderers[name]; renderer != nil {
		return renderer, nil
	}
	theme := pages.Theme{ColorScheme: s["scheme"], BrandColor: s["brand"]}
	if s["logo"] == "1" {
		theme.Logo = "/logo.svg"
	}
	options, err := story.Options(theme)
	if err != nil {
		return nil, err
	}
	options.Languages = g.languages
	renderer, err := pages.New(options)
	if err != nil {
		return nil, err
	}
	g.renderers[name] = renderer
	return renderer, nil
}

// asset sends a file that a page loads.
func (g *Gallery) asset(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	renderer := g.renderers[r.PathValue("theme")]
	g.mu.Unlock()
	if renderer == nil {
		g.notFound(w, r)
		return
	}
	asset, ok := renderer.Asset(r.PathValue("file"))
	if !ok {
		g.notFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	write(w, http.StatusOK, asset.ContentType, asset.Content)
}

// catalogue returns a language that the gallery has.
func (g *Gallery) catalogue(tag string) *language.Catalogue {
	for _, c := range g.languages.Offered() {
		if c.Tag() == tag {
			return c
		}
	}
	return g.languages.Default()
}

// nowhere answers the forms and links of the pages.
func (g *Gallery) nowhere(w http.ResponseWriter, _ *http.Request) {
	g.notice(w, http.StatusNotFound, "Here the sign-in would begin",
		"The pages are pictures: nothing is behind their forms and links. The command \"gatehouse demo\" has a sign-in that works.")
}

func (g *Gallery) notFound(w http.ResponseWriter, _ *http.Request) {
	g.notice(w, http.StatusNotFound, "There is no such page", "Perhaps the address has a typing error.")
}

// refuse says what is wrong with the settings of an address.
func (g *Gallery) refuse(w http.ResponseWriter, err error) {
	g.notice(w, http.StatusBadRequest, "This address is not right", sentence(err))
}

// fail shows a fault of the library, which people who work on it look for here.
func (g *Gallery) fail(w http.ResponseWriter, err error) {
	g.notice(w, http.StatusInternalServerError, "This page cannot be shown", sentence(err))
}

// sentence makes a whole sentence of an error.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
