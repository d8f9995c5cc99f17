package demo_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/demo"
)

// Every page of the demo works without scripts, inline styles and other sites,
// and says so to the browser.
func TestPages(t *testing.T) {
	d := open(t)
	signedIn := newBrowser(t, d)
	signedIn.open("/api/auth/signin")
	ada := demo.Users()[0]
	signedIn.press("Sign in", map[string]string{"username": ada.Username, "password": ada.Password})
	signedIn.open("/api/auth/signin")
	signedIn.press("Email me a sign-in link", map[string]string{"email": `"<b>"@example.com`})
	signedIn.press("Email me a sign-in link", map[string]string{"email": "b+'&@example.com"})
	for _, p := range []struct {
		name, want string
		status     int
		page       func(b *browser) *page
	}{
		{"home", "Sign-in for web applications in Go", 200, func(b *browser) *page { return b.open("/") }},
		{"home signed in", "Sign-in for web applications in Go", 200, func(*browser) *page { return signedIn.open("/") }},
		{"guarded", "Hello, " + ada.Name, 200, func(*browser) *page { return signedIn.open("/private") }},
		{"inbox", "Inbox", 200, func(b *browser) *page { return b.open("/inbox") }},
		{"not found", "There is no such page", 404, func(b *browser) *page { return b.open("/nosuch") }},
		{"consent", "Who are you?", 200, func(b *browser) *page {
			b.open("/api/auth/signin")
			return b.press("Sign in with Demo ID", nil)
		}},
	} {
		t.Run(p.name, func(t *testing.T) {
			got := p.page(newBrowser(t, d))
			if got.status != p.status || got.heading() != p.want {
				t.Errorf("status %d, heading %q, want %d and %q", got.status, got.heading(), p.status, p.want)
			}
			checkHeaders(t, got.header)
			checkElements(t, got)
		})
	}
}

func checkHeaders(t *testing.T, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; ",
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
		"Referrer-Policy":         "same-origin",
		"Cache-Control":           "no-store",
		"Content-Type":            "text/html; charset=utf-8",
	} {
		if got := h.Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %s", policy)
	}
}

func checkElements(t *testing.T, p *page) {
	t.Helper()
	headings, level := 0, 0
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "style", "iframe", "object", "base":
			t.Errorf("the page has the element %s", n.Data)
		case "h1", "h2", "h3":
			next := int(n.Data[1] - '0')
			if next > level+1 {
				t.Errorf("the heading %q skips a level", textOf(n))
			}
			if level = next; level == 1 {
				headings++
			}
		case "a", "button", "title":
			if textOf(n) == "" {
				t.Errorf("the element %s has no text", n.Data)
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("%s has the attribute %s", n.Data, a.Key)
			}
			if a.Key == "src" || n.Data == "link" && a.Key == "href" {
				if u, err := url.Parse(a.Val); err != nil || u.Host != "" {
					t.Errorf("%s loads %s", n.Data, a.Val)
				}
			}
		}
	}
	if headings != 1 {
		t.Errorf("the page has %d headings of the first level", headings)
	}
	if strings.Contains(p.body, "ZgotmplZ") {
		t.Error("the page holds a value that html/template refused")
	}
}

// What the pages load is there.
func TestFiles(t *testing.T) {
	d := open(t)
	b := newBrowser(t, d)
	for _, file := range []struct{ name, want string }{
		{d.URL + "/style.css", "text/css; charset=utf-8"},
		{d.URL + "/icon.svg", "image/svg+xml"},
		{d.ProviderURL + "/style.css", "text/css; charset=utf-8"},
	} {
		got := b.open(file.name)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != file.want || got.body == "" {
			t.Errorf("%s: status %d, %s", file.name, got.status, got.header.Get("Content-Type"))
		}
	}
}

// The demo answers under its own address alone.
func TestHosts(t *testing.T) {
	d := open(t)
	port := strings.TrimPrefix(d.URL, "http://localhost:")
	for _, request := range []struct {
		name, method, address, host string
		want                        int
		location                    string
	}{
		{"own", "GET", d.URL + "/inbox?x=1", "", 200, ""},
		{"by number", "GET", "http://127.0.0.1:" + port + "/inbox?x=1", "", 302, d.URL + "/"},
		{"post by number", "POST", "http://127.0.0.1:" + port + "/api/auth/signout", "", 421, ""},
		{"rebound name", "GET", d.URL + "/inbox", "evil.example:" + port, 421, ""},
		{"rebound name at the provider", "GET", d.ProviderURL + "/jwks", "evil.example", 421, ""},
	} {
		t.Run(request.name, func(t *testing.T) {
			b := newBrowser(t, d)
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			r, err := http.NewRequestWithContext(t.Context(), request.method, request.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = request.host
			got := b.send(r)
			if got.status != request.want || got.header.Get("Location") != request.location {
				t.Errorf("answer %d to %q, want %d to %q", got.status, got.header.Get("Location"), request.want, request.location)
			}
		})
	}
}
