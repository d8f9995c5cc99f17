package providers_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// Values that would lead the client secret to another host, or open a door that
// the issuer closes, are refused with the name of the option.
func TestRefusedOptions(t *testing.T) {
	for _, test := range []struct {
		name, id string
		options  providers.Options
		want     string
	}{
		{"address as domain", "shopify", providers.Options{Domain: "https://example.myshopify.com"}, "domain"},
		{"path in a domain", "shopify", providers.Options{Domain: "evil.example/x"}, "domain"},
		{"user in a domain", "shopify", providers.Options{Domain: "a@evil.example"}, "domain"},
		{"empty label", "shopify", providers.Options{Domain: "a..example"}, "domain"},
		{"host as account", "netsuite", providers.Options{AccountID: "evil.example/", UserinfoURL: "https://a.example/"}, "accountId"},
		{"path as user flow", "azure-ad-b2c", providers.Options{TenantID: "contoso", UserFlow: "a/../b"}, "userFlow"},
		{"wider tenant than the issuer's", "azure-ad", providers.Options{
			TenantID: "common", Issuer: "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
		}, "tenantId"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.ClientID, test.options.ClientSecret = "id", "secret"
			_, err := providers.ByID(test.id, test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one about %s", err, test.want)
			}
		})
	}
	for _, o := range []providers.Options{
		{Issuer: "https://login.microsoftonline.com/common/v2.0", TenantID: "common"}, {TenantID: "contoso.onmicrosoft.com"}, {},
	} {
		o.ClientID, o.ClientSecret = "id", "secret"
		if _, err := providers.ByID("azure-ad", o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// A secret that was mounted as a file ends in a line break.
func TestFromLookupTrims(t *testing.T) {
	all, err := providers.FromLookup(func(name string) (string, bool) {
		value, ok := map[string]string{"AUTH_GITHUB_ID": " id\n", "AUTH_GITHUB_SECRET": "secret\n"}[name]
		return value, ok
	})
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	if p := all[0].(auth.OAuthProvider); p.ClientID != "id" || p.ClientSecret != "secret" {
		t.Errorf("client id %q, secret %q", p.ClientID, p.ClientSecret)
	}
}

// Without a function of its own a provider maps what the engine maps, and nothing
// more: what the command shows is what a sign-in does.
func TestMapProfileWithoutFunction(t *testing.T) {
	p := providers.Salesforce("", "id", "secret")
	p.Profile = nil
	u, err := providers.MapProfile(p, auth.Profile{"id": "7", "nickname": "n", "email": "a@example.com"}, nil)
	if err != nil || u.ID != "" || u.Name != "" || u.Email != "a@example.com" {
		t.Errorf("the user is %+v, %v, want no id and no name", u, err)
	}
}
