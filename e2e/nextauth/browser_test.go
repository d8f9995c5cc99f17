package nextauth_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// browser visits a site. It keeps cookies, follows no redirect by itself and
// records every answer of the site, to be compared.
type browser struct {
	t      *testing.T
	site   *site
	client *http.Client
	log    *[]record
	seen   map[string][]string // the random values in the log, by kind
}

func newBrowser(t *testing.T, s *site) *browser {
	t.Helper()
	return (&browser{t: t, site: s, log: new([]record), seen: map[string][]string{}}).other()
}

// other is another browser that visits the same site. Its answers are recorded
// in the same log.
func (b *browser) other() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	o := &browser{t: b.t, site: b.site, log: b.log, seen: b.seen}
	o.client = &http.Client{
		Jar:           jar,
		Transport:     o,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return o
}

// RoundTrip sends requests to the site that the browser visits now.
func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) { return b.site.RoundTrip(r) }

// answer is a response, read to its end.
type answer struct {
	method, target string
	status         int
	header         http.Header
	location       string
	body           string
	cookies        []*http.Cookie
}

// send sends a request; targets beginning with a slash are relative to the API,
// others are absolute. Headers come in pairs of name and value.
func (b *browser) send(method, target, body string, header ...string) *answer {
	b.t.Helper()
	absolute := target
	if strings.HasPrefix(target, "/") {
		absolute = b.site.settings.URL + "/api/auth" + target
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, absolute, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &answer{
		method: method, target: strings.TrimPrefix(absolute, b.site.settings.URL),
		status: response.StatusCode, header: response.Header, location: response.Header.Get("Location"),
		body: string(content), cookies: response.Cookies(),
	}
}

// do sends a request and records the answer.
func (b *browser) do(method, target, body string, header ...string) *answer {
	b.t.Helper()
	a := b.send(method, target, body, header...)
	*b.log = append(*b.log, b.record(a))
	return a
}

func (b *browser) get(target string) *answer {
	b.t.Helper()
	return b.do(http.MethodGet, target, "")
}

const formType = "application/x-www-form-urlencoded"

// post sends a form with the CSRF token. Fields come in pairs of name and value.
func (b *browser) post(target string, fields ...string) *answer {
	b.t.Helper()
	return b.do(http.MethodPost, target, form(append([]string{"csrfToken", b.csrfToken()}, fields...)...).Encode(), "Content-Type", formType)
}

func form(fields ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return values
}

// csrfToken is the token of the browser's cookie, which is fetched first when
// there is none.
func (b *browser) csrfToken() string {
	b.t.Helper()
	if b.cookie("csrf-token") == "" {
		b.send(http.MethodGet, "/csrf", "")
	}
	tok, _, ok := strings.Cut(b.cookie("csrf-token"), "|")
	if !ok {
		b.t.Fatalf("%s set no CSRF cookie", b.site.name)
	}
	return tok
}

// signIn signs in by credentials.
func (b *browser) signIn(user string) *answer {
	b.t.Helper()
	return b.post("/callback/credentials", "username", user, "password", "wonderland")
}

// startOAuth begins a sign-in at a provider and lets the provider answer. The
// result is the address of the callback, which has not been visited yet.
func (b *browser) startOAuth(provider string, fields ...string) (callback string) {
	b.t.Helper()
	started := b.post("/signin/"+provider, fields...)
	back := b.send(http.MethodGet, started.location, "")
	if back.location == "" {
		b.t.Fatalf("%s: the provider answered %d %s", b.site.name, back.status, back.body)
	}
	return back.location
}

// link is the sign-in link that was mailed last.
func (b *browser) link() string {
	b.t.Helper()
	mails := b.site.mails(b.t)
	if len(mails) == 0 {
		b.t.Fatalf("%s sent no mail", b.site.name)
	}
	return mails[len(mails)-1].URL
}

// origin is the URL for which the jar is asked.
func (b *browser) origin() *url.URL {
	u, err := url.Parse(b.site.settings.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// cookie is the value of a cookie in the browser, or "".
func (b *browser) cookie(name string) string {
	for _, c := range b.client.Jar.Cookies(b.origin()) {
		if c.Name == b.site.settings.cookieName(name) {
			return decoded(c.Value)
		}
	}
	return ""
}

// setCookie plants a cookie; an empty value removes it.
func (b *browser) setCookie(name, value string) {
	c := &http.Cookie{Name: b.site.settings.cookieName(name), Value: url.PathEscape(value), Path: "/", Secure: b.site.settings.secure()}
	if value == "" {
		c.MaxAge = -1
	}
	b.client.Jar.SetCookies(b.origin(), []*http.Cookie{c})
}

// decoded is the text of a percent-encoded cookie value.
func decoded(value string) string {
	text, err := url.PathUnescape(value)
	if err != nil {
		return value
	}
	return text
}
