package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// fuzzTarget is an Auth for fuzzing, by default and with StrictV4.
func fuzzTarget(f *testing.F) [2]*auth.Auth {
	f.Helper()
	var out [2]*auth.Auth
	for i := range out {
		a, err := auth.New(auth.Config{
			URL: "https://wiki.test", Secrets: []string{secret}, Logger: quiet(), StrictV4: i == 1, Adapter: memory.New(),
			Session:   auth.SessionConfig{Strategy: auth.StrategyJWT},
			Providers: []auth.Provider{credentialsProvider(), auth.EmailProvider{From: "sign-in@example.com", Sender: &outbox{}}},
		})
		if err != nil {
			f.Fatal(err)
		}
		out[i] = a
	}
	return out
}

// browserOrigin reads the origin of an address as a browser does (WHATWG URL
// Standard, basic URL parser), written down independently of the engine.
func browserOrigin(address string) string {
	address = strings.TrimFunc(address, func(r rune) bool { return r <= ' ' })
	address = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(address)
	scheme, rest, ok := strings.Cut(address, ":")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "https" && scheme != "http" {
		return "other"
	}
	rest = strings.TrimLeft(rest, `/\`)
	if end := strings.IndexAny(rest, `/\?#`); end >= 0 {
		rest = rest[:end]
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	host, port, _ := strings.Cut(rest, ":")
	decoded, err := url.PathUnescape(host)
	if err != nil {
		return "other"
	}
	if host, err = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(decoded); err != nil {
		return "other"
	}
	if port = strings.TrimLeft(port, "0"); port == "" || scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		return scheme + "://" + host
	}
	return scheme + "://" + host + ":" + port
}

func FuzzCallbackURL(f *testing.F) {
	for _, seed := range []string{
		"/inside", "//evil.test", `/\evil.test`, "https://wiki.test/x", "https://wiki.test@evil.test", "https://wiki.test:443/", "https:evil.test",
		`https:\\evil.test`, `https://evil.test\@wiki.test`, "https://wiki.test.evil.test", "https://w\u0130ki.test/", "https://wi\u212ai.test/",
		"https://wiki.test%2eevil.test", "https://%77iki.test/", "https://wiki.test#@evil.test", "javascript:alert(1)", "https://wiki.test\t.evil.test",
		"ht\ntps://evil.test", "blob:https://wiki.test/x", " https://evil.test", "https:///evil.test", "https://wiki.test:0443/", "HTTPS://WIKI.TEST/",
		"https://wiki。test/", "https://wiki.test?x", "data:text/html,x", "https://[::1]/", "https://evil.test:443@wiki.test:443/",
	} {
		f.Add(seed)
	}
	targets := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, asked string) {
		for _, a := range targets {
			got := serve(a, http.MethodGet, "/api/auth/csrf?callbackUrl="+url.QueryEscape(asked), nil)
			for _, c := range got.Result().Cookies() {
				if c.Name != "__Secure-next-auth.callback-url" {
					continue
				}
				decided := decoded(t, c)
				if origin := browserOrigin(decided); origin != "https://wiki.test" && !strings.HasPrefix(decided, "blob:https://wiki.test/") {
					t.Errorf("%q became %q, which a browser reads as %s", asked, decided, origin)
				}
			}
		}
	})
}

func FuzzCSRFCookie(f *testing.F) {
	f.Add("token|hash", "token")
	f.Add("|", "")
	f.Add("token|"+plainHash("token")+"|x", "token")
	f.Add("\x00|"+plainHash("\x00"), "\x00")
	targets := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, cookie, posted string) {
		for i, a := range targets {
			token, rest, _ := strings.Cut(cookie, "|")
			hash, _, _ := strings.Cut(rest, "|")
			want := plainHash(token)
			if i == 0 {
				want = keyedHash(t, token)
			}
			form := url.Values{"csrfToken": {posted}, "username": {"alice"}, "password": {"wonderland"}}
			r := httptest.NewRequest(http.MethodPost, "/api/auth/callback/credentials", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Cookie", "__Host-next-auth.csrf-token="+url.PathEscape(cookie))
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r)
			signedIn := strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), "\n"), "session-token=ey")
			if allowed := hash == want && posted == token; signedIn != allowed {
				t.Errorf("the cookie %q and the token %q sign in: %v, want %v", cookie, posted, signedIn, allowed)
			}
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"ada@example.com", " Ada@Example.COM ", "ada@bücher.example", "Ada <ada@example.com>", "a@b@c.d", "ada@example.com,x", "\u212aate@example.com",
		"ad\u0130@example.com", "a\r\nb@example.com", "ada@exa\u00admple.com", `"a b"@example.com`, "ada@[127.0.0.1]", "e\u0301@example.com", "\uff20@example.com", "ada@example.\xddcom", "\xff@example.com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if address, err := auth.NormalizeAddress(typed, true); err == nil &&
			(strings.Count(address, "@") != 1 || strings.ContainsAny(address, "\r\n\x00\"")) {
			t.Errorf("StrictV4: %q became %q", typed, address)
		}
		address, err := auth.NormalizeAddress(typed, false)
		if err != nil {
			return
		}
		parsed, err := mail.ParseAddress(address)
		if err != nil || parsed.Address != address || parsed.Name != "" {
			t.Errorf("%q became %q, which is not one plain address: %v", typed, address, err)
		}
		if again, err := auth.NormalizeAddress(address, false); err != nil || again != address {
			t.Errorf("%q became %q and then %q, %v", typed, address, again, err)
		}
		_, domain, _ := strings.Cut(address, "@")
		if len(address) > 254 || strings.ContainsAny(address, " \t\r\n,;<>()\"") || !utf8.ValidString(address) || strings.ContainsFunc(domain, func(r rune) bool { return r > '~' }) {
			t.Errorf("%q became %q", typed, address)
		}
		local, _, _ := strings.Cut(strings.Trim(typed, " \t"), "@")
		became, _, _ := strings.Cut(address, "@")
		if ascii(became) && !ascii(local) {
			t.Errorf("%q became the ASCII address %q", typed, address)
		}
	})
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func FuzzBody(f *testing.F) {
	for _, contentType := range []string{"application/x-www-form-urlencoded", "application/json", "application/ld+json; charset=utf-8", "multipart/form-data", "a/b/c;;"} {
		for _, body := range []string{
			"", "{}", "null", "[1]", `{"csrfToken":1,"callbackUrl":[],"json":"true"}`, `{"a":`, `{"json":true}{}`, "a=b&a=c&%zz=1&json=true", "callbackUrl=%00&email=a@b.c",
			`{"callbackUrl":{"x":1},"data":1e400}`, strings.Repeat("[", 10000), `{"level":"error","code":null}`,
		} {
			f.Add(contentType, body)
		}
	}
	targets := fuzzTarget(f)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		for i, a := range targets {
			for _, action := range []string{"callback/credentials", "signin/email", "session", "signout", "_log"} {
				r := httptest.NewRequest(http.MethodPost, "/api/auth/"+action, strings.NewReader(body))
				r.Header.Set("Content-Type", contentType)
				w := httptest.NewRecorder()
				a.ServeHTTP(w, r)
				if w.Code >= 500 {
					t.Errorf("POST %s with %q answered %d %s", action, body, w.Code, w.Body)
				}
				isJSON := w.Header().Get("Content-Type") == "application/json"
				if isJSON && !json.Valid(w.Body.Bytes()) {
					t.Errorf("POST %s with %q answered %s", action, body, w.Body)
				}
				if strings.Contains(strings.Join(w.Header().Values("Set-Cookie"), "\n"), "session-token") {
					t.Errorf("mode %d: POST %s with %q signed in", i, action, body)
				}
			}
		}
	})
}

// FuzzStoredProviderToken reads whatever may stand in a column of provider tokens:
// without the prefix it is the token itself, with it an error, because nobody can
// make one that opens.
func FuzzStoredProviderToken(f *testing.F) {
	for _, seed := range []string{"", "token", sealedPrefix, sealedPrefix + "AAAAAAAA:", sealedPrefix + "AAAAAAAA:AAAA", sealedPrefix + ":", "Gatehouse:v1:"} {
		f.Add(seed)
	}
	store := memory.New()
	if err := store.Insert(memory.Data{Accounts: []auth.Account{{UserID: "u", Provider: "op", ProviderAccountID: "1"}}}); err != nil {
		f.Fatal(err)
	}
	a, err := auth.New(auth.Config{
		URL: "https://app.example", Secrets: []string{secret}, Adapter: store, Providers: []auth.Provider{credentialsProvider()},
		Session: auth.SessionConfig{Strategy: auth.StrategyJWT}, Logger: quiet(),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, stored string) {
		old, replacement := store.Dump().Accounts[0], store.Dump().Accounts[0]
		replacement.AccessToken = stored
		if err := store.ReplaceTokens(t.Context(), old, replacement); err != nil {
			t.Fatal(err)
		}
		got, err := a.Accounts(t.Context(), "u")
		if sealed := strings.HasPrefix(stored, sealedPrefix); sealed != (err != nil) || err == nil && got[0].AccessToken != stored {
			t.Errorf("Accounts with %q stored = %+v, %v", stored, got, err)
		}
	})
}
