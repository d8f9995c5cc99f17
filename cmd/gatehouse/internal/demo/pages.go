package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

//go:embed templates/*.html style.css icon.svg
var files embed.FS

// pages renders the demo's own pages.
type pages struct {
	templates *template.Template
}

func newPages() (*pages, error) {
	templates, err := template.New("").Funcs(template.FuncMap{
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"moment":  func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
		"initial": func(s string) string { return string([]rune(s)[:1]) },
	}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("the demo's pages: %w", err)
	}
	return &pages{templates}, nil
}

// document is what the templates see.
type document struct {
	Title string
	View  any
}

// write writes a page.
func (p *pages) write(w http.ResponseWriter, status int, name, title string, view any) {
	var page bytes.Buffer
	if err := p.templates.ExecuteTemplate(&page, name, document{title, view}); err != nil {
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

// handleFiles registers the style sheet and the icon.
func (p *pages) handleFiles(mux *http.ServeMux) {
	for _, name := range []string{"style.css", "icon.svg"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, files, name)
		})
	}
}
