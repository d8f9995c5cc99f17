package gallery_test

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/internal/story"
)

func languages(t *testing.T) []*language.Catalogue {
	t.Helper()
	all, err := language.New(language.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return all.Offered()
}

// Every page is there in every language and colour scheme, with what it loads.
func TestEveryPage(t *testing.T) {
	g := newGallery(t)
	loaded := map[string]bool{}
	for _, scheme := range []string{"auto", "light", "dark"} {
		for _, c := range languages(t) {
			for _, one := range story.Pages() {
				address := "/page/" + one.Name + "?scheme=" + scheme + "&lang=" + c.Tag()
				got := get(t, g, address)
				root := got.elements("html")[0]
				if got.status != http.StatusOK || attribute(root, "lang") != c.Tag() || attribute(root, "dir") != c.Direction() || attribute(root, "class") != scheme {
					t.Errorf("%s: status %d, %v", address, got.status, root.Attr)
				}
				if got.heading() == "" || !strings.Contains(textOf(got.elements("title")[0]), "example.com") {
					t.Errorf("%s: heading %q, title %q", address, got.heading(), textOf(got.elements("title")[0]))
				}
				for _, file := range slices.Concat(got.attributes("link", "href"), got.attributes("script", "src")) {
					loaded[file] = true
				}
			}
		}
	}
	if len(loaded) != 3*3 { // a style sheet, a script and an icon for each scheme
		t.Errorf("the pages load %v", loaded)
	}
	for file := range loaded {
		if got := get(t, g, file); got.status != http.StatusOK || got.body == "" {
			t.Errorf("%s: status %d", file, got.status)
		}
	}
}

// Without settings a page is in English and follows the system.
func TestStandardSettings(t *testing.T) {
	g := newGallery(t)
	standard := get(t, g, "/page/signin")
	if named := get(t, g, "/page/signin?lang=en&scheme=auto&brand=&logo=0&frame=0"); named.status != http.StatusOK || named.body != standard.body {
		t.Errorf("status %d:\n%s\nwant:\n%s", named.status, named.body, standard.body)
	}
}

func TestTheme(t *testing.T) {
	g := newGallery(t)
	got := get(t, g, "/page/signin?brand=%23c026d3&logo=1")
	if logo := got.attributes("img", "src"); len(logo) != 1 || get(t, g, logo[0]).header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("logo %q", logo)
	}
	if css := get(t, g, got.attributes("link", "href")[0]); !strings.Contains(css.body, "--brand: #c026d3") {
		t.Errorf("the style sheet %s does not have the colour", css.url)
	}
	if plain := get(t, g, "/page/signin"); len(plain.elements("img")) != 0 {
		t.Error("a page has a logo that nobody asked for")
	}
}

// Pages and their files come with exactly the headers of the library.
func TestHeaders(t *testing.T) {
	g := newGallery(t)
	a, err := auth.New(auth.Config{
		URL:     "http://localhost:3001",
		Secrets: []string{"0123456789abcdef0123456789abcdef"},
		Adapter: memory.New(),
		Providers: []auth.Provider{auth.CredentialsProvider{
			Fields:    []auth.Field{{Name: "password", Type: "password"}},
			Authorize: func(context.Context, auth.Credentials, *http.Request) (*auth.User, error) { return nil, nil },
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	library := get(t, a, "/api/auth/signin")
	for _, row := range []struct{ name, path, library string }{
		{"with a script", "/page/signin", "/api/auth/signin"},
		{"without a script", "/page/signout", "/api/auth/signout"},
		{"style sheet", get(t, g, "/page/signin").attributes("link", "href")[0], library.attributes("link", "href")[0]},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, want := get(t, g, row.path), get(t, a, row.library)
			if want.status != http.StatusOK || want.header.Get("X-Content-Type-Options") == "" {
				t.Fatalf("the library answers %d with %v", want.status, want.header)
			}
			for _, name := range []string{"Content-Length", "Set-Cookie"} {
				got.header.Del(name)
				want.header.Del(name)
			}
			if !reflect.DeepEqual(got.header, want.header) {
				t.Errorf("headers %v, those of the library are %v", got.header, want.header)
			}
		})
	}
}

// A page in a frame differs in who may frame it, and in nothing else.
func TestFrame(t *testing.T) {
	g := newGallery(t)
	for _, path := range []string{"/page/signin?", "/mail/signin?", "/mail/signin?format=text&"} {
		alone, framed := get(t, g, path), get(t, g, path+"frame=1")
		const policy = "Content-Security-Policy"
		want := alone.header.Clone()
		want.Set(policy, strings.Replace(want.Get(policy), "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
		want.Set("X-Frame-Options", "SAMEORIGIN")
		for _, h := range []http.Header{want, framed.header} {
			h.Del("Content-Length") // the language menu keeps the setting
		}
		if !reflect.DeepEqual(framed.header, want) {
			t.Errorf("%s: headers %v, want %v", path, framed.header, want)
		}
		if !strings.Contains(alone.header.Get(policy), "frame-ancestors 'none'") || alone.header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: a page alone may be framed: %v", path, alone.header)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	g := newGallery(t)
	for _, row := range []struct{ name, address, want string }{
		{"language", "/page/signin?lang=xx", `The parameter lang is "xx"; there are en, ar, cs,`},
		{"language as a browser writes it", "/page/signin?lang=ko-KR", `The parameter lang is "ko-KR"; there are en,`},
		{"scheme", "/page/signin?scheme=sepia", `The parameter scheme is "sepia"; there are auto, light, dark.`},
		{"brand", "/page/signin?brand=%2312", `The parameter brand is "#12"; it has to be a colour of the form #rgb or #rrggbb`},
		{"brand that loads", "/page/signin?brand=url(//evil.example)", `The parameter brand is "url(//evil.example)"; it`},
		{"logo", "/page/signin?logo=yes", `The parameter logo is "yes"; there are 0, 1.`},
		{"frame", "/page/signin?frame=on", `The parameter frame is "on"; there are 0, 1.`},
		{"unknown name", "/page/signin?language=ko", `There is no parameter "language"; there are lang, scheme, brand, logo, frame.`},
		{"of the index", "/page/signin?width=320", `There is no parameter "width"; there are lang,`},
		{"format", "/mail/signin?format=pdf", `The parameter format is "pdf"; there are html, text.`},
		{"mail's language", "/mail/signin?lang=xx", `The parameter lang is "xx"; there are en,`},
		{"width", "/?width=100", `The parameter width is "100"; there are 390, 320, 1280.`},
		{"view", "/?view=nosuch", `The parameter view is "nosuch"; there are list, sheet, signin, `},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := get(t, g, row.address)
			if got.status != http.StatusBadRequest || !strings.Contains(got.text(), row.want) {
				t.Errorf("status %d:\n%s", got.status, got.text())
			}
		})
	}
}

// The language menu of a page keeps everything else.
func TestLanguageMenu(t *testing.T) {
	g := newGallery(t)
	got := get(t, g, "/page/signin?scheme=dark&brand=%23c026d3&logo=1&frame=1")
	next, err := url.Parse(got.submit(map[string]string{"lang": "ar"}))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"lang": {"ar"}, "scheme": {"dark"}, "brand": {"#c026d3"}, "logo": {"1"}, "frame": {"1"}}
	if !reflect.DeepEqual(next.Query(), want) || next.Path != "/page/signin" {
		t.Errorf("the menu leads to %s, want %v", next, want)
	}
	if p := get(t, g, next.String()); p.status != http.StatusOK || attribute(p.elements("html")[0], "dir") != "rtl" {
		t.Errorf("%s: status %d", next, p.status)
	}
}

func TestElsewhere(t *testing.T) {
	g := newGallery(t)
	for _, row := range []struct{ name, path, want string }{
		{"a link of a page", "/api/auth/signin", "Here the sign-in would begin"},
		{"a form of a page", "/api/auth/callback/credentials", "Here the sign-in would begin"},
		{"no such page", "/page/nosuch", "There is no such page"},
		{"no such mail", "/mail/nosuch", "There is no such page"},
		{"no such path", "/nosuch", "There is no such page"},
		{"no such theme", "/assets/nosuch/style.css", "There is no such page"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := get(t, g, row.path); got.status != http.StatusNotFound || got.heading() != row.want {
				t.Errorf("status %d, heading %q, want %q", got.status, got.heading(), row.want)
			}
		})
	}
}

func TestMail(t *testing.T) {
	g := newGallery(t)
	const link = "http://localhost:3001/api/auth/callback/email?"
	for _, c := range languages(t) {
		subject, err := c.Text("mail.subject", "host", "example.com")
		if err != nil {
			t.Fatal(err)
		}
		html := get(t, g, "/mail/signin?lang="+c.Tag())
		if root := html.elements("html")[0]; html.status != http.StatusOK || attribute(root, "lang") != c.Tag() || attribute(root, "dir") != c.Direction() {
			t.Errorf("%s: status %d, %v", html.url, html.status, root.Attr)
		}
		if links := html.attributes("a", "href"); len(links) != 1 || !strings.HasPrefix(links[0], link) {
			t.Errorf("%s: links %q", html.url, links)
		}
		text := get(t, g, "/mail/signin?format=text&lang="+c.Tag())
		if !strings.HasPrefix(text.body, "From: Example <sign-in@example.com>\nTo: visitor@example.com\nSubject: "+subject+"\n\n") || !strings.Contains(text.body, "\n"+link) {
			t.Errorf("%s:\n%s", text.url, text.body)
		}
		if got := text.header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
			t.Errorf("%s is %s", text.url, got)
		}
	}
	if got := get(t, g, "/mail/signin?brand=%23c026d3"); !strings.Contains(got.body, "#c026d3") {
		t.Error("the mail does not have the colour")
	}
}
