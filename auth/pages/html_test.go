package pages_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// element is a parsed element with its attributes by name.
type element struct {
	*html.Node
	attrs map[string]string
}

func (e element) text() string {
	var b strings.Builder
	for n := range e.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// elements returns the elements of a page in document order.
func elements(t *testing.T, page []byte) []element {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return within(root)
}

func within(root *html.Node) []element {
	var all []element
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		e := element{n, map[string]string{}}
		for _, a := range n.Attr {
			e.attrs[a.Key] = a.Val
		}
		all = append(all, e)
	}
	return all
}

// named returns the elements with a tag name.
func named(all []element, name string) []element {
	var some []element
	for _, e := range all {
		if e.Data == name {
			some = append(some, e)
		}
	}
	return some
}

// alertText returns the text of the alert of a page, or "".
func alertText(t *testing.T, page []byte) string {
	t.Helper()
	for _, e := range elements(t, page) {
		if e.attrs["role"] == "alert" {
			return e.text()
		}
	}
	return ""
}

// checkPage checks the rules that hold for every page.
func checkPage(t *testing.T, page []byte, logo string, wantAlert bool) {
	t.Helper()
	all := elements(t, page)
	if !bytes.HasPrefix(page, []byte("<!doctype html>\n<html lang=\"en\"")) {
		t.Errorf("page begins with %.40q", page)
	}
	if bytes.Contains(page, []byte("ZgotmplZ")) {
		t.Error("page holds a value that html/template refused")
	}
	if titles := named(all, "title"); len(titles) != 1 || titles[0].text() == "" {
		t.Errorf("page has %d titles, want one with text", len(titles))
	}
	if headings := named(all, "h1"); len(headings) != 1 || headings[0].text() == "" {
		t.Errorf("page has %d headings, want one with text", len(headings))
	}
	alerts := 0
	ids := map[string]bool{}
	labels := map[string]string{}
	for _, e := range all {
		checkElement(t, e, logo)
		if id, ok := e.attrs["id"]; ok {
			if ids[id] {
				t.Errorf("id %q is used twice", id)
			}
			ids[id] = true
		}
		if e.Data == "label" {
			labels[e.attrs["for"]] = e.text()
		}
		if e.attrs["role"] == "alert" && e.text() != "" {
			alerts++
		}
	}
	if got := alerts > 0; got != wantAlert || alerts > 1 {
		t.Errorf("page has %d alerts, want one: %v", alerts, wantAlert)
	}
	for _, e := range named(all, "input") {
		if e.attrs["type"] != "hidden" && (e.attrs["id"] == "" || labels[e.attrs["id"]] == "") && e.attrs["aria-label"] == "" {
			t.Errorf("input %q has no label", e.attrs["name"])
		}
	}
}

// checkElement checks that an element runs nothing, styles nothing and loads
// nothing from other sites.
func checkElement(t *testing.T, e element, logo string) {
	t.Helper()
	switch e.Data {
	case "script", "style", "iframe", "object", "embed", "base", "svg":
		t.Errorf("page has a %s element", e.Data)
	case "form":
		if e.attrs["method"] != "post" || e.attrs["action"] == "" {
			t.Errorf("form has method %q and action %q", e.attrs["method"], e.attrs["action"])
		}
	case "a", "button":
		if e.text() == "" {
			t.Errorf("a %s has no text", e.Data)
		}
	case "img":
		if _, ok := e.attrs["alt"]; !ok {
			t.Error("picture without alt")
		}
	}
	for name, value := range e.attrs {
		switch {
		case strings.HasPrefix(name, "on"), name == "style", name == "srcset", name == "srcdoc":
			t.Errorf("%s has the attribute %s", e.Data, name)
		case name == "src" && value != logo:
			t.Errorf("%s loads %q", e.Data, value)
		case name == "href" || name == "action" || name == "formaction":
			if strings.Contains(value, ":") && !strings.HasPrefix(value, site.Origin) {
				t.Errorf("%s leads to %q", e.Data, value)
			}
		case name == "autofocus", name == "tabindex":
			t.Errorf("%s has the attribute %s", e.Data, name)
		}
	}
}
