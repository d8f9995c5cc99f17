package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// goodConfig is a configuration without a problem.
func goodConfig() auth.Config {
	return auth.Config{
		URL: "https://app.example", Secrets: []string{secret}, Logger: quiet(), Adapter: memory.New(),
		Providers: []auth.Provider{
			auth.OAuthProvider{ID: "op", Name: "OP", OpenID: true, Issuer: "https://op.example", ClientID: "id", ClientSecret: "s"},
			auth.EmailProvider{From: "sign-in@example.com", Sender: &outbox{}},
			credentialsProvider(),
		},
	}
}

// plain changes the first provider of goodConfig to one of OAuth 2.0.
func plain(change func(*auth.OAuthProvider)) func(*auth.Config) {
	return atProvider(func(p *auth.OAuthProvider) {
		p.OpenID, p.Issuer = false, ""
		p.Authorization.URL, p.Token.URL, p.Userinfo.URL = "https://op.example/a", "https://op.example/t", "https://op.example/u"
		change(p)
	})
}

// problemsOf returns the ConfigErrors of New, each of which must be complete.
func problemsOf(t *testing.T, c auth.Config) []string {
	t.Helper()
	_, err := auth.New(c)
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("New: %T %v, want joined errors", err, err)
	}
	var fields []string
	for _, err := range joined.Unwrap() {
		var problem *auth.ConfigError
		if !errors.As(err, &problem) {
			t.Fatalf("%v is no ConfigError", err)
		}
		if problem.Reason == "" || problem.Fix == "" || !strings.Contains(err.Error(), problem.Field) ||
			!strings.Contains(err.Error(), problem.Reason) || !strings.Contains(err.Error(), problem.Fix) {
			t.Errorf("%v does not name the field, the reason and the fix", err)
		}
		fields = append(fields, problem.Field)
	}
	return fields
}

// configCase is a change of a good configuration and the fields that are then
// reported.
type configCase struct {
	name   string
	change func(*auth.Config)
	want   []string
}

func checkConfigErrors(t *testing.T, cases []configCase) {
	t.Helper()
	for _, row := range cases {
		t.Run(row.name, func(t *testing.T) {
			c := goodConfig()
			row.change(&c)
			if diff := cmp.Diff(row.want, problemsOf(t, c)); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConfigErrors(t *testing.T) {
	checkConfigErrors(t, []configCase{
		{"no problem", func(*auth.Config) {}, nil},
		{"no address", func(c *auth.Config) { c.URL = "" }, []string{"URL"}},
		{"address of a file", func(c *auth.Config) { c.URL = "https://app.example?x=y" }, []string{"URL"}},
		{"address with a user", func(c *auth.Config) { c.URL = "https://me@app.example" }, []string{"URL"}},
		{"address without a host", func(c *auth.Config) { c.URL = "https://" }, []string{"URL"}},
		{"two kinds of address", func(c *auth.Config) { c.AllowedHosts = []string{"app.example"} }, []string{"AllowedHosts"}},
		{"bad host", func(c *auth.Config) { c.URL, c.AllowedHosts = "", []string{"a.example", "b.example/path?query"} }, []string{"AllowedHosts[1]"}},
		{"host twice", func(c *auth.Config) { c.URL, c.AllowedHosts = "", []string{"http://a.example", "https://a.example"} }, []string{"AllowedHosts[1]"}},
		{"proxies of a fixed address", func(c *auth.Config) { c.TrustedProxies = []string{"10.0.0.0/8"} }, nil},
		{"bad proxy of a fixed address", func(c *auth.Config) { c.TrustedProxies = []string{"proxy.example"} }, []string{"TrustedProxies[0]"}},
		{"address of another scheme", func(c *auth.Config) { c.URL = "ftp://app.example" }, []string{"URL"}},
		{"address with a port that is none", func(c *auth.Config) { c.URL = "https://app.example:99999" }, []string{"URL"}},
		{"address with port 0", func(c *auth.Config) { c.URL = "https://app.example:0" }, []string{"URL"}},
		{"address with a way up", func(c *auth.Config) { c.URL = "https://app.example/a/../auth" }, []string{"URL"}},
		{"address with an empty step", func(c *auth.Config) { c.URL = "https://app.example//auth" }, []string{"URL"}},
		{"address without slashes", func(c *auth.Config) { c.URL = "http:/app.example" }, []string{"URL"}},
		{"nil pointer to a provider", func(c *auth.Config) { c.Providers[1] = (*auth.OAuthProvider)(nil) }, []string{"Providers[1]"}},
		{"page that leads to itself", func(c *auth.Config) { c.Pages.SignIn = "/api/auth/signin" }, []string{"Pages.SignIn"}},
		{"attempt that is over at once", func(c *auth.Config) { c.Cookies.State.MaxAge = -time.Second }, []string{"Cookies.State.MaxAge"}},
		{"cookie name beyond ASCII", func(c *auth.Config) { c.Cookies.SessionToken.Name = "sitzung-ö" }, []string{"Cookies.SessionToken"}},
		{"cookie of one of our own names", func(c *auth.Config) { c.Cookies.CSRFToken.Name = "__Host-next-auth.flow" }, []string{"Cookies.CSRFToken.Name"}},
		{"cookie that looks like a part", func(c *auth.Config) { c.Cookies.CSRFToken.Name = "__Secure-next-auth.session-token.0" }, []string{"Cookies.CSRFToken.Name"}},
		{"domain that is none", func(c *auth.Config) { c.Cookies.SessionToken.Domain = "https://a.example" }, []string{"Cookies.SessionToken"}},
		{"link that is over at once", func(c *auth.Config) {
			c.Providers[1] = auth.EmailProvider{From: "a@b.example", Sender: &outbox{}, MaxAge: -1}
		}, []string{"Providers[1].MaxAge"}},
		{"field twice", func(c *auth.Config) {
			p := credentialsProvider()
			p.Fields = append(p.Fields, auth.Field{Name: "username"})
			c.Providers[2] = p
		}, []string{"Providers[2].Fields[2].Name"}},
		{"bad proxy", func(c *auth.Config) {
			c.URL, c.AllowedHosts, c.TrustedProxies = "", []string{"a.example"}, []string{"10.0.0.0/8", "10.0.0.0/99"}
		}, []string{"TrustedProxies[1]"}},
		{"trust", func(c *auth.Config) { c.DangerousTrustHost = true }, []string{"DangerousTrustHost"}},
		{"no secret", func(c *auth.Config) { c.Secrets = nil }, []string{"Secrets"}},
		{"short second secret", func(c *auth.Config) { c.Secrets = []string{secret, "short"} }, []string{"Secrets[1]"}},
		{"short token secret", func(c *auth.Config) { c.JWT.Secrets = []string{"short"} }, []string{"JWT.Secrets[0]"}},
		{"unknown strategy", func(c *auth.Config) { c.Session.Strategy = "cookie" }, []string{"Session.Strategy"}},
		{"database sessions without a store", func(c *auth.Config) {
			c.Adapter, c.Session.Strategy, c.Providers = nil, auth.StrategyDatabase, c.Providers[:1]
		}, []string{"Session.Strategy"}},
		{"negative life, reported once", func(c *auth.Config) { c.Session.MaxAge = -1 }, []string{"Session.MaxAge"}},
		{"negative lives", func(c *auth.Config) { c.Session.MaxAge, c.JWT.MaxAge = -1, -1 }, []string{"Session.MaxAge", "JWT.MaxAge"}},
		{"bad pages", func(c *auth.Config) {
			c.Pages = auth.Pages{SignIn: "login", SignOut: "javascript:x", Error: "/a\nb", VerifyRequest: "ftp://a/b", NewUser: "welcome"}
		}, []string{"Pages.SignIn", "Pages.SignOut", "Pages.Error", "Pages.VerifyRequest", "Pages.NewUser"}},
		{"good pages", func(c *auth.Config) {
			c.Pages = auth.Pages{SignIn: "/login", NewUser: "https://other.example/welcome?x=y"}
		}, nil},
		{"bad theme", func(c *auth.Config) { c.Theme.BrandColor = "red; }" }, []string{"Theme.BrandColor"}},
		{"bad cookie names", func(c *auth.Config) {
			bad := auth.Cookie{Name: "a b"}
			c.Cookies = auth.Cookies{SessionToken: bad, CallbackURL: bad, CSRFToken: bad, PKCECodeVerifier: bad, State: bad, Nonce: bad}
		}, []string{"Cookies.SessionToken", "Cookies.CallbackURL", "Cookies.CSRFToken",
			"Cookies.PKCECodeVerifier", "Cookies.State", "Cookies.Nonce"}},
		{"__Host- with a domain", func(c *auth.Config) { c.Cookies.CSRFToken = auth.Cookie{Name: "__Host-x", Domain: "app.example"} }, []string{"Cookies.CSRFToken"}},
		{"every problem at once", func(c *auth.Config) {
			c.URL, c.Secrets, c.Session.Strategy, c.Providers[1], c.Pages.Error = "", nil, "x", nil, "x"
		}, []string{"URL", "Secrets", "Session.Strategy", "Providers[1]", "Pages.Error"}},
		{"StrictV4: credentials alone with database sessions", func(c *auth.Config) {
			c.StrictV4, c.Session.Strategy, c.Providers = true, auth.StrategyDatabase, c.Providers[2:]
		}, []string{"Session.Strategy"}},
		{"credentials alone with database sessions", func(c *auth.Config) {
			c.Session.Strategy, c.Providers = auth.StrategyDatabase, c.Providers[2:]
		}, nil},
	})
}

func TestConfigErrorsOfProviders(t *testing.T) {
	checkConfigErrors(t, []configCase{
		{"no provider", func(c *auth.Config) { c.Providers = nil }, []string{"Providers"}},
		{"nil provider", func(c *auth.Config) { c.Providers[1] = nil }, []string{"Providers[1]"}},
		{"pointer to a provider", func(c *auth.Config) {
			c.Providers[1] = &auth.EmailProvider{From: "sign-in@example.com", Sender: &outbox{}}
		}, []string{"Providers[1]"}},
		{"id taken", func(c *auth.Config) { c.Providers[2] = c.Providers[1] }, []string{"Providers[2].ID"}},
		{"id with a slash", atProvider(func(p *auth.OAuthProvider) { p.ID = "a/b" }), []string{"Providers[0].ID"}},
		{"no name", atProvider(func(p *auth.OAuthProvider) { p.Name = "" }), []string{"Providers[0].Name"}},
		{"no client id", atProvider(func(p *auth.OAuthProvider) { p.ClientID = "" }), []string{"Providers[0].ClientID"}},
		{"no client secret", atProvider(func(p *auth.OAuthProvider) { p.ClientSecret = "" }), []string{"Providers[0].ClientSecret"}},
		{"public client", atProvider(func(p *auth.OAuthProvider) { p.ClientSecret, p.ClientAuthentication = "", auth.ClientAuthNone }), nil},
		{"secret made by a function", atProvider(func(p *auth.OAuthProvider) {
			p.ClientSecret, p.ClientSecretFunc = "", func(context.Context) (string, error) { return "s", nil }
		}), nil},
		{"unknown authentication", atProvider(func(p *auth.OAuthProvider) { p.ClientAuthentication = "magic" }), []string{"Providers[0].ClientAuthentication"}},
		{"checks off", atProvider(func(p *auth.OAuthProvider) { p.Checks = []auth.Check{} }), []string{"Providers[0].Checks"}},
		{"no issuer", plain(func(p *auth.OAuthProvider) { p.OpenID = true }), []string{"Providers[0].Issuer"}},
		{"no endpoints", plain(func(p *auth.OAuthProvider) { p.Authorization.URL, p.Token.URL, p.Userinfo.URL = "", "", "" }),
			[]string{"Providers[0].Authorization.URL", "Providers[0].Token.URL", "Providers[0].Userinfo.URL"}},
		{"plain http", plain(func(p *auth.OAuthProvider) { p.Token.URL = "http://op.example/t" }), []string{"Providers[0].Token.URL"}},
		{"plain http on this machine", plain(func(p *auth.OAuthProvider) { p.Token.URL = "http://127.0.0.1:1/t" }), nil},
		{"no URL", plain(func(p *auth.OAuthProvider) { p.Authorization.URL = "op.example/a" }), []string{"Providers[0].Authorization.URL"}},
		{"discovery over http", atProvider(func(p *auth.OAuthProvider) { p.Discovery = "http://op.example/d" }), []string{"Providers[0].Discovery"}},
		{"every mechanism", plain(func(p *auth.OAuthProvider) {
			p.Token.Method, p.TokenInQuery, p.Token.Header = "GET", true, http.Header{"X-A": {"b"}}
			p.Userinfo.URL += "/{user_id}?t={access_token}"
			p.Userinfo.Method, p.Userinfo.Body = "POST", []byte("{}")
			p.ClientAuthentication, p.ClientIDParameter, p.ClientSecretParameter = auth.ClientSecretPost, "appid", "secret"
			p.ResponseType, p.AuthorizationFragment = "code", "x"
		}), nil},
		{"tokens from a function", plain(func(p *auth.OAuthProvider) {
			p.Token.URL = ""
			p.FetchTokens = func(context.Context, *auth.TokenRequest) (auth.Tokens, error) { return nil, nil }
		}), nil},
		{"Authorization in a header", plain(func(p *auth.OAuthProvider) { p.Userinfo.Header = http.Header{"authorization": {"x"}} }), []string{"Providers[0].Userinfo.Header"}},
		{"header for the browser", plain(func(p *auth.OAuthProvider) { p.Authorization.Header = http.Header{"X-A": {"x"}} }), []string{"Providers[0].Authorization.Header"}},
		{"unknown method", plain(func(p *auth.OAuthProvider) { p.Userinfo.Method = "PUT" }), []string{"Providers[0].Userinfo.Method"}},
		{"method of the browser's request", plain(func(p *auth.OAuthProvider) { p.Authorization.Method = "POST" }), []string{"Providers[0].Authorization.Method"}},
		{"body of a GET", plain(func(p *auth.OAuthProvider) { p.Userinfo.Body = []byte("{}") }), []string{"Providers[0].Userinfo.Body"}},
		{"body of the token request", plain(func(p *auth.OAuthProvider) { p.Token.Body = []byte("{}") }), []string{"Providers[0].Token.Body"}},
		{"token request by GET", plain(func(p *auth.OAuthProvider) { p.Token.Method = "GET" }), []string{"Providers[0].Token.Method"}},
		{"fragment with its sign", plain(func(p *auth.OAuthProvider) { p.AuthorizationFragment = "#x" }), []string{"Providers[0].AuthorizationFragment"}},
		{"stray brace", plain(func(p *auth.OAuthProvider) { p.Userinfo.URL += "/{user id}" }), []string{"Providers[0].Userinfo.URL"}},
		{"placeholder for a host", plain(func(p *auth.OAuthProvider) { p.Userinfo.URL = "https://{host}/u" }), []string{"Providers[0].Userinfo.URL"}},
		{"access token twice", plain(func(p *auth.OAuthProvider) {
			p.Userinfo.URL += "/{access_token}"
			p.UserinfoTokenParameter = "t"
		}), []string{"Providers[0].UserinfoTokenParameter"}},
		{"name for a secret without a name", plain(func(p *auth.OAuthProvider) { p.ClientSecretParameter = "secret" }), []string{"Providers[0].ClientSecretParameter"}},
		{"tokens through the browser", plain(func(p *auth.OAuthProvider) { p.ResponseType = "code token" }), []string{"Providers[0].ResponseType"}},
		{"signature without keys", plain(func(p *auth.OAuthProvider) { p.SignedUserinfo = true }), []string{"Providers[0].SignedUserinfo"}},
		{"profile from where it comes from anyway", plain(func(p *auth.OAuthProvider) { p.ProfileFromUserinfo = true }), []string{"Providers[0].ProfileFromUserinfo"}},
		{"path to a claim that nobody reads", plain(func(p *auth.OAuthProvider) {
			p.EmailTrust, p.EmailVerifiedPath = auth.EmailAlwaysVerified, []string{"verified"}
		}),
			[]string{"Providers[0].EmailVerifiedPath"}},
		{"OAuth 1.0a without endpoints", plain(func(p *auth.OAuthProvider) { p.OAuth1 = &auth.OAuth1{} }),
			[]string{"Providers[0].OAuth1.RequestTokenURL", "Providers[0].OAuth1.AccessTokenURL", "Providers[0].OAuth1.ProfileURL"}},
		{"mail without a store", func(c *auth.Config) { c.Adapter = nil }, []string{"Adapter"}},
		{"mail without a sender", func(c *auth.Config) { c.Providers[1] = auth.EmailProvider{From: "A <a@example.com>"} }, []string{"Providers[1].Sender"}},
		{"mail without a sender's address", func(c *auth.Config) { c.Providers[1] = auth.EmailProvider{Sender: &outbox{}} }, []string{"Providers[1].From"}},
		{"mail with a bad sender's address", func(c *auth.Config) {
			c.Providers[1] = auth.EmailProvider{From: "a@b@c", Sender: &outbox{}}
		}, []string{"Providers[1].From"}},
		{"no Authorize", func(c *auth.Config) { c.Providers[2] = auth.CredentialsProvider{} }, []string{"Providers[2].Authorize"}},
		{"bad fields", func(c *auth.Config) {
			p := credentialsProvider()
			p.Fields = []auth.Field{{Name: ""}, {Name: "csrfToken"}, {Name: "pin"}}
			c.Providers[2] = p
		}, []string{"Providers[2].Fields[0].Name", "Providers[2].Fields[1].Name"}},
	})
}

// New makes no network or database call, and a provider that is down does not
// keep a program from starting.
func TestNewMakesNoCalls(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	store := watch(memory.New())
	c := goodConfig()
	c.Adapter = store
	called := false
	atProvider(func(p *auth.OAuthProvider) {
		p.Issuer = "http://" + listener.Addr().String()
		p.ClientSecretFunc = func(context.Context) (string, error) { called = true; return "", nil }
		p.HTTPClient = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			called = true
			return nil, errStore
		})}
	})(&c)
	a, err := auth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.(*net.TCPListener).SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := listener.Accept(); err == nil || called || len(store.called()) > 0 {
		t.Errorf("New connected: %v, called: %v, asked the store: %q", err == nil, called, store.called())
	}
	if a == nil {
		t.Error("there is no Auth")
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The address decides the base path and the cookies' prefixes.
func TestConfigAddress(t *testing.T) {
	yes, no := true, false
	for _, row := range []struct {
		name, url      string
		secure         *bool
		wantBase, csrf string
	}{
		{"https", "https://app.example", nil, "https://app.example/api/auth", "__Host-next-auth.csrf-token"},
		{"http", "http://app.example", nil, "http://app.example/api/auth", "next-auth.csrf-token"},
		{"without a scheme", "app.example", nil, "https://app.example/api/auth", "__Host-next-auth.csrf-token"},
		{"base path", "https://app.example/login/", nil, "https://app.example/login", "__Host-next-auth.csrf-token"},
		{"default port", "https://APP.example:443", nil, "https://app.example/api/auth", "__Host-next-auth.csrf-token"},
		{"other port", "http://app.example:3000", nil, "http://app.example:3000/api/auth", "next-auth.csrf-token"},
		{"forced on", "http://app.example", &yes, "http://app.example/api/auth", "__Host-next-auth.csrf-token"},
		{"forced off", "https://app.example", &no, "https://app.example/api/auth", "next-auth.csrf-token"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := goodConfig()
			c.URL, c.UseSecureCookies = row.url, row.secure
			a, err := auth.New(c)
			if err != nil {
				t.Fatal(err)
			}
			base, err := url.Parse(row.wantBase)
			if err != nil {
				t.Fatal(err)
			}
			providers := serve(a, http.MethodGet, base.Path+"/providers", nil)
			if !strings.Contains(providers.Body.String(), `"`+row.wantBase+`/signin/op"`) {
				t.Errorf("answered %d %s, want addresses under %s", providers.Code, providers.Body, row.wantBase)
			}
			got := serve(a, http.MethodGet, base.Path+"/csrf", nil).Result().Cookies()[0]
			if got.Name != row.csrf || got.Secure != strings.HasPrefix(row.csrf, "__") {
				t.Errorf("the cookie is %v, want %s", got, row.csrf)
			}
			if outside := serve(a, http.MethodGet, "/elsewhere/csrf", nil); outside.Code != http.StatusNotFound {
				t.Errorf("a path outside answered %d", outside.Code)
			}
		})
	}
}

// Browsers send the cookies of an http site to whoever listens.
func TestInsecureURL(t *testing.T) {
	tests := []struct {
		url  string
		want bool
	}{
		{"http://app.example", true},
		{"http://192.0.2.1:8080/auth", true},
		{"https://app.example", false},
		{"http://localhost:3000", false},
		{"http://127.0.0.1", false},
	}
	for _, test := range tests {
		t.Run(test.url, func(t *testing.T) {
			var log strings.Builder
			config := auth.Config{
				URL: test.url, Secrets: []string{secret}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
				Providers: []auth.Provider{demoCredentials()},
			}
			if _, err := auth.New(config); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(log.String(), "INSECURE_URL"); got != test.want {
				t.Errorf("warned: %t, want %t\n%s", got, test.want, &log)
			}
		})
	}
}
