package providers_test

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/authtest"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// failures lets the provider fail in every way, for somebody who could sign in
// otherwise.
func (f *flow) failures(t *testing.T, p person) {
	t.Helper()
	account := f.account(t, p)
	refused := auth.ErrorOAuthCallback
	if f.provider.OAuth1 != nil {
		refused = auth.ErrorCallback
	}
	f.fails(t, "access denied", account, []string{"error " + string(auth.ErrorCallback)}, func() { f.simulation.Refuse("access_denied") })
	responses := []struct {
		name     string
		response authtest.Response
	}{
		{"error", authtest.ErrorJSON("invalid_grant")},
		{"HTML page", authtest.HTMLPage()},
		{"too many requests", authtest.TooManyRequests()},
		{"wrong content type", authtest.WrongContentType()},
		{"nothing", authtest.Response{Status: http.StatusNoContent}},
	}
	endpoints := []authtest.Endpoint{authtest.Token}
	if f.needsProfile(t, account) {
		endpoints = append(endpoints, authtest.Userinfo)
	}
	for _, endpoint := range endpoints {
		for _, r := range responses {
			f.fails(t, string(endpoint)+": "+r.name, account, []string{"error " + string(refused)}, func() { f.simulation.Fail(endpoint, r.response) })
		}
	}
	f.subjects(t, p, refused)
}

// needsProfile reports whether a sign-in needs more than the token response.
func (f *flow) needsProfile(t *testing.T, a authtest.Account) bool {
	t.Helper()
	if f.provider.OpenID && !f.provider.ProfileFromUserinfo {
		return false // the ID token alone says who somebody is
	}
	f.simulation.SetAccount(a)
	f.visit(t)
	return len(f.simulation.Requests(authtest.Userinfo, authtest.Other)) > 0
}

// subjects refuses ids that would be the same for everybody.
func (f *flow) subjects(t *testing.T, p person, refused auth.ErrorCode) {
	t.Helper()
	account := f.account(t, p)
	id := cmp.Or(p.Subject, text(p.User["id"]))
	if gocmp.Equal(account.Without(id), account) {
		t.Errorf("testdata/%s.json: %s: no text or number is the id %q: set \"subject\" to what it is made of", f.file, p.Name, id)
		return
	}
	// A provider may already miss the id on the way to the profile.
	want := []string{"signin ", "error " + string(refused)}
	f.fails(t, "no subject", f.withoutID(account, id, authtest.Account.Without), want, nil)
	for name, value := range map[string]any{
		"empty subject": "", "blank subject": " ", "null subject": nil, "zero subject": 0, "zero as text": "0",
		"constant subject": "undefined",
	} {
		changed := f.withoutID(account, id, func(a authtest.Account, id string) authtest.Account { return a.Replace(id, value) })
		f.fails(t, name, changed, want, nil)
	}
}

// withoutID changes the id of an account, and again the one that the provider's
// profile function then finds instead.
func (f *flow) withoutID(a authtest.Account, id string, change func(authtest.Account, string) authtest.Account) authtest.Account {
	for range 5 {
		a = change(a, id)
		u, err := providers.MapProfile(f.provider, a.Profile, a.Tokens)
		if err != nil || u.ID == "" || u.ID == id {
			break
		}
		id = u.ID
	}
	return a
}

// fails signs in while something is wrong. Nobody may be signed in, nothing may be
// stored, and the visitor ends at one of the places: a page of the site and the
// error code.
func (f *flow) fails(t *testing.T, name string, a authtest.Account, want []string, prepare func()) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		f.simulation.SetAccount(a)
		f.simulation.Recover()
		if prepare != nil {
			prepare()
			defer f.simulation.Recover()
		}
		before := f.store.Dump()
		o := f.visit(t)
		after := f.store.Dump()
		after.VerificationTokens = before.VerificationTokens // an answer is noted as used, whatever becomes of it
		if o.session {
			t.Error("somebody is signed in")
		}
		if diff := gocmp.Diff(before, after); diff != "" {
			t.Errorf("something was stored:\n%s", diff)
		}
		page := strings.TrimPrefix(o.location.Path, "/api/auth/")
		if got := page + " " + o.location.Query().Get("error"); !slices.Contains(want, got) {
			t.Errorf("the browser was sent to %q, want %q; the log:\n%s", got, want, o.log)
		}
		if !strings.Contains(o.log, "code=") {
			t.Errorf("the log does not say why:\n%s", o.log)
		}
		f.checkLog(t, o)
		if strings.Contains(o.log, "<") && strings.Contains(o.log, "DOCTYPE") {
			t.Errorf("the log has the page of the provider:\n%s", o.log)
		}
	})
}
