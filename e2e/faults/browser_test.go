package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// sessionCookie is the name of the cookie that holds the session.
const sessionCookie = "next-auth.session-token"

// errUnanswered says that a request had no answer, or one that says that the
// database does not answer. What was asked for may have happened or not.
var errUnanswered = errors.New("no answer")

// network is how all visitors reach the server. A connection serves one request,
// because a client sends a request again by itself when a connection that was
// used before breaks.
var network = &http.Transport{DisableKeepAlives: true}

// browser is one visitor's, for one sign-in. It follows no redirect.
type browser struct {
	site   string
	client *http.Client
}

func newBrowser(site string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // only for options
	}
	return &browser{site, &http.Client{
		Transport:     network,
		Jar:           jar,
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// page is an answer.
type page struct {
	status   int
	location string
	body     []byte
	cookies  []*http.Cookie
}

// errorCode is the error in the address that the page leads to.
func (p *page) errorCode() string {
	u, err := url.Parse(p.location)
	if err != nil {
		return ""
	}
	return u.Query().Get("error")
}

// do sends a request, with a form if there is one.
func (b *browser) do(ctx context.Context, address string, form url.Values) (*page, error) {
	if strings.HasPrefix(address, "/") {
		address = b.site + "/api/auth" + address
	}
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := b.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnanswered, err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnanswered, err)
	}
	p := &page{status: response.StatusCode, location: response.Header.Get("Location"), body: content, cookies: response.Cookies()}
	if p.status == http.StatusServiceUnavailable {
		return p, fmt.Errorf("%w: 503", errUnanswered)
	}
	return p, nil
}

// post sends a form with the CSRF token and returns where the answer leads to.
func (b *browser) post(ctx context.Context, action string, form url.Values) (*page, error) {
	p, err := b.do(ctx, "/csrf", nil)
	if err != nil {
		return nil, err
	}
	var csrf struct{ CSRFToken string }
	if err := json.Unmarshal(p.body, &csrf); err != nil {
		return nil, err
	}
	form.Set("csrfToken", csrf.CSRFToken)
	form.Set("callbackUrl", b.site+"/inside")
	form.Set("json", "true")
	if p, err = b.do(ctx, action, form); err != nil {
		return nil, err
	}
	var answer struct{ URL string }
	if err := json.Unmarshal(p.body, &answer); err != nil {
		return nil, fmt.Errorf("status %d: %s", p.status, p.body)
	}
	p.location = answer.URL
	return p, nil
}

// token is the session that the browser has, or "".
func (b *browser) token() string {
	u, err := url.Parse(b.site)
	if err != nil {
		return ""
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == sessionCookie {
			return c.Value
		}
	}
	return ""
}

// owner asks the server whose session a browser with a token has. An answer that
// says nobody is an error, and so is one that takes the cookie away.
func owner(ctx context.Context, site, token string) (id string, err error) {
	b := newBrowser(site)
	u, err := url.Parse(site)
	if err != nil {
		return "", err
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: sessionCookie, Value: token, Path: "/"}})
	p, err := b.do(ctx, "/session", nil)
	if kept := b.token(); p != nil && kept != token {
		return "", fmt.Errorf("GET /session answers %d %s and takes the session's cookie away", p.status, p.body)
	}
	if err != nil {
		return "", err
	}
	var session struct{ User struct{ ID string } }
	if err := json.Unmarshal(p.body, &session); err != nil || p.status != http.StatusOK || session.User.ID == "" {
		return "", fmt.Errorf("GET /session answers %d %s, want the user", p.status, p.body)
	}
	return session.User.ID, nil
}
