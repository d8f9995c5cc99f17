package auth

import (
	"net/http"
	"strconv"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

// response is what a flow answers. Exactly one of redirect, json, html, text
// and asset is used; none means an empty body.
type response struct {
	// status is 200 when zero; a redirect that is not asked for as JSON is
	// always 302.
	status   int
	redirect string
	json     []byte
	html     []byte
	text     string
	asset    *pages.Asset

	cookies []*http.Cookie
	// noCookies leaves out the cookies of the exchange as well.
	noCookies bool
	// sessionHeaders adds the cache headers that NextAuth.js sends with
	// GET /session and GET /csrf.
	sessionHeaders bool
}

// redirectTo answers with a redirect, or {"url": ...} when the client asked for
// JSON.
func redirectTo(url string, cookies ...*http.Cookie) *response {
	return &response{redirect: url, cookies: cookies}
}

// write sends a response. It is the only place that touches the ResponseWriter.
func (a *Auth) write(w http.ResponseWriter, x *exchange, answer *response) {
	h := w.Header()
	common := [...]string{"nosniff", "no-referrer", "private, no-store"} // one allocation for all
	h["X-Content-Type-Options"] = common[0:1:1]
	h["Referrer-Policy"] = common[1:2:2]
	h["Cache-Control"] = common[2:3:3]
	if answer.asset != nil {
		h["Content-Type"] = []string{answer.asset.ContentType}
		h["Cache-Control"] = []string{"public, max-age=31536000, immutable"}
		send(w, http.StatusOK, answer.asset.Content)
		return
	}
	if answer.sessionHeaders {
		noCache := [...]string{"private, no-cache, no-store", "no-cache", "0"}
		h["Cache-Control"] = noCache[0:1:1]
		h["Pragma"] = noCache[1:2:2]
		h["Expires"] = noCache[2:3:3]
	}
	if !answer.noCookies {
		for _, c := range x.setCookies {
			h.Add("Set-Cookie", c.String())
		}
		for _, c := range answer.cookies {
			h.Add("Set-Cookie", c.String())
		}
	}
	status := answer.status
	if status == 0 {
		status = http.StatusOK
	}
	switch {
	case answer.redirect != "" && x.wantsJSON:
		h["Content-Type"] = []string{"application/json"}
		body := appendJSONText([]byte(`{"url":`), answer.redirect)
		send(w, status, append(body, '}'))
	case answer.redirect != "":
		h["Location"] = []string{escapeLocation(answer.redirect)}
		w.WriteHeader(http.StatusFound)
	case answer.json != nil:
		h["Content-Type"] = []string{"application/json"}
		send(w, status, answer.json)
	case answer.html != nil:
		h["Content-Type"] = []string{"text/html; charset=utf-8"}
		h["Content-Security-Policy"] = []string{a.pages.ContentSecurityPolicy(answer.html, a.formAction(x))}
		h["Vary"] = []string{"Accept-Language, Cookie"}
		h["X-Frame-Options"] = []string{"DENY"}
		send(w, status, answer.html)
	case answer.text != "":
		h["Content-Type"] = []string{"text/plain; charset=utf-8"}
		send(w, status, []byte(answer.text))
	default:
		w.WriteHeader(status)
	}
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	w.Write(body)
}

// escapeLocation percent-encodes what may not stand in a header, so that every
// browser reads the address the same way.
func escapeLocation(url string) string {
	const hexDigits = "0123456789ABCDEF"
	for i := 0; i < len(url); i++ {
		if c := url[i]; c > ' ' && c <= '~' {
			continue
		}
		b := append([]byte(nil), url[:i]...)
		for ; i < len(url); i++ {
			if c := url[i]; c > ' ' && c <= '~' {
				b = append(b, c)
			} else {
				b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
			}
		}
		return string(b)
	}
	return url
}
