package providers_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestAzureDevOpsTokens(t *testing.T) {
	p := providers.AzureDevOps("client-id", "client-secret")
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {"the code"}, "redirect_uri": {"https://app.example/callback"},
		"client_id": {"client-id"}, p.ClientSecretParameter: {"client-secret"},
	}
	p.TokenForm(form)
	want := url.Values{
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {"client-secret"},
		"grant_type":            {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":             {"the code"},
		"redirect_uri":          {"https://app.example/callback"},
	}
	if diff := cmp.Diff(want, form); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}

	for given, want := range map[string]string{"jwt-bearer": "Bearer", "mac": "mac"} {
		tokens := auth.Tokens{"token_type": given}
		if p.FixTokens(tokens); tokens.Text("token_type") != want {
			t.Errorf("the token type %q becomes %q, want %q", given, tokens.Text("token_type"), want)
		}
	}
}
