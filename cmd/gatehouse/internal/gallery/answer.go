package gallery

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
)

// ownPolicy is the Content-Security-Policy of the gallery's own pages.
const ownPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// mailPolicy is that of a mail: like a mail program, it loads nothing and runs
// nothing.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// setPolicy sets the headers that say what a page may do, and lets no site show
// it in a frame: except this one, when the setting frame asks for it. That is the
// only way in which what the gallery sends differs from what the library sends.
func (s settings) setPolicy(h http.Header, policy string) {
	options := "DENY"
	if s["frame"] == "1" {
		policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)
		options = "SAMEORIGIN"
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", options)
}

// document is what the templates see.
type document struct {
	Title string
	View  any
}

// show writes a page of the gallery's own.
func (g *Gallery) show(w http.ResponseWriter, status int, name, title string, view any) {
	var page bytes.Buffer
	if err := g.templates.ExecuteTemplate(&page, name, document{title, view}); err != nil {
		http.Error(w, "This page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	settings{}.setPolicy(w.Header(), ownPolicy)
	write(w, status, "text/html; charset=utf-8", page.Bytes())
}

// notice writes a page of two sentences.
func (g *Gallery) notice(w http.ResponseWriter, status int, title, text string) {
	g.show(w, status, "notice.html", title, text)
}

func write(w http.ResponseWriter, status int, contentType string, content []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	w.Write(content)
}
