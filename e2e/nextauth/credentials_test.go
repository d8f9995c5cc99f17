package nextauth_test

import (
	"net/http"
	"net/url"
	"testing"
)

func TestCredentials(t *testing.T) {
	const callback = "/callback/credentials"
	compare(t, settings{URL: site1}, []comparison{
		{"right", func(b *browser) { b.signIn("alice") }},
		{"right, json", func(b *browser) { b.post(callback, "username", "alice", "password", "wonderland", "json", "true") }},
		{"right, json body", func(b *browser) {
			b.do(http.MethodPost, callback,
				`{"csrfToken":"`+b.csrfToken()+`","username":"alice","password":"wonderland","json":"true"}`, "Content-Type", "application/json")
		}},
		{"json is not the text true", func(b *browser) { b.post(callback, "username", "alice", "password", "wonderland", "json", "1") }},
		{"wrong", func(b *browser) { b.post(callback, "username", "alice", "password", "guess") }},
		{"wrong, json", func(b *browser) { b.post(callback, "username", "alice", "password", "guess", "json", "true") }},
		{"nothing posted", func(b *browser) { b.post(callback) }},
		{"authorize throws", func(b *browser) { b.post(callback, "username", "locked") }},
		{"authorize throws, json", func(b *browser) { b.post(callback, "username", "locked", "json", "true") }},
		{"the signIn callback denies", func(b *browser) { b.signIn("barred") }},
		{"the signIn callback denies, json", func(b *browser) {
			b.post(callback, "username", "barred", "password", "wonderland", "json", "true")
		}},
		{"without the csrf token", func(b *browser) {
			b.do(http.MethodPost, callback, "username=alice&password=wonderland", "Content-Type", formType)
		}},
		{"with the csrf token of another browser", func(b *browser) {
			tok := b.other().csrfToken()
			b.do(http.MethodPost, callback, form("csrfToken", tok, "username", "alice", "password", "wonderland").Encode(), "Content-Type", formType)
		}},
		{"GET", func(b *browser) { b.get(callback + "?username=alice&password=wonderland") }},
		{"at the sign-in action", func(b *browser) { b.post("/signin/credentials", "username", "alice", "password", "wonderland") }},
		{"another user signs in over the first", func(b *browser) {
			b.signIn("alice")
			b.signIn("unicode")
			b.get("/session")
		}},
	})
}

func TestCallbackURL(t *testing.T) {
	var comparisons []comparison
	for name, target := range map[string]string{
		"relative":              "/welcome?a=1&b=2",
		"same origin":           site1 + "/welcome",
		"same origin with port": site1 + ":80/welcome",
		"other port":            site1 + ":8080/welcome",
		"foreign":               "https://evil.test/welcome",
		"foreign with a prefix": site1 + ".evil.test/",
		"user information":      "http://app.test@evil.test/",
		"two slashes":           "//evil.test/welcome",
		"javascript":            "javascript:alert(1)",
		"empty":                 "",
		"letters of the world":  "/grüße/山田",
	} {
		comparisons = append(comparisons, comparison{"posted: " + name, func(b *browser) {
			b.post("/callback/credentials", "username", "alice", "password", "wonderland", "callbackUrl", target)
			b.get("/session")
		}})
		if name == "javascript" {
			continue // an invalid configuration when it is in the query; see below
		}
		comparisons = append(comparisons, comparison{"query: " + name, func(b *browser) {
			b.get("/signin?callbackUrl=" + url.QueryEscape(target))
			b.post("/callback/credentials", "username", "alice", "password", "wonderland")
		}})
	}
	compare(t, settings{URL: site1}, append(comparisons,
		comparison{"the body counts before the query", func(b *browser) {
			b.post("/callback/credentials?callbackUrl=%2Fquery", "username", "alice", "password", "wonderland", "callbackUrl", "/body")
		}},
		comparison{"the query counts before the cookie", func(b *browser) {
			b.setCookie("callback-url", site1+"/cookie")
			b.post("/callback/credentials?callbackUrl=%2Fquery", "username", "alice", "password", "wonderland")
		}},
		comparison{"the cookie counts", func(b *browser) {
			b.setCookie("callback-url", site1+"/cookie")
			b.signIn("alice")
		}},
		comparison{"a foreign cookie does not", func(b *browser) {
			b.setCookie("callback-url", "https://evil.test/cookie")
			b.signIn("alice")
		}},
		comparison{"a broken one in the query", func(b *browser) {
			for _, action := range []string{"/session", "/csrf", "/providers", "/signin", "/signout", "/error"} {
				b.get(action + "?callbackUrl=javascript:alert(1)")
			}
		}},
		comparison{"a broken one in the cookie", func(b *browser) {
			b.setCookie("callback-url", "no-url")
			b.get("/session")
			b.get("/signin")
		}},
	))
}
