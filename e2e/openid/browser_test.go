package openid_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser keeps cookies and follows no redirect by itself.
type browser struct {
	t      *testing.T
	site   *site
	client *http.Client
}

func (s *site) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, site: s, client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response, read to its end.
type answer struct {
	url      *url.URL // of the request
	status   int
	location *url.URL // where it leads, or nil
	body     string
}

func (b *browser) send(r *http.Request) *answer {
	b.t.Helper()
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := &answer{url: r.URL, status: response.StatusCode, body: string(content)}
	if response.Header.Get("Location") != "" {
		if a.location, err = response.Location(); err != nil {
			b.t.Fatal(err)
		}
	}
	return a
}

func (b *browser) get(target string) *answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, target, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send(r)
}

func (b *browser) post(target string, form url.Values) *answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// getJSON reads an action of the API.
func (b *browser) getJSON(action string, into any) {
	b.t.Helper()
	a := b.get(b.site.url + "/api/auth/" + action)
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		b.t.Fatalf("%s answered %d %s: %v", action, a.status, a.body, err)
	}
}

// start begins a sign-in and returns the authorization URL.
func (b *browser) start() *url.URL {
	b.t.Helper()
	var csrf struct{ CSRFToken string }
	b.getJSON("csrf", &csrf)
	started := b.post(b.site.url+"/api/auth/signin/"+providerID, url.Values{"csrfToken": {csrf.CSRFToken}})
	if started.location == nil || !strings.HasPrefix(started.location.String(), b.site.provider.issuer) {
		b.t.Fatalf("the sign-in was not started: %d %v %s", started.status, started.location, started.body)
	}
	return started.location
}

// logIn goes to the provider and fills in its login form. It returns the address
// of the callback, which has not been visited yet.
func (b *browser) logIn(authorization *url.URL, login string) *url.URL {
	b.t.Helper()
	a := b.get(authorization.String())
	for range 10 {
		switch {
		case a.location != nil && strings.HasPrefix(a.location.String(), b.site.url):
			return a.location
		case a.location != nil:
			a = b.get(a.location.String())
		default:
			action, fields := loginForm(b.t, a)
			fields.Set("username", login)
			fields.Set("password", password)
			a = b.post(action, fields)
		}
	}
	b.t.Fatalf("the provider did not send the browser back: %d %s %s", a.status, a.url, a.body)
	return nil
}

// loginForm finds the form of a provider's page, and what it is to be sent with.
func loginForm(t *testing.T, a *answer) (action string, fields url.Values) {
	t.Helper()
	document, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	fields = url.Values{}
	found := false
	for n := range document.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "form":
			found = true
			target, err := a.url.Parse(attribute(n, "action"))
			if err != nil {
				t.Fatal(err)
			}
			action = target.String()
		case n.Data == "input":
			fields.Set(attribute(n, "name"), attribute(n, "value"))
		}
	}
	if !found {
		t.Fatalf("no form at %s: %d %s", a.url, a.status, a.body)
	}
	return action, fields
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// signIn signs somebody in and returns the answer of the callback.
func (b *browser) signIn(p person) *answer {
	b.t.Helper()
	return b.get(b.logIn(b.start(), p.login).String())
}

// sessionUser is what GET /session says about the user.
type sessionUser struct{ Name, Email string }

// session is the user who is signed in, or nil.
func (b *browser) session() *sessionUser {
	b.t.Helper()
	var body struct{ User *sessionUser }
	b.getJSON("session", &body)
	return body.User
}
