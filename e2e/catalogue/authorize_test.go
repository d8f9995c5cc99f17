// Package catalogue_test compares the catalogue with the providers of NextAuth.js
// v4 and Auth.js (v5), whose real packages run beside it.
package catalogue_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

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

// request is an authorization request by its members: "host", "path", "checks",
// and the names of parameters after a question mark.
type request map[string]string

// absent is the value of a member that a request does not have.
const absent = "(absent)"

// protections are the parameters that are made anew for every request. The member
// "checks" has those that were sent.
var protections = []string{"state", "nonce", "code_challenge", "code_challenge_method"}

func parseRequest(t *testing.T, address string) request {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme != "https" {
		t.Fatalf("%s is no https address", address)
	}
	found := request{"host": u.Host, "path": strings.TrimSuffix(u.Path, "/")}
	var checks []string
	for name, values := range u.Query() {
		if slices.Contains(protections, name) {
			checks = append(checks, name)
			continue
		}
		if name == "scope" { // whose order means nothing
			values = strings.Fields(strings.Join(values, " "))
			slices.Sort(values)
		}
		found["?"+name] = strings.Join(values, " ")
	}
	slices.Sort(checks)
	found["checks"] = strings.Join(checks, " ")
	return found
}

// value is a member, or absent.
func (r request) value(member string) string {
	if v, ok := r[member]; ok {
		return v
	}
	return absent
}

// differencesFrom are the members that another request has otherwise, sorted and
// with no reason.
func (r request) differencesFrom(theirs request, except []string) []difference {
	both := maps.Clone(r)
	maps.Copy(both, theirs)
	var found []difference
	for _, member := range slices.Sorted(maps.Keys(both)) {
		d := difference{member: member, theirs: theirs.value(member), ours: r.value(member)}
		if d.theirs != d.ours && !slices.Contains(except, member) {
			found = append(found, d)
		}
	}
	return found
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
		{"clientId": "client-id", "clientSecret": "client-secret", "version": "2.0", "platformType": "WebsiteApp"},
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

// network answers for a provider as authorize.mjs does: discovery documents from
// the address that is asked, and a request token.
type network struct{ issuer string }

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
	address := r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
	prefix, found := strings.CutSuffix(address, "/.well-known/openid-configuration")
	switch {
	case found:
		document := map[string]string{
			"issuer": cmp.Or(n.issuer, prefix), "authorization_endpoint": prefix + "/DISCOVERED",
			"token_endpoint": prefix + "/token", "jwks_uri": prefix + "/jwks",
		}
		body, err := json.Marshal(document)
		return answer(r, "application/json", body), err
	case strings.HasSuffix(address, "/request_token"):
		form := "oauth_token=request-token&oauth_token_secret=request-token-secret&oauth_callback_confirmed=true"
		return answer(r, "application/x-www-form-urlencoded", []byte(form)), nil
	}
	return nil, fmt.Errorf("%s is neither a discovery document nor a request token", r.URL)
}

func answer(r *http.Request, mediaType string, body []byte) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {mediaType}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}
}

// build makes a provider of the catalogue with the options that it needs, and with
// those of a variant.
func build(t *testing.T, d providers.Definition, v variant) auth.OAuthProvider {
	t.Helper()
	given := map[string]string{}
	for _, option := range d.Options {
		if option.Required && options[option.Name] != "" {
			given[option.Name] = options[option.Name]
		}
	}
	maps.Copy(given, v.options)
	var o providers.Options
	for name, value := range given {
		if err := o.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	built, err := providers.ByID(v.id, o)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := built.(auth.OAuthProvider)
	if !ok {
		t.Fatalf("%s is a %T", v.id, built)
	}
	p.HTTPClient = &http.Client{Transport: network{p.Issuer}}
	return p
}

// ours is the authorization request of a provider.
func ours(t *testing.T, p auth.OAuthProvider, strict bool) request {
	t.Helper()
	a, err := auth.New(auth.Config{
		URL: "https://app.example", Secrets: []string{"0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="},
		Providers: []auth.Provider{p}, StrictV4: strict, Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
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

// variant is a way to build a provider under one of its names.
type variant struct {
	name, id string
	// options are further ones than those that the provider needs.
	options map[string]string
}

// variantsOf are the ways to build a provider that NextAuth.js and Auth.js have
// too.
func variantsOf(id string) []variant {
	plain := variant{name: id, id: id}
	switch id {
	case "battlenet": // whose issuer we know
		plain.options = map[string]string{"issuer": issuer}
	case "twitter":
		return []variant{plain, {"twitter 2.0", id, map[string]string{"version": "2.0"}}}
	case "wechat":
		return []variant{plain, {"wechat WebsiteApp", id, map[string]string{"platform": "WebsiteApp"}}}
	}
	return []variant{plain}
}

// eachVariant runs a test for each provider that the packages have as well. Every
// entry of a table of differences is for one of them.
func eachVariant(t *testing.T, table map[string][]difference, test func(t *testing.T, d providers.Definition, v variant, upstream map[string][]request)) {
	t.Helper()
	all, left := theirs(t), maps.Clone(table)
	ids := map[string]bool{}
	for _, d := range providers.All() {
		for _, id := range append([]string{d.ID}, d.Aliases...) {
			upstream, ok := all[id]
			if !ok {
				continue // they do not have it
			}
			ids[id] = true
			for _, v := range variantsOf(id) {
				delete(left, v.name)
				t.Run(v.name, func(t *testing.T) { test(t, d, v, upstream) })
			}
		}
	}
	for id := range all {
		if !ids[id] {
			t.Errorf("the packages have the provider %q, which is not compared", id)
		}
	}
	for name := range left {
		t.Errorf("the table has differences of %q, which is not compared", name)
	}
}

// Every authorization request is that of v4 or of v5, except for the members that
// stand in differences. Which checks are made is the engine's decision.
func TestAuthorizationRequests(t *testing.T) {
	eachVariant(t, differences, func(t *testing.T, d providers.Definition, v variant, upstream map[string][]request) {
		compare(t, ours(t, build(t, d, v), false), slices.Concat(upstream["v4"], upstream["v5"]), differences[v.name], "checks")
	})
}

// With StrictV4 every authorization request is that of v4, with its checks, except
// for the members that stand in strictDifferences.
func TestStrictAuthorizationRequests(t *testing.T) {
	eachVariant(t, strictDifferences, func(t *testing.T, d providers.Definition, v variant, upstream map[string][]request) {
		if len(upstream["v4"]) > 0 {
			compare(t, ours(t, build(t, d, v), true), upstream["v4"], strictDifferences[v.name])
		} else if strictDifferences[v.name] != nil {
			t.Error("v4 does not have this provider, so that nothing can differ")
		}
	})
}

// compare looks for a request that differs in exactly the members of a table. It
// has to be among the closest, so that the table lists nothing that need not
// differ.
func compare(t *testing.T, got request, upstream []request, table []difference, except ...string) {
	t.Helper()
	var want []difference
	for _, d := range table {
		if d.reason == "" {
			t.Errorf("the difference of %s has no reason", d.member)
		}
		d.reason = ""
		want = append(want, d)
	}
	slices.SortFunc(want, func(a, b difference) int { return strings.Compare(a.member, b.member) })
	var closest [][]difference
	for _, theirs := range upstream {
		found := got.differencesFrom(theirs, except)
		if len(closest) > 0 && len(found) < len(closest[0]) {
			closest = nil
		}
		known := slices.ContainsFunc(closest, func(other []difference) bool { return slices.Equal(other, found) })
		if !known && (len(closest) == 0 || len(found) == len(closest[0])) {
			closest = append(closest, found)
		}
	}
	if !slices.ContainsFunc(closest, func(found []difference) bool { return slices.Equal(found, want) }) {
		t.Errorf("the closest requests differ by one of %+v, but the table has %+v", closest, want)
	}
}
