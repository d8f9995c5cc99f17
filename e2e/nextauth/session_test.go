package nextauth_test

import (
	"net/http"
	"strings"
	"testing"
)

const (
	site1      = "http://app.test"
	secureSite = "https://app.test"
)

// What a page's scripts ask: providers, CSRF token, session.
func TestREST(t *testing.T) {
	compare(t, settings{URL: site1}, []comparison{
		{"providers", func(b *browser) { b.get("/providers") }},
		{"csrf token is made and kept", func(b *browser) {
			b.get("/csrf")
			b.get("/csrf")
		}},
		{"csrf cookie without its hash", func(b *browser) {
			b.setCookie("csrf-token", strings.Repeat("a", 64))
			b.get("/csrf")
		}},
		{"csrf cookie with another hash", func(b *browser) {
			b.setCookie("csrf-token", strings.Repeat("a", 64)+"|"+strings.Repeat("b", 64))
			b.get("/csrf")
		}},
		{"session of nobody", func(b *browser) { b.get("/session") }},
		{"session after sign-in", func(b *browser) {
			b.signIn("alice")
			b.get("/session")
			b.get("/session")
		}},
		{"session of a user with an id alone", func(b *browser) {
			b.signIn("sparse")
			b.get("/session")
		}},
		{"session of a user with special characters", func(b *browser) {
			b.signIn("unicode")
			b.get("/session")
		}},
		{"session cookie that is no token", func(b *browser) {
			b.setCookie("session-token", "no.such.token")
			b.get("/session")
		}},
		{"session cookie that was changed", func(b *browser) {
			b.signIn("alice")
			tok := b.cookie("session-token")
			b.setCookie("session-token", tok[:len(tok)-4]+"AAAA")
			b.get("/session")
		}},
		{"session in a new browser", func(b *browser) {
			b.signIn("alice")
			b.other().get("/session")
		}},
	})
}

// update() of the client.
func TestSessionUpdate(t *testing.T) {
	post := func(b *browser, body string) {
		b.do(http.MethodPost, "/session", body, "Content-Type", "application/json")
	}
	withToken := func(b *browser, data string) {
		post(b, `{"csrfToken":"`+b.csrfToken()+`","data":`+data+`}`)
	}
	compare(t, settings{URL: site1}, []comparison{
		{"changes the name", func(b *browser) {
			b.signIn("alice")
			withToken(b, `{"name":"Alice Updated","role":"editor"}`)
			b.get("/session")
		}},
		{"without data", func(b *browser) {
			b.signIn("alice")
			post(b, `{"csrfToken":"`+b.csrfToken()+`"}`)
		}},
		{"without the csrf token", func(b *browser) {
			b.signIn("alice")
			post(b, `{"data":{"name":"Eve"}}`)
			b.get("/session")
		}},
		{"with a wrong csrf token", func(b *browser) {
			b.signIn("alice")
			post(b, `{"csrfToken":"eve","data":{"name":"Eve"}}`)
		}},
		{"of nobody", func(b *browser) { withToken(b, `{"name":"Nobody"}`) }},
	})
}

// Session cookies that are too long for one.
func TestChunkedSession(t *testing.T) {
	comparisons := []comparison{
		{"sign-in and reading", func(b *browser) {
			b.signIn("big")
			b.get("/session")
		}},
		{"sign-out clears the parts", func(b *browser) {
			b.signIn("big")
			b.post("/signout")
			b.get("/session")
		}},
		{"shrinks and grows", func(b *browser) {
			b.signIn("big")
			for _, pad := range []int{0, 3000, 9000} {
				b.do(http.MethodPost, "/session",
					`{"csrfToken":"`+b.csrfToken()+`","data":{"pad":"`+strings.Repeat("y", pad)+`"}}`, "Content-Type", "application/json")
				b.get("/session")
			}
		}},
		{"another user with a short token", func(b *browser) {
			b.signIn("big")
			b.signIn("alice")
			b.get("/session")
		}},
		{"a part is missing", func(b *browser) {
			b.signIn("big")
			b.setCookie("session-token.1", "")
			b.get("/session")
		}},
	}
	for _, url := range []string{site1, secureSite} {
		t.Run(url, func(t *testing.T) { compare(t, settings{URL: url}, comparisons) })
	}
}

// The names and attributes of cookies of an https site.
func TestHTTPS(t *testing.T) {
	compare(t, settings{URL: secureSite}, []comparison{
		{"csrf", func(b *browser) { b.get("/csrf") }},
		{"providers", func(b *browser) { b.get("/providers") }},
		{"credentials", func(b *browser) {
			b.signIn("alice")
			b.get("/session")
			b.post("/signout")
		}},
		{"oauth with every check", func(b *browser) {
			b.get(b.startOAuth("openid"))
			b.get("/session")
		}},
		{"a cookie without the prefix does not count", func(b *browser) {
			b.signIn("alice")
			tok := b.cookie("session-token")
			b.setCookie("session-token", "")
			b.do(http.MethodGet, "/session", "", "Cookie", "next-auth.session-token="+tok)
		}},
	})
}

func TestSignOut(t *testing.T) {
	compare(t, settings{URL: site1}, []comparison{
		{"form", func(b *browser) {
			b.signIn("alice")
			b.post("/signout")
			b.get("/session")
		}},
		{"json", func(b *browser) {
			b.signIn("alice")
			b.post("/signout", "json", "true", "callbackUrl", "/bye")
		}},
		{"foreign callbackUrl", func(b *browser) {
			b.signIn("alice")
			b.post("/signout", "callbackUrl", "https://evil.test/bye")
		}},
		{"without the csrf token", func(b *browser) {
			b.signIn("alice")
			b.do(http.MethodPost, "/signout", "json=true", "Content-Type", formType)
			b.get("/session")
		}},
		{"nobody is signed in", func(b *browser) { b.post("/signout") }},
		{"the page", func(b *browser) {
			b.signIn("alice")
			b.get("/signout")
			b.get("/signout?callbackUrl=%2Fbye")
		}},
	})
}

func TestMethodsAndActions(t *testing.T) {
	compare(t, settings{URL: site1}, []comparison{
		{"methods", func(b *browser) {
			for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodHead} {
				for _, action := range []string{"/session", "/csrf", "/providers", "/signin", "/signout", "/callback/plain"} {
					b.do(method, action, "")
				}
			}
		}},
		{"POST where only GET is", func(b *browser) {
			for _, action := range []string{"/providers", "/csrf", "/error", "/verify-request"} {
				b.post(action)
			}
		}},
		{"unknown actions", func(b *browser) {
			b.get("/nothing")
			b.post("/nothing")
			b.get("/Session")
		}},
		{"log", func(b *browser) {
			b.do(http.MethodPost, "/_log", "level=error&code=CLIENT_FETCH_ERROR&message=m", "Content-Type", formType)
			b.do(http.MethodPost, "/_log", `{"level":"warn","code":"C"}`, "Content-Type", "application/json")
			b.get("/_log")
		}},
	})
}
