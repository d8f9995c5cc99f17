package oauth_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// An address and whether it is verified come from one document. The ID tokens
// lack the name, so that the userinfo endpoint is asked.
func TestCompleteClaims(t *testing.T) {
	type claims = map[string]any
	for _, row := range []struct {
		name     string
		token    claims
		userinfo claims
		want     claims
	}{
		{"all from userinfo", claims{},
			claims{"name": "Ida", "email": "u@example.com", "email_verified": true},
			claims{"name": "Ida", "email": "u@example.com", "email_verified": true}},
		{"address in the token, verification in userinfo", claims{"email": "t@example.com"},
			claims{"name": "Ida", "email": "u@example.com", "email_verified": true},
			claims{"name": "Ida", "email": "t@example.com"}},
		{"address in the token, verification alone in userinfo", claims{"email": "t@example.com"},
			claims{"name": "Ida", "email_verified": true},
			claims{"name": "Ida", "email": "t@example.com"}},
		{"verification in the token, address in userinfo", claims{"email_verified": true},
			claims{"name": "Ida", "email": "u@example.com"},
			claims{"name": "Ida", "email": "u@example.com"}},
		{"verification in the token, both in userinfo", claims{"email_verified": true},
			claims{"name": "Ida", "email": "u@example.com", "email_verified": false},
			claims{"name": "Ida", "email": "u@example.com", "email_verified": false}},
		{"both in both", claims{"email": "t@example.com", "email_verified": false},
			claims{"name": "Ida", "email": "u@example.com", "email_verified": true},
			claims{"name": "Ida", "email": "t@example.com", "email_verified": false}},
		{"token wins for other claims", claims{"locale": "de", "email": "t@example.com", "email_verified": true},
			claims{"name": "Ida", "locale": "fr", "zoneinfo": "Europe/Berlin"},
			claims{"name": "Ida", "locale": "de", "zoneinfo": "Europe/Berlin", "email": "t@example.com", "email_verified": true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{Users: []fakeop.User{{Subject: "sub-1"}}})
			op.Script(func(b *fakeop.Behavior) { b.IDToken.Claims, b.Userinfo.Extra = row.token, row.userinfo })
			result, err := exchange(t, op.openID())
			if err != nil {
				t.Fatal(err)
			}
			got := claims{}
			for _, name := range []string{"name", "email", "email_verified", "locale", "zoneinfo"} {
				if value, ok := result.Profile[name]; ok {
					got[name] = value
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
			if result.UserinfoError != nil {
				t.Errorf("UserinfoError = %v", result.UserinfoError)
			}
			if _, ok := result.Claims["name"]; ok {
				t.Errorf("the claims of the ID token were changed: %v", result.Claims)
			}
		})
	}
}

// A claim of another name belongs to the address in the same way.
func TestCompleteClaimsOfAnotherName(t *testing.T) {
	for _, row := range []struct {
		name            string
		token, userinfo map[string]any
		want            any
	}{
		{"address in the token", map[string]any{"email": "t@example.com"}, map[string]any{"name": "Ida", "verified": true}, nil},
		{"address in userinfo", map[string]any{"verified": true}, map[string]any{"name": "Ida", "email": "u@example.com"}, nil},
		{"both in userinfo", map[string]any{}, map[string]any{"name": "Ida", "email": "u@example.com", "verified": true}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{Users: []fakeop.User{{Subject: "sub-1"}}})
			op.Script(func(b *fakeop.Behavior) { b.IDToken.Claims, b.Userinfo.Extra = row.token, row.userinfo })
			cfg := op.openID()
			cfg.EmailVerifiedClaim = "verified"
			result, err := exchange(t, cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Profile["verified"]; got != row.want || result.Profile["name"] != "Ida" {
				t.Errorf("the profile is %v, want verified = %v", result.Profile, row.want)
			}
		})
	}
}

// Without an answer from the userinfo endpoint the ID token serves, and the
// result says so.
func TestUserinfoError(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer fakeop.Answer
		want   string
	}{
		{"answers", fakeop.Answer{}, ""},
		{"fails", fakeop.Answer{Status: http.StatusServiceUnavailable}, "oauth: userinfo request: "},
		{"is no JSON", fakeop.Answer{Body: []byte("SECRET")}, "oauth: userinfo request: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) {
				b.IDToken.Omit, b.Userinfo = []string{"name"}, row.answer
			})
			result, err := exchange(t, op.openID())
			if err != nil {
				t.Fatal(err)
			}
			checkError(t, result.UserinfoError, row.want)
			if _, ok := result.Profile["name"]; ok != (row.want == "") {
				t.Errorf("the profile has a name: %v", ok)
			}
			if result.Profile["email"] != "ida@example.com" {
				t.Errorf("profile = %v", result.Profile)
			}
		})
	}
	t.Run("not asked", func(t *testing.T) {
		op := newOP(t, fakeop.Config{})
		op.Script(func(b *fakeop.Behavior) { b.Userinfo.Status = http.StatusServiceUnavailable })
		result, err := exchange(t, op.openID())
		if err != nil {
			t.Fatal(err)
		}
		if result.UserinfoError != nil {
			t.Errorf("UserinfoError = %v", result.UserinfoError)
		}
	})
}
