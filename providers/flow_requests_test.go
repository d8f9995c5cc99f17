package providers_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/authtest"
)

// compare reports a difference in what was sent.
func compare(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// address is a URL without its query and fragment.
func address(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }

// parse parses a URL of the facts.
func parse(t *testing.T, rawURL string) *url.URL {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (f *flow) callbackURL() string { return f.url + "/api/auth/callback/" + f.provider.ID }

// protects reports whether a check is made: with StrictV4 those of the preset,
// otherwise all that the provider takes.
func (f *flow) protects(check auth.Check) bool {
	switch {
	case f.strict:
		return slices.Contains(f.Facts.Checks, check)
	case check == auth.CheckPKCE:
		return !f.Facts.PKCEUnsupported
	case check == auth.CheckNonce:
		return f.Facts.OpenID
	}
	return true
}

// checkAuthorization compares the authorization URL with the facts.
func (f *flow) checkAuthorization(t *testing.T, u *url.URL) {
	t.Helper()
	facts, p := f.Facts, f.provider
	if facts.Authorization != "" {
		compare(t, "authorization URL", address(parse(t, facts.Authorization)), address(u))
	}
	compare(t, "fragment of the authorization URL", facts.Fragment, u.Fragment)
	want, got := parse(t, facts.Authorization).Query(), u.Query()
	if p.OAuth1 != nil {
		want.Set("oauth_token", got.Get("oauth_token"))
		maps.Copy(want, p.Authorization.Params)
		compare(t, "parameters of the authorization URL", want, got)
		return
	}
	switch {
	case facts.Scope != "":
		want.Set("scope", facts.Scope)
	case (facts.OpenID || f.strict) && !want.Has("scope"):
		want.Set("scope", "openid")
	}
	if facts.ResponseMode != "" {
		want.Set("response_mode", facts.ResponseMode)
	}
	maps.Copy(want, p.Authorization.Params)
	want.Set(cmp.Or(facts.ClientIDParameter, "client_id"), "client-id")
	want.Set("response_type", cmp.Or(facts.ResponseType, p.Authorization.Params.Get("response_type"), "code"))
	want.Set("redirect_uri", f.callbackURL())
	drawn := map[string]auth.Check{"state": auth.CheckState, "nonce": auth.CheckNonce, "code_challenge": auth.CheckPKCE}
	for name, check := range drawn {
		wanted := f.protects(check)
		if value := got.Get(name); wanted != (len(value) >= 22) {
			t.Errorf("%s = %q in the authorization URL, want one: %t", name, value, wanted)
		}
		got.Del(name)
	}
	if f.protects(auth.CheckPKCE) {
		want.Set("code_challenge_method", "S256")
	}
	compare(t, "parameters of the authorization URL", want, got)
}

// checkToken compares the token request with the facts. That the code, the
// verifier and the secret are right is checked by the simulation.
func (f *flow) checkToken(t *testing.T) {
	t.Helper()
	facts, p := f.Facts, f.provider
	requests := f.simulation.Requests(authtest.Token)
	if len(requests) != 1 {
		t.Fatalf("there were %d token requests", len(requests))
	}
	r := requests[0]
	if endpoint := cmp.Or(facts.Token, facts.AccessToken); endpoint != "" && p.FetchTokens == nil {
		compare(t, "token URL", address(parse(t, endpoint)), address(r.URL))
	}
	if p.OAuth1 != nil || p.FetchTokens != nil {
		return
	}
	compare(t, "method of the token request", cmp.Or(facts.TokenMethod, http.MethodPost), r.Method)
	authentication := auth.ClientAuthentication(cmp.Or(facts.ClientAuthentication, string(auth.ClientSecretBasic)))
	compare(t, "client authentication", authentication, r.ClientAuthentication)
	compare(t, "parameters of the token request", f.wantTokenForm(r, authentication), r.Parameters())
	inQuery := parse(t, facts.Token).Query()
	if facts.TokenInQuery {
		compare(t, "body of the token request", "", string(r.Body))
		return
	}
	compare(t, "query of the token request", inQuery, r.URL.Query())
	compare(t, "content type of the token request", "application/x-www-form-urlencoded", r.Header.Get("Content-Type"))
}

func (f *flow) wantTokenForm(r authtest.Request, authentication auth.ClientAuthentication) url.Values {
	facts, p := f.Facts, f.provider
	want := url.Values{}
	if !f.strict { // NextAuth.js v4 drops them
		maps.Copy(want, p.Token.Params)
	}
	want.Set("grant_type", "authorization_code")
	want.Set("redirect_uri", f.callbackURL())
	if authentication != auth.ClientSecretBasic {
		want.Set(cmp.Or(facts.ClientIDParameter, "client_id"), "client-id")
	}
	sent := r.Parameters()
	if authentication == auth.ClientSecretPost {
		name := cmp.Or(facts.ClientSecretParameter, "client_secret")
		want.Set(name, p.ClientSecret)
		if p.ClientSecretFunc != nil {
			want.Set(name, sent.Get(name)) // made anew for every request
		}
	}
	for _, code := range f.simulation.Secrets() {
		if strings.HasPrefix(code, "code-") && r.Carries(code) {
			want.Set("code", code)
		}
	}
	if f.protects(auth.CheckPKCE) {
		want.Set("code_verifier", sent.Get("code_verifier"))
	}
	if p.TokenForm != nil {
		p.TokenForm(want)
	}
	if u, err := url.Parse(facts.Token); err == nil {
		for name, values := range u.Query() {
			want[name] = append(want[name], values...)
		}
	}
	return want
}

// checkUserinfo compares the userinfo request with the facts.
func (f *flow) checkUserinfo(t *testing.T) {
	t.Helper()
	facts, p := f.Facts, f.provider
	if p.FetchProfile != nil || p.OpenID && !p.ProfileFromUserinfo {
		return
	}
	requests := f.simulation.Requests(authtest.Userinfo, authtest.Other)
	if len(requests) != 1 {
		t.Fatalf("there were %d requests for the profile", len(requests))
	}
	r := requests[0]
	endpoint := cmp.Or(facts.Userinfo, facts.ProfileURL)
	if endpoint == "" {
		return // it comes from the discovery document, which is simulated
	}
	pathToken := strings.Contains(endpoint, "{access_token}")
	path, _, _ := strings.Cut(endpoint, "?")
	if before, _, placeholders := strings.Cut(path, "{"); placeholders {
		if !strings.HasPrefix(r.URL.String(), before) {
			t.Errorf("the profile was requested at %s, want %s", r.URL, endpoint)
		}
	} else {
		compare(t, "userinfo URL", address(parse(t, path)), address(r.URL))
	}
	if p.OAuth1 != nil {
		return
	}
	compare(t, "method of the userinfo request", cmp.Or(facts.UserinfoMethod, http.MethodGet), r.Method)
	f.checkUserinfoQuery(t, r, endpoint)
	headerToken := strings.Contains(facts.UserinfoHeader, "{access_token}")
	bearer := strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
	if want := facts.UserinfoTokenParameter == "" && !pathToken && !headerToken; want != bearer {
		t.Errorf("Authorization = %q in the userinfo request, want one: %t", r.Header.Get("Authorization"), want)
	}
	for name, values := range p.Userinfo.Header {
		if !strings.Contains(strings.Join(values, ""), "{") {
			compare(t, "header "+name+" of the userinfo request", values, r.Header[http.CanonicalHeaderKey(name)])
		}
	}
	if facts.UserinfoBody != "" {
		var want, got any
		if json.Unmarshal([]byte(facts.UserinfoBody), &want) != nil || json.Unmarshal(r.Body, &got) != nil {
			t.Errorf("the body of the userinfo request is %q", r.Body)
		}
		compare(t, "body of the userinfo request", want, got)
		compare(t, "content type of the userinfo request", "application/json", r.Header.Get("Content-Type"))
	}
}

// checkUserinfoQuery compares the names and, where they are known, the values of
// the query.
func (f *flow) checkUserinfoQuery(t *testing.T, r authtest.Request, endpoint string) {
	t.Helper()
	_, query, _ := strings.Cut(endpoint, "?")
	want, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	got := r.URL.Query()
	for name, values := range f.provider.Userinfo.Params {
		want[name] = append(want[name], values...)
	}
	if name := f.Facts.UserinfoTokenParameter; name != "" {
		want.Set(name, got.Get(name))
	}
	for name, values := range want {
		if strings.Contains(strings.Join(values, ""), "{") {
			want[name] = got[name]
		}
	}
	compare(t, "query of the userinfo request", want, got)
}
