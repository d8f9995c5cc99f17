package demo_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/demo"
)

// open serves a demo until the test ends.
func open(t *testing.T) *demo.Demo {
	t.Helper()
	d, err := demo.Open(t.Context(), demo.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := d.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return d
}

// browser is a visitor's browser. It keeps cookies, follows redirects and obeys
// the form-action of a page's Content-Security-Policy.
type browser struct {
	t      *testing.T
	site   string
	client *http.Client
	page   *page
	// allowed checks where a form that was sent may lead.
	allowed func(*url.URL) bool
}

func newBrowser(t *testing.T, d *demo.Demo) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	b := &browser{t: t, site: d.URL}
	b.client = &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if b.allowed != nil && !b.allowed(r.URL) {
			t.Errorf("the page's form-action blocks the redirect to %s://%s%s", r.URL.Scheme, r.URL.Host, r.URL.Path)
		}
		return nil
	}}
	return b
}

// page is what the browser shows.
type page struct {
	url    *url.URL
	status int
	header http.Header
	body   string
	root   *html.Node
}

// open goes to an address; one without a host is on the site.
func (b *browser) open(address string) *page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.site + address
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	return b.send(r)
}

func (b *browser) send(r *http.Request) *page {
	b.t.Helper()
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = &page{response.Request.URL, response.StatusCode, response.Header, string(body), root}
	return b.page
}

// follow opens the link with a text.
func (b *browser) follow(text string) *page {
	b.t.Helper()
	for _, a := range b.page.elements("a") {
		if textOf(a) == text {
			return b.open(b.resolve(attribute(a, "href")))
		}
	}
	b.t.Fatalf("%s has no link %q:\n%s", b.page.url, text, b.page.text())
	return nil
}

// press fills in the form whose button has a text, or else one whose button begins
// with it, and sends it.
func (b *browser) press(text string, fields map[string]string) *page {
	b.t.Helper()
	same := func(found string) bool { return found == text }
	begins := func(found string) bool { return strings.HasPrefix(found, text) }
	for _, matches := range []func(string) bool{same, begins} {
		for _, form := range b.page.elements("form") {
			for n := range form.Descendants() {
				if n.Data == "button" && matches(textOf(n)) {
					return b.submit(form, n, fields)
				}
			}
		}
	}
	b.t.Fatalf("%s has no button %q:\n%s", b.page.url, text, b.page.text())
	return nil
}

func (b *browser) submit(form, button *html.Node, fields map[string]string) *page {
	b.t.Helper()
	values := url.Values{}
	if name := attribute(button, "name"); name != "" {
		values.Set(name, attribute(button, "value"))
	}
	for n := range form.Descendants() {
		if n.Data == "input" {
			values.Set(attribute(n, "name"), attribute(n, "value"))
		}
	}
	for name, value := range fields {
		if !values.Has(name) {
			b.t.Fatalf("the form has no field %q", name)
		}
		values.Set(name, value)
	}
	action := b.resolve(attribute(form, "action"))
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, action, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Origin", originOf(b.page.url))
	from := b.page
	b.allowed = from.formMayLeadTo
	defer func() { b.allowed = nil }()
	if !b.allowed(r.URL) {
		b.t.Errorf("the page's form-action blocks its own form to %s", action)
	}
	return b.send(r)
}

// resolve makes an address of the page absolute.
func (b *browser) resolve(reference string) string {
	b.t.Helper()
	u, err := b.page.url.Parse(reference)
	if err != nil {
		b.t.Fatal(err)
	}
	return u.String()
}

// formMayLeadTo applies form-action to a target.
func (p *page) formMayLeadTo(target *url.URL) bool {
	for directive := range strings.SplitSeq(p.header.Get("Content-Security-Policy"), ";") {
		words := strings.Fields(directive)
		if len(words) == 0 || words[0] != "form-action" {
			continue
		}
		origin := originOf(target)
		return slices.Contains(words[1:], origin) || slices.Contains(words[1:], target.Scheme+":") ||
			slices.Contains(words[1:], "'self'") && origin == originOf(p.url)
	}
	return true
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

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

// text is what the page says.
func (p *page) text() string { return textOf(p.root) }

// heading is the text of the page's h1.
func (p *page) heading() string {
	for _, h := range p.elements("h1") {
		return textOf(h)
	}
	return ""
}

// alert is the text of the element with that role.
func (p *page) alert() string {
	for n := range p.root.Descendants() {
		if attribute(n, "role") == "alert" {
			return textOf(n)
		}
	}
	return ""
}

// textOf is the text in a node with single spaces, as a screen reader reads it.
func textOf(n *html.Node) string {
	var b strings.Builder
	var collect func(*html.Node)
	collect = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		if attribute(n, "aria-hidden") == "true" {
			return
		}
		for child := range n.ChildNodes() {
			collect(child)
		}
	}
	collect(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
