package oauth_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
	"github.com/google/go-cmp/cmp"
)

func TestAnswerRefused(t *testing.T) {
	set := func(name string, values ...string) func(*oauth.Answer) {
		return func(a *oauth.Answer) { a.Params[name] = values }
	}
	drop := func(name string) func(*oauth.Answer) {
		return func(a *oauth.Answer) { a.Params.Del(name) }
	}
	tests := []struct {
		name   string
		iss    bool // the provider sends iss
		strict bool
		change func(*oauth.Answer)
		want   string
	}{
		{"untouched", true, false, func(*oauth.Answer) {}, ""},
		// FLOW-02
		{"no state", false, false, drop("state"), "state is missing"},
		// FLOW-03
		{"other state", false, false, set("state", "forged"), "state does not match"},
		{"shorter state", false, false, func(a *oauth.Answer) { a.Params.Set("state", a.State[1:]) }, "state does not match"},
		{"lower-case state", false, false, func(a *oauth.Answer) { a.Params.Set("state", strings.ToLower(a.State)) }, "state does not match"},
		{"doubled state", false, false, func(a *oauth.Answer) { a.Params.Add("state", a.State) }, "state is repeated"},
		{"unexpected state", false, false, func(a *oauth.Answer) { a.State = "" }, "state was not requested"},
		{"unexpected empty state", false, true, func(a *oauth.Answer) { a.State = ""; a.Params.Set("state", "") }, "state was not requested"},
		{"no code", false, false, drop("code"), "code is missing"},
		{"two codes", false, false, set("code", "a", "b"), "code is repeated"},
		// FLOW-16
		{"tokens without code", false, false, func(a *oauth.Answer) {
			a.Params.Del("code")
			a.Params.Set("access_token", "SECRET")
			a.Params.Set("id_token", "SECRET")
		}, "code is missing"},
		{"id token with code", false, false, set("id_token", "SECRET"), "id_token was not requested"},
		{"signed response", false, false, set("response", "SECRET"), "signed responses"},
		// MIX-01
		{"wrong iss", true, false, set("iss", "https://evil.example"), "iss is not"},
		// MIX-02
		{"missing iss", true, false, drop("iss"), "iss is missing"},
		// MIX-03
		{"wrong iss, not announced", false, false, set("iss", "https://evil.example"), "iss is not"},
		// MIX-04
		{"iss with a slash", true, false, func(a *oauth.Answer) { a.Params.Set("iss", a.Params.Get("iss")+"/") }, "iss is not"},
		{"iss in capitals", true, false, func(a *oauth.Answer) { a.Params.Set("iss", strings.ToUpper(a.Params.Get("iss"))) }, "iss is not"},
		{"empty iss", true, false, set("iss", ""), "iss is not"},
		{"replay of a code", false, false, set("code", "code-of-before"), `the token endpoint answered error "invalid_grant"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{IssuerParameter: tt.iss})
			cfg := op.openID()
			cfg.StrictV4 = tt.strict
			client := oauth.New(cfg)
			answer := start(t, client, true, nil)
			tt.change(&answer)
			_, err := client.Exchange(t.Context(), answer)
			checkError(t, err, tt.want)
			if n := len(op.RequestsTo("token")); tt.want != "" && n != 0 && !strings.Contains(tt.want, "token endpoint") {
				t.Error("the token endpoint was called")
			}
		})
	}
}

// MIX-03, MIX-04
func TestIssuerParameterWithoutDiscovery(t *testing.T) {
	tests := []struct {
		name, issuer, template, iss string
		strict                      bool
		want                        string
	}{
		{"known, equal", "https://op.example", "", "https://op.example", false, ""},
		{"known, default port", "https://op.example", "", "https://op.example:443", false, "iss is not"},
		{"known, http", "https://op.example", "", "http://op.example", false, "iss is not"},
		{"known, percent-encoded", "https://op.example", "", "https://op%2Eexample", false, "iss is not"},
		{"unknown", "", "", "https://op.example", false, ""},
		{"unknown, strict", "", "", "https://op.example", true, "iss is not"},
		{"template", "", "https://login.example/{tenantid}/v2.0", "https://login.example/t-1/v2.0", false, ""},
		{"template, other", "", "https://login.example/{tenantid}/v2.0", "https://evil.example/t-1/v2.0", false, "iss is not"},
		{"template, slash", "", "https://login.example/{tenantid}/v2.0", "https://login.example/a/b/v2.0", false, "iss is not"},
		{"template, unfilled", "", "https://login.example/{tenantid}/v2.0", "https://login.example/{tenantid}/v2.0", false, "iss is not"},
	}
	op := newOP(t, fakeop.Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := op.plain()
			cfg.Issuer, cfg.IssuerTemplate, cfg.StrictV4 = tt.issuer, tt.template, tt.strict
			client := oauth.New(cfg)
			answer := start(t, client, false, nil)
			answer.Params.Set("iss", tt.iss)
			_, err := client.Exchange(t.Context(), answer)
			checkError(t, err, tt.want)
		})
	}
}

func TestProviderErrors(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	op.Script(func(b *fakeop.Behavior) {
		b.Authorize.Error, b.Authorize.ErrorDescription = "access_denied", "SECRET text"
	})
	exchange := func(strict bool, change func(url.Values)) error {
		cfg := op.plain()
		cfg.StrictV4 = strict
		client := oauth.New(cfg)
		answer := start(t, client, false, nil)
		change(answer.Params)
		_, err := client.Exchange(t.Context(), answer)
		return err
	}
	want := &oauth.ProviderError{Endpoint: "authorization", Code: "access_denied", Description: "SECRET text"}
	for name, err := range map[string]error{
		"with state":            exchange(false, func(url.Values) {}),
		"without state, strict": exchange(true, func(v url.Values) { v.Del("state") }),
	} {
		checkError(t, err, `the authorization endpoint answered error "access_denied"`)
		var got *oauth.ProviderError
		if !errors.As(err, &got) {
			t.Fatalf("%s: err = %v, want a ProviderError", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	op.Script(func(b *fakeop.Behavior) {
		b.Authorize.ErrorDescription = "a\r\nlevel=ERROR\u202e" + strings.Repeat("é", 1000)
	})
	var long *oauth.ProviderError
	if !errors.As(exchange(false, func(url.Values) {}), &long) {
		t.Fatal("no ProviderError")
	}
	// Of the first 200 bytes 17 come before the letters, and half a letter is
	// left out. The mark, of three bytes, has become a space.
	if want := "a  level=ERROR " + strings.Repeat("é", 91); long.Description != want {
		t.Errorf("description = %q, want %q", long.Description, want)
	}
	// FLOW-14
	checkError(t, exchange(false, func(v url.Values) { v.Del("state") }), "state is missing")
	injected := exchange(true, func(v url.Values) { v.Set("error", "a\nlevel=ERROR"+strings.Repeat("x", 1000)) })
	if text := injected.Error(); strings.Contains(text, "\n") || len(text) > 200 {
		t.Errorf("err = %q", text)
	}
}
