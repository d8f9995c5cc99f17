package nextauth_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// mailed records what was sent, with the link as a request that is to come.
func (b *browser) mailed() {
	sent := b.site.mails(b.t)
	mails := make([]mailed, 0, len(sent))
	for _, m := range sent {
		m.URL = b.location(&answer{location: m.URL})
		mails = append(mails, m)
	}
	*b.log = append(*b.log, record{Request: "what was mailed", Body: mails})
}

// linkRequests ask for a mailed link.
func linkRequests() []comparison {
	return []comparison{
		{"request", func(b *browser) {
			b.post("/signin/email", "email", "Ada@Example.com", "callbackUrl", "/inside")
			b.mailed()
		}},
		{"request, json", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com", "json", "true")
			b.mailed()
		}},
		{"request without an address", func(b *browser) {
			b.post("/signin/email")
			b.mailed()
		}},
		{"request with two addresses", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com,eve@evil.test")
			b.mailed()
		}},
		{"request with two signs", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com@evil.test")
			b.mailed()
		}},
		{"request that is denied", func(b *browser) {
			b.post("/signin/email", "email", "barred@example.com")
			b.mailed()
		}},
		{"request without the csrf token", func(b *browser) {
			b.do(http.MethodPost, "/signin/email", "email=ada%40example.com", "Content-Type", formType)
			b.mailed()
		}},
		{"mail cannot be sent", func(b *browser) { b.post("/signin/email", "email", "unreachable@example.com") }},
		{"mail cannot be sent, json", func(b *browser) { b.post("/signin/email", "email", "unreachable@example.com", "json", "true") }},
	}
}

// linkVisits open the mailed link.
func linkVisits() []comparison {
	return []comparison{
		{"link", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com", "callbackUrl", "/inside")
			b.get(b.link())
			b.get("/session")
			b.post("/signout")
			b.get("/session")
		}},
		{"link in another browser", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com")
			o := b.other()
			o.get(b.link())
			o.get("/session")
		}},
		{"link twice", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com")
			b.get(b.link())
			b.get(b.link())
		}},
		{"link with another token", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com")
			b.get(withParameter(b.link(), "token", strings.Repeat("0", 64)))
			b.get(b.link())
		}},
		{"link for another address", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com")
			b.get(withParameter(b.link(), "email", "eve@evil.test"))
		}},
		{"link without a token", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com")
			b.get(withParameter(b.link(), "token", ""))
		}},
		{"the user comes again", func(b *browser) {
			for range 2 {
				b.post("/signin/email", "email", "ada@example.com")
				b.get(b.link())
			}
			b.get("/session")
		}},
		{"another user signs in over the first", func(b *browser) {
			for _, address := range []string{"ada@example.com", "grace@example.com"} {
				b.post("/signin/email", "email", address)
				b.get(b.link())
			}
			b.get("/session")
		}},
	}
}

// storedAccounts sign in at a provider and keep the account.
func storedAccounts() []comparison {
	return []comparison{
		{"oauth: new user", func(b *browser) {
			b.get(b.startOAuth("openid"))
			b.get("/session")
		}},
		{"oauth: the user comes again", func(b *browser) {
			b.get(b.startOAuth("plain"))
			o := b.other()
			o.get(o.startOAuth("plain"))
			o.get("/session")
		}},
		{"oauth: the address belongs to somebody", func(b *browser) {
			b.post("/signin/email", "email", "ida@example.com")
			b.get(b.link())
			o := b.other()
			o.get(o.startOAuth("plain"))
			o.get("/session")
		}},
		{"oauth: linked while signed in", func(b *browser) {
			b.post("/signin/email", "email", "ada@example.com")
			b.get(b.link())
			b.get(b.startOAuth("plain"))
			b.get("/session")
		}},
	}
}

// Mailed links and stored users, with both kinds of session.
func TestStoredUsers(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			compare(t, settings{URL: site1, Adapter: true, Strategy: strategy}, slices.Concat(linkRequests(), linkVisits(), storedAccounts()))
		})
	}
}
