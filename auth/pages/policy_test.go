package pages_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

// policy is a Content-Security-Policy: sources by directive.
type policy map[string][]string

func parsePolicy(t *testing.T, s string) policy {
	t.Helper()
	p := policy{}
	for directive := range strings.SplitSeq(s, ";") {
		words := strings.Fields(directive)
		if len(words) < 2 || p[words[0]] != nil {
			t.Fatalf("the policy has the directive %q, empty or for the second time: %s", directive, s)
		}
		p[words[0]] = words[1:]
	}
	return p
}

// allows reports whether a page of the site may load something, or post to it.
func (p policy) allows(directive, target string) bool {
	base, err := url.Parse(site.BaseURL + "/signin")
	if err != nil {
		return false
	}
	u, err := base.Parse(target)
	if err != nil {
		return false
	}
	sources, ok := p[directive]
	if !ok && directive != "form-action" { // which has no fallback
		sources, ok = p["default-src"]
	}
	origin := u.Scheme + "://" + u.Host
	return !ok || slices.Contains(sources, origin) || slices.Contains(sources, "'self'") && origin == site.Origin
}

// request is what a page asks a server for by itself or when a form is posted.
type request struct{ directive, target string }

// requests returns what a page loads and posts to. It fails on everything that
// the policy would stop because it stands in the page itself.
func requests(t *testing.T, page []byte) []request {
	t.Helper()
	var all []request
	for _, e := range elements(t, page) {
		switch e.Data {
		case "link":
			switch e.attrs["rel"] {
			case "stylesheet":
				all = append(all, request{"style-src", e.attrs["href"]})
			case "icon":
				all = append(all, request{"img-src", e.attrs["href"]})
			default:
				t.Errorf("link with rel=%q", e.attrs["rel"])
			}
		case "script":
			if e.attrs["src"] == "" || e.FirstChild != nil {
				t.Errorf("inline script %q", e.text())
			}
			all = append(all, request{"script-src", e.attrs["src"]})
		case "img":
			all = append(all, request{"img-src", e.attrs["src"]})
		case "form":
			all = append(all, request{"form-action", e.attrs["action"]})
		case "style", "base", "iframe", "object", "embed", "video", "audio", "source", "track", "image", "use", "feimage":
			t.Errorf("page has a %s element", e.Data)
		}
		for name, value := range e.attrs {
			if strings.HasPrefix(name, "on") || name == "style" || name == "formaction" || name == "background" || name == "ping" {
				t.Errorf("%s has the attribute %s", e.Data, name)
			}
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(value)), "javascript:") {
				t.Errorf("%s has %s=%q", e.Data, name, value)
			}
		}
	}
	return all
}

func TestPolicyOnEveryPage(t *testing.T) {
	for _, test := range []struct {
		name    string
		logo    string
		wantImg []string
	}{
		{"no logo", "", []string{"'self'"}},
		{"own logo", "/logo.svg?a=1&b=2", []string{"'self'"}},
		{"remote logo", "https://img.example:8443/logo.svg", []string{"'self'", "https://img.example:8443"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRenderer(t, storyOptions(t, pages.Theme{Logo: test.logo}))
			s := site
			s.Query = []pages.HiddenField{{Name: "callbackUrl", Value: "https://app.test"}}
			for _, p := range story.Pages() {
				t.Run(p.Name, func(t *testing.T) {
					page := must(t)(p.Render(r, s))
					checkPage(t, page, wanted{logo: test.logo, alert: hasAlert(p.Name)})
					checkPolicy(t, r, page, test.wantImg)
				})
			}
		})
	}
}

func checkPolicy(t *testing.T, r *pages.Renderer, page []byte, wantImg []string) {
	t.Helper()
	header := r.ContentSecurityPolicy(page, "https://id.example.com")
	p := parsePolicy(t, header)
	if strings.Contains(header, "unsafe-") || strings.Contains(header, "*") || strings.Contains(header, "data:") {
		t.Errorf("the policy allows too much: %s", header)
	}
	if !slices.Equal(p["img-src"], wantImg) {
		t.Errorf("img-src %q, want %q", p["img-src"], wantImg)
	}
	logos := 0
	for _, one := range requests(t, page) {
		if !p.allows(one.directive, one.target) {
			t.Errorf("%s forbids %q: %s", one.directive, one.target, header)
		}
		if len(wantImg) > 1 && strings.HasPrefix(one.target, wantImg[1]) {
			logos++
		}
	}
	if want := len(wantImg) - 1; logos != want {
		t.Errorf("page loads %d logos from another site, want %d", logos, want)
	}
	password := slices.ContainsFunc(elements(t, page), func(e element) bool {
		return e.Data == "input" && (e.attrs["type"] == "password" || e.attrs["name"] == "token")
	})
	if _, scripts := p["script-src"]; scripts != password {
		t.Errorf("the policy allows scripts: %v; the page has a password or a mailed link: %v", scripts, password)
	}
}

// The page has no other means to reach another site than those in the table.
func TestPolicyAllows(t *testing.T) {
	p := parsePolicy(t, newRenderer(t, pages.Options{}).ContentSecurityPolicy(nil, "https://id.example.com"))
	for _, test := range []struct {
		directive, target string
		want              bool
	}{
		{"style-src", "/x.css", true},
		{"style-src", "https://cdn.test/x.css", false},
		{"img-src", "data:image/png;base64,AAAA", false},
		{"img-src", "//evil.test/x.png", false},
		{"script-src", "/x.js", false},
		{"font-src", "/x.woff2", false},
		{"connect-src", "/x", false},
		{"frame-src", "/x", false},
		{"form-action", "https://id.example.com/authorize", true},
		{"form-action", "https://evil.test/", false},
		{"base-uri", "https://app.test/", false},
	} {
		if got := p.allows(test.directive, test.target); got != test.want {
			t.Errorf("%s allows %q: %v, want %v", test.directive, test.target, got, test.want)
		}
	}
}

func TestContentSecurityPolicy(t *testing.T) {
	password := pages.SignIn{Site: site, Providers: []pages.Provider{
		{ID: "x", Kind: pages.Credentials, CallbackURL: "/x", Fields: []pages.Field{{Name: "password", Type: "password"}}},
	}}
	for _, test := range []struct {
		name       string
		theme      pages.Theme
		view       pages.SignIn
		formAction string
		want       string
	}{
		{
			"nothing", pages.Theme{}, pages.SignIn{Site: site}, "",
			"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		},
		{
			"everything", pages.Theme{Logo: "http://img.test/x"}, password, "https://a.test https://b.test",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http://img.test; " +
				"form-action 'self' https://a.test https://b.test; frame-ancestors 'none'; base-uri 'none'",
		},
		{
			"a value that looks like a script", pages.Theme{}, pages.SignIn{Site: site, CSRFToken: "<script src="}, "",
			"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRenderer(t, pages.Options{Theme: test.theme})
			if got := r.ContentSecurityPolicy(must(t)(r.SignIn(test.view)), test.formAction); got != test.want {
				t.Errorf("policy %s\nwant   %s", got, test.want)
			}
		})
	}
}
