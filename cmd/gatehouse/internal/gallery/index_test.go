package gallery_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/internal/story"
)

// The index has every page once, and its links lead somewhere.
func TestIndexListsAll(t *testing.T) {
	g := newGallery(t)
	index := get(t, g, "/?lang=ko&scheme=dark&brand=%23c026d3&logo=1")
	links := index.attributes("a", "href")
	const settings = "?brand=%23c026d3&lang=ko&logo=1&scheme=dark"
	want := []string{"/mail/signin" + settings, "/mail/signin" + strings.Replace(settings, "&lang", "&format=text&lang", 1)}
	for _, p := range story.Pages() {
		want = append(want, "/page/"+p.Name+settings)
	}
	for _, address := range want {
		if n := count(links, address); n != 1 {
			t.Errorf("%s is there %d times", address, n)
		}
	}
	for _, address := range links {
		if got := get(t, g, address); got.status != http.StatusOK {
			t.Errorf("%s: status %d", address, got.status)
		}
	}
	for _, h := range index.elements("h2") {
		if textOf(h) == "Other pages" {
			t.Error("a page has no heading: give it one in index.go")
		}
	}
}

// count counts an address, in which the order of parameters does not matter.
func count(links []string, address string) int {
	n := 0
	for _, link := range links {
		if same(link, address) {
			n++
		}
	}
	return n
}

func same(a, b string) bool {
	u, err := url.Parse(a)
	if err != nil {
		return false
	}
	v, err := url.Parse(b)
	return err == nil && u.Path == v.Path && u.Query().Encode() == v.Query().Encode()
}

// The sheet has a frame for every page and mail, which this site alone may show.
func TestSheet(t *testing.T) {
	g := newGallery(t)
	for _, width := range []string{"320", "390", "1280"} {
		sheet := get(t, g, "/?view=sheet&scheme=dark&width="+width)
		frames := sheet.attributes("iframe", "src")
		if len(frames) != len(story.Pages())+1 {
			t.Errorf("there are %d frames for %d pages and a mail", len(frames), len(story.Pages()))
		}
		for _, address := range frames {
			got := get(t, g, address)
			if got.status != http.StatusOK || !strings.Contains(got.header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
				t.Errorf("%s: status %d, %s", address, got.status, got.header.Get("Content-Security-Policy"))
			}
		}
		for _, list := range sheet.attributes("ul", "class") {
			if !slices.Contains(strings.Fields(list), "w"+width) {
				t.Errorf("frames of the width %s are in a list of the class %q", width, list)
			}
		}
	}
}

// Each page and mail can be seen in all languages at once.
func TestAllLanguages(t *testing.T) {
	g := newGallery(t)
	views := []string{"mail-signin"}
	for _, p := range story.Pages() {
		views = append(views, p.Name)
	}
	for _, view := range views {
		got := get(t, g, "/?view="+view)
		var tags []string
		for _, address := range got.attributes("iframe", "src") {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			tags = append(tags, u.Query().Get("lang"))
		}
		var want []string
		for _, c := range languages(t) {
			want = append(want, c.Tag())
		}
		if !slices.Equal(tags, want) {
			t.Errorf("%s is there in %q", view, tags)
		}
	}
}

// The form works without scripts: each of its choices leads to a page that shows
// it.
func TestForm(t *testing.T) {
	g := newGallery(t)
	index := get(t, g, "/")
	if got := index.submit(nil); !same(got, "/?view=list&lang=en&scheme=auto&brand=&width=390") {
		t.Errorf("the form begins with %s", got)
	}
	choices := 0
	for _, n := range index.elements("select") {
		for o := range n.Descendants() {
			if o.Data != "option" {
				continue
			}
			name, value := attribute(n, "name"), attribute(o, "value")
			got := get(t, g, index.submit(map[string]string{name: value}))
			if now := chosenFor(got, name); got.status != http.StatusOK || now != value {
				t.Errorf("%s: status %d, %s is %q", got.url, got.status, name, now)
			}
			choices++
		}
	}
	if want := 2 + len(story.Pages()) + 1 + len(languages(t)) + 3 + 3; choices != want {
		t.Errorf("the form has %d choices, want %d", choices, want)
	}
	themed := get(t, g, index.submit(map[string]string{"brand": "#c026d3", "logo": "1"}))
	if got := themed.submit(nil); !same(got, "/?view=list&lang=en&scheme=auto&brand=%23c026d3&logo=1&width=390") {
		t.Errorf("the form forgets the theme: %s", got)
	}
}

func chosenFor(p *page, name string) string {
	for _, n := range p.elements("select") {
		if attribute(n, "name") == name {
			return chosen(n)
		}
	}
	return ""
}

// The gallery's own pages need no script, no inline style and no other site.
func TestOwnPages(t *testing.T) {
	g := newGallery(t)
	for _, address := range []string{"/", "/?view=sheet", "/?view=signin", "/nosuch", "/?view=nosuch"} {
		t.Run(address, func(t *testing.T) {
			got := get(t, g, address)
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
				"X-Content-Type-Options":  "nosniff",
				"X-Frame-Options":         "DENY",
				"Referrer-Policy":         "no-referrer",
				"Cache-Control":           "private, no-store",
				"Content-Type":            "text/html; charset=utf-8",
			} {
				if got.header.Get(name) != want {
					t.Errorf("%s: %s, want %s", name, got.header.Get(name), want)
				}
			}
			checkElements(t, got)
			for _, file := range got.attributes("link", "href") {
				if got := get(t, g, file); got.status != http.StatusOK {
					t.Errorf("%s: status %d", file, got.status)
				}
			}
		})
	}
}

func checkElements(t *testing.T, p *page) {
	t.Helper()
	labelled := p.attributes("label", "for")
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "style", "object", "base":
			t.Errorf("the page has the element %s", n.Data)
		case "a", "button", "title", "h1", "h2":
			if textOf(n) == "" {
				t.Errorf("the element %s has no text", n.Data)
			}
		case "select", "input":
			if !slices.Contains(labelled, attribute(n, "id")) {
				t.Errorf("%s has no label", attribute(n, "name"))
			}
		case "iframe":
			if attribute(n, "title") == "" || !has(n, "inert") {
				t.Errorf("the frame %s has no title or can be reached by keyboard", attribute(n, "src"))
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("%s has the attribute %s", n.Data, a.Key)
			}
			if (a.Key == "src" || n.Data == "link" && a.Key == "href") && (!strings.HasPrefix(a.Val, "/") || strings.HasPrefix(a.Val, "//")) {
				t.Errorf("%s loads %s", n.Data, a.Val)
			}
		}
	}
	if len(p.elements("h1")) != 1 {
		t.Errorf("the page has %d headings of the first level", len(p.elements("h1")))
	}
	if strings.Contains(p.body, "ZgotmplZ") {
		t.Error("the page holds a value that html/template refused")
	}
}
