package gallery_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/gallery"
)

func newGallery(t *testing.T) *gallery.Gallery {
	t.Helper()
	g, err := gallery.New()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// page is an answer.
type page struct {
	t      *testing.T
	url    *url.URL
	status int
	header http.Header
	body   string
	root   *html.Node
}

// get asks a handler for an address of its site.
func get(t *testing.T, h http.Handler, address string) *page {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Host = "localhost:3001"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return &page{t, r.URL, w.Code, w.Result().Header, w.Body.String(), root}
}

// elements are those with a name, in document order.
func (p *page) elements(name string) []*html.Node {
	var found []*html.Node
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			found = append(found, n)
		}
	}
	return found
}

// attributes are those with a name of all elements with another, in document
// order.
func (p *page) attributes(element, name string) []string {
	var found []string
	for _, n := range p.elements(element) {
		found = append(found, attribute(n, name))
	}
	return found
}

// heading is the text of the page's h1.
func (p *page) heading() string {
	for _, h := range p.elements("h1") {
		return textOf(h)
	}
	return ""
}

// text is what the page says.
func (p *page) text() string { return textOf(p.root) }

// submit returns the address that the page's form leads to, as a browser without
// scripts makes it: from what is chosen already and from the changes.
func (p *page) submit(changes map[string]string) string {
	p.t.Helper()
	forms := p.elements("form")
	var form *html.Node
	for _, f := range forms {
		if attribute(f, "method") == "get" {
			form = f
		}
	}
	if form == nil {
		p.t.Fatalf("%s has no form", p.url)
	}
	values := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		switch {
		case n.Data == "select":
			values.Set(name, chosen(n))
		case n.Data == "input" && attribute(n, "type") == "checkbox" && !has(n, "checked"):
		case n.Data == "input":
			values.Set(name, attribute(n, "value"))
		}
	}
	for name, value := range changes {
		values.Set(name, value)
	}
	path := p.url.Path
	if action := attribute(form, "action"); action != "" {
		path = action
	}
	return path + "?" + values.Encode()
}

// chosen is the value of a select, as it is before somebody changes it.
func chosen(n *html.Node) string {
	value, first := "", true
	for o := range n.Descendants() {
		if o.Data == "option" && (first || has(o, "selected")) {
			value, first = attribute(o, "value"), false
		}
	}
	return value
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf is the text in a node with single spaces.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
