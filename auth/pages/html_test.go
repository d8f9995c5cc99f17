package pages_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// element is a parsed element with its attributes by name.
type element struct {
	*html.Node
	attrs map[string]string
}

// has reports whether an attribute is there, with or without a value.
func (e element) has(attribute string) bool {
	_, ok := e.attrs[attribute]
	return ok
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
func elements(t testing.TB, page []byte) []element {
	t.Helper()
	return within(parse(t, page))
}

func parse(t testing.TB, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
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

// links returns the links of a page, each as its target and text.
func links(t *testing.T, page []byte) []string {
	t.Helper()
	var all []string
	for _, e := range named(elements(t, page), "a") {
		all = append(all, e.attrs["href"]+" "+e.text())
	}
	return all
}

// form is what a visitor can post.
type form struct {
	Action string
	Inputs []string // name, type, value and further attributes
	Button string
}

// forms returns the forms of a page that post something.
func forms(t *testing.T, page []byte) []form {
	t.Helper()
	var all []form
	for _, f := range named(elements(t, page), "form") {
		if f.attrs["method"] != "post" {
			continue
		}
		got := form{Action: f.attrs["action"]}
		for _, e := range within(f.Node) {
			switch {
			case e.Data == "input":
				s := e.attrs["name"] + " " + e.attrs["type"] + " " + e.attrs["value"]
				for _, name := range []string{"placeholder", "autocomplete", "aria-invalid", "aria-describedby"} {
					if e.attrs[name] != "" {
						s += " " + name + "=" + e.attrs[name]
					}
				}
				if e.has("required") {
					s += " required"
				}
				got.Inputs = append(got.Inputs, s)
			case e.Data == "button" && e.attrs["type"] == "submit":
				got.Button = buttonText(e)
			}
		}
		all = append(all, got)
	}
	return all
}

// buttonText is what a button says to everybody, without its mark.
func buttonText(button element) string {
	var words []string
	for _, e := range within(button.Node) {
		if e.Data == "span" && e.attrs["aria-hidden"] != "true" {
			words = append(words, e.text())
		}
	}
	if words == nil {
		return button.text()
	}
	return strings.Join(words, " ")
}

// wanted is what a page is checked for beyond the rules that hold for every page.
// The zero value is a page in English without an alert.
type wanted struct {
	tag, direction string
	logo           string
	alert          bool
}

// checkPage checks the rules that hold for every page.
func checkPage(t *testing.T, page []byte, want wanted) {
	t.Helper()
	if want.tag == "" {
		want.tag, want.direction = "en", "ltr"
	}
	if !bytes.HasPrefix(page, []byte("<!doctype html>\n<html ")) {
		t.Errorf("page begins with %.40q", page)
	}
	if bytes.Contains(page, []byte("ZgotmplZ")) {
		t.Error("page holds a value that html/template refused")
	}
	all := elements(t, page)
	if e := named(all, "html")[0]; e.attrs["lang"] != want.tag || e.attrs["dir"] != want.direction {
		t.Errorf("lang %q and dir %q, want %q and %q", e.attrs["lang"], e.attrs["dir"], want.tag, want.direction)
	}
	for _, name := range []string{"title", "h1", "main"} {
		if some := named(all, name); len(some) != 1 || some[0].text() == "" {
			t.Errorf("page has %d times %s, want it once with text", len(some), name)
		}
	}
	alerts := 0
	for _, e := range all {
		checkElement(t, e, want.logo)
		if e.attrs["role"] == "alert" && e.text() != "" {
			alerts++
		}
	}
	if got := alerts > 0; got != want.alert || alerts > 1 {
		t.Errorf("page has %d alerts, want one: %v", alerts, want.alert)
	}
	checkNames(t, all)
	passwords := slices.ContainsFunc(all, func(e element) bool { return e.attrs["type"] == "password" })
	confirms := slices.ContainsFunc(all, func(e element) bool {
		return e.Data == "p" && strings.HasPrefix(e.text(), "This link was opened")
	})
	if got := len(named(all, "script")); got > 1 || confirms && got != 1 || passwords && got != 1 {
		t.Errorf("page has %d scripts, and a password field: %v", got, passwords)
	}
}

// checkNames checks that everything that can be operated has a name, and that
// what refers to another element finds it.
func checkNames(t *testing.T, all []element) {
	t.Helper()
	ids := map[string]element{}
	for _, e := range all {
		if id, ok := e.attrs["id"]; ok {
			if _, taken := ids[id]; taken || id == "" {
				t.Errorf("id %q is empty or used twice", id)
			}
			ids[id] = e
		}
	}
	labelled := map[string]bool{}
	for _, e := range all {
		if e.Data == "label" {
			target, ok := ids[e.attrs["for"]]
			if !ok || target.Data != "input" && target.Data != "select" || e.text() == "" {
				t.Errorf("the label %q is for %q", e.text(), e.attrs["for"])
			}
			labelled[e.attrs["for"]] = true
		}
		if id, ok := e.attrs["aria-describedby"]; ok && ids[id].Node == nil {
			t.Errorf("%s %q is described by %q, which is missing", e.Data, e.attrs["name"], id)
		}
	}
	for _, e := range all {
		field := e.Data == "input" && e.attrs["type"] != "hidden" || e.Data == "select"
		if field && !labelled[e.attrs["id"]] {
			t.Errorf("%s %q has no label", e.Data, e.attrs["name"])
		}
	}
}

// known are the elements that pages are made of.
var known = strings.Fields("html head meta title link script body main footer h1 p div span a form input label select option button img svg path circle")

// checkElement checks that an element runs nothing, styles nothing and loads
// nothing from other sites.
func checkElement(t *testing.T, e element, logo string) {
	t.Helper()
	if !slices.Contains(known, e.Data) {
		t.Errorf("page has a %s element", e.Data)
	}
	switch e.Data {
	case "script":
		if !strings.HasPrefix(e.attrs["src"], site.AssetsURL+"/") || !e.has("defer") || e.FirstChild != nil {
			t.Errorf("script of %q with the text %q", e.attrs["src"], e.text())
		}
	case "form":
		if e.attrs["method"] == "get" && e.attrs["class"] == "language" && !e.has("action") {
			return // it asks for the same page again
		}
		if e.attrs["method"] != "post" || e.attrs["action"] == "" {
			t.Errorf("form has method %q and action %q", e.attrs["method"], e.attrs["action"])
		}
	case "a", "button":
		if e.text() == "" && e.attrs["aria-label"] == "" {
			t.Errorf("a %s has no text", e.Data)
		}
	case "img":
		if !e.has("alt") {
			t.Error("picture without alt")
		}
	case "svg":
		if e.attrs["aria-hidden"] != "true" {
			t.Error("mark that is not hidden from screen readers")
		}
	}
	checkAttributes(t, e, logo)
}

func checkAttributes(t *testing.T, e element, logo string) {
	t.Helper()
	for name, value := range e.attrs {
		switch {
		case strings.HasPrefix(name, "on"), name == "style", name == "srcset", name == "srcdoc", name == "http-equiv":
			t.Errorf("%s has the attribute %s", e.Data, name)
		case name == "src" && e.Data != "script" && value != logo:
			t.Errorf("%s loads %q", e.Data, value)
		case name == "href" || name == "action" || name == "formaction":
			path := strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "//")
			if !path && value != site.Origin && !strings.HasPrefix(value, site.Origin+"/") {
				t.Errorf("%s leads to %q", e.Data, value)
			}
		case name == "autofocus", name == "tabindex":
			t.Errorf("%s has the attribute %s", e.Data, name)
		}
	}
}
