package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// errSecretText is an error of the application whose text must not be shown.
var errSecretText = errors.New("user table: password column is NULL & empty")

func TestContractTextOfThrownErrors(t *testing.T) {
	inBothModes(t, "text of thrown errors", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct {
			name     string
			change   func(*auth.Config)
			signIn   func(*browser) *answer
			want     string // the code by default
			wantV4   string
			wantCode string // the parameter "code" by default
		}{
			{"Authorize", failingAuthorize(errSecretText), (*browser).signInWithCredentials, "CredentialsSignin", errSecretText.Error(), ""},
			{"Authorize, public", failingAuthorize(&auth.PublicError{Code: "account_locked", Err: errSecretText}), (*browser).signInWithCredentials,
				"CredentialsSignin", "auth: account_locked: " + errSecretText.Error(), "account_locked"},
			{"Authorize, public code with a space", failingAuthorize(&auth.PublicError{Code: "account locked"}), (*browser).signInWithCredentials,
				"CredentialsSignin", "auth: account locked", ""},
			{"Authorize, public code too long", failingAuthorize(&auth.PublicError{Code: strings.Repeat("x", 65)}), (*browser).signInWithCredentials,
				"CredentialsSignin", "auth: " + strings.Repeat("x", 65), ""},
			{"Authorize, longest public code", failingAuthorize(&auth.PublicError{Code: strings.Repeat("x", 64)}), (*browser).signInWithCredentials,
				"CredentialsSignin", "auth: " + strings.Repeat("x", 64), strings.Repeat("x", 64)},
			{"Authorize, wrong credentials", failingAuthorize(auth.ErrInvalidCredentials), (*browser).signInWithCredentials,
				"CredentialsSignin", "CredentialsSignin", ""},
			{"Authorize, wrong credentials with a public code", failingAuthorize(&auth.PublicError{Code: "expired", Err: auth.ErrInvalidCredentials}),
				(*browser).signInWithCredentials, "CredentialsSignin", "CredentialsSignin", "expired"},
			{"SignIn callback", failingSignIn(errSecretText), signInAtOP, "AccessDenied", errSecretText.Error(), ""},
			{"SignIn callback, public", failingSignIn(&auth.PublicError{Code: "not_a_member"}), signInAtOP, "AccessDenied", "auth: not_a_member", "not_a_member"},
			{"JWT callback", func(c *auth.Config) {
				c.Callbacks.JWT = func(context.Context, auth.JWTParams) (token.Claims, error) { return nil, errSecretText }
			}, signInAtOP, "Callback", "Callback", ""},
		} {
			t.Run(row.name, func(t *testing.T) {
				s := newTestSite(t, func(c *auth.Config) { c.StrictV4 = strictV4; row.change(c) })
				b := s.browser()
				got := row.signIn(b)
				want, wantCode := row.want, row.wantCode
				if strictV4 {
					want, wantCode = row.wantV4, ""
				}
				if got.errorCode() != want || got.parameter("code") != wantCode {
					t.Errorf("error=%q code=%q, want %q and %q", got.errorCode(), got.parameter("code"), want, wantCode)
				}
				if !strictV4 && strings.Contains(got.location+got.body, "password") {
					t.Errorf("the error's text was shown: %s %s", got.location, got.body)
				}
				if b.signedInAs() != "" {
					t.Error("signed in all the same")
				}
				if row.want != row.wantV4 && !strictV4 {
					if ref := got.parameter("ref"); len(ref) != 8 || !strings.Contains(s.log.String(), "ref="+ref) {
						t.Errorf("the log has no line for reference %q:\n%s", ref, s.log)
					}
				}
			})
		}
	})
}

func TestContractTextOfThrownErrorsStatus(t *testing.T) {
	inBothModes(t, "text of thrown errors: status", func(t *testing.T, strictV4 bool) {
		s := newTestSite(t, func(c *auth.Config) { c.StrictV4 = strictV4; failingAuthorize(errSecretText)(c) })
		b := s.browser()
		got := b.post("/api/auth/callback/credentials", url.Values{"json": {"true"}})
		if got.status != http.StatusUnauthorized || !strings.Contains(got.body, `"url":"`+s.url+`/api/auth/error?error=`) {
			t.Errorf("answered %d %s", got.status, got.body)
		}
	})
}

func TestContractErrorCodeOnCustomPages(t *testing.T) {
	inBothModes(t, "error code on custom pages", func(t *testing.T, strictV4 bool) {
		for _, row := range []struct{ name, page, code, want, wantV4 string }{
			{"one parameter", "/oops", "a%26b%3Dc", "/oops?error=a%26b%3Dc", "/oops?error=a&b=c"},
			{"page with a query", "/oops?lang=eo", "AccessDenied", "/oops?lang=eo&error=AccessDenied", "/oops?lang=eo&error=AccessDenied"},
			{"line breaks", "/oops", "a%0d%0aSet-Cookie:%20x=y", "/oops?error=a%0D%0ASet-Cookie%3A%20x%3Dy", "/oops?error=aSet-Cookie:%20x=y"},
			{"markup", "/oops", "%3Cscript%3E", "/oops?error=%3Cscript%3E", "/oops?error=<script>"},
		} {
			t.Run(row.name, func(t *testing.T) {
				b := newTestSite(t, func(c *auth.Config) { c.StrictV4 = strictV4; c.Pages.Error = row.page }).browser()
				want := row.want
				if strictV4 {
					want = row.wantV4
				}
				if got := b.get("/api/auth/error?error=" + row.code); got.location != want {
					t.Errorf("Location %q, want %q", got.location, want)
				}
			})
		}
	})
}

// failingAuthorize replaces the credentials provider by one that fails.
func failingAuthorize(err error) func(*auth.Config) {
	return func(c *auth.Config) {
		c.Providers[2] = auth.CredentialsProvider{
			Authorize: func(context.Context, auth.Credentials, *http.Request) (*auth.User, error) { return nil, err },
		}
	}
}

func failingSignIn(err error) func(*auth.Config) {
	return func(c *auth.Config) {
		c.Callbacks.SignIn = func(context.Context, auth.SignInParams) (auth.Decision, error) { return auth.Deny(), err }
	}
}

func signInAtOP(b *browser) *answer { return b.signInWithOAuth("op") }
