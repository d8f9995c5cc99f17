package auth

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/cookie"
	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
)

// maxBody bounds what a browser or a provider may post.
const maxBody = 256 << 10

// exchange is one request, parsed once, with everything that a flow needs.
type exchange struct {
	request *http.Request
	method  string
	site    *site
	names   *cookieSet
	// action and providerID are the first two segments below the base path.
	action     string
	providerID string
	provider   *provider

	query   url.Values
	body    body
	cookies cookie.Cookies
	// wantsJSON is set when the client asked for {"url": ...} instead of a
	// redirect.
	wantsJSON bool

	language    chosenLanguage // by languageOf
	csrf        csrfState
	callbackURL string
	// setCookies go out with every answer that may set cookies.
	setCookies []*http.Cookie
}

// body is a posted form or JSON object. Other media types count as empty.
type body struct {
	form   url.Values
	object map[string]any
}

// text returns a member that was posted exactly once and is text, or "".
func (b body) text(name string) string {
	if values := b.form[name]; len(values) == 1 {
		return values[0]
	}
	s, _ := b.object[name].(string)
	return s
}

// scalar returns a member that was posted exactly once, also a JSON number or
// boolean, as text.
func (b body) scalar(name string) string {
	switch v := b.object[name].(type) {
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return b.text(name)
}

// has reports whether a member was posted, whatever it is.
func (b body) has(name string) bool {
	if b.form.Has(name) {
		return true
	}
	value, ok := b.object[name]
	return ok && value != nil
}

// newExchange parses a request. The response is nil unless the request cannot
// be served at all.
func (a *Auth) newExchange(w http.ResponseWriter, r *http.Request) (*exchange, *response) {
	x := &exchange{request: r, method: r.Method, cookies: cookie.Of(r)}
	var ok bool
	if x.site, ok = a.sites.of(r); !ok {
		return x, &response{status: http.StatusBadRequest, text: "This host is not served here.", noCookies: true}
	}
	x.names = a.cookieNames(x.site)
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), x.site.basePath+"/")
	if !ok {
		return x, &response{status: http.StatusNotFound, text: "Not found.", noCookies: true}
	}
	if x.action, x.providerID, ok = segments(path); !ok {
		return x, &response{status: http.StatusBadRequest, text: "Bad request.", noCookies: true}
	}
	x.provider = a.provider(x.providerID)
	if r.URL.RawQuery != "" {
		x.query = r.URL.Query()
	}
	if r.Method == http.MethodPost {
		var status int
		if x.body, status = readBody(w, r); status != 0 {
			return x, a.badBody(x, status)
		}
		x.wantsJSON = x.body.text("json") == "true"
	}
	return x, nil
}

// segments splits a path into its action and provider id, decoded.
func segments(path string) (action, providerID string, ok bool) {
	action, rest, _ := strings.Cut(path, "/")
	providerID, _, _ = strings.Cut(rest, "/")
	action, err1 := url.PathUnescape(action)
	providerID, err2 := url.PathUnescape(providerID)
	return action, providerID, err1 == nil && err2 == nil
}

// badBody answers a body that cannot be read. The client of NextAuth.js expects a
// URL in every answer to a sign-in; v4 itself sends text.
func (a *Auth) badBody(x *exchange, status int) *response {
	if a.config.StrictV4 {
		return &response{status: status, text: http.StatusText(status), noCookies: true}
	}
	if x.wantsPage() {
		return a.errorPageWith(x, status, ErrorDefault, "")
	}
	body := appendJSONText([]byte(`{"message":`), http.StatusText(status))
	body = appendJSONText(append(body, `,"url":`...), x.url("error?error="+string(ErrorDefault)))
	return &response{status: status, json: append(body, '}'), noCookies: true}
}

// wantsPage reports whether a person is waiting for the answer, in a browser that
// shows whatever comes, and not a script.
func (x *exchange) wantsPage() bool {
	if x.wantsJSON {
		return false
	}
	h := x.request.Header
	return h.Get("Sec-Fetch-Mode") == "navigate" || strings.Contains(h.Get("Accept"), "text/html")
}

// readBody parses a posted form or JSON object. The status is not zero when it
// cannot be read.
func readBody(w http.ResponseWriter, r *http.Request) (body, int) {
	mediaType := r.Header.Get("Content-Type")
	if mediaType != "application/x-www-form-urlencoded" {
		mediaType, _, _ = mime.ParseMediaType(mediaType)
	}
	switch mediaType {
	case "application/x-www-form-urlencoded", "application/json", "application/ld+json":
	default:
		return body{}, 0
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return body{}, http.StatusRequestEntityTooLarge
		}
		return body{}, http.StatusBadRequest
	}
	if mediaType == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(content)) // what does not parse is left out
		return body{form: form}, 0
	}
	if len(content) == 0 {
		return body{}, 0
	}
	value, err := jsonvalue.Decode(content)
	if err != nil {
		return body{}, http.StatusBadRequest
	}
	object, _ := value.(map[string]any)
	return body{object: object}, 0
}

// setCookie adds a cookie to whatever the exchange answers.
func (x *exchange) setCookie(c *http.Cookie) { x.setCookies = append(x.setCookies, c) }

// url returns the address of an action of the API.
func (x *exchange) url(action string) string { return x.site.baseURL + "/" + action }

// parameter returns a query parameter that was given exactly once, or "".
func (x *exchange) parameter(name string) string {
	if values := x.query[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}
