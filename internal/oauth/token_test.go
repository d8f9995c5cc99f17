package oauth_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
	"github.com/google/go-cmp/cmp"
)

// IDT-31, NET-08, NET-09 and the cases oauth-token-* of the differential rig:
// want is for the default, strict for StrictV4, "" is success.
func TestTokenResponses(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	body := func(s string) fakeop.Answer { return fakeop.Answer{Body: []byte(s)} }
	const good = `"access_token":"at-1"`
	tests := []struct {
		name         string
		answer       fakeop.Answer
		want, strict string
	}{
		{"extra and omitted members", fakeop.Answer{Omit: []string{"expires_in", "refresh_token", "scope", "token_type"}, Extra: map[string]any{"team": map[string]any{"id": "T1"}}}, "", ""},
		{"no access token", body(`{}`), "access_token is missing", "no access token"},
		{"null access token", body(`{"access_token":null}`), "access_token is missing", "no access token"},
		{"numeric access token", body(`{"access_token":1}`), "access_token is missing", "no access token"},
		{"mac", fakeop.Answer{Extra: map[string]any{"token_type": "mac"}}, "token_type is not Bearer", "status 401"},
		{"list as type", fakeop.Answer{Extra: map[string]any{"token_type": []string{"Bearer"}}}, "token_type is not Bearer", ""},
		{"lower-case type", fakeop.Answer{Extra: map[string]any{"token_type": "bearer"}}, "", ""},
		{"form", fakeop.Answer{Body: []byte("access_token=abc&token_type=bearer"), ContentType: form}, "userinfo request", "token request"},
		{"form with error", fakeop.Answer{Body: []byte("error=bad_verification_code"), ContentType: form}, `answered error "bad_verification_code"`, "token request"},
		{"form, repeated", fakeop.Answer{Body: []byte("access_token=a&access_token=b"), ContentType: form}, "token request", "token request"},
		{"form in disguise", fakeop.Answer{Body: []byte("access_token=abc"), ContentType: "text/plain"}, "token request", "token request"},
		{"created", fakeop.Answer{Status: 201, Body: []byte(`{` + good + `}`)}, "userinfo request", "token request"},
		{"accepted", fakeop.Answer{Status: 202, Body: []byte(`{` + good + `}`)}, "status 202", "status 202"},
		{"no content", fakeop.Answer{Status: 204, Body: []byte{}}, "status 204", "status 204"},
		{"html", fakeop.Answer{Body: []byte("<html>SECRET</html>"), ContentType: "text/html"}, "status 200 (text/html)", "status 200"},
		{"truncated", body(`{"access_token":"x"`), "token request", "token request"},
		{"text after", body(`{` + good + `} SECRET`), "token request", "token request"},
		{"array", body(`[{` + good + `}]`), "token request", "token request"},
		{"null", body(`null`), "token request", "token request"},
		{"text", body(`"SECRET"`), "token request", "token request"},
		{"empty", body(``), "token request", "token request"},
		{"error with 200", body(`{"error":"invalid_grant",` + good + `}`), `answered error "invalid_grant"`, `answered error "invalid_grant"`},
		{"invalid_grant", fakeop.Answer{Status: 400, Body: []byte(`{"error":"invalid_grant"}`)}, `answered error "invalid_grant"`, `answered error "invalid_grant"`},
		{"unauthorized", fakeop.Answer{Status: 401, Body: []byte{}}, "status 401", "status 401"},
		{"too many", fakeop.Answer{Status: 429, Body: []byte("SECRET"), ContentType: "text/plain"}, "status 429", "status 429"},
		{"server error", fakeop.Answer{Status: 500}, `answered error "server_error"`, `answered error "server_error"`},
		{"id token of a plain provider", fakeop.Answer{Extra: map[string]any{"id_token": "a.b.c"}}, "", "id_token from a provider without OpenID"},
		{"huge access token", body(`{"access_token":"` + strings.Repeat("a", 1<<20) + `"}`), "larger than 1 MiB", "larger than 1 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) { b.Token = tt.answer })
			_, err := exchange(t, op.plain())
			checkError(t, err, tt.want)
			strict := op.plain()
			strict.StrictV4 = true
			_, err = exchange(t, strict)
			checkError(t, err, tt.strict)
			if n := len(op.RequestsTo("token")); n != 2 {
				t.Errorf("%d token requests for two flows", n)
			}
		})
	}
}

func TestTokenMembers(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	tests := []struct {
		name  string
		extra map[string]any
		omit  []string
		want  map[string]any
	}{
		{"lifetime", map[string]any{"expires_in": 3600}, nil, map[string]any{"expires_at": json.Number("1700003600")}},
		{"lifetime as text", map[string]any{"expires_in": "60"}, nil, map[string]any{"expires_at": json.Number("1700000060")}},
		{"fraction", map[string]any{"expires_in": 59.9}, nil, map[string]any{"expires_at": json.Number("1700000059")}},
		{"no number", map[string]any{"expires_in": "soon"}, nil, map[string]any{"expires_at": nil}},
		{"too large", map[string]any{"expires_in": 1e300}, nil, map[string]any{"expires_at": nil}},
		{"expires_at", map[string]any{"expires_at": 5}, []string{"expires_in"}, map[string]any{"expires_at": json.Number("5")}},
		{"list of scopes", map[string]any{"scope": []string{"a", "b"}}, nil, map[string]any{"scope": "a b"}},
		{"others", map[string]any{"team": map[string]any{"id": 12345678901234567}}, nil, map[string]any{"team": map[string]any{"id": json.Number("12345678901234567")}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) { b.Token.Extra, b.Token.Omit = tt.extra, tt.omit })
			cfg := op.plain()
			cfg.Now = func() time.Time { return now }
			result, err := exchange(t, cfg)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range tt.want {
				if diff := cmp.Diff(want, result.Tokens[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			if _, ok := result.Tokens["expires_in"]; ok {
				t.Error("expires_in is still there")
			}
		})
	}
}

// IDT-29
func TestClientAuthentication(t *testing.T) {
	const id, secret = "a:b %+ü", "s:e %c+rét/ of thirty-two bytes."
	list := func(methods ...string) map[string]any {
		return map[string]any{"token_endpoint_auth_methods_supported": methods}
	}
	tests := []struct {
		name      string
		method    string
		discovery map[string]any
		public    bool
		want      string
	}{
		{"default", "", nil, false, "basic"},
		{"basic", oauth.ClientSecretBasic, nil, false, "basic"},
		{"post", oauth.ClientSecretPost, nil, false, "post"},
		{"none", oauth.ClientAuthNone, nil, true, "none"},
		{"post alone is supported", "", list("client_secret_post"), false, "post"},
		{"basic is supported too", "", list("client_secret_post", "client_secret_basic"), false, "basic"},
		{"configured wins", oauth.ClientSecretBasic, list("client_secret_post"), false, "basic"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			registered := fakeop.Client{ID: id, Secret: secret}
			if tt.public {
				registered.Secret = ""
			}
			op := newOP(t, fakeop.Config{Clients: []fakeop.Client{registered}})
			op.Script(func(b *fakeop.Behavior) { b.Discovery.Extra = tt.discovery })
			cfg := op.openID()
			cfg.ClientID, cfg.ClientSecret, cfg.ClientAuthentication = id, registered.Secret, tt.method
			if _, err := exchange(t, cfg); err != nil {
				t.Fatal(err)
			}
			r := op.RequestsTo("token")[0]
			header, form := r.Header.Get("Authorization"), r.Form
			got := "none"
			switch {
			case header != "" && !form.Has("client_id") && !form.Has("client_secret"):
				got = "basic"
			case header == "" && form.Get("client_secret") == secret && form.Get("client_id") == id:
				got = "post"
			case header != "" || form.Has("client_secret") || form.Get("client_id") != id:
				got = "a mixture"
			}
			if got != tt.want {
				t.Errorf("authentication = %s, want %s", got, tt.want)
			}
			if want := "Basic " + base64.StdEncoding.EncodeToString([]byte("a%3Ab+%25%2B%C3%BC:s%3Ae+%25c%2Br%C3%A9t%2F+of+thirty-two+bytes.")); got == "basic" && header != want {
				t.Errorf("header = %s, want %s", header, want)
			}
		})
	}
}

func TestClientSecret(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	tests := []struct {
		name   string
		change func(*oauth.Config)
		want   string
	}{
		{"function", func(c *oauth.Config) {
			c.ClientSecret = "wrong"
			c.ClientSecretFunc = func(context.Context) (string, error) { return fakeop.DefaultClient().Secret, nil }
		}, ""},
		{"function fails", func(c *oauth.Config) {
			c.ClientSecretFunc = func(context.Context) (string, error) { return "", errors.New("no key") }
		}, "oauth: token request: client secret: no key"},
		{"empty", func(c *oauth.Config) { c.ClientSecret = "" }, "client secret is empty"},
		{"wrong", func(c *oauth.Config) { c.ClientSecret = "wrong" }, `the token endpoint answered error "invalid_client"`},
		{"unknown method", func(c *oauth.Config) { c.ClientAuthentication = "private_key_jwt" }, `client authentication "private_key_jwt"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := op.plain()
			tt.change(&cfg)
			_, err := exchange(t, cfg)
			checkError(t, err, tt.want)
			var refused *oauth.ProviderError
			if errors.As(err, &refused) && refused.Endpoint != "token" {
				t.Errorf("endpoint = %q", refused.Endpoint)
			}
		})
	}
}

// The token endpoint's text is made fit for a log as well.
func TestTokenErrorDescription(t *testing.T) {
	body := []byte(`{"error":"invalid_grant","error_description":"used\n\u0000twice ` + strings.Repeat("x", 300) + `"}`)
	_, err := oauth.ParseTokenResponse("application/json", http.StatusBadRequest, body, false)
	want := &oauth.ProviderError{
		Endpoint: "token", Code: "invalid_grant", Description: "used  twice " + strings.Repeat("x", 188),
	}
	var got *oauth.ProviderError
	if !errors.As(err, &got) {
		t.Fatalf("err = %v, want a ProviderError", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// NET-08 and the cases oauth-userinfo-* of the differential rig.
func TestUserinfo(t *testing.T) {
	tests := []struct {
		name         string
		answer       fakeop.Answer
		want, strict string
	}{
		{"html", fakeop.Answer{Body: []byte("<html>SECRET"), ContentType: "text/html"}, "status 200 (text/html)", "status 200"},
		{"text", fakeop.Answer{Body: []byte("SECRET"), ContentType: "text/plain"}, "userinfo request", "userinfo request"},
		{"empty", fakeop.Answer{Body: []byte{}}, "userinfo request", "userinfo request"},
		{"null", fakeop.Answer{Body: []byte("null")}, "userinfo request", ""},
		{"array", fakeop.Answer{Body: []byte("[]")}, "userinfo request", ""},
		{"forbidden", fakeop.Answer{Status: http.StatusForbidden}, "status 403", "status 403"},
		{"created", fakeop.Answer{Status: 201, Body: []byte("{}")}, "status 201", "status 201"},
		{"server error", fakeop.Answer{Status: 500}, "status 500", "status 500"},
		// IDT-26: a signed answer is refused where none is expected.
		{"jwt", fakeop.Answer{Body: []byte("eyJhbGciOiJub25lIn0.e30."), ContentType: "application/jwt"}, "application/jwt", "userinfo request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) { b.Userinfo = tt.answer })
			cfg := op.plain()
			_, err := exchange(t, cfg)
			checkError(t, err, tt.want)
			cfg.StrictV4 = true
			result, err := exchange(t, cfg)
			checkError(t, err, tt.strict)
			if err == nil && result.Profile != nil {
				t.Errorf("profile = %v, want nil", result.Profile)
			}
		})
	}
}
