// Package catalogue_test compares the catalogue with the providers of NextAuth.js
// v4 and Auth.js (v5), whose real packages run beside it.
package catalogue_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// issuer is the one of providers that everybody hosts at an address of their own.
const issuer = "https://issuer.example/realms/main"

// options are what every provider is made with, by the name of the option.
var options = map[string]string{
	"clientId": "client-id", "clientSecret": "client-secret", "issuer": issuer, "tenantId": "tenant", "userFlow": "flow",
	"accountId": "account", "domain": "customer.example", "baseUrl": "https://base.example", "userinfoUrl": "https://userinfo.example/me",
	"apiKey": "api-key", "authorizationUrl": "https://own.example/authorize", "tokenUrl": "https://own.example/token",
}

// request is an authorization request, without what is different each time.
type request struct {
	// Address is the authorization endpoint.
	Address string
	Params  url.Values
}

// protections are the parameters that are made anew for every request. Which of
// them are sent is the engine's decision, not the provider's.
var protections = []string{"state", "nonce", "code_challenge", "code_challenge_method"}

func parseRequest(t *testing.T, address string) request {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	params := u.Query()
	for _, name := range protections {
		params.Del(name)
	}
	if scopes := strings.Fields(params.Get("scope")); len(scopes) > 0 { // whose order means nothing
		slices.Sort(scopes)
		params.Set("scope", strings.Join(scopes, " "))
	}
	return request{Address: u.Scheme + "://" + u.Host + strings.TrimSuffix(u.Path, "/"), Params: params}
}

// theirs are the requests of both packages, by the id of the provider.
func theirs(t *testing.T) map[string]map[string][]request {
	t.Helper()
	need.NPM(t, ".")
	sets := []map[string]any{
		{"clientId": "client-id", "clientSecret": "client-secret"},
		{"clientId": "client-id", "clientSecret": "client-secret", "issuer": issuer},
		{"clientId": "client-id", "clientSecret": "client-secret", "issuer": issuer + "/"},
		{
			"clientId": "client-id", "clientSecret": "client-secret", "tenantId": "tenant", "primaryUserFlow": "flow",
			"accountID": "account", "domain": "customer.example", "baseUrl": "https://base.example", "platformType": "OfficialAccount",
		},
	}
	input, err := json.Marshal(sets)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "authorize.mjs")
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("authorize.mjs: %v\n%s", err, &stderr)
	}
	var found []struct{ Version, ID, URL string }
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string][]request{}
	for _, f := range found {
		if f.URL == "" {
			continue // it cannot be made with these options
		}
		if all[f.ID] == nil {
			all[f.ID] = map[string][]request{}
		}
		all[f.ID][f.Version] = append(all[f.ID][f.Version], parseRequest(t, f.URL))
	}
	if len(all) < 90 {
		t.Fatalf("only %d providers of the packages made a request", len(all))
	}
	return all
}

// discovery answers discovery documents from the address that is asked, as
// authorize.mjs does.
type discovery struct{ issuer string }

func (d discovery) RoundTrip(r *http.Request) (*http.Response, error) {
	prefix, found := strings.CutSuffix(r.URL.Scheme+"://"+r.URL.Host+r.URL.Path, "/.well-known/openid-configuration")
	if !found {
		return nil, fmt.Errorf("%s is no discovery document", r.URL)
	}
	document := map[string]string{
		"issuer": d.issuer, "authorization_endpoint": prefix + "/DISCOVERED", "token_endpoint": prefix + "/token", "jwks_uri": prefix + "/jwks",
	}
	if d.issuer == "" {
		document["issuer"] = prefix
	}
	body, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, nil
}

// build makes a provider of the catalogue with the options that it needs.
func build(t *testing.T, d providers.Definition, id string) auth.OAuthProvider {
	t.Helper()
	var o providers.Options
	for _, option := range d.Options {
		if option.Required && options[option.Name] != "" {
			if err := o.Set(option.Name, options[option.Name]); err != nil {
				t.Fatal(err)
			}
		}
	}
	built, err := providers.ByID(id, o)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := built.(auth.OAuthProvider)
	if !ok {
		t.Fatalf("%s is a %T", id, built)
	}
	p.HTTPClient = &http.Client{Transport: discovery{p.Issuer}}
	return p
}

// ours is the authorization request of a provider.
func ours(t *testing.T, p auth.OAuthProvider) request {
	t.Helper()
	a, err := auth.New(auth.Config{
		URL: "https://app.example", Secrets: []string{"0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="},
		Providers: []auth.Provider{p}, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	form := httptest.NewRecorder()
	token := a.CSRFToken(form, httptest.NewRequest(http.MethodGet, "https://app.example/", nil))
	body := strings.NewReader(url.Values{"csrfToken": {token}, "callbackUrl": {"/"}}.Encode())
	r := httptest.NewRequest(http.MethodPost, "https://app.example/api/auth/signin/"+p.ID, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range form.Result().Cookies() {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusFound || strings.HasPrefix(w.Header().Get("Location"), "https://app.example/") {
		t.Fatalf("the sign-in answers %d %s", w.Code, w.Header().Get("Location"))
	}
	return parseRequest(t, w.Header().Get("Location"))
}

// Every authorization request is that of v4 or of v5, except for what stands in
// differences.
func TestAuthorizationRequests(t *testing.T) {
	all := theirs(t)
	compared := 0
	for _, d := range providers.All() {
		if d.Kind != providers.KindOAuth2 && d.Kind != providers.KindOIDC {
			continue
		}
		for _, id := range append([]string{d.ID}, d.Aliases...) {
			upstream, ok := all[id]
			if !ok {
				continue // they do not have it
			}
			compared++
			t.Run(id, func(t *testing.T) {
				compare(t, id, ours(t, build(t, d, id)), upstream)
			})
		}
	}
	t.Logf("%d of the %d providers of the packages were compared", compared, len(all))
	for id := range differences {
		if _, ok := providers.Find(id); !ok {
			t.Errorf("differences has the provider %q, which does not exist", id)
		}
	}
}

func compare(t *testing.T, id string, got request, upstream map[string][]request) {
	t.Helper()
	var closest string
	for _, version := range []string{"v4", "v5"} {
		for _, want := range upstream[version] {
			diff := cmp.Diff(want, got)
			if diff == "" {
				if reason := differences[id]; reason != "" {
					t.Errorf("it is that of %s, so its difference is none any more: %s", version, reason)
				}
				return
			}
			if closest == "" || len(diff) < len(closest) {
				closest = version + ":\n" + diff
			}
		}
	}
	if differences[id] == "" {
		t.Errorf("the request is neither that of v4 nor of v5; closest is (-want +got) %s", closest)
	}
}
