package auth_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// DOS-02: thousands of cookies, and every cookie of ours as junk.
func TestSecurityCookieBombs(t *testing.T) {
	s := newTestSite(t, nil)
	several := make([]string, 0, 20000)
	for range 10000 {
		several = append(several, "a", "")
	}
	flows := make([]string, 0, 2000)
	for i := range 1000 {
		flows = append(flows, "next-auth.flow."+strconv.Itoa(i), strings.Repeat("x", 200))
	}
	odd := []string{"next-auth.flow.a b", "x", "next-auth.flow.\"", "x", "next-auth.flow.(", "x", "next-auth.flow.\u00e9", "x", "next-auth.flow.", "x", "next-auth.flow.<", "y", "next-auth.flow.@", "z"}
	for name, pairs := range map[string][]string{
		"10000 cookies": several, "1000 flows": flows, "odd names": odd,
		"32 KB": {"a", strings.Repeat("x", 32<<10)}, "junk session": {sessionTokenName, strings.Repeat("x", 32<<10)},
		"junk csrf": {"next-auth.csrf-token", strings.Repeat("|", 32<<10)}, "junk callback": {"next-auth.callback-url", strings.Repeat("%", 32<<10)},
		"junk binding": {"next-auth.email-binding", strings.Repeat("x", 32<<10)}, "no name": {"", "x"}, "no pairs": {},
	} {
		t.Run(name, func(t *testing.T) {
			token, c := csrfPair(t, s.auth, s.url+"/api/auth")
			pairs := append([]string{c.Name, c.Value}, pairs...)
			if name == "junk csrf" {
				pairs = pairs[2:]
			}
			for _, path := range []string{"signin", "session", "csrf", "callback/op?state=x&code=y", "callback/email?token=x&email=a@b.test", "error"} {
				got := attack(s.auth, http.MethodGet, s.url+"/api/auth/"+path, "", withCookies(pairs...))
				if got.status >= 500 {
					t.Errorf("%s answered %d", path, got.status)
				}
			}
			started := attack(s.auth, http.MethodPost, s.url+"/api/auth/signin/op", url.Values{"csrfToken": {token}}.Encode(), withCookies(pairs...))
			if name != "junk csrf" && !strings.HasPrefix(started.location, s.opURL) {
				t.Errorf("signing in is not possible any more: %d %s", started.status, started.location)
			}
			for _, line := range started.header.Values("Set-Cookie") {
				if line == "" || len(line) > 4096 {
					t.Errorf("a Set-Cookie line of %d bytes", len(line))
				}
			}
		})
	}
}

// DOS-03 and CRED-08: bodies that are too long, too deep or too many.
func TestSecurityHugeBodies(t *testing.T) {
	s := newTestSite(t, nil)
	token, c := csrfPair(t, s.auth, s.url+"/api/auth")
	var params strings.Builder
	for i := range 100000 {
		params.WriteString("p" + strconv.Itoa(i) + "=x&")
	}
	for _, test := range []struct{ name, contentType, body string }{
		{"form of 10 MB", "application/x-www-form-urlencoded", "csrfToken=" + token + "&password=" + strings.Repeat("x", 10<<20)},
		{"JSON of 10 MB", "application/json", `{"csrfToken":"` + token + `","password":"` + strings.Repeat("x", 10<<20) + `"}`},
		{"depth", "application/json", strings.Repeat("[", 100000)},
		{"closed depth", "application/json", strings.Repeat(`{"a":`, 50000) + "1" + strings.Repeat("}", 50000)},
		{"100000 parameters", "application/x-www-form-urlencoded", params.String()},
		{"bad escapes", "application/x-www-form-urlencoded", strings.Repeat("%zz=%&", 10000)},
		{"semicolons", "application/x-www-form-urlencoded", strings.Repeat("a;b=c;", 10000)},
		{"long number", "application/json", `{"email":1` + strings.Repeat("0", 100000) + `}`},
		{"exponent", "application/json", `{"code":1e999999999,"level":"error"}`},
		{"invalid UTF-8", "application/json", "{\"email\":\"\xff\xfe\"}"},
		{"two values", "application/json", `{} {}`},
		{"no end", "application/json", `{"a":`},
		{"multipart", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"csrfToken\"\r\n\r\n" + token + "\r\n--x--"},
		{"media type", "application/x-www-form-urlencoded; charset=\"", "csrfToken=" + token},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, path := range []string{"signin/op", "signin/email", "callback/credentials", "callback/op", "callback/email", "signout", "session", "_log"} {
				got := attack(s.auth, http.MethodPost, s.url+"/api/auth/"+path, test.body, func(r *http.Request) {
					withCookies(c.Name, c.Value)(r)
					r.Header.Set("Content-Type", test.contentType)
				})
				if got.status >= 500 || got.setsSession() {
					t.Errorf("%s answered %d %s", path, got.status, got.body)
				}
				if len(test.body) > 5<<20 && got.status != http.StatusRequestEntityTooLarge {
					t.Errorf("%s took %d bytes: %d", path, len(test.body), got.status)
				}
			}
		})
	}
	// A body without an end is read to the limit only.
	endless := &endlessBody{}
	r := httptest.NewRequest(http.MethodPost, s.url+"/api/auth/signout", endless)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.auth.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || endless.read > 1<<20 {
		t.Errorf("answered %d after %d bytes", w.Code, endless.read)
	}
}

type endlessBody struct{ read int }

func (b *endlessBody) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	b.read += len(p)
	return len(p), nil
}

func (b *endlessBody) Close() error { return nil }

// FLOW-26: starting flows costs the server no memory.
func TestSecurityFlowFlood(t *testing.T) {
	s := newOfflineSite(t, memory.New(), nil)
	token, c := csrfPair(t, s.auth, s.url+"/api/auth")
	form := url.Values{"csrfToken": {token}}.Encode()
	start := func(n int) {
		for range n {
			if got := attack(s.auth, http.MethodPost, s.url+"/api/auth/signin/op", form, withCookies(c.Name, c.Value)); got.status != http.StatusFound {
				t.Fatalf("answered %d", got.status)
			}
		}
	}
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	start(200)
	before := heap()
	start(5000)
	if grown := int64(heap()) - int64(before); grown > 2<<20 {
		t.Errorf("5000 attempts left %d bytes behind", grown)
	}
}

// CRED-01, CRED-03, CRED-04 and CRED-16.
func TestSecurityCredentials(t *testing.T) {
	var seen auth.Credentials
	var mu sync.Mutex
	s := newTestSite(t, func(c *auth.Config) {
		p := credentialsProvider()
		p.Authorize = func(_ context.Context, fields auth.Credentials, _ *http.Request) (*auth.User, error) {
			mu.Lock()
			defer mu.Unlock()
			seen = fields
			switch fields["username"] {
			case "nil":
				return nil, nil
			case "empty":
				return &auth.User{}, nil
			case "nameless":
				return &auth.User{Name: "X", Email: "x@example.com"}, nil
			}
			return nil, auth.ErrInvalidCredentials
		}
		c.Providers[2] = p
	})
	var first string
	for _, name := range []string{"unknown", "known", "nil", "empty", "nameless", "<script>", strings.Repeat("x", 100<<10)} {
		b := s.browser()
		got := b.post("/api/auth/callback/credentials", url.Values{
			"username": {name}, "password": {"x", "second"}, "json": {"true"}, "redirect": {"false"}, "callbackUrl": {"/x"},
		})
		if got.status != http.StatusUnauthorized || got.setsSession() || b.signedInAs() != "" {
			t.Errorf("%.20s: %d %s", name, got.status, got.body)
		}
		if first == "" {
			first = got.body
		}
		if got.body != first {
			t.Errorf("%.20s answers %s, others %s", name, got.body, first)
		}
		for _, field := range []string{"csrfToken", "json", "redirect", "callbackUrl"} {
			if _, ok := seen[field]; ok {
				t.Errorf("Authorize got %s", field)
			}
		}
		if seen["password"] != "x" {
			t.Errorf("Authorize got the password %q", seen["password"])
		}
	}
}

// OPS-03 and OPS-04: nothing of a flow lives in one process.
func TestSecurityTwoInstances(t *testing.T) {
	store := memory.New()
	one, two := newOfflineSite(t, store, nil), newOfflineSite(t, store, nil)
	two.op, two.network["op.test"] = one.op, one.op
	a := one.browser()
	b := two.browserWith(a.client.Jar)
	started := a.post("/api/auth/signin/op", nil)
	if got := b.get(b.get(started.location).location); got.location != one.url || a.signedInAs() != "Ida Provider" {
		t.Errorf("OAuth: %d %s", got.status, got.location)
	}
	b.post("/api/auth/signout", nil)
	link := a.requestLink("v@example.com")
	if got := b.get(link); !got.setsSession() {
		t.Errorf("mail: %d %s", got.status, got.location)
	}
	if got := a.post("/api/auth/signout", url.Values{"csrfToken": {b.csrfToken()}}); got.location != one.url || b.signedInAs() != "" {
		t.Errorf("sign-out: %d %s", got.status, got.location)
	}
}

// DOS-11: a panic in our own answer to a request is answered, once, and the
// connection is given up where the server asks for it.
func TestSecurityAbort(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		c.Callbacks.Redirect = func(context.Context, string, string) (string, error) { panic(http.ErrAbortHandler) }
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/auth/signin?callbackUrl=/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err == nil {
		body := drain(response)
		t.Errorf("answered %d %s", response.StatusCode, body)
	}
}

// Any request at all: no panic, no fault, no session, no header broken.
func FuzzSecurityRequest(f *testing.F) {
	f.Add("GET", "signin", "callbackUrl=/x", "next-auth.csrf-token=a%7Cb", "", "")
	f.Add("POST", "callback/op", "", "next-auth.flow.x=y", "state=x&code=y", "application/x-www-form-urlencoded")
	f.Add("POST", "signin/email", "x=%zz", sessionTokenName+".0=x; "+sessionTokenName+".1=y", `{"email":"a@b.test"}`, "application/json")
	f.Add("GET", "callback/email", "token=x&email=a%40b.test", "\"", "", "")
	f.Add("POST", "_log", "", "=;=;;", `{"level":"error","code":1e9}`, "application/json; charset=x")
	f.Add("GET", "error/%2f", "error=a&error=b&ref=12345678", "a=b=c", "", "")
	f.Add("GET", "callback/bird", "oauth_token=x&oauth_verifier=y", "next-auth.callback-url=//evil", "", "")
	store := memory.New()
	op := auth.OAuthProvider{ID: "op", Name: "Op", ClientID: "c", ClientSecret: "s", OpenID: true, Issuer: "https://op.test", HTTPClient: &http.Client{Transport: network{}}}
	config := auth.Config{
		URL: "https://app.test", Secrets: []string{secret}, Adapter: store, Session: auth.SessionConfig{Strategy: auth.StrategyJWT},
		Logger:    slog.New(slog.DiscardHandler),
		Providers: []auth.Provider{op, auth.EmailProvider{From: "a@app.test", Sender: &outbox{}}, credentialsProvider()},
	}
	addOAuth1("bird")(&config)
	safe, err := auth.New(config)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, path, query, cookies, body, contentType string) {
		r := httptest.NewRequest(http.MethodGet, "https://app.test/", strings.NewReader(body))
		r.Method = method
		u := &url.URL{Path: "/api/auth/" + path, RawQuery: query}
		r.URL, r.RequestURI = u, u.RequestURI()
		r.Header.Set("Cookie", cookies)
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		safe.ServeHTTP(w, r)
		response := w.Result()
		content, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode >= 500 && !strings.Contains(path, "error") && !strings.Contains(path, "signin") {
			t.Errorf("answered %d %s", response.StatusCode, content)
		}
		if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") && !json.Valid(content) {
			t.Errorf("no JSON: %s", content)
		}
		if location := response.Header.Get("Location"); location != "" && leaves(location, "https://app.test") {
			t.Errorf("leads to %q", location)
		}
		got := answer{cookies: response.Cookies()}
		if got.setsSession() {
			t.Error("a session was opened")
		}
		for name, values := range response.Header {
			for _, value := range values {
				if strings.ContainsAny(value, "\r\n\x00") {
					t.Errorf("header %s: %q", name, value)
				}
			}
		}
	})
}
