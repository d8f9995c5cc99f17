package nextauth_test

import (
	"net/http"
	"testing"
)

// The codes that the pages know.
func signInCodes() []string {
	return []string{
		"Signin", "OAuthSignin", "OAuthCallback", "OAuthCreateAccount", "EmailCreateAccount", "Callback",
		"OAuthAccountNotLinked", "EmailSignin", "CredentialsSignin", "SessionRequired",
	}
}

func errorCodes() []string {
	return []string{"Configuration", "AccessDenied", "Verification", "Default", "accessdenied", "unheard-of"}
}

func TestPages(t *testing.T) {
	compare(t, settings{URL: site1, Adapter: true}, []comparison{
		{"sign-in", func(b *browser) { b.get("/signin") }},
		{"sign-in with a callbackUrl", func(b *browser) { b.get("/signin?callbackUrl=%2Fwelcome") }},
		{"sign-in with an address", func(b *browser) { b.get("/signin?email=ada%40example.com") }},
		{"sign-in with a provider", func(b *browser) { b.get("/signin/plain") }},
		{"sign-in while signed in", func(b *browser) {
			b.signIn("alice")
			b.get("/signin")
		}},
		{"sign-in with errors", func(b *browser) {
			for _, code := range append(signInCodes(), "unheard-of") {
				b.get("/signin?error=" + code)
			}
		}},
		{"errors that belong to the sign-in page", func(b *browser) {
			for _, code := range signInCodes() {
				b.get("/error?error=" + code)
			}
			b.get("/error?error=signin")
		}},
		{"errors", func(b *browser) {
			b.get("/error")
			for _, code := range errorCodes() {
				b.get("/error?error=" + code)
				b.get("/error/" + code)
			}
		}},
		{"verify-request", func(b *browser) { b.get("/verify-request") }},
		{"sign-out", func(b *browser) { b.get("/signout") }},
		{"markup in a parameter", func(b *browser) { b.get("/signin?error=%3Cb%3E&email=%22%3E%3Cb%3E") }},
	})
}

// The pages of an application.
func TestCustomPages(t *testing.T) {
	custom := customPages{SignIn: "/login", SignOut: "/bye", Error: "/oops?from=auth", VerifyRequest: "/mailed", NewUser: "/welcome"}
	compare(t, settings{URL: site1, Adapter: true, Pages: custom}, []comparison{
		{"each", func(b *browser) {
			for _, page := range []string{"/signin", "/signin?error=Callback", "/signin/plain", "/signout", "/error", "/error?error=AccessDenied", "/verify-request"} {
				b.get(page)
			}
		}},
		{"with a callbackUrl", func(b *browser) { b.get("/signin?callbackUrl=%2Fwelcome") }},
		{"wrong credentials", func(b *browser) { b.post("/callback/credentials", "username", "alice", "password", "guess") }},
		{"authorize throws", func(b *browser) { b.post("/callback/credentials", "username", "locked") }},
		{"denied", func(b *browser) { b.signIn("barred") }},
		{"without the csrf token", func(b *browser) {
			b.do(http.MethodPost, "/signin/plain", "json=true", "Content-Type", formType)
		}},
		{"a new user", func(b *browser) { b.get(b.startOAuth("plain", "callbackUrl", "/inside")) }},
		{"the same user again", func(b *browser) {
			b.get(b.startOAuth("plain", "callbackUrl", "/inside"))
			b.get(b.startOAuth("plain", "callbackUrl", "/inside"))
		}},
		{"a mailed link", func(b *browser) {
			b.post("/signin/email", "email", "new@example.com")
			b.get(b.link())
		}},
		{"a broken callbackUrl", func(b *browser) { b.get("/signin?callbackUrl=javascript:alert(1)") }},
	})
}
