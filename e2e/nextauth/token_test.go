package nextauth_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// sampleClaims are claims of several kinds.
func sampleClaims(pad int) map[string]any {
	claims := map[string]any{
		"sub": "42", "name": "Zoë </b> 山田 🎉", "email": "zoe@example.com", "picture": nil,
		"roles": []any{"admin", true, nil}, "plan": map[string]any{"tier": "2", "price": "9.90"},
	}
	if pad > 0 {
		claims["pad"] = strings.Repeat("x", pad)
	}
	return claims
}

// encode seals claims by encode() of next-auth/jwt; salt is the name of a check
// cookie, or empty for a session.
func (s *site) encode(t testing.TB, claims map[string]any, salt string, maxAge time.Duration) string {
	t.Helper()
	var answer struct{ Token string }
	s.ask(t, "encode", map[string]any{"token": claims, "salt": salt, "maxAge": maxAge.Seconds()}, &answer)
	if answer.Token == "" {
		t.Fatal("next-auth/jwt made no token")
	}
	return answer.Token
}

// decode opens a token by decode() of next-auth/jwt.
func (s *site) decode(t testing.TB, tok, salt string) (claims map[string]any) {
	t.Helper()
	s.ask(t, "decode", map[string]any{"token": tok, "salt": salt}, &claims)
	return claims
}

// getToken is what getToken() of next-auth/jwt finds in a request with these
// headers.
func (s *site) getToken(t testing.TB, header ...string) (claims map[string]any) {
	t.Helper()
	s.ask(t, "token", nil, &claims, header...)
	return claims
}

// withoutTimes checks and removes what every sealing writes anew.
func withoutTimes(t testing.TB, claims map[string]any, maxAge time.Duration) map[string]any {
	t.Helper()
	content, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(content, &plain); err != nil {
		t.Fatal(err)
	}
	now := float64(time.Now().Unix())
	for name, want := range map[string]float64{"iat": now, "exp": now + maxAge.Seconds()} {
		if got, ok := plain[name].(float64); !ok || got < want-10 || got > want+10 {
			t.Errorf("%s is %v, want about %.0f", name, plain[name], want)
		}
		delete(plain, name)
	}
	if id, _ := plain["jti"].(string); !uuidPattern.MatchString(id) {
		t.Errorf("jti is %v, want a UUID", plain["jti"])
	}
	delete(plain, "jti")
	return plain
}

// Tokens of both kinds open on the other side, and not under another salt.
func TestTokensCrossOver(t *testing.T) {
	p := newPair(t, settings{URL: site1})
	node, codec := p.reference, p.reference.codec
	for _, salt := range []string{
		"", "next-auth.state", "next-auth.pkce.code_verifier", "next-auth.nonce",
		"__Secure-next-auth.state", "__Secure-next-auth.pkce.code_verifier", "a cookie of my own",
	} {
		t.Run("salt "+salt, func(t *testing.T) {
			want := sampleClaims(0)
			fromNode := node.encode(t, want, salt, time.Hour)
			opened, err := codec.ForCookie(salt).Open(fromNode)
			if err != nil {
				t.Fatalf("a token of next-auth/jwt does not open: %v", err)
			}
			if diff := cmp.Diff(want, withoutTimes(t, opened, time.Hour)); diff != "" {
				t.Errorf("from Node.js to Go (-want +got):\n%s", diff)
			}
			fromGo, err := codec.ForCookie(salt).Seal(want, 2*time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, withoutTimes(t, node.decode(t, fromGo, salt), 2*time.Hour)); diff != "" {
				t.Errorf("from Go to Node.js (-want +got):\n%s", diff)
			}
			if _, err := codec.ForCookie(salt + "x").Open(fromNode); err == nil {
				t.Error("the token opens under another salt")
			}
			if salt != "" && node.getToken(t, "Authorization", "Bearer "+fromGo) != nil {
				t.Error("Node.js takes the check cookie for a session")
			}
		})
	}
}

// getToken() of a Node.js server reads the library's own cookies, in default mode
// too, and the token as a Bearer.
func TestNodeReadsOurSession(t *testing.T) {
	for _, url := range []string{site1, secureSite} {
		p := newPair(t, settings{URL: url})
		for _, strict := range []bool{false, true} {
			name := url
			if strict {
				name += " StrictV4"
			}
			t.Run(name, func(t *testing.T) {
				p.change = func(c *auth.Config) { c.StrictV4 = strict }
				for _, user := range []struct {
					name string
					want map[string]any
				}{
					{"alice", map[string]any{"sub": "alice-id", "name": "Alice Liddell", "email": "alice@example.com", "picture": "https://img.example/alice.png"}},
					{"big", map[string]any{"sub": "big-id", "name": "Big", "pad": strings.Repeat("x", 6000)}},
				} {
					p.subject.reset(t)
					b := newBrowser(t, p.subject)
					b.signIn(user.name)
					b.get("/session")
					const month = 30 * 24 * time.Hour
					cookies := b.cookieHeader()
					got := withoutTimes(t, p.reference.getToken(t, "Cookie", cookies), month)
					if diff := cmp.Diff(user.want, got); diff != "" {
						t.Errorf("%s by cookie (-want +got):\n%s", user.name, diff)
					}
					got = withoutTimes(t, p.reference.getToken(t, "Authorization", "Bearer "+b.sessionToken()), month)
					if diff := cmp.Diff(user.want, got); diff != "" {
						t.Errorf("%s by Bearer (-want +got):\n%s", user.name, diff)
					}
					if isSplit := strings.Contains(cookies, "session-token.1="); isSplit != (user.name == "big") {
						t.Errorf("%s: the cookies are %.200s", user.name, cookies)
					}
				}
				if got := p.reference.getToken(t); got != nil {
					t.Errorf("getToken found %v without a token", got)
				}
			})
		}
	}
}

// cookieHeader is the Cookie header that the browser sends to the site.
func (b *browser) cookieHeader() string {
	r := http.Request{Header: http.Header{}}
	for _, c := range b.client.Jar.Cookies(b.origin()) {
		r.AddCookie(c)
	}
	return r.Header.Get("Cookie")
}

// sessionToken is the session token in the browser's cookies, its parts joined.
func (b *browser) sessionToken() string {
	if whole := b.cookie("session-token"); whole != "" {
		return whole
	}
	prefix := b.site.settings.cookieName("session-token") + "."
	return joined(prefix+"0", b.client.Jar.Cookies(b.origin()))
}

// The library recognises a session that NextAuth.js made: over the API, in the
// middleware and in the program, from cookies and as a Bearer.
func TestWeReadNodesSession(t *testing.T) {
	p := newPair(t, settings{URL: site1})
	for _, strict := range []bool{false, true} {
		for _, user := range []struct{ name, want string }{{"alice", "Alice Liddell"}, {"big", "Big"}} {
			name := user.name
			if strict {
				name += " StrictV4"
			}
			t.Run(name, func(t *testing.T) {
				p.change = func(c *auth.Config) { c.StrictV4 = strict }
				p.subject.reset(t)
				b := newBrowser(t, p.reference)
				b.signIn(user.name)
				cookies, bearer := b.cookieHeader(), "Bearer "+b.sessionToken()

				b.site = p.subject
				var body struct{ User struct{ Name string } }
				if err := json.Unmarshal([]byte(b.get("/session").body), &body); err != nil || body.User.Name != user.want {
					t.Errorf("GET /session answered %+v %v, want %s", body, err, user.want)
				}
				guarded := p.auth.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.WriteString(w, auth.FromContext(r.Context()).User.Name)
				}))
				for header, value := range map[string]string{"Cookie": cookies, "Authorization": bearer} {
					r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, site1+"/private", nil)
					r.Header.Set(header, value)
					w := httptest.NewRecorder()
					guarded.ServeHTTP(w, r)
					if w.Code != http.StatusOK || w.Body.String() != user.want {
						t.Errorf("Require with %s answered %d %s, want %s", header, w.Code, w.Body, user.want)
					}
					session, err := p.auth.Session(r)
					if err != nil || session == nil || session.User.Name != user.want || session.User.ID != user.name+"-id" {
						t.Errorf("Session with %s is %+v %v, want %s", header, session, err, user.want)
					}
				}
			})
		}
	}
}

// A session token without a session: each side refuses what the other refuses.
func TestRefusedTokens(t *testing.T) {
	p := newPair(t, settings{URL: site1})
	sealed := func(t *testing.T, codec *token.Codec, maxAge time.Duration) string {
		t.Helper()
		tok, err := codec.Seal(token.Claims{"sub": "42"}, maxAge)
		if err != nil {
			t.Fatal(err)
		}
		return tok
	}
	other, err := token.New(token.Options{Secrets: []string{secret + "x"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		tok  string
		want bool
	}{
		{"valid", sealed(t, p.subject.codec, time.Hour), true},
		{"within the tolerance", sealed(t, p.subject.codec, -5*time.Second), true},
		{"expired", sealed(t, p.subject.codec, -time.Minute), false},
		{"expired, sealed by Node.js", p.reference.encode(t, map[string]any{"sub": "42"}, "", -time.Minute), false},
		{"of another secret", sealed(t, other, time.Hour), false},
		{"of a check cookie", sealed(t, p.subject.codec.ForCookie("next-auth.state"), time.Hour), false},
		{"no token", "ey.no.token", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := p.reference.getToken(t, "Authorization", "Bearer "+tt.tok) != nil; got != tt.want {
				t.Errorf("getToken accepts it: %t, want %t", got, tt.want)
			}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, site1+"/private", nil)
			r.Header.Set("Authorization", "Bearer "+tt.tok)
			session, err := p.auth.Session(r)
			if err != nil || (session != nil) != tt.want {
				t.Errorf("Session is %+v %v, want one: %t", session, err, tt.want)
			}
		})
	}
}
