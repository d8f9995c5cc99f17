package oauth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	defaultTimeout = 10 * time.Second
	maxBody        = 1 << 20
	maxHeader      = 256 << 10
	maxRedirects   = 5
	userAgent      = "gatehouse"
)

// newHTTPClient returns a client with the limits described at the package and
// the transport of base, which may be nil.
func newHTTPClient(base *http.Client, timeout time.Duration) *http.Client {
	var transport http.RoundTripper
	if base != nil {
		transport = base.Transport
	}
	if transport == nil {
		transport = http.DefaultTransport
		if t, ok := transport.(*http.Transport); ok {
			t = t.Clone()
			t.MaxResponseHeaderBytes = maxHeader
			transport = t
		}
	}
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	return &http.Client{Transport: bounded{transport}, CheckRedirect: checkRedirect, Timeout: timeout}
}

// checkRedirect follows redirects of GET requests within one origin.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) > maxRedirects || origin(req.URL) != origin(first.URL) {
		return errRedirect
	}
	return nil
}

// origin returns the scheme, host and port of u in one comparable form.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}

// bounded sends requests in our name, unless they have one, and bounds the bodies
// of the answers. It sits above the decompression of net/http, so that it counts
// what comes out.
type bounded struct{ next http.RoundTripper }

func (t bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > maxBody {
		resp.Body.Close()
		return nil, errBodyTooLarge
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, left: maxBody}
	return resp, nil
}

// boundedBody fails with errBodyTooLarge once more than left bytes were read.
type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errBodyTooLarge
	}
	// One byte more than allowed tells a full body from one that is too long.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, errBodyTooLarge
	}
	return n, err
}

// requireOK turns every answer but 200 and redirects into an error. The key
// set of go-oidc uses it, which would put the body into its error otherwise.
type requireOK struct{ next http.RoundTripper }

func (t requireOK) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err != nil || resp.StatusCode == http.StatusOK || resp.StatusCode/100 == 3 {
		return resp, err
	}
	resp.Body.Close()
	return nil, refusal(fmt.Sprintf("status %d", resp.StatusCode))
}

// response is an answer that was read to its end.
type response struct {
	status    int
	mediaType string
	body      []byte
}

// send sends a request and reads the answer, whatever its status.
func send(client *http.Client, req *http.Request) (*response, error) {
	return sendAs(client, req, req.URL)
}

// sendAs is send for a request whose path is a secret: errors show another URL.
func sendAs(client *http.Client, req *http.Request, shown *url.URL) (*response, error) {
	resp, err := client.Do(req)
	if err != nil {
		return nil, requestFailure(shown, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, requestFailure(shown, err)
	}
	mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return &response{resp.StatusCode, mediaType, body}, nil
}

// newGet returns a GET request to rawURL with params added to its query.
func newGet(ctx context.Context, rawURL string, params url.Values) (*http.Request, error) {
	return newRequest(ctx, http.MethodGet, rawURL, params, nil)
}

// newRequest returns a request to rawURL with params added to its query.
func newRequest(ctx context.Context, method, rawURL string, params url.Values, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, rawURL, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("malformed URL")
	}
	if len(params) > 0 {
		query := req.URL.Query()
		for name, values := range params {
			query[name] = append(query[name], values...)
		}
		req.URL.RawQuery = query.Encode()
	}
	return req, nil
}

// addHeader adds the header of an endpoint to a request, but no Authorization.
func addHeader(req *http.Request, header http.Header) {
	for name, values := range header {
		if http.CanonicalHeaderKey(name) != "Authorization" {
			req.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
}
